/// @file
/// Exercise 5.9: where a translator looks. Each letter that it writes has a row of weights over the letters that it has read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "translator.hpp"

namespace wb {

/// The weights of one translation.
struct AttentionMaps {
    std::string word;               ///< what was read
    std::string translation;        ///< what was written
    std::vector<std::string> read;  ///< labels of the tokens read: the word's letters ("t", "-") and "EOS"
    std::vector<std::string>
        wrote;          ///< labels of the tokens written: letters and, unless it ran out of tokens, "EOS"; an SOS
                        ///< among them is "SOS"
    Tensor<3> encoder;  ///< of self-attention, [layers, read, read]
    Tensor<3>
        decoder;  ///< [layers, wrote, wrote]: self-attention; column t is the token *before* wrote[t], SOS in column 0
    Tensor<3> cross;  ///< [layers, wrote, read]
};

/// The members, in wire order.
inline auto fields(AttentionMaps& maps) {
    return std::tie(maps.word, maps.translation, maps.read, maps.wrote, maps.encoder, maps.decoder, maps.cross);
}

/// Translates a word greedily, with the limits that translate() has, and collects the weights with which each token was written.
/// Row t of `cross` and `decoder` is what the model looked at when it wrote wrote[t]. Of what it had not written yet it could
/// see nothing: `decoder` is 0 behind its diagonal, even for a model that is not causal (exercise 5.8).
/// @throws std::invalid_argument as encode does
AttentionMaps attention_maps(const Translator& model, std::string_view word);

/// For each token written, where in the word its letter came from by the weights of one layer: the place of the largest weight
/// (of equal ones the first).
/// @param cross  [layers, wrote, read], at least one column
/// @return       [wrote], each 0 .. read - 1
/// @throws std::out_of_range for a layer that is not there
std::vector<std::size_t> alignment(const Tensor<3>& cross, std::size_t layer);

/// How concentrated attention is: the mean over rows of the entropy -sum_j w_j log2 w_j, in bits; 0 where all rows look at one
/// place, log2(columns) where they look everywhere. A weight of 0 adds 0, as its limit does. Computed in double.
/// @param maps  [layers, rows, columns], at least one row
/// @return      [layers]
std::vector<double> entropy_bits(const Tensor<3>& maps);

}  // namespace wb
