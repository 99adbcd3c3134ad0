#include "scaffold/insertions.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

namespace wb::grader {
namespace {

/// A list in one line goes on in the next one when it would be longer.
constexpr std::size_t longest_line = 130;

/// A word of a CMake call, and where it ends; where a comment follows on its line, `line_end` is that comment's end.
struct Word {
    std::string text;
    std::size_t begin = 0, end = 0, line_end = 0;
};

/// The words between the parenthesis at `open` and the one that closes it.
std::vector<Word> words_of_call(const std::string& cmake, std::size_t open) {
    std::vector<Word> words;
    std::size_t at = open + 1;
    while (at < cmake.size() && cmake[at] != ')') {
        if (std::isspace(static_cast<unsigned char>(cmake[at])) != 0) {
            ++at;
        } else if (cmake[at] == '#') {
            const std::size_t end = std::min(cmake.find('\n', at), cmake.size());
            if (!words.empty() && cmake.find('\n', words.back().end) == end) words.back().line_end = end;
            at = end;
        } else {
            const std::size_t end = std::min(cmake.find_first_of(" \t\n)#", at), cmake.size());
            words.push_back({cmake.substr(at, end - at), at, end, end});
            at = end;
        }
    }
    return words;
}

bool is_keyword(const std::string& word) {
    return std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isupper(c) != 0 || c == '_'; });
}

/// The blanks before a word that begins its line; nothing for another one.
std::optional<std::string> indent_of(const std::string& text, std::size_t begin) {
    const std::size_t line = text.rfind('\n', begin) + 1;
    const std::string before = text.substr(line, begin - line);
    if (before.find_first_not_of(' ') != std::string::npos) return std::nullopt;
    return before;
}

/// Where the line that holds `at` ends, its newline included.
std::size_t after_line(const std::string& text, std::size_t at) {
    const std::size_t end = text.find('\n', at);
    return end == std::string::npos ? text.size() : end + 1;
}

/// Where the first line from `from` on begins that starts with `start` and is not fenced.
std::size_t line_starting(const std::string& text, const std::string& start, std::size_t from = 0) {
    bool fenced = false;
    for (std::size_t at = 0; at < text.size(); at = after_line(text, at)) {
        if (text.compare(at, 3, "```") == 0) fenced = !fenced;
        if (at >= from && !fenced && text.compare(at, start.size(), start) == 0) return at;
    }
    return std::string::npos;
}

}  // namespace

std::optional<std::string> with_cmake_entry(const std::string& cmake, const std::string& call, const std::string& first,
                                            const std::string& keyword, const std::string& entry) {
    for (std::size_t at = cmake.find(call + "("); at != std::string::npos; at = cmake.find(call + "(", at + 1)) {
        if (indent_of(cmake, at) != "") continue;  // a mention in a comment
        const std::vector<Word> words = words_of_call(cmake, at + call.size());
        if (words.empty() || words.front().text != first) continue;
        auto last = keyword.empty() ? words.begin() : std::find_if(words.begin(), words.end(), [&](const Word& word) {
            return word.text == keyword;
        });
        if (last == words.end()) return std::nullopt;
        const auto head = last;
        while (last + 1 != words.end() && !is_keyword((last + 1)->text)) ++last;
        const std::size_t line = cmake.rfind('\n', last->begin) + 1;
        std::string text = " " + entry;
        if (const std::optional<std::string> indent = indent_of(cmake, last->begin))
            text = "\n" + *indent + (last == head ? "  " : "") + entry;
        else if (last->line_end != last->end || last->end - line + text.size() > longest_line)
            text = "\n  " + entry;
        return std::string(cmake).insert(last->line_end, text);
    }
    return std::nullopt;
}

std::optional<std::string> with_block_before(const std::string& text, const std::string& line,
                                             const std::string& block) {
    const std::size_t at = line_starting(text, line);
    if (at == std::string::npos) return std::nullopt;
    return std::string(text).insert(at, block);
}

std::optional<std::string> with_table_row(const std::string& markdown, const std::string& start,
                                          const std::string& head, const std::string& row) {
    std::size_t at = line_starting(markdown, start);
    if (at == std::string::npos) at = line_starting(markdown, head);
    if (at == std::string::npos) return std::nullopt;
    while (at < markdown.size() && markdown[at] == '|') at = after_line(markdown, at);
    return std::string(markdown).insert(at, row + "\n");
}

std::string with_section(const std::string& markdown, const std::string& heading, const std::string& before,
                         const std::string& section) {
    std::size_t last = std::string::npos;
    for (std::size_t at = line_starting(markdown, heading); at != std::string::npos;
         at = line_starting(markdown, heading, at + 1))
        last = at;
    std::size_t place = std::string::npos;
    if (last == std::string::npos) {
        place = line_starting(markdown, before);
    } else {
        place = std::min(line_starting(markdown, "## ", last + 1), line_starting(markdown, "### ", last + 1));
    }
    if (place == std::string::npos) return markdown + (markdown.ends_with("\n\n") ? "" : "\n") + section;
    return std::string(markdown).insert(place, section);
}

std::optional<std::string> with_listed_text(const std::string& toml, const std::string& start, const std::string& end,
                                            const std::string& entry) {
    std::size_t place = std::string::npos;
    for (std::size_t at = toml.find("\"" + start); at != std::string::npos; at = toml.find("\"" + start, at + 1)) {
        const std::size_t quote = toml.find('"', at + 1);
        if (quote == std::string::npos) break;
        if (std::string_view(toml).substr(at, quote - at).ends_with(end)) place = quote + 1;
    }
    if (place == std::string::npos) return std::nullopt;
    return std::string(toml).insert(place, ",\n  \"" + entry + "\"");
}

}  // namespace wb::grader
