#include <algorithm>
#include <set>
#include <sstream>

#include "submission/diagnostics.hpp"
#include "submission/readable_types.hpp"
#include "text/nearest.hpp"

namespace wb::grader {
namespace {

constexpr std::size_t shown_symbols = 4, linker_lines = 12, longest_symbol = 400;

std::vector<std::string> lines_said(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

/// "softmax" of "wb::(anonymous namespace)::softmax(int)".
std::string bare_name(const std::string& symbol) {
    const std::string anonymous = "(anonymous namespace)::";
    std::string name = symbol;
    for (auto at = name.find(anonymous); at != std::string::npos; at = name.find(anonymous))
        name.erase(at, anonymous.size());
    name = name.substr(0, name.find('('));
    const auto colon = name.rfind("::");
    return colon == std::string::npos ? name : name.substr(colon + 2);
}

}  // namespace

LinkFault link_fault(const std::string& output) {
    LinkFault fault;
    std::set<std::string> seen;
    const auto add = [&](std::vector<std::string>& list, std::string symbol) {
        while (!symbol.empty() && (symbol.back() == '\'' || symbol.back() == ' ')) symbol.pop_back();
        if (!symbol.empty() && seen.insert(symbol).second)
            list.push_back(readable_types(symbol).substr(0, longest_symbol));
    };
    for (const std::string& line : lines_said(output)) {
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

std::vector<std::string> defined_functions(const std::string& output) {
    std::vector<std::string> functions;
    for (const std::string& line : lines_said(output)) {
        // "0000000000000a10 T wb::f(int)": T for everyone, t for this file
        const auto kind = line.find_first_of("Tt", line.find(' '));
        if (kind == std::string::npos || kind + 2 >= line.size() || line[kind - 1] != ' ' || line[kind + 1] != ' ')
            continue;
        const std::string symbol = line.substr(kind + 2);
        if (symbol.find('(') != std::string::npos &&
            symbol.find_first_of("[{") == std::string::npos)  // clones, lambdas
            functions.push_back(readable_types(symbol));
    }
    return functions;
}

std::string link_message(const LinkFault& fault, const std::string& output, const std::vector<std::string>& files,
                         const std::vector<std::string>& defined) {
    const auto listing = [&](const std::vector<std::string>& symbols) {
        std::string text;
        for (std::size_t i = 0; i < std::min(symbols.size(), shown_symbols); ++i) {
            text += "\n    " + symbols[i];
            int near = 0;
            for (const std::string& mine : defined) {
                if (bare_name(mine) == bare_name(symbols[i]) && mine != symbols[i] && ++near <= 2)
                    text += "\n      yours: " + mine.substr(0, longest_symbol);
            }
        }
        if (symbols.size() > shown_symbols)
            text += "\n    ... and " + std::to_string(symbols.size() - shown_symbols) + " more";
        return text;
    };
    std::string text;
    if (!fault.undefined.empty()) {
        text = listed(files) + (files.size() == 1 ? " compiles, but does" : " compile, but do") +
               " not define what the contract promises (compare the signature, const and & included):" +
               listing(fault.undefined);
    }
    if (!fault.duplicated.empty()) {
        text += (text.empty() ? "" : "\n") +
                std::string("defined twice; put a helper of one file into an unnamed namespace:") +
                listing(fault.duplicated);
    }
    if (!text.empty()) return text;
    text = listed(files) + (files.size() == 1 ? " compiles, but does not link:" : " compile, but do not link:");
    const std::vector<std::string> lines = lines_said(output);
    for (std::size_t i = 0; i < std::min(lines.size(), linker_lines); ++i)
        text += "\n" + lines[i].substr(0, longest_symbol);
    return text;
}

}  // namespace wb::grader
