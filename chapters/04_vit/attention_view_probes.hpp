/// @file
/// What the tests may ask of exercises 4.6 and 4.7.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cls_attention.hpp"
#include "probe/probe.hpp"
#include "rollout.hpp"

namespace wb::probes {

/// attention of each layer, picture -> maps
inline const Probe<Tensor<4>(std::vector<Tensor<4>>, std::size_t)> cls_attention{"4.6/cls_attention"};

/// numbers -> their range
inline const Probe<MapRange(std::vector<float>)> range_of{"4.6/range_of"};

/// photo, map, range, opacity -> picture
inline const Probe<Tensor<3, std::uint8_t>(Tensor<3, std::uint8_t>, Tensor<2>, MapRange, double)> overlay{
    "4.6/overlay"};

/// weights of the heads, fusion -> one matrix
inline const Probe<Tensor<2>(Tensor<3>, HeadFusion)> fuse_heads{"4.7/fuse_heads"};

/// weights, ratio -> weights with zeros
inline const Probe<Tensor<2>(Tensor<2>, double)> discard_weakest{"4.7/discard_weakest"};

/// weights -> A
inline const Probe<Tensor<2>(Tensor<2>)> with_residual{"4.7/with_residual"};

/// attention of each layer, picture, options -> rollout up to each layer
inline const Probe<Tensor<3>(std::vector<Tensor<4>>, std::size_t, RolloutOptions)> attention_rollout{
    "4.7/attention_rollout"};

/// rollout of a layer -> shares of the patches
inline const Probe<Tensor<2>(Tensor<2>)> rollout_map{"4.7/rollout_map"};

}  // namespace wb::probes
