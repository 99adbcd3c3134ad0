// NOTE: The beam is a set that is trimmed while it is filled, probabilities are taken in float, and words go one at a time.
#include "decoding.hpp"

#include <cmath>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace wb {
namespace {

std::vector<float> log_softmax(std::vector<float> logits) {
    std::optional<float> top;
    for (float& logit : logits) {
        if (!std::isfinite(logit)) {
            logit = -INFINITY;
        } else if (!top || logit > *top) {
            top = logit;
        }
    }
    if (!top) throw Error("decoding: no logit is finite");
    float sum = 0;
    for (float& logit : logits) sum += std::exp(logit -= *top);
    for (float& logit : logits) logit -= std::log(sum);
    return logits;
}

/// A beginning in the order in which beams prefer them: the likelier, then the older parent's, then the lower token's.
struct Candidate {
    double cost;  ///< -log-probability
    std::size_t parent;
    int token;
    bool operator<(const Candidate& other) const {
        return std::tie(cost, parent, token) < std::tie(other.cost, other.parent, other.token);
    }
};

Tensor<2, int> one_row(std::span<const int> tokens) {
    Tensor<2, int> row(std::array<std::size_t, 2>{1, tokens.size()});
    for (std::size_t t = 0; t < tokens.size(); ++t) row(0, t) = tokens[t];
    return row;
}

}  // namespace

std::vector<int> greedy_decode(const NextLogits& next, const DecodingLimits& limits) {
    std::vector<int> written;
    for (std::vector<int> prefix{limits.start}; written.size() < limits.max_tokens; prefix.push_back(written.back())) {
        const std::vector<float> logs = log_softmax(next(prefix));
        // The maximum of -inf and numbers, from the back, so that the first of equal ones comes last.
        std::size_t best = logs.size() - 1;
        for (std::size_t token = logs.size() - 1; token-- > 0;) best = logs[token] >= logs[best] ? token : best;
        written.push_back(static_cast<int>(best));
        if (written.back() == limits.end) break;
    }
    return written;
}

std::vector<Hypothesis> beam_search(const NextLogits& next, const BeamOptions& beam, const DecodingLimits& limits) {
    if (beam.width < 1) throw std::invalid_argument("beam_search: width is 0");
    std::vector<std::vector<int>> prefixes{{limits.start}};
    std::vector<double> costs{0};
    std::multimap<double, Hypothesis> by_cost;  // whole, by -score
    std::size_t places = beam.width;
    const auto finish = [&](const std::vector<int>& prefix, double cost) {
        const double length = static_cast<double>(prefix.size()) - 1;
        const double score = -cost / std::pow((5 + length) / 6, beam.length_penalty);
        by_cost.emplace(-score, Hypothesis{{prefix.begin() + 1, prefix.end()}, -cost, score});
    };
    for (std::size_t written = 0; written < limits.max_tokens && !prefixes.empty(); ++written) {
        std::set<Candidate> best;
        for (std::size_t parent = 0; parent < prefixes.size(); ++parent) {
            const std::vector<float> logs = log_softmax(next(prefixes[parent]));
            for (std::size_t token = 0; token < logs.size(); ++token) {
                if (std::isinf(logs[token])) continue;
                best.insert({costs[parent] - static_cast<double>(logs[token]), parent, static_cast<int>(token)});
                if (best.size() > places) best.erase(std::prev(best.end()));
            }
        }
        std::vector<std::vector<int>> old = std::move(prefixes);
        prefixes.clear();
        costs.clear();
        for (const Candidate& candidate : best) {
            std::vector<int> prefix = old[candidate.parent];
            prefix.push_back(candidate.token);
            if (candidate.token == limits.end) {
                finish(prefix, candidate.cost);
                --places;
            } else {
                prefixes.push_back(std::move(prefix));
                costs.push_back(candidate.cost);
            }
        }
    }
    for (std::size_t n = 0; n < prefixes.size(); ++n) finish(prefixes[n], costs[n]);
    std::vector<Hypothesis> found;
    for (auto& [cost, hypothesis] : by_cost) found.push_back(std::move(hypothesis));
    return found;
}

NextLogits next_letter(const Translator& model, std::string_view word) {
    Tape<float> tape(Mode::infer);
    const auto annotations = std::make_shared<const Tensor<3>>(model.encoder(tape, one_row(encode(word))).tensor<3>());
    return [&model, annotations](std::span<const int> prefix) {
        Tape<float> own(Mode::infer);
        const Tensor<3> logits = model.decoder(own, one_row(prefix), own.constant(*annotations)).tensor<3>();
        const float* last = &logits(0, prefix.size() - 1, 0);
        return std::vector<float>(last, last + logits.shape(2));
    };
}

std::string translate(const Translator& model, std::string_view word) {
    return decode(greedy_decode(next_letter(model, word)));
}

std::vector<std::string> translate_all(const Translator& model, const std::vector<std::string>& words) {
    std::vector<std::string> translations;
    for (const std::string& word : words) translations.push_back(translate(model, word));
    return translations;
}

}  // namespace wb
