/// @file
/// Exercise 5.7: greedy decoding and beam search. The contract is chapters/05_pig_latin/decoding.hpp.
#include "decoding.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

namespace wb {

// TODO(5.7): write the likeliest token until the end comes, or there is no more room.
//   Equation: token_t = argmax_v next(start, token_0, .., token_t-1)[v].
//   Start:    a vector with the start in it is the prefix. What you return is that vector without its first element.
//   Ask:      softmax changes every logit. Can it change which one is the largest?
//   Traps:    no comparison with NaN is true, so a NaN in the first place stays the maximum of many a loop for ever.
std::vector<int> greedy_decode(const NextLogits& next, const DecodingLimits& limits) {
    throw wb::NotImplemented("5.7");
}

// TODO(5.7): keep several beginnings, and let the continuations of all of them compete.
//   Equation: log P(y_0 .. y_t) = log P(y_0 .. y_t-1) + log softmax(next(start, y_0, .., y_t-1))[y_t];
//             score = log P / ((5 + length) / 6)^length_penalty.
//   Start:    width 2 on paper, for the tree in the handout. One round: list all continuations, sort, keep the best, move the
//             whole ones out. One list of Hypothesis for the beam, one for what is whole.
//   Ask:      why is the sum of *logits* no measure that two beginnings could be compared by? The score decides the order of
//             what is returned. Could it decide otherwise than log P who survives a round?
//   Traps:    exp(1000) is infinite: subtract the largest logit first. A whole word takes its place in the beam with it: with
//             width 4 and one whole word, three beginnings go on. What is left at max_tokens counts, too.
std::vector<Hypothesis> beam_search(const NextLogits& next, const BeamOptions& beam, const DecodingLimits& limits) {
    throw wb::NotImplemented("5.7");
}

// TODO(5.7): a translator as a function of the prefix.
//   Start:    a lambda that holds the annotations of the word; Var::tensor copies them off the tape, Tape::constant puts them
//             back on. Mode::infer writes nothing down.
//   Ask:      the decoder gives logits for every place of the prefix. Which of them has not been answered yet?
//   Traps:    a Var ends with its tape's reset, and a reference to a local tape ends with next_letter; the function that you
//             return is copied, and a Tape is not: a std::shared_ptr is. The word is checked now, not at the first call.
NextLogits next_letter(const Translator& model, std::string_view word) {
    throw wb::NotImplemented("5.7");
}

// TODO(5.7): a word in, a word out.
std::string translate(const Translator& model, std::string_view word) {
    throw wb::NotImplemented("5.7");
}

// TODO(5.7): many words, in batches of equally long ones.
//   Start:    a std::map from length to the numbers of the words. Encode a whole batch; then write the next token of all its
//             words at once, [batch, 1], [batch, 2], ..
//   Ask:      a tensor is a rectangle, but translations are not equally long. What do you do with a word that is finished?
//   Traps:    one word that never ends must not stop, or change, the others; the order of the answers is that of the words.
std::vector<std::string> translate_all(const Translator& model, const std::vector<std::string>& words) {
    throw wb::NotImplemented("5.7");
}

}  // namespace wb
