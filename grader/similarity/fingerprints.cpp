#include "similarity/fingerprints.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "rewriter/tokens.hpp"

namespace wb::grader {
namespace {

using rewriter::Token;
using rewriter::TokenKind;

bool is_keyword(std::string_view word) {
    static const std::unordered_set<std::string_view> words{
        "auto",        "bool",       "break",        "case",      "catch",   "char",     "class",   "const",
        "constexpr",   "continue",   "default",      "delete",    "do",      "double",   "else",    "enum",
        "explicit",    "false",      "float",        "for",       "friend",  "goto",     "if",      "inline",
        "int",         "long",       "mutable",      "namespace", "new",     "noexcept", "nullptr", "operator",
        "private",     "protected",  "public",       "return",    "short",   "signed",   "sizeof",  "static",
        "static_cast", "struct",     "switch",       "template",  "this",    "throw",    "true",    "try",
        "typename",    "union",      "unsigned",     "using",     "virtual", "void",     "while",   "__global__",
        "__device__",  "__shared__", "__syncthreads"};
    return words.contains(word);
}

/// What a token is, one number for all that are alike.
std::uint64_t kind_of(const Token& token) {
    constexpr std::uint64_t offset = 14695981039346656037ULL, prime = 1099511628211ULL;  // FNV-1a
    std::string_view text = token.text;
    if (token.kind == TokenKind::literal) text = "0";
    if (token.kind == TokenKind::string) text = "\"";
    if (token.kind == TokenKind::identifier && !is_keyword(text)) text = "a";
    std::uint64_t hash = offset;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * prime;
    return hash;
}

/// The line of each token's first character.
std::vector<int> lines_of(std::string_view source, const std::vector<Token>& tokens) {
    std::vector<int> lines;
    std::size_t at = 0;
    int line = 1;
    for (const Token& token : tokens) {
        line += static_cast<int>(std::count(source.begin() + static_cast<std::ptrdiff_t>(at),
                                            source.begin() + static_cast<std::ptrdiff_t>(token.begin), '\n'));
        at = token.begin;
        lines.push_back(line);
    }
    return lines;
}

/// Spreads a sum of products over all 64 bits, for winnowing takes the least.
std::uint64_t mixed(std::uint64_t x) {
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;  // Steele, Lea, Flood: SplitMix64
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
}

}  // namespace

std::vector<Fingerprint> fingerprints(std::string_view source, const Winnowing& winnowing) {
    const rewriter::LexedSource lexed = rewriter::lex(source);
    const std::vector<Token>& tokens = lexed.streams.front().tokens;
    if (winnowing.gram == 0 || tokens.size() < winnowing.gram) return {};
    const std::vector<int> lines = lines_of(source, tokens);

    // A rolling polynomial: hash = sum kind[i] b^(gram - 1 - i).
    constexpr std::uint64_t base = 0x9e3779b97f4a7c15ULL | 1U;
    std::uint64_t highest = 1;
    for (std::size_t i = 1; i < winnowing.gram; ++i) highest *= base;
    std::vector<std::uint64_t> grams;
    std::uint64_t rolling = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (i >= winnowing.gram) rolling -= highest * kind_of(tokens[i - winnowing.gram]);
        rolling = rolling * base + kind_of(tokens[i]);
        if (i + 1 >= winnowing.gram) grams.push_back(mixed(rolling));
    }

    std::vector<Fingerprint> kept;
    std::size_t last = grams.size();
    const std::size_t window = std::clamp<std::size_t>(winnowing.window, 1, grams.size());
    for (std::size_t begin = 0; begin + window <= grams.size(); ++begin) {
        std::size_t least = begin;  // the rightmost of the least, so that neighbouring windows choose the same
        for (std::size_t i = begin; i < begin + window; ++i) {
            if (grams[i] <= grams[least]) least = i;
        }
        if (least == last) continue;
        last = least;
        kept.push_back({grams[least], lines[least], lines[least + winnowing.gram - 1]});
    }
    return kept;
}

}  // namespace wb::grader
