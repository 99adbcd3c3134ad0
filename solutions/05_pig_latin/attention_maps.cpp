/// @file
/// Exercise 5.9: attention maps of a translation. The contract is chapters/05_pig_latin/attention_maps.hpp.
#include "attention_maps.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>

#include "decoding.hpp"

namespace wb {

// SOLUTION BEGIN 5.9 removed
namespace {

std::string label(int token) {
    if (token == eos_token) return "EOS";
    if (token == sos_token) return "SOS";
    return decode(std::span(&token, 1));
}

std::vector<std::string> labels(const std::vector<int>& tokens) {
    std::vector<std::string> result;
    for (const int token : tokens) result.push_back(label(token));
    return result;
}

/// The last row of each layer's weights, [1, q_len, kv_len]: those of the token that is written next.
std::vector<std::vector<float>> last_rows(const std::vector<Var<float>>& layers) {
    std::vector<std::vector<float>> rows;
    for (const Var<float> weights : layers) {
        const std::span<const float> last = weights.value().last(weights.shape()[-1]);
        rows.emplace_back(last.begin(), last.end());
    }
    return rows;
}

/// Rows of each step and layer as maps, [layers, steps, columns]; a row that is shorter than `columns` is 0 from there on.
Tensor<3> stack(const std::vector<std::vector<std::vector<float>>>& steps, std::size_t layers, std::size_t columns) {
    Tensor<3> maps = zeros<3>({layers, steps.size(), columns});
    for (std::size_t t = 0; t < steps.size(); ++t) {
        for (std::size_t layer = 0; layer < layers; ++layer)
            std::copy(steps[t][layer].begin(), steps[t][layer].end(), &maps(layer, t, 0));
    }
    return maps;
}

}  // namespace
// SOLUTION END

// TODO(5.9): translate, and keep what was looked at.
//   Start:    encoder and decoder hand out their weights to those who ask. greedy_decode asks a function for logits; nobody
//             says that the function may do nothing else on the way.
//   Ask:      after SOS, e, a the decoder's weights have three rows. Which one belongs to the letter that is written next, and
//             which were there before?
//   Traps:    the decoder's input is what was written moved by one place: the map whose rows are named "SOS e a m t a y" is a
//             row too late everywhere. Var ends at the tape's reset: copy the numbers.
AttentionMaps attention_maps(const Translator& model, std::string_view word) {
    // SOLUTION BEGIN 5.9
    const std::vector<int> source = encode(word);
    const std::size_t layers = model.options.layers;
    AttentionMaps maps;
    maps.word = std::string(word);
    maps.read = labels(source);

    Tensor<2, int> source_row(std::array<std::size_t, 2>{1, source.size()});
    std::copy(source.begin(), source.end(), source_row.data());
    Tape<float> tape(Mode::infer);
    std::vector<Var<float>> encoder_weights;
    const Tensor<3> annotations = model.encoder(tape, source_row, &encoder_weights).tensor<3>();
    maps.encoder = zeros<3>({layers, source.size(), source.size()});
    for (std::size_t layer = 0; layer < layers; ++layer) {
        const std::span<const float> weights = encoder_weights[layer].value();
        std::copy(weights.begin(), weights.end(), &maps.encoder(layer, 0, 0));
    }

    std::vector<std::vector<std::vector<float>>> self_rows, cross_rows;  // [step][layer][column]
    const std::vector<int> tokens = greedy_decode([&](std::span<const int> prefix) {
        Tensor<2, int> prefix_row(std::array<std::size_t, 2>{1, prefix.size()});
        std::copy(prefix.begin(), prefix.end(), prefix_row.data());
        tape.reset(Mode::infer);
        DecoderWeights weights;
        const Var<float> logits = model.decoder(tape, prefix_row, tape.constant(annotations), &weights);
        self_rows.push_back(last_rows(weights.self));
        cross_rows.push_back(last_rows(weights.cross));
        const std::span<const float> last = logits.value().last(logits.shape()[-1]);
        return std::vector<float>(last.begin(), last.end());
    });
    maps.translation = decode(tokens);
    maps.wrote = labels(tokens);
    maps.decoder = stack(self_rows, layers, tokens.size());
    maps.cross = stack(cross_rows, layers, source.size());
    return maps;
    // SOLUTION END
}

// TODO(5.9): the place of each row's largest weight.
std::vector<std::size_t> alignment(const Tensor<3>& cross, std::size_t layer) {
    // SOLUTION BEGIN 5.9
    if (layer >= cross.shape(0)) {
        throw std::out_of_range("alignment: layer " + std::to_string(layer) + " of " + std::to_string(cross.shape(0)));
    }
    std::vector<std::size_t> places;
    for (std::size_t t = 0; t < cross.shape(1); ++t) {
        const std::span<const float> row(&cross(layer, t, 0), cross.shape(2));
        places.push_back(static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin()));
    }
    return places;
    // SOLUTION END
}

// TODO(5.9): the mean entropy of each layer's rows.
//   Equation: H = -sum_j w_j log2 w_j; Shannon 1948.
//   Traps:    0 * log2(0) is NaN on a computer. Causal maps are full of zeros.
std::vector<double> entropy_bits(const Tensor<3>& maps) {
    // SOLUTION BEGIN 5.9
    std::vector<double> means;
    for (std::size_t layer = 0; layer < maps.shape(0); ++layer) {
        double total = 0;
        for (std::size_t row = 0; row < maps.shape(1); ++row) {
            for (std::size_t column = 0; column < maps.shape(2); ++column) {
                const double weight = maps(layer, row, column);
                if (weight != 0) total -= weight * std::log2(weight);
            }
        }
        means.push_back(total / static_cast<double>(maps.shape(1)));
    }
    return means;
    // SOLUTION END
}

}  // namespace wb
