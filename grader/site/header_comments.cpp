#include "site/header_comments.hpp"

#include <optional>
#include <regex>
#include <sstream>
#include <vector>

namespace wb::grader {
namespace {

constexpr std::string_view mark = "///<";

/// Parts of a declaration between commas that are in no bracket.
std::vector<std::string> at_commas(std::string_view text) {
    std::vector<std::string> parts(1);
    int depth = 0;
    for (const char c : text) {
        if (c == '<' || c == '(' || c == '{' || c == '[') ++depth;
        if (c == '>' || c == ')' || c == '}' || c == ']') --depth;
        if (c == ',' && depth == 0) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

/// Names and type of "  int a = 1, *b", or nothing where it declares no more than one.
std::optional<std::vector<std::string>> declarations(const std::string& text) {
    std::vector<std::string> names = at_commas(text);
    // A type, which ends in a space, and the first name with its own stars and value.
    static const std::regex first(R"(^(\s*[A-Za-z_][\w:<>, *&]*[\w>]\s*?\s)([*&]*\w+\s*(?:[={\[].*)?)$)");
    std::smatch parts;
    if (names.size() < 2 || !std::regex_match(names[0], parts, first)) return std::nullopt;
    const std::string type = parts[1];
    names[0] = parts[2];
    for (std::string& name : names) name = type + name.substr(name.find_first_not_of(' '));
    return names;
}

/// Where a declaration ends that is left to the compiler and has no comment for Doxygen; npos for any other line.
std::size_t end_of_default(const std::string& line) {
    constexpr std::string_view words = "= default;";
    const std::size_t at = line.find(words);
    const bool bare = line.find("///") == std::string::npos && line.find('~') == std::string::npos;
    return at != std::string::npos && bare ? at + words.size() : std::string::npos;
}

/// Doxygen lists a private friend as a member, with a link that leads nowhere.
bool names_a_friend(const std::string& line) {
    const std::size_t begin = line.find_first_not_of(' ');
    return begin != std::string::npos && line.compare(begin, 7, "friend ") == 0 && line.back() == ';';
}

}  // namespace

std::string with_every_comment(std::string_view header) {
    std::vector<std::string> lines;
    std::istringstream in{std::string(header)};
    for (std::string line; std::getline(in, line);) lines.push_back(line);

    std::string out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (names_a_friend(lines[i])) lines[i].clear();
        const std::size_t comment = lines[i].find(mark), end = lines[i].rfind(';', comment);
        const auto declared = comment == std::string::npos || end == std::string::npos
                                  ? std::nullopt
                                  : declarations(lines[i].substr(0, end));
        if (!declared) {
            const std::size_t made = end_of_default(lines[i]);
            out += made == std::string::npos
                       ? lines[i] + "\n"
                       : lines[i].substr(0, made) + "  ///< As the compiler makes it: member by member.\n";
            continue;
        }
        std::string words = lines[i].substr(comment + mark.size()), blank;
        for (; i + 1 < lines.size(); ++i, blank += "\n") {  // the comment goes on below
            const std::size_t more = lines[i + 1].find_first_not_of(' ');
            if (more == std::string::npos || lines[i + 1].compare(more, mark.size(), mark) != 0) break;
            words += lines[i + 1].substr(more + mark.size());
        }
        for (const std::string& one : *declared) out += one + "; /**<" + words + " */ ";
        out += "\n" + blank;
    }
    return out;
}

}  // namespace wb::grader
