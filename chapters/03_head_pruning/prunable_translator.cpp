#include "prunable_translator.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "wb/autograd/elementwise.hpp"
#include "wb/errors.hpp"
#include "wb/nn/positions.hpp"

namespace wb {
namespace {

constexpr auto relu_layer = FeedForward<float>::Nonlinearity::relu;

int token_of(char letter) {
    if (letter == '-') return letters::hyphen;
    if (letter < 'a' || letter > 'z')
        throw std::invalid_argument("a word of the translator has \"" + std::string(1, letter) +
                                    "\", which is not one of a-z and '-'");
    return letter - 'a';
}

char letter_of(int token) {
    return token == letters::hyphen ? '-' : static_cast<char>('a' + token);
}

/// Embeddings with their positions: [batch, length, hidden].
Var<float> embed(Tape<float>& tape, const Embedding<float>& table, const Tensor<2, int>& tokens) {
    const std::size_t batch = tokens.shape(0), length = tokens.shape(1), hidden = table.weight->shape[-1];
    const Var<float> rows = table(tape, {tokens.data(), tokens.size()}, {batch, length});
    return rows + tape.constant(sinusoidal_positions<float>(length, hidden));
}

/// A batch's first columns of decoder_input.
Tensor<2, int> first_columns(const Tensor<2, int>& tokens, std::size_t columns) {
    Tensor<2, int> some(std::array<std::size_t, 2>{tokens.shape(0), columns});
    for (std::size_t b = 0; b < tokens.shape(0); ++b) std::copy_n(&tokens(b, 0), columns, &some(b, 0));
    return some;
}

}  // namespace

LetterBatch make_letter_batch(std::span<const WordPair> pairs) {
    if (pairs.empty()) throw std::invalid_argument("make_letter_batch: no pairs");
    std::size_t source_len = 0, target_len = 0;
    for (const WordPair& pair : pairs) {
        source_len = std::max(source_len, pair.source.size() + 1);
        target_len = std::max(target_len, pair.target.size() + 1);
    }
    const auto padded = [&](std::size_t length) {
        Tensor<2, int> tokens(std::array<std::size_t, 2>{pairs.size(), length});
        tokens.fill(letters::padding);
        return tokens;
    };
    LetterBatch batch{padded(source_len), {}, padded(target_len), padded(target_len)};
    for (std::size_t b = 0; b < pairs.size(); ++b) {
        const auto& [source, target] = pairs[b];
        for (std::size_t t = 0; t < source.size(); ++t) batch.source(b, t) = token_of(source[t]);
        batch.source(b, source.size()) = letters::end;
        batch.source_lengths.push_back(static_cast<int>(source.size()) + 1);
        batch.decoder_input(b, 0) = letters::start;
        for (std::size_t t = 0; t < target.size(); ++t)
            batch.decoder_input(b, t + 1) = batch.target(b, t) = token_of(target[t]);
        batch.target(b, target.size()) = letters::end;
    }
    return batch;
}

PrunableEncoderLayer::PrunableEncoderLayer(const PrunableTranslatorOptions& o, Random& random)
    : norm1(o.hidden),
      self_attention(o.hidden, o.heads, o.hidden / o.heads, random),
      norm2(o.hidden),
      feed_forward(o.hidden, o.mlp, random, relu_layer) {}

void PrunableEncoderLayer::list(ParameterList<float>& out, const std::string& prefix) const {
    out.add_module(prefix, "norm1", norm1);
    out.add_module(prefix, "self_attention", self_attention);
    out.add_module(prefix, "norm2", norm2);
    out.add_module(prefix, "feed_forward", feed_forward);
}

PrunableDecoderLayer::PrunableDecoderLayer(const PrunableTranslatorOptions& o, Random& random)
    : norm1(o.hidden),
      self_attention(o.hidden, o.heads, o.hidden / o.heads, random),
      norm2(o.hidden),
      cross_attention(o.hidden, o.heads, o.hidden / o.heads, random),
      norm3(o.hidden),
      feed_forward(o.hidden, o.mlp, random, relu_layer) {}

void PrunableDecoderLayer::list(ParameterList<float>& out, const std::string& prefix) const {
    out.add_module(prefix, "norm1", norm1);
    out.add_module(prefix, "self_attention", self_attention);
    out.add_module(prefix, "norm2", norm2);
    out.add_module(prefix, "cross_attention", cross_attention);
    out.add_module(prefix, "norm3", norm3);
    out.add_module(prefix, "feed_forward", feed_forward);
}

PrunableTranslator::PrunableTranslator(const PrunableTranslatorOptions& shape, Random& random)
    : options(shape),
      source_embedding(letters::symbols, shape.hidden, random),
      target_embedding(letters::symbols, shape.hidden, random),
      encoder_norm(shape.hidden),
      decoder_norm(shape.hidden),
      out(shape.hidden, letters::classes, random) {
    if (shape.heads == 0 || shape.hidden % shape.heads != 0 || shape.hidden % 2 != 0)
        throw std::invalid_argument("PrunableTranslator: " + std::to_string(shape.heads) +
                                    " heads must divide the width of " + std::to_string(shape.hidden) +
                                    ", which must be even");
    for (std::size_t n = 0; n < shape.layers; ++n) encoder.emplace_back(shape, random);
    for (std::size_t n = 0; n < shape.layers; ++n) decoder.emplace_back(shape, random);
}

Var<float> PrunableTranslator::operator()(Tape<float>& tape, const LetterBatch& batch, const ModelUse& use) const {
    const HeadSet heads_now = heads();
    const AttentionMask sources{.key_lengths = batch.source_lengths};
    Var<float> x = embed(tape, source_embedding, batch.source);
    for (std::size_t n = 0; n < encoder.size(); ++n) {
        const PrunableEncoderLayer& layer = encoder[n];
        const Var<float> normed = layer.norm1(x);
        x = x + layer.self_attention(normed, normed, sources, use.of_module(heads_now, n));
        x = x + layer.feed_forward(layer.norm2(x));
    }
    const Var<float> annotations = encoder_norm(x);
    Var<float> y = embed(tape, target_embedding, batch.decoder_input);
    for (std::size_t n = 0; n < decoder.size(); ++n) {
        const PrunableDecoderLayer& layer = decoder[n];
        const std::size_t module = encoder.size() + 2 * n;
        const Var<float> normed = layer.norm1(y);
        y = y + layer.self_attention(normed, normed, {.causal = true}, use.of_module(heads_now, module));
        y = y + layer.cross_attention(layer.norm2(y), annotations, sources, use.of_module(heads_now, module + 1));
        y = y + layer.feed_forward(layer.norm3(y));
    }
    const Var<float> features = decoder_norm(y);
    if (use.features != nullptr) *use.features = features;
    return out(features);
}

HeadSet PrunableTranslator::heads() const {
    HeadSet set;
    for (const PrunableEncoderLayer& layer : encoder) set.heads.push_back(layer.self_attention.heads);
    for (const PrunableDecoderLayer& layer : decoder) {
        set.heads.push_back(layer.self_attention.heads);
        set.heads.push_back(layer.cross_attention.heads);
    }
    return set;
}

std::vector<PrunableAttention*> PrunableTranslator::attentions() {
    std::vector<PrunableAttention*> modules;
    for (PrunableEncoderLayer& layer : encoder) modules.push_back(&layer.self_attention);
    for (PrunableDecoderLayer& layer : decoder) {
        modules.push_back(&layer.self_attention);
        modules.push_back(&layer.cross_attention);
    }
    return modules;
}

void PrunableTranslator::list(ParameterList<float>& list, const std::string& prefix) const {
    list.add_module(prefix, "source_embedding", source_embedding);
    list.add_module(prefix, "target_embedding", target_embedding);
    list.add_modules(prefix, "encoder", encoder);
    list.add_module(prefix, "encoder_norm", encoder_norm);
    list.add_modules(prefix, "decoder", decoder);
    list.add_module(prefix, "decoder_norm", decoder_norm);
    list.add_module(prefix, "out", out);
}

std::vector<double> exact_matches(const Tensor<3>& logits, const LetterBatch& batch) {
    std::vector<double> right;
    for (std::size_t b = 0; b < batch.target.shape(0); ++b) {
        bool all = true;
        for (std::size_t t = 0; t < batch.target.shape(1) && batch.target(b, t) != letters::padding; ++t) {
            const float* row = &logits(b, t, 0);
            all = all && std::max_element(row, row + letters::classes) - row == batch.target(b, t);
        }
        right.push_back(all ? 1 : 0);
    }
    return right;
}

std::vector<std::string> translate_letters(const PrunableTranslator& model, std::span<const WordPair> pairs,
                                           const Tensor<1>* gates, std::size_t max_letters) {
    LetterBatch batch = make_letter_batch(pairs);
    Tensor<2, int> written(std::array<std::size_t, 2>{pairs.size(), max_letters + 1});
    written.fill(letters::padding);
    for (std::size_t b = 0; b < pairs.size(); ++b) written(b, 0) = letters::start;
    std::vector<std::string> words(pairs.size());
    std::vector<bool> done(pairs.size());
    Tape<float> tape(Mode::infer);
    for (std::size_t t = 0; t < max_letters && std::find(done.begin(), done.end(), false) != done.end(); ++t) {
        tape.reset(Mode::infer);
        batch.decoder_input = first_columns(written, t + 1);
        ModelUse use;
        if (gates != nullptr) use.gates = tape.constant(*gates);
        const Tensor<3> logits = model(tape, batch, use).tensor<3>();
        for (std::size_t b = 0; b < pairs.size(); ++b) {
            const float* row = &logits(b, t, 0);
            const int token = static_cast<int>(std::max_element(row, row + letters::classes) - row);
            written(b, t + 1) = token;
            done[b] = done[b] || token == letters::end;
            if (!done[b] && token != letters::start) words[b] += letter_of(token);
        }
    }
    return words;
}

}  // namespace wb
