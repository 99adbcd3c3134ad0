/// @file
/// Exercise 5.3: sinusoidal positions. Attention treats its keys as a set: permute them, and every query gets the same answer.
/// So that *team* and *meat* are two words, each place gets a vector of its own, which is added to the letter's embedding.
///
///     channel    0             1             2                3             ..
///     PE[p, .]   sin(p w_0)    cos(p w_0)    sin(p w_1)       cos(p w_1)    ..      w_i = 10000^(-2 i / hidden)
///
/// Channels 2 i and 2 i + 1 are a clock hand of w_i radians a place: the first turns once in 6.28 places, the last so slowly that
/// no word ever sees it move far. Source: Vaswani et al. 2017, section 3.5. Nothing here is learned.
#pragma once

#include <cstddef>

#include "wb/tensor.hpp"

namespace wb {

/// The vectors of places 0 .. length - 1.
/// @param length  may be 0
/// @param hidden  channels, even and >= 2
/// @return        [length, hidden]; every number within 1e-7 of the exact one, also at place 100,000: an angle in float would
///                be off by 0.004 there
/// @throws std::invalid_argument for another `hidden`
Tensor<2> sinusoidal_positions(std::size_t length, std::size_t hidden);

/// x[b, t, c] + PE[first + t, c]: each row of the batch gets the same positions.
/// @param x      [batch, length, hidden], embeddings; neither changed nor scaled
/// @param first  the place of x[., 0, .]: 0 for whole words; t, when a decoder is given its letter t alone
/// @return       [batch, length, hidden]
/// @throws std::invalid_argument as sinusoidal_positions does
Tensor<3> add_positions(const Tensor<3>& x, std::size_t first = 0);

/// The vectors of places `offset` further on, made from the vectors themselves, without knowing which places they are:
/// each pair of channels (sin a, cos a) is turned by offset * w_i. That this can be done, by one matrix for all places, is why
/// attention can learn "three letters back": it is a linear map.
/// @param positions  [length, hidden], any rows of sinusoidal_positions, in any order
/// @param offset     places, forwards or, if negative, back
/// @return           [length, hidden], within 1e-6 of the exact numbers
/// @throws std::invalid_argument for an odd number of channels or none
Tensor<2> shift_positions(const Tensor<2>& positions, std::ptrdiff_t offset);

}  // namespace wb
