#include "rewriter/tokens.hpp"

#include <cctype>

namespace wb::rewriter {
namespace {

bool starts_word(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool goes_on_word(char c) {
    return starts_word(c) || std::isdigit(static_cast<unsigned char>(c));
}

class Lexer {
 public:
    explicit Lexer(std::string_view source) : source_(source) { result_.streams.emplace_back(); }

    LexedSource run() {
        bool line_start = true;
        while (at_ < source_.size()) {
            const char c = peek();
            if (c == '\n') {
                line_start = true;
                ++at_;
            } else if (skip_continuation() || skip_comment()) {
            } else if (std::isspace(static_cast<unsigned char>(c))) {
                ++at_;
            } else if (c == '#' && line_start) {
                directive();
            } else {
                line_start = false;
                token(result_.streams[0]);
            }
        }
        return std::move(result_);
    }

 private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
    }

    bool skip_continuation() {
        if (peek() != '\\') return false;
        const std::size_t length = peek(1) == '\r' && peek(2) == '\n' ? 3 : peek(1) == '\n' ? 2 : 0;
        at_ += length;
        return length > 0;
    }

    bool skip_comment() {
        if (peek() != '/') return false;
        if (peek(1) == '/') {
            while (at_ < source_.size() && peek() != '\n') {
                if (!skip_continuation()) ++at_;
            }
            return true;
        }
        if (peek(1) != '*') return false;
        const std::size_t end = source_.find("*/", at_ + 2);
        at_ = end == npos ? source_.size() : end + 2;
        return true;
    }

    /// From # to the end of the line. The body of a #define is a stream of its own; other directives have none.
    void directive() {
        const std::size_t hash = at_++;
        skip_blanks();
        const std::size_t word = at_;
        while (goes_on_word(peek())) ++at_;
        const std::string_view name = source_.substr(word, at_ - word);
        if (name == "include") {
            skip_blanks();
            const std::size_t target = at_;
            while (at_ < source_.size() && peek() != '\n') ++at_;
            result_.includes.push_back({source_.substr(target, at_ - target), hash});
            return;
        }
        Stream stream;
        stream.in_macro = true;
        if (name == "define") {
            skip_blanks();
            while (goes_on_word(peek())) ++at_;
            if (peek() == '(') {  // parameters are not code
                while (at_ < source_.size() && peek() != ')' && peek() != '\n') ++at_;
            }
        }
        while (at_ < source_.size() && peek() != '\n') {
            if (skip_continuation() || skip_comment()) continue;
            if (std::isspace(static_cast<unsigned char>(peek()))) {
                ++at_;
            } else {
                token(stream);
            }
        }
        if (name == "define") result_.streams.push_back(std::move(stream));
    }

    void skip_blanks() {
        while (peek() == ' ' || peek() == '\t' || skip_continuation()) {
            if (peek() == ' ' || peek() == '\t') ++at_;
        }
    }

    void token(Stream& stream) {
        const std::size_t begin = at_;
        TokenKind kind = TokenKind::punctuation;
        if (starts_word(peek())) {
            kind = TokenKind::identifier;
            while (goes_on_word(peek())) ++at_;
            const std::string_view word = source_.substr(begin, at_ - begin);
            const bool prefix = word == "L" || word == "u" || word == "U" || word == "u8" || word.ends_with('R');
            if (peek() == '"' && word.ends_with('R') && word.size() <= 3) {
                raw_string();
                kind = TokenKind::string;
            } else if ((peek() == '"' || peek() == '\'') && prefix) {
                quoted(peek());
                kind = TokenKind::string;
            }
        } else if (std::isdigit(static_cast<unsigned char>(peek())) ||
                   (peek() == '.' && std::isdigit(static_cast<unsigned char>(peek(1))))) {
            kind = TokenKind::literal;
            number();
        } else if (peek() == '"' || peek() == '\'') {
            kind = TokenKind::string;
            quoted(peek());
        } else {
            at_ += (peek() == ':' && peek(1) == ':') || (peek() == '-' && peek(1) == '>') ? 2 : 1;
        }
        stream.tokens.push_back({kind, source_.substr(begin, at_ - begin), begin});
    }

    void number() {
        for (char before = '\0'; at_ < source_.size(); before = peek(), ++at_) {
            const bool exponent = before == 'e' || before == 'E' || before == 'p' || before == 'P';
            const bool sign = (peek() == '+' || peek() == '-') && exponent;
            const bool separator = peek() == '\'' && std::isalnum(static_cast<unsigned char>(peek(1)));
            if (!goes_on_word(peek()) && peek() != '.' && !sign && !separator) return;
        }
    }

    /// An unclosed quote ends with its line.
    void quoted(char quote) {
        for (++at_; at_ < source_.size() && peek() != quote && peek() != '\n'; ++at_) {
            if (peek() == '\\') ++at_;
        }
        if (peek() == quote) ++at_;
        if (at_ > source_.size()) at_ = source_.size();
    }

    void raw_string() {
        const std::size_t open = source_.find('(', at_);
        if (open == npos || open - at_ > 17) return quoted('"');
        const std::string end = ")" + std::string(source_.substr(at_ + 1, open - at_ - 1)) + "\"";
        const std::size_t close = source_.find(end, open);
        at_ = close == npos ? source_.size() : close + end.size();
    }

    std::string_view source_;
    std::size_t at_ = 0;
    LexedSource result_;
};

bool opens(const Token& token) {
    return token.is("(") || token.is("[") || token.is("{");
}

bool closes(const Token& token) {
    return token.is(")") || token.is("]") || token.is("}");
}

}  // namespace

LexedSource lex(std::string_view source) {
    return Lexer(source).run();
}

std::size_t closing(const std::vector<Token>& tokens, std::size_t open) {
    std::size_t depth = 0;
    for (std::size_t i = open; i < tokens.size(); ++i) {
        if (opens(tokens[i])) ++depth;
        if (closes(tokens[i]) && --depth == 0) return i;
    }
    return tokens.size();
}

std::size_t opening(const std::vector<Token>& tokens, std::size_t close) {
    std::size_t depth = 0;
    for (std::size_t i = close + 1; i-- > 0;) {
        if (closes(tokens[i])) ++depth;
        if (opens(tokens[i]) && --depth == 0) return i;
    }
    return npos;
}

bool is_chevron(const std::vector<Token>& tokens, std::size_t at, char bracket) {
    if (at + 2 >= tokens.size()) return false;
    for (std::size_t i = 0; i < 3; ++i) {
        const Token& token = tokens[at + i];
        if (token.kind != TokenKind::punctuation || token.text[0] != bracket || token.begin != tokens[at].begin + i)
            return false;
    }
    return true;
}

std::string one_line(const std::vector<Token>& tokens, std::size_t begin, std::size_t end) {
    std::string text;
    for (std::size_t i = begin; i < end; ++i) {
        const bool words = !text.empty() && goes_on_word(text.back()) && goes_on_word(tokens[i].text[0]);
        text += (words ? " " : "") + std::string(tokens[i].text);
    }
    return text;
}

}  // namespace wb::rewriter
