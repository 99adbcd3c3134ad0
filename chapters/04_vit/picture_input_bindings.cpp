/// @file
/// Binds the probes of exercise 4.1 to the submission's functions.
#include "picture_input_probes.hpp"
#include "probe/worker.hpp"

namespace wb {

WB_BIND(picture_input) {
    worker.bind(probes::as_rgb, &as_rgb);
    worker.bind(probes::as_grey, &as_grey);
    worker.bind(probes::resize_bilinear, &resize_bilinear);
    worker.bind(probes::normalise, [](const Tensor<3, std::uint8_t>& picture, const std::vector<double>& means,
                                      const std::vector<double>& standard_deviations) {
        return normalise(picture, means, standard_deviations);
    });
    worker.bind(probes::vit_input, &vit_input);
}

}  // namespace wb
