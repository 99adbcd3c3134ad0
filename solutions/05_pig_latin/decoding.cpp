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

// SOLUTION BEGIN 5.7 removed
namespace {

/// The token with the highest of the finite logits, of equal ones the lowest.
int likeliest(std::span<const float> logits) {
    int best = -1;
    for (std::size_t token = 0; token < logits.size(); ++token) {
        if (!std::isfinite(logits[token])) continue;
        if (best < 0 || logits[token] > logits[static_cast<std::size_t>(best)]) best = static_cast<int>(token);
    }
    if (best < 0) {
        throw Error("decoding: none of " + std::to_string(logits.size()) +
                    " logits is finite, so no token is likeliest. Did training diverge?");
    }
    return best;
}

/// log softmax over the finite logits; -inf for the others.
std::vector<double> log_probabilities(std::span<const float> logits) {
    const double top = logits[static_cast<std::size_t>(likeliest(logits))];
    double sum = 0;
    for (const float logit : logits) sum += std::isfinite(logit) ? std::exp(logit - top) : 0;
    const double log_sum = top + std::log(sum);
    std::vector<double> result;
    for (const float logit : logits) result.push_back(std::isfinite(logit) ? logit - log_sum : -INFINITY);
    return result;
}

/// A beginning of the beam with one token more.
struct Continuation {
    std::size_t beginning;  ///< its place in the beam
    int token;
    double log_probability;  ///< of all tokens together
};

/// Every beginning with every token that is possible.
std::vector<Continuation> continuations(const NextLogits& next, const std::vector<Hypothesis>& beginnings, int start) {
    std::vector<Continuation> result;
    for (std::size_t n = 0; n < beginnings.size(); ++n) {
        std::vector<int> prefix{start};
        prefix.insert(prefix.end(), beginnings[n].tokens.begin(), beginnings[n].tokens.end());
        const std::vector<double> steps = log_probabilities(next(prefix));
        for (std::size_t token = 0; token < steps.size(); ++token) {
            if (!std::isfinite(steps[token])) continue;
            result.push_back({n, static_cast<int>(token), beginnings[n].log_probability + steps[token]});
        }
    }
    return result;
}

/// Words in one batch at most: as many as make the products large, and as few as leave the values in the cache.
constexpr std::size_t words_of_a_batch = 128;

/// The tokens of each word, greedily. All words are equally long; a word that is whole leaves the batch.
std::vector<std::vector<int>> translate_batch(Tape<float>& tape, const Translator& model,
                                              const std::vector<std::vector<int>>& sources) {
    const DecodingLimits limits;
    const std::size_t source_len = sources[0].size();
    Tensor<2, int> source(std::array<std::size_t, 2>{sources.size(), source_len});
    for (std::size_t row = 0; row < sources.size(); ++row)
        std::copy(sources[row].begin(), sources[row].end(), &source(row, 0));
    tape.reset(Mode::infer);
    const Tensor<3> annotations = model.encoder(tape, source).tensor<3>();
    const std::size_t annotation_size = annotations.shape(1) * annotations.shape(2);

    std::vector<std::vector<int>> written(sources.size());
    std::vector<std::size_t> unfinished(sources.size());
    for (std::size_t row = 0; row < unfinished.size(); ++row) unfinished[row] = row;
    for (std::size_t length = 1; length <= limits.max_tokens && !unfinished.empty(); ++length) {
        Tensor<2, int> prefixes(std::array<std::size_t, 2>{unfinished.size(), length});
        Tensor<3> read(std::array<std::size_t, 3>{unfinished.size(), annotations.shape(1), annotations.shape(2)});
        for (std::size_t row = 0; row < unfinished.size(); ++row) {
            const std::vector<int>& tokens = written[unfinished[row]];
            prefixes(row, 0) = limits.start;
            std::copy(tokens.begin(), tokens.end(), &prefixes(row, 0) + 1);
            std::copy_n(&annotations(unfinished[row], 0, 0), annotation_size, &read(row, 0, 0));
        }
        tape.reset(Mode::infer);
        const Var<float> logits = model.decoder(tape, prefixes, tape.constant(read));
        const std::size_t vocabulary = logits.shape()[-1];
        for (std::size_t row = 0; row < unfinished.size(); ++row) {
            const std::size_t last_place = (row + 1) * length - 1;
            const int token = likeliest(logits.value().subspan(last_place * vocabulary, vocabulary));
            written[unfinished[row]].push_back(token);
        }
        std::erase_if(unfinished, [&](std::size_t row) { return written[row].back() == limits.end; });
    }
    return written;
}

}  // namespace
// SOLUTION END

