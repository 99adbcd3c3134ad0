#include "translator_draw.hpp"

#include <string>

namespace wb {

ModelWeights draw_weights(const TranslatorOptions& options, Draw& draw, double range) {
    ModelWeights weights;
    const std::size_t hidden = options.hidden;
    const auto matrix = [&](const std::string& name, std::size_t rows) {
        const Tensor<2> values = draw.uniform<2>({rows, hidden}, range);
        weights.push_back({name + ".weight", {rows, hidden}, {values.begin(), values.end()}});
    };
    const auto linear = [&](const std::string& name, std::size_t rows) {
        matrix(name, rows);
        const Tensor<1> values = draw.uniform<1>({rows}, 0.3);
        weights.push_back({name + ".bias", {rows}, {values.begin(), values.end()}});
    };
    const auto attention = [&](const std::string& name) {
        for (const char* part : {".query", ".key", ".value"}) linear(name + part, hidden);
    };
    matrix("encoder.embedding", vocabulary_size);
    for (std::size_t n = 0; n < options.layers; ++n) {
        const std::string layer = "encoder.layers." + std::to_string(n);
        attention(layer + ".self_attention");
        linear(layer + ".feed_forward", hidden);
    }
    matrix("decoder.embedding", vocabulary_size);
    for (std::size_t n = 0; n < options.layers; ++n) {
        const std::string layer = "decoder.layers." + std::to_string(n);
        attention(layer + ".self_attention");
        attention(layer + ".cross_attention");
        linear(layer + ".feed_forward", hidden);
    }
    linear("decoder.out", vocabulary_size);
    return weights;
}

Batch draw_batch(Draw& draw, std::size_t rows, std::size_t source_size, std::size_t target_size) {
    Batch batch{zeros<2, int>({rows, source_size + 1}), zeros<2, int>({rows, target_size + 1}),
                zeros<2, int>({rows, target_size + 1})};
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t t = 0; t < source_size; ++t) batch.source(row, t) = static_cast<int>(draw.below(27));
        batch.source(row, source_size) = eos_token;
        batch.decoder_input(row, 0) = sos_token;
        for (std::size_t t = 0; t < target_size; ++t) {
            const int letter = static_cast<int>(draw.below(27));
            batch.target(row, t) = batch.decoder_input(row, t + 1) = letter;
        }
        batch.target(row, target_size) = eos_token;
    }
    return batch;
}

}  // namespace wb
