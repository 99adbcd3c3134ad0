/// @file
/// Exercise 5.8: a decoder-only model. The contract is chapters/05_pig_latin/decoder_only.hpp.
#include "decoder_only.hpp"

#include <algorithm>
#include <memory>

#include "vocabulary.hpp"
#include "wb/autograd/losses.hpp"

namespace wb {

// TODO(5.8): source and translation in one row, and what the model is asked at each place of it.
//   Equation: target[b, t] = tokens[b, t + 1] from EOP on, EOS at the last place, and ignored_target before EOP.
//   Start:    write both rows for team -> eamtay on paper, one above the other. make_batch has checked the pairs, and has all
//             tokens that you need.
//   Ask:      at which place is the first letter of the translation asked for: at EOP, or behind it?
//   Traps:    source's EOS is not part of the prompt; EOS is asked for, and never read.
PromptBatch make_prompt_batch(const std::vector<WordPair>& pairs, std::span<const std::size_t> numbers) {
    // SOLUTION BEGIN 5.8
    const Batch batch = make_batch(pairs, numbers);
    const std::size_t rows = batch.source.shape(0), source_size = batch.source.shape(1) - 1,
                      answers = batch.target.shape(1);
    const std::size_t eop_place = source_size + 1;
    PromptBatch prompts{zeros<2, int>({rows, eop_place + answers}), zeros<2, int>({rows, eop_place + answers})};
    std::fill(prompts.target.begin(), prompts.target.end(), ignored_target);
    for (std::size_t row = 0; row < rows; ++row) {
        prompts.tokens(row, 0) = sos_token;
        std::copy_n(&batch.source(row, 0), source_size, &prompts.tokens(row, 0) + 1);
        // decoder_input and target fit from EOP on, but for the start token.
        std::copy_n(&batch.decoder_input(row, 0), answers, &prompts.tokens(row, eop_place));
        prompts.tokens(row, eop_place) = eop_token;
        std::copy_n(&batch.target(row, 0), answers, &prompts.target(row, eop_place));
    }
    return prompts;
    // SOLUTION END
}

// TODO(5.8): embed, add positions, go through the layers, and out.
//   Start:    the encoder of exercise 5.4, and one thing more for each layer.
//   Ask:      the word is known from the start. Why must its letters, too, not see what stands behind them, if decoding is to
//             give what training promised?
//   Traps:    places are counted through the whole row: the letter behind EOP is not place 0.
Var<float> DecoderOnly::operator()(Tape<float>& tape, const Tensor<2, int>& tokens) const {
    // SOLUTION BEGIN 5.8
    Var<float> x = with_positions(embedding(tape, {tokens.data(), tokens.size()}, {tokens.shape(0), tokens.shape(1)}));
    for (const EncoderLayer& layer : layers) x = layer(x, {.causal = true});
    return out(x);
    // SOLUTION END
}

// TODO(5.8): the mean over the places that count.
//   Start:    cross_entropy's third argument.
//   Ask:      a word's letters could be asked for as well. What would the model have to learn then, and does the task need it?
Var<float> prompt_loss(Tape<float>& tape, const DecoderOnly& model, const PromptBatch& batch) {
    // SOLUTION BEGIN 5.8
    return cross_entropy(model(tape, batch.tokens), {batch.target.data(), batch.target.size()}, ignored_target);
    // SOLUTION END
}

// TODO(5.8): the model as a function of what it has written.
//   Start:    next_letter of exercise 5.7, with a prompt in place of annotations.
//   Ask:      `prefix` begins with EOP. So which tokens of the prompt do you put before it, and which not?
//   Traps:    encode ends with EOS, which no prompt has; the word is checked now, not at the first call.
NextLogits next_token(const DecoderOnly& model, std::string_view word) {
    // SOLUTION BEGIN 5.8
    std::vector<int> prompt = encode(word);
    std::rotate(prompt.begin(), prompt.end() - 1, prompt.end());
    prompt.front() = sos_token;  // where EOS was
    const auto tape = std::make_shared<Tape<float>>(Mode::infer);
    return [&model, prompt, tape](std::span<const int> prefix) {
        Tensor<2, int> tokens(std::array<std::size_t, 2>{1, prompt.size() + prefix.size()});
        std::copy(prefix.begin(), prefix.end(), std::copy(prompt.begin(), prompt.end(), tokens.data()));
        tape->reset(Mode::infer);
        const Var<float> logits = model(*tape, tokens);
        const std::span<const float> last = logits.value().last(prompt_vocabulary_size);
        return std::vector<float>(last.begin(), last.end());
    };
    // SOLUTION END
}

// TODO(5.8): a word in, a word out.
//   Traps:    decode knows 29 tokens, and leaves an SOS in the first place out; here it is a mistake like any other.
std::string translate(const DecoderOnly& model, std::string_view word) {
    // SOLUTION BEGIN 5.8
    std::string text;
    for (const int token : greedy_decode(next_token(model, word), {.start = eop_token})) {
        if (token == sos_token || token == eop_token) {
            text += '^';
        } else {
            text += decode(std::vector<int>{token});  // nothing for EOS
        }
    }
    return text;
    // SOLUTION END
}

}  // namespace wb
