/// @file
/// What the tests may ask of exercise 4.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "picture_input.hpp"
#include "probe/probe.hpp"

namespace wb::probes {

/// picture -> [height, width, 3]
inline const Probe<Tensor<3, std::uint8_t>(Tensor<3, std::uint8_t>)> as_rgb{"4.1/as_rgb"};
/// picture -> [height, width, 1]
inline const Probe<Tensor<3, std::uint8_t>(Tensor<3, std::uint8_t>)> as_grey{"4.1/as_grey"};
/// picture, new_height, new_width -> picture
inline const Probe<Tensor<3, std::uint8_t>(Tensor<3, std::uint8_t>, std::size_t, std::size_t)> resize_bilinear{
    "4.1/resize_bilinear"};
/// picture, means, standard_deviations -> [channels, height, width]
inline const Probe<Tensor<3>(Tensor<3, std::uint8_t>, std::vector<double>, std::vector<double>)> normalise{
    "4.1/normalise"};
/// picture, options -> [1, channels, image_size, image_size]
inline const Probe<Tensor<4>(Tensor<3, std::uint8_t>, VitInputOptions)> vit_input{"4.1/vit_input"};

}  // namespace wb::probes
