/// @file
/// A model for decoders, written down by hand: after these tokens, these probabilities.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "decoding_probes.hpp"
#include "judge/judge.hpp"

namespace wb {

/// Four tokens, of which two are letters.
inline constexpr int a_ = 0, b_ = 1, end_ = 2, start_ = 3;

inline DecodingLimits four_tokens(std::size_t max_tokens) {
    return {.start = start_, .end = end_, .max_tokens = max_tokens};
}

/// A table over a_, b_, end_ and start_. Where nothing is said, all four are equally likely.
class TreeModel {
 public:
    explicit TreeModel(std::size_t places) : logits_(zeros<4>({places, 4, 4, 4})) {}

    /// Logits of the token after `tokens` (without the start; of more than two, the last two count).
    TreeModel& logits(const std::vector<int>& tokens, const std::vector<float>& values) {
        const int last = tokens.empty() ? start_ : tokens.back();
        const int before = tokens.size() < 2 ? start_ : tokens[tokens.size() - 2];
        for (std::size_t token = 0; token < 4; ++token) {
            logits_(tokens.size(), static_cast<std::size_t>(before), static_cast<std::size_t>(last), token) =
                values.at(token);
        }
        return *this;
    }
    /// Probabilities of a, b and the end after `tokens`; the start never comes. As logits they are moved by `shift`, which
    /// changes no probability.
    TreeModel& after(const std::vector<int>& tokens, double a, double b, double end, double shift = 0) {
        const auto logit = [&](double p) { return static_cast<float>(std::log(p) + shift); };
        return logits(tokens, {logit(a), logit(b), logit(end), -INFINITY});
    }
    [[nodiscard]] const probes::TableModel& table() const { return logits_; }

 private:
    probes::TableModel logits_;
};

/// "a b end".
inline std::string words_of(const std::vector<int>& tokens) {
    std::string text;
    for (const int token : tokens) {
        const std::string word =
            token >= 0 && token < 4
                ? std::vector<std::string>{"a", "b", "end", "start"}[static_cast<std::size_t>(token)]
                : std::to_string(token);
        text += (text.empty() ? "" : " ") + word;
    }
    return text.empty() ? "(nothing)" : text;
}

}  // namespace wb
