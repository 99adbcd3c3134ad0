#include "submission/diagnostics.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>

#include "text/nearest.hpp"

namespace wb::grader {
namespace {

constexpr std::size_t shown_errors = 3, shown_symbols = 4, fallback_lines = 12;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line.substr(0, 400));
    return lines;
}

/// "file:line:col: error: words" or "file:line: error: words".
struct Location {
    std::string file, position, kind, words;
};

/// By hand, not by std::regex, whose recursion overflows the stack on the longest template names.
bool parse_location(const std::string& line, Location& location) {
    for (const char* kind : {": error: ", ": fatal error: ", ": warning: ", ": note: ", ":   required from here"}) {
        const auto at = line.find(kind);
        if (at == std::string::npos || at == 0 || line[0] == ' ') continue;
        auto digits = at;
        while (digits > 0 && (std::isdigit(static_cast<unsigned char>(line[digits - 1])) || line[digits - 1] == ':'))
            --digits;
        if (digits == at || line[digits] != ':') continue;
        location = {line.substr(0, digits), line.substr(digits, at - digits), kind,
                    line.substr(at + std::string(kind).size())};
        return true;
    }
    return false;
}

std::string shortened(const std::string& file, const std::filesystem::path& folder) {
    const std::string prefix = folder.string() + "/";
    return file.starts_with(prefix) ? file.substr(prefix.size()) : file;
}

/// Where the bracket that opens at `open` closes, or npos.
std::size_t closing(const std::string& text, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < text.size(); ++i) {
        depth += text[i] == '<' ? 1 : text[i] == '>' ? -1 : 0;
        if (depth == 0) return i;
    }
    return std::string::npos;
}

/// The types' names as the contracts write them: Tensor<4> for what a linker spells in 120 letters, std::string.
std::string readable(std::string symbol) {
    const std::string tensor = "xt::xtensor_container<", string = "std::__cxx11::basic_string<";
    for (auto at = symbol.find(tensor); at != std::string::npos; at = symbol.find(tensor, at + 1)) {
        const auto end = closing(symbol, at + tensor.size() - 1), rank = symbol.find("ul, (xt::layout_type)", at);
        if (end == std::string::npos || rank > end) break;
        const auto digits = symbol.find_last_not_of("0123456789", rank - 1) + 1;
        const bool wide = symbol.substr(at, end - at).find("<double") != std::string::npos;
        symbol.replace(at, end + 1 - at, "Tensor<" + symbol.substr(digits, rank - digits) + (wide ? ", double>" : ">"));
    }
    for (auto at = symbol.find(string); at != std::string::npos; at = symbol.find(string, at + 1)) {
        const auto end = closing(symbol, at + string.size() - 1);
        if (end == std::string::npos) break;
        symbol.replace(at, end + 1 - at, "std::string");
    }
    return symbol;
}

}  // namespace

std::string compiler_errors(const std::string& output, const std::filesystem::path& folder) {
    const std::vector<std::string> lines = lines_of(output);
    const std::string prefix = folder.string() + "/";
    const auto mine = [&](const std::string& file) {
        return file.starts_with(prefix) || file.find('/') == std::string::npos;
    };
    std::vector<std::string> shown;
    std::size_t errors = 0;
    std::string led_here;  // the student's line that instantiated what fails in a header
    for (std::size_t i = 0; i < lines.size(); ++i) {
        Location at;
        if (!parse_location(lines[i], at)) continue;
        if (at.kind.find("required") != std::string::npos) {
            if (mine(at.file)) led_here = shortened(at.file, folder) + at.position;
            continue;
        }
        if (at.kind.find("error") == std::string::npos) continue;
        if (++errors > shown_errors) continue;
        if (mine(at.file)) {
            shown.push_back(shortened(at.file, folder) + at.position + ": error: " + at.words);
            for (std::size_t k = i + 1; k < lines.size() && k <= i + 2 && lines[k].starts_with(" "); ++k)
                shown.push_back(lines[k]);
        } else {
            shown.push_back((led_here.empty() ? "" : led_here + ": ") + "error: " + at.words);
            shown.push_back("    (inside " + at.file + at.position + ")");
        }
        led_here.clear();
    }
    if (errors > shown_errors) shown.push_back("... and " + std::to_string(errors - shown_errors) + " more errors");
    if (errors == 0)
        shown.assign(lines.begin(), lines.begin() + static_cast<long>(std::min(lines.size(), fallback_lines)));
    std::string text;
    for (const std::string& line : shown) text += (text.empty() ? "" : "\n") + line;
    return text;
}

LinkFault link_fault(const std::string& output) {
    LinkFault fault;
    std::set<std::string> seen;
    const auto add = [&](std::vector<std::string>& list, std::string symbol) {
        while (!symbol.empty() && (symbol.back() == '\'' || symbol.back() == ' ')) symbol.pop_back();
        if (!symbol.empty() && seen.insert(symbol).second) list.push_back(readable(symbol));
    };
    for (const std::string& line : lines_of(output)) {
        const auto after = [&](const std::string& words) {
            const auto at = line.find(words);
            return at == std::string::npos ? std::string() : line.substr(at + words.size());
        };
        if (std::string rest = after("undefined reference to `"); !rest.empty())
            add(fault.undefined, rest);                                                                 // ld, gold
        if (std::string rest = after("undefined symbol: "); !rest.empty()) add(fault.undefined, rest);  // lld, mold
        if (std::string rest = after("multiple definition of `"); !rest.empty())
            add(fault.duplicated, rest.substr(0, rest.find("';")));  // ld
        if (std::string rest = after("duplicate symbol: ");
            !rest.empty()) {  // lld: the symbol; mold: file: file: symbol
            const auto last = rest.rfind(".o: ");
            add(fault.duplicated, last == std::string::npos ? rest : rest.substr(last + 4));
        }
    }
    return fault;
}

std::string link_message(const LinkFault& fault, const std::string& output, const std::vector<std::string>& files) {
    const auto first = [](const std::vector<std::string>& symbols) {
        std::string text;
        for (std::size_t i = 0; i < std::min(symbols.size(), shown_symbols); ++i) text += "\n    " + symbols[i];
        if (symbols.size() > shown_symbols)
            text += "\n    ... and " + std::to_string(symbols.size() - shown_symbols) + " more";
        return text;
    };
    std::string text;
    if (!fault.undefined.empty()) {
        text = listed(files) + (files.size() == 1 ? " compiles, but does" : " compile, but do") +
               " not define what the contract promises (compare the signature, const and & included):" +
               first(fault.undefined);
    }
    if (!fault.duplicated.empty()) {
        text += (text.empty() ? "" : "\n") +
                std::string("defined twice; put a helper of one file into an unnamed namespace:") +
                first(fault.duplicated);
    }
    if (!text.empty()) return text;
    text = listed(files) + (files.size() == 1 ? " compiles, but does not link:" : " compile, but do not link:");
    const std::vector<std::string> lines = lines_of(output);
    for (std::size_t i = 0; i < std::min(lines.size(), fallback_lines); ++i) text += "\n" + lines[i];
    return text;
}

}  // namespace wb::grader
