/// @file
/// Exercise 5.3: sinusoidal positions. The contract is chapters/05_pig_latin/positions.hpp.
#include "positions.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace wb {

// TODO(5.3): the table of positions.
//   Equation: PE[p, 2 i] = sin(p w_i), PE[p, 2 i + 1] = cos(p w_i), w_i = 10000^(-2 i / hidden), i = 0 .. hidden / 2 - 1.
//   Start:    row 0 is 0 1 0 1 .., whatever `hidden` is. Row 1 begins sin 1, cos 1 = 0.8415, 0.5403.
//   Ask:      a float has 24 bits. How many are left behind the point of an angle of 100,000, and what is sin of it worth then?
//   Traps:    i counts pairs, not channels; 2 * i / hidden in whole numbers is 0.
Tensor<2> sinusoidal_positions(std::size_t length, std::size_t hidden) {
    throw wb::NotImplemented("5.3");
}

// TODO(5.3): embeddings with their positions.
//   Ask:      a decoder that writes one letter at a time calls this with length 1. What tells it where it is?
//   Traps:    x is not yours to change; every row of the batch starts at `first`.
Tensor<3> add_positions(const Tensor<3>& x, std::size_t first) {
    throw wb::NotImplemented("5.3");
}

// TODO(5.3): turn each clock hand.
//   Equation: sin(a + d) = sin a cos d + cos a sin d, cos(a + d) = cos a cos d - sin a sin d, with d = offset w_i.
//   Traps:    the second line needs the old sin a. An offset may be negative: not through std::size_t.
Tensor<2> shift_positions(const Tensor<2>& positions, std::ptrdiff_t offset) {
    throw wb::NotImplemented("5.3");
}

}  // namespace wb
