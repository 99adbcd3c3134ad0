/// @file
/// Words and pairs of words from text files: chapter 5's word lists (a word a line), and files of pairs such as the source
/// course's (a word, one space, its translation). A word is 1 to 64 of the characters a-z and '-'.
///
/// A file may come from anywhere. A line that is not what it should be is *odd*: it is skipped, and reported as
/// 'pairs.txt:17: the word: "3" in "23" is no letter: a word is of a-z and '-''. Nothing but a file without a single good line, a file of
/// more than 64 MiB and one that cannot be read is an error. Lines end in `\n` or `\r\n`; the last one need not.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace wb {

/// A word and its translation.
struct WordPair {
    std::string source;  ///< e.g. "team"
    std::string target;  ///< e.g. "eamtay"
    bool operator==(const WordPair&) const = default;
};

/// What is odd in a file.
struct OddLines {
    std::vector<std::string> reports;  ///< "file:line: what", of the first 100 odd lines
    std::size_t count = 0;             ///< of all of them
};

/// Words of a file.
struct WordFile {
    std::vector<std::string> words;  ///< in the file's order, each once
    OddLines odd;                    ///< lines that are left out
};

/// Pairs of a file.
struct WordPairFile {
    std::vector<WordPair> pairs;  ///< in the file's order, each once; a word with two translations is there twice
    OddLines odd;                 ///< lines that are left out
};

/// Why `text` is not a word, e.g. '"3" in "23" is no letter: ..'; empty when it is one.
std::string why_no_word(std::string_view text);

/// @throws FileError naming the file: cannot be read, is too large, or has no word
WordFile read_words(const std::filesystem::path& path);
/// The same from memory. @param name  what messages call the text
WordFile parse_words(std::string_view text, const std::string& name);

/// @throws FileError naming the file: cannot be read, is too large, or has no pair
WordPairFile read_word_pairs(const std::filesystem::path& path);
/// The same from memory. @param name  what messages call the text
WordPairFile parse_word_pairs(std::string_view text, const std::string& name);

}  // namespace wb
