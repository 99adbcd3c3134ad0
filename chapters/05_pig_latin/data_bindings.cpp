/// @file
/// Binds the probes of exercise 5.1 to the submission's functions.
#include "data_probes.hpp"
#include "pair_lists.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

std::vector<probes::EpochBatches> batches_of_epochs(const std::vector<Bucket>& buckets, std::size_t batch_size,
                                                    std::uint64_t seed, std::size_t epochs) {
    Random random(seed);
    std::vector<probes::EpochBatches> result;
    for (std::size_t epoch = 0; epoch < epochs; ++epoch) result.push_back(epoch_batches(buckets, batch_size, random));
    return result;
}

}  // namespace

WB_BIND(data) {
    worker.bind(probes::encode, [](const std::string& word) { return encode(word); });
    worker.bind(probes::decode, [](const std::vector<int>& tokens) { return decode(tokens); });
    worker.bind(probes::make_buckets,
                [](const std::vector<std::string>& sources, const std::vector<std::string>& targets) {
                    return make_buckets(probes::pairs_of(sources, targets));
                });
    worker.bind(probes::epoch_batches, &batches_of_epochs);
    worker.bind(probes::make_batch, [](const std::vector<std::string>& sources, const std::vector<std::string>& targets,
                                       const std::vector<std::size_t>& numbers) {
        return make_batch(probes::pairs_of(sources, targets), numbers);
    });
    worker.bind(probes::epoch_loss, &epoch_loss);
    worker.bind(probes::token_loss, &token_loss);
}

}  // namespace wb
