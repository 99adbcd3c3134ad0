/// @file
/// Exercise 5.9: attention maps of a translation. The contract is chapters/05_pig_latin/attention_maps.hpp.
#include "attention_maps.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>

#include "decoding.hpp"

namespace wb {

// TODO(5.9): translate, and keep what was looked at.
//   Start:    encoder and decoder hand out their weights to those who ask. greedy_decode asks a function for logits; nobody
//             says that the function may do nothing else on the way.
//   Ask:      after SOS, e, a the decoder's weights have three rows. Which one belongs to the letter that is written next, and
//             which were there before?
//   Traps:    the decoder's input is what was written moved by one place: the map whose rows are named "SOS e a m t a y" is a
//             row too late everywhere. Var ends at the tape's reset: copy the numbers.
AttentionMaps attention_maps(const Translator& model, std::string_view word) {
    throw wb::NotImplemented("5.9");
}

// TODO(5.9): the place of each row's largest weight.
std::vector<std::size_t> alignment(const Tensor<3>& cross, std::size_t layer) {
    throw wb::NotImplemented("5.9");
}

// TODO(5.9): the mean entropy of each layer's rows.
//   Equation: H = -sum_j w_j log2 w_j; Shannon 1948.
//   Traps:    0 * log2(0) is NaN on a computer. Causal maps are full of zeros.
std::vector<double> entropy_bits(const Tensor<3>& maps) {
    throw wb::NotImplemented("5.9");
}

}  // namespace wb
