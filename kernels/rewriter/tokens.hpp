/// @file
/// CUDA C++ as tokens: enough to find launches and declarations, far from a parser. Comments, strings, raw strings and characters
/// are passed over whole. Any bytes are accepted: what does not end, ends with the file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wb::rewriter {

enum class TokenKind { identifier, literal, string, punctuation };

/// `text` points into the source. Punctuation is one character, but for `::` and `->`.
struct Token {
    TokenKind kind;
    std::string_view text;
    std::size_t begin;

    [[nodiscard]] std::size_t end() const { return begin + text.size(); }
    [[nodiscard]] bool is(std::string_view what) const { return text == what && kind != TokenKind::string; }
};

/// Tokens that belong together: the file without its directives, or the body of one #define.
struct Stream {
    std::vector<Token> tokens;
    bool in_macro = false;
};

/// An #include's target with its brackets or quotes.
struct Include {
    std::string_view target;
    std::size_t begin;
};

struct LexedSource {
    std::vector<Stream> streams;  ///< the file's own first
    std::vector<Include> includes;
};

LexedSource lex(std::string_view source);

/// The token that closes the bracket at `open`, or tokens.size(). Counts (), [] and {} alike.
std::size_t closing(const std::vector<Token>& tokens, std::size_t open);

/// The token that opens the bracket at `close`, or npos.
std::size_t opening(const std::vector<Token>& tokens, std::size_t close);

constexpr std::size_t npos = static_cast<std::size_t>(-1);

/// Three of the same angle bracket side by side.
bool is_chevron(const std::vector<Token>& tokens, std::size_t at, char bracket);

/// The tokens [begin, end) on one line, spaces only where two words would run together.
std::string one_line(const std::vector<Token>& tokens, std::size_t begin, std::size_t end);

}  // namespace wb::rewriter
