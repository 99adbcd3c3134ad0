/// @file
/// Exercise 5.1: the vocabulary, 29 symbols, and words as rows of tokens.
///
///     'a' .. 'z'  0 .. 25      '-'  26      SOS  27  (start of sequence)      EOS  28  (end of sequence)
///
///     encode("team") = 19 4 0 12 28                   decode(4 0 12 19 0 24 28) = "eamtay"
///
/// Every word ends with EOS: it is how a model says that it has finished, and it has to learn when. SOS is no part of a
/// word; it is what the decoder sees before it has written anything (batches.hpp).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wb {

inline constexpr int hyphen_token = 26;     ///< '-'
inline constexpr int sos_token = 27;        ///< SOS
inline constexpr int eos_token = 28;        ///< EOS
inline constexpr int vocabulary_size = 29;  ///< tokens are 0 .. 28

/// The tokens of a word, and EOS behind them.
/// @param word  of a-z and '-'; the empty word gives EOS alone
/// @return      [word.size() + 1]
/// @throws std::invalid_argument for any other character. The message shows it, and its position in the word, from 0:
///         encode: "4" (character 1 of "r4t") is not one of a-z and '-'    (wb::in_quotes makes any byte printable)
std::vector<int> encode(std::string_view word);

/// The text of a model's output, up to the first EOS or, without one, to its end. What follows EOS is not looked at. An SOS in
/// the first place is left out: it was the decoder's start. Any other SOS is written '^', so that a model's mistake is seen:
/// left out as well, a wrong answer would read as a right one.
/// @param tokens  as the model wrote them
/// @throws std::out_of_range for a number that is no token, before the first EOS; the message has number and position
std::string decode(std::span<const int> tokens);

}  // namespace wb