// TODO(5.7): write the likeliest token until the end comes, or there is no more room.
//   Equation: token_t = argmax_v next(start, token_0, .., token_t-1)[v].
//   Start:    a vector with the start in it is the prefix. What you return is that vector without its first element.
//   Ask:      softmax changes every logit. Can it change which one is the largest?
//   Traps:    no comparison with NaN is true, so a NaN in the first place stays the maximum of many a loop for ever.
std::vector<int> greedy_decode(const NextLogits& next, const DecodingLimits& limits) {
    // SOLUTION BEGIN 5.7
    std::vector<int> prefix{limits.start};
    while (prefix.size() <= limits.max_tokens) {
        prefix.push_back(likeliest(next(prefix)));
        if (prefix.back() == limits.end) break;
    }
    return {prefix.begin() + 1, prefix.end()};
    // SOLUTION END
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
    // SOLUTION BEGIN 5.7
    if (beam.width == 0) throw std::invalid_argument("beam_search: a width of 0; a beam holds at least 1 beginning");
    std::vector<Hypothesis> beginnings(1), whole;
    for (std::size_t step = 0; step < limits.max_tokens && !beginnings.empty(); ++step) {
        std::vector<Continuation> kept = continuations(next, beginnings, limits.start);
        // The list is in the order of beginnings and tokens, and a stable sort leaves equal ones in it.
        std::stable_sort(kept.begin(), kept.end(), [](const Continuation& a, const Continuation& b) {
            return a.log_probability > b.log_probability;
        });
        kept.resize(std::min(kept.size(), beam.width - whole.size()));
        std::vector<Hypothesis> longer;
        for (const Continuation& continuation : kept) {
            Hypothesis hypothesis = beginnings[continuation.beginning];
            hypothesis.tokens.push_back(continuation.token);
            hypothesis.log_probability = continuation.log_probability;
            (continuation.token == limits.end ? whole : longer).push_back(std::move(hypothesis));
        }
        beginnings = std::move(longer);
    }
    whole.insert(whole.end(), beginnings.begin(), beginnings.end());
    for (Hypothesis& hypothesis : whole) {
        const double length = static_cast<double>(hypothesis.tokens.size());
        hypothesis.score = hypothesis.log_probability / std::pow((5 + length) / 6, beam.length_penalty);
    }
    std::stable_sort(whole.begin(), whole.end(),
                     [](const Hypothesis& a, const Hypothesis& b) { return a.score > b.score; });
    return whole;
    // SOLUTION END
}

// TODO(5.7): a translator as a function of the prefix.
//   Start:    a lambda that holds the annotations of the word; Var::tensor copies them off the tape, Tape::constant puts them
//             back on. Mode::infer writes nothing down.
//   Ask:      the decoder gives logits for every place of the prefix. Which of them has not been answered yet?
//   Traps:    a Var ends with its tape's reset, and a reference to a local tape ends with next_letter; the function that you
//             return is copied, and a Tape is not: a std::shared_ptr is. The word is checked now, not at the first call.
NextLogits next_letter(const Translator& model, std::string_view word) {
    // SOLUTION BEGIN 5.7
    const std::vector<int> source = encode(word);
    Tensor<2, int> row(std::array<std::size_t, 2>{1, source.size()});
    std::copy(source.begin(), source.end(), row.data());
    const auto tape = std::make_shared<Tape<float>>(Mode::infer);
    const Tensor<3> annotations = model.encoder(*tape, row).tensor<3>();
    return [&model, annotations, tape](std::span<const int> prefix) {
        Tensor<2, int> tokens(std::array<std::size_t, 2>{1, prefix.size()});
        std::copy(prefix.begin(), prefix.end(), tokens.data());
        tape->reset(Mode::infer);
        const Var<float> logits = model.decoder(*tape, tokens, tape->constant(annotations));
        const std::span<const float> last = logits.value().last(logits.shape()[-1]);
        return std::vector<float>(last.begin(), last.end());
    };
    // SOLUTION END
}

// TODO(5.7): a word in, a word out.
std::string translate(const Translator& model, std::string_view word) {
    // SOLUTION BEGIN 5.7
    return decode(greedy_decode(next_letter(model, word)));
    // SOLUTION END
}

// TODO(5.7): many words, in batches of equally long ones.
//   Start:    a std::map from length to the numbers of the words. Encode a whole batch; then write the next token of all its
//             words at once, [batch, 1], [batch, 2], ..
//   Ask:      a tensor is a rectangle, but translations are not equally long. What do you do with a word that is finished?
//   Traps:    one word that never ends must not stop, or change, the others; the order of the answers is that of the words.
std::vector<std::string> translate_all(const Translator& model, const std::vector<std::string>& words) {
    // SOLUTION BEGIN 5.7
    std::map<std::size_t, std::vector<std::size_t>> by_length;
    std::vector<std::vector<int>> sources;
    for (std::size_t n = 0; n < words.size(); ++n) {
        sources.push_back(encode(words[n]));
        by_length[words[n].size()].push_back(n);
    }
    std::vector<std::string> translations(words.size());
    Tape<float> tape;
    for (const auto& [length, numbers] : by_length) {
        for (std::size_t first = 0; first < numbers.size(); first += words_of_a_batch) {
            const std::size_t end = std::min(numbers.size(), first + words_of_a_batch);
            std::vector<std::vector<int>> batch;
            for (std::size_t n = first; n < end; ++n) batch.push_back(sources[numbers[n]]);
            const std::vector<std::vector<int>> written = translate_batch(tape, model, batch);
            for (std::size_t n = first; n < end; ++n) translations[numbers[n]] = decode(written[n - first]);
        }
    }
    return translations;
    // SOLUTION END
}

}  // namespace wb
