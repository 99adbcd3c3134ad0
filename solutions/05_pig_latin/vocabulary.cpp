/// @file
/// Exercise 5.1: words as rows of tokens. The contract is chapters/05_pig_latin/vocabulary.hpp.
#include "vocabulary.hpp"

#include <stdexcept>

#include "wb/byte_source.hpp"

namespace wb {

// TODO(5.1): a word's tokens.
//   Start:    'c' - 'a' is 2.
//   Ask:      what would a model that was never shown an EOS do after the last letter?
//   Traps:    std::isalpha lets capitals through, and depends on the locale; a char may be negative.
std::vector<int> encode(std::string_view word) {
    // SOLUTION BEGIN 5.1
    std::vector<int> tokens;
    for (const char c : word) {
        if (c >= 'a' && c <= 'z') {
            tokens.push_back(c - 'a');
        } else if (c == '-') {
            tokens.push_back(hyphen_token);
        } else {
            throw std::invalid_argument("encode: " + in_quotes({&c, 1}) + " (character " +
                                        std::to_string(tokens.size()) + " of " + in_quotes(word) +
                                        ") is not one of a-z and '-'");
        }
    }
    tokens.push_back(eos_token);
    return tokens;
    // SOLUTION END
}

// TODO(5.1): what a model has written.
//   Ask:      a model that has not learned anything yet writes any token anywhere. Which of its answers must not be read
//             as "eamtay"?
//   Traps:    letters behind EOS are not part of the word; nor is a number behind it an error.
std::string decode(std::span<const int> tokens) {
    // SOLUTION BEGIN 5.1
    std::string text;
    for (std::size_t i = 0; i < tokens.size() && tokens[i] != eos_token; ++i) {
        const int token = tokens[i];
        if (token < 0 || token >= vocabulary_size) {
            throw std::out_of_range("decode: " + std::to_string(token) + " (place " + std::to_string(i) +
                                    ") is no token: they are 0 .. " + std::to_string(vocabulary_size - 1));
        }
        if (token == sos_token) {
            if (i > 0) text += '^';
        } else {
            text += token == hyphen_token ? '-' : static_cast<char>('a' + token);
        }
    }
    return text;
    // SOLUTION END
}

}  // namespace wb
