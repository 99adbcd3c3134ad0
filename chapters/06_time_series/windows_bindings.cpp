/// @file
/// Binds the probes of exercise 6.1 to the submission's functions.
#include "probe/worker.hpp"
#include "windows_probes.hpp"

namespace wb {

WB_BIND(windows) {
    worker.bind(probes::chronological_split, &chronological_split);
    worker.bind(probes::window_starts, &window_starts);
    worker.bind(probes::gather_windows, [](const Tensor<2>& series, const std::vector<std::size_t>& starts,
                                           const WindowShape& shape) { return gather_windows(series, starts, shape); });
    worker.bind(probes::window_batches, [](const std::vector<std::size_t>& starts, std::size_t batch_size,
                                           std::uint64_t seed, std::size_t epochs) {
        Random random(seed);
        std::vector<std::vector<std::vector<std::size_t>>> batches;
        for (std::size_t epoch = 0; epoch < epochs; ++epoch)
            batches.push_back(window_batches(starts, batch_size, random));
        return batches;
    });
}

}  // namespace wb
