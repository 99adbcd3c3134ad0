// NOTE: Translates first, then reads every prefix of the translation once more.
#include "attention_maps.hpp"

#include <cmath>
#include <stdexcept>

#include "decoding.hpp"

namespace wb {
namespace {

Tensor<2, int> one_row(const std::vector<int>& tokens) {
    Tensor<2, int> row(std::array<std::size_t, 2>{1, tokens.size()});
    for (std::size_t t = 0; t < tokens.size(); ++t) row(0, t) = tokens[t];
    return row;
}

std::vector<std::string> names_of(const std::vector<int>& tokens) {
    std::vector<std::string> names;
    for (const int token : tokens) {
        if (token < hyphen_token) {
            names.emplace_back(1, static_cast<char>('a' + token));
        } else {
            names.emplace_back(token == hyphen_token ? "-" : token == sos_token ? "SOS" : "EOS");
        }
    }
    return names;
}

/// Row `row` of one layer's weights, as a row of a map.
void take_row(Var<float> weights, std::size_t row, Tensor<3>& map, std::size_t layer) {
    const Tensor<3> all = weights.tensor<3>();
    for (std::size_t column = 0; column < all.shape(2); ++column) map(layer, row, column) = all(0, row, column);
}

}  // namespace

AttentionMaps attention_maps(const Translator& model, std::string_view word) {
    const std::vector<int> source = encode(word), target = greedy_decode(next_letter(model, word));
    const std::size_t layers = model.options.layers;
    AttentionMaps maps{.word = std::string(word),
                       .translation = decode(target),
                       .read = names_of(source),
                       .wrote = names_of(target),
                       .encoder = zeros<3>({layers, source.size(), source.size()}),
                       .decoder = zeros<3>({layers, target.size(), target.size()}),
                       .cross = zeros<3>({layers, target.size(), source.size()})};
    Tape<float> tape(Mode::infer);
    for (std::size_t t = 0; t < target.size(); ++t) {
        std::vector<int> prefix{sos_token};
        prefix.insert(prefix.end(), target.begin(), target.begin() + static_cast<std::ptrdiff_t>(t));
        tape.reset(Mode::infer);
        std::vector<Var<float>> encoder_weights;
        DecoderWeights weights;
        const Var<float> annotations = model.encoder(tape, one_row(source), &encoder_weights);
        (void)model.decoder(tape, one_row(prefix), annotations, &weights);
        for (std::size_t layer = 0; layer < layers; ++layer) {
            for (std::size_t row = 0; row < source.size(); ++row)
                take_row(encoder_weights[layer], row, maps.encoder, layer);
            take_row(weights.self[layer], t, maps.decoder, layer);
            take_row(weights.cross[layer], t, maps.cross, layer);
        }
    }
    return maps;
}

std::vector<std::size_t> alignment(const Tensor<3>& cross, std::size_t layer) {
    if (layer >= cross.shape(0)) throw std::out_of_range("alignment: there is no layer " + std::to_string(layer));
    std::vector<std::size_t> places(cross.shape(1), 0);
    for (std::size_t t = 0; t < places.size(); ++t) {
        for (std::size_t j = 1; j < cross.shape(2); ++j) {
            if (cross(layer, t, j) > cross(layer, t, places[t])) places[t] = j;
        }
    }
    return places;
}

std::vector<double> entropy_bits(const Tensor<3>& maps) {
    // All rows of a layer at once: a mean of sums is a sum of parts of the mean.
    std::vector<double> bits(maps.shape(0), 0.0);
    const std::size_t numbers = maps.shape(1) * maps.shape(2);
    for (std::size_t n = 0; n < maps.size(); ++n) {
        const double weight = maps.data()[n];
        if (weight == 0) continue;
        bits[n / numbers] += weight * std::log2(1 / weight) / static_cast<double>(maps.shape(1));
    }
    return bits;
}

}  // namespace wb
