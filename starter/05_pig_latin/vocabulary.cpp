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
    throw wb::NotImplemented("5.1");
}

// TODO(5.1): what a model has written.
//   Ask:      a model that has not learned anything yet writes any token anywhere. Which of its answers must not be read
//             as "eamtay"?
//   Traps:    letters behind EOS are not part of the word; nor is a number behind it an error.
std::string decode(std::span<const int> tokens) {
    throw wb::NotImplemented("5.1");
}

}  // namespace wb
