/// @file
/// Exercise 5.8 another way: rows are made token by token from the words, places that do not count are left out of the logits'
/// cross-entropy by a second list, and the prompt is read anew from the word at each call.
#include "decoder_only.hpp"

#include <algorithm>

#include "positions.hpp"
#include "vocabulary.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/losses.hpp"

namespace wb {

PromptBatch make_prompt_batch(const std::vector<WordPair>& pairs, std::span<const std::size_t> numbers) {
    (void)make_batch(pairs, numbers);  // for its errors
    std::vector<int> tokens, target;
    for (const std::size_t number : numbers) {
        std::vector<int> whole{sos_token};
        for (const int token : encode(pairs[number].source)) whole.push_back(token == eos_token ? eop_token : token);
        const std::size_t prompt = whole.size();
        for (const int token : encode(pairs[number].target)) whole.push_back(token);
        for (std::size_t t = 0; t + 1 < whole.size(); ++t) {
            tokens.push_back(whole[t]);
            target.push_back(t + 1 < prompt ? ignored_target : whole[t + 1]);
        }
    }
    const std::size_t rows = numbers.size();
    PromptBatch batch{zeros<2, int>({rows, tokens.size() / rows}), zeros<2, int>({rows, tokens.size() / rows})};
    std::copy(tokens.begin(), tokens.end(), batch.tokens.begin());
    std::copy(target.begin(), target.end(), batch.target.begin());
    return batch;
}

Var<float> DecoderOnly::operator()(Tape<float>& tape, const Tensor<2, int>& tokens) const {
    const std::size_t length = tokens.shape(1), hidden = embedding.weight->shape[1];
    std::vector<std::uint8_t> allowed(length * length);
    for (std::size_t t = 0; t < length; ++t) std::fill_n(&allowed[t * length], t + 1, std::uint8_t{1});
    Var<float> x = embedding(tape, {tokens.data(), tokens.size()}, {tokens.shape(0), length});
    x = x + tape.constant(sinusoidal_positions(length, hidden));
    for (const EncoderLayer& layer : layers) x = layer(x, {.allowed = allowed});
    return out(x);
}

Var<float> prompt_loss(Tape<float>& tape, const DecoderOnly& model, const PromptBatch& batch) {
    std::vector<int> targets(batch.target.begin(), batch.target.end());
    std::replace(targets.begin(), targets.end(), ignored_target, prompt_vocabulary_size);
    return cross_entropy(model(tape, batch.tokens), targets, prompt_vocabulary_size);
}

NextLogits next_token(const DecoderOnly& model, std::string_view word) {
    (void)encode(word);  // for its errors
    return [&model, copy = std::string(word)](std::span<const int> prefix) {
        std::vector<int> row{sos_token};
        for (const int token : encode(copy)) row.push_back(token);
        row.pop_back();
        row.insert(row.end(), prefix.begin(), prefix.end());
        Tensor<2, int> tokens(std::array<std::size_t, 2>{1, row.size()});
        std::copy(row.begin(), row.end(), tokens.begin());
        Tape<float> tape(Mode::infer);
        const Tensor<3> logits = model(tape, tokens).tensor<3>();
        const float* last = &logits(0, row.size() - 1, 0);
        return std::vector<float>(last, last + prompt_vocabulary_size);
    };
}

std::string translate(const DecoderOnly& model, std::string_view word) {
    std::string text;
    for (const int token :
         greedy_decode(next_token(model, word), {.start = eop_token, .end = eos_token, .max_tokens = 30})) {
        if (token == eos_token) break;
        text += token < hyphen_token ? static_cast<char>('a' + token) : token == hyphen_token ? '-' : '^';
    }
    return text;
}

}  // namespace wb
