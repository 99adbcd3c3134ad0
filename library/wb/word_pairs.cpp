#include "wb/word_pairs.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>

#include "wb/byte_source.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

constexpr std::uint64_t most_bytes = 64U << 20U;
constexpr std::size_t longest_word = 64;
constexpr std::size_t most_reports = 100;

void report(OddLines& odd, const std::string& name, std::size_t line, const std::string& what) {
    if (++odd.count <= most_reports) odd.reports.push_back(name + ":" + std::to_string(line) + ": " + what);
}

/// Calls f(line, number) for every line, without its end. What follows the last \n is a line unless it is empty.
template <class F>
void for_lines(std::string_view text, const F& f) {
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        f(line, number);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

/// Reports a line whose content was there before. `seen` maps content to its first line. @return whether it is new
bool is_new(std::map<std::string_view, std::size_t>& seen, std::string_view content, OddLines& odd,
            const std::string& name, std::size_t number) {
    const auto [first, fresh] = seen.try_emplace(content, number);
    if (!fresh)
        report(odd, name, number, in_quotes(content) + " stood in line " + std::to_string(first->second) + " already");
    return fresh;
}

void require_some(bool some, const std::string& name, const char* what, const char* form, const OddLines& odd) {
    if (some) return;
    const std::string first = odd.reports.empty() ? "It is empty." : "The first line that is not so: " + odd.reports[0];
    throw FileError(name + ": holds no " + what + ". Each line should be " + form + ". " + first);
}

std::string text_of_file(const std::filesystem::path& path) {
    const auto source = open_file(path);
    if (source->size() > most_bytes) {
        throw FileError(path.string() + ": has " + std::to_string(source->size()) + " bytes; lists of words of up to " +
                        std::to_string(most_bytes) + " are read. Is it the right file?");
    }
    std::string text(source->size(), '\0');
    source->read(0, std::as_writable_bytes(std::span(text)));
    return text;
}

/// Why a line is not a pair; empty when it is one, whose halves are then in `source` and `target`.
std::string why_no_pair(std::string_view line, std::string_view& source, std::string_view& target) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return "expected a word, a space and its translation, got " + in_quotes(line);
    source = line.substr(0, space);
    target = line.substr(space + 1);
    for (const std::string_view word : {source, target}) {
        const std::string why = why_no_word(word);
        if (!why.empty()) return (word.data() == source.data() ? "the word: " : "the translation: ") + why;
    }
    return "";
}

}  // namespace

std::string why_no_word(std::string_view text) {
    if (text.empty()) return "there is nothing where a word should be";
    if (text.size() > longest_word)
        return std::to_string(text.size()) + " characters; a word has at most " + std::to_string(longest_word);
    const auto odd = std::find_if(text.begin(), text.end(), [](char c) { return c != '-' && (c < 'a' || c > 'z'); });
    if (odd == text.end()) return "";
    return in_quotes(std::string_view(odd, odd + 1)) + " in " + in_quotes(text) +
           " is no letter: a word is of a-z and '-'";
}

WordFile parse_words(std::string_view text, const std::string& name) {
    WordFile file;
    std::map<std::string_view, std::size_t> seen;
    for_lines(text, [&](std::string_view line, std::size_t number) {
        const std::string why = why_no_word(line);
        if (!why.empty()) return report(file.odd, name, number, why);
        if (is_new(seen, line, file.odd, name, number)) file.words.emplace_back(line);
    });
    require_some(!file.words.empty(), name, "word", "one word of a-z and '-'", file.odd);
    return file;
}

WordPairFile parse_word_pairs(std::string_view text, const std::string& name) {
    WordPairFile file;
    std::map<std::string_view, std::size_t> seen;
    for_lines(text, [&](std::string_view line, std::size_t number) {
        std::string_view source, target;
        const std::string why = why_no_pair(line, source, target);
        if (!why.empty()) return report(file.odd, name, number, why);
        if (is_new(seen, line, file.odd, name, number))
            file.pairs.push_back({std::string(source), std::string(target)});
    });
    require_some(!file.pairs.empty(), name, "pair", "a word, a space and its translation", file.odd);
    return file;
}

WordFile read_words(const std::filesystem::path& path) {
    return parse_words(text_of_file(path), path.string());
}

WordPairFile read_word_pairs(const std::filesystem::path& path) {
    return parse_word_pairs(text_of_file(path), path.string());
}

}  // namespace wb
