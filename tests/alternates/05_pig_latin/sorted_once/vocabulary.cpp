// NOTE: The symbols as one string: a token is a place in it.
#include "vocabulary.hpp"

#include <algorithm>
#include <stdexcept>

namespace wb {
namespace {

// '^' is at SOS, so that decode can look it up; encode must not find it.
constexpr std::string_view symbols = "abcdefghijklmnopqrstuvwxyz-^";

}  // namespace

std::vector<int> encode(std::string_view word) {
    std::vector<int> tokens(word.size() + 1, eos_token);
    for (std::size_t i = 0; i < word.size(); ++i) {
        const std::size_t place = symbols.find(word[i]);
        if (place >= static_cast<std::size_t>(sos_token)) {
            throw std::invalid_argument("encode: position " + std::to_string(i) + " holds '" + word[i] + "', byte " +
                                        std::to_string(static_cast<unsigned char>(word[i])));
        }
        tokens[i] = static_cast<int>(place);
    }
    return tokens;
}

std::string decode(std::span<const int> tokens) {
    const std::span<const int> word =
        tokens.first(static_cast<std::size_t>(std::find(tokens.begin(), tokens.end(), eos_token) - tokens.begin()));
    std::string text;
    for (const int token : word) {
        if (token < 0 || token > eos_token)
            throw std::out_of_range("token " + std::to_string(token) + " at place " + std::to_string(text.size()));
        text += symbols[static_cast<std::size_t>(token)];
    }
    return !word.empty() && word[0] == sos_token ? text.substr(1) : text;
}

}  // namespace wb
