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
    throw wb::NotImplemented("5.8");
}

// TODO(5.8): embed, add positions, go through the layers, and out.
//   Start:    the encoder of exercise 5.4, and one thing more for each layer.
//   Ask:      the word is known from the start. Why must its letters, too, not see what stands behind them, if decoding is to
//             give what training promised?
//   Traps:    places are counted through the whole row: the letter behind EOP is not place 0.
Var<float> DecoderOnly::operator()(Tape<float>& tape, const Tensor<2, int>& tokens) const {
    throw wb::NotImplemented("5.8");
}

// TODO(5.8): the mean over the places that count.
//   Start:    cross_entropy's third argument.
//   Ask:      a word's letters could be asked for as well. What would the model have to learn then, and does the task need it?
Var<float> prompt_loss(Tape<float>& tape, const DecoderOnly& model, const PromptBatch& batch) {
    throw wb::NotImplemented("5.8");
}

// TODO(5.8): the model as a function of what it has written.
//   Start:    next_letter of exercise 5.7, with a prompt in place of annotations.
//   Ask:      `prefix` begins with EOP. So which tokens of the prompt do you put before it, and which not?
//   Traps:    encode ends with EOS, which no prompt has; the word is checked now, not at the first call.
NextLogits next_token(const DecoderOnly& model, std::string_view word) {
    throw wb::NotImplemented("5.8");
}

// TODO(5.8): a word in, a word out.
//   Traps:    decode knows 29 tokens, and leaves an SOS in the first place out; here it is a mistake like any other.
std::string translate(const DecoderOnly& model, std::string_view word) {
    throw wb::NotImplemented("5.8");
}

}  // namespace wb
