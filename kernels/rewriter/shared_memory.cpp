/// @file
/// `__shared__ float tile[32][33], sum;` becomes, for each name, storage that the engine fills and guards, and a reference to it:
///     typedef float wb_type_tile[32][33]; static constinit SharedStorage<wb_type_tile> wb_storage_tile("tile");
///     static wb_type_tile& tile = wb_storage_tile.value; enter_shared(wb_storage_tile);
/// `extern __shared__ float s[];` becomes a pointer to the engine's dynamic shared memory; outside of functions, another name for it.
#include <array>
#include <optional>

#include "rewriter/rewrite.hpp"

namespace wb::rewriter {
namespace {

struct Declarator {
    std::string pointers, name, extents;  ///< "*", "tile", "[32][33]"
};

struct Declaration {
    std::size_t first, last;  ///< tokens, the semicolon included
    bool is_extern = false;
    std::string base, alignment;
    std::vector<Declarator> declarators;
};

bool is_alignment(const Token& token) {
    return token.is("__align__") || token.is("alignas");
}

bool is_specifier(const Token& token) {
    for (const char* word : {"extern", "static", "volatile", "const", "__device__", "__shared__", "inline"}) {
        if (token.is(word)) return true;
    }
    return false;
}

/// The first token of the declaration around the `__shared__` at `at`.
std::size_t declaration_begin(const std::vector<Token>& tokens, std::size_t at) {
    while (at > 0) {
        if (is_specifier(tokens[at - 1])) {
            --at;
        } else if (tokens[at - 1].is(")")) {
            const std::size_t open = opening(tokens, at - 1);
            if (open == npos || open == 0 || !is_alignment(tokens[open - 1])) return at;
            at = open - 1;
        } else {
            return at;
        }
    }
    return at;
}

/// Reads the declaration; nothing if it is not one that can be read.
class Reader {
 public:
    Reader(const std::vector<Token>& tokens, std::size_t shared) : tokens_(tokens) {
        found_.first = declaration_begin(tokens, shared);
        found_.last = found_.first;
        while (found_.last < tokens.size() && !tokens[found_.last].is(";")) {
            const Token& token = tokens[found_.last];
            if (token.is("(") || token.is("[")) found_.last = closing(tokens, found_.last);
            if (token.is("{") || token.is("}") || token.is("=")) return;
            ++found_.last;
        }
        complete_ = found_.last < tokens.size();
    }

    std::optional<Declaration> read() {
        if (!complete_) return std::nullopt;
        std::vector<Token> words = without_specifiers();
        std::size_t name = first_name(words);
        if (name == npos || name == 0) return std::nullopt;
        std::size_t base_end = name;
        while (base_end > 0 && (words[base_end - 1].is("*") || words[base_end - 1].is("&"))) --base_end;
        if (base_end == 0) return std::nullopt;
        found_.base = one_line(words, 0, base_end);
        for (std::size_t begin = base_end; begin < words.size();) {
            std::size_t end = begin;
            while (end < words.size() && !words[end].is(","))
                end = words[end].is("[") || words[end].is("(") ? closing(words, end) + 1 : end + 1;
            if (end > words.size()) return std::nullopt;
            name = begin;
            while (name < end && words[name].is("*")) ++name;
            if (name >= end || words[name].kind != TokenKind::identifier) return std::nullopt;
            if (name + 1 < end && !words[name + 1].is("[")) return std::nullopt;
            found_.declarators.push_back(
                {one_line(words, begin, name), std::string(words[name].text), one_line(words, name + 1, end)});
            begin = end + 1;
        }
        return found_;
    }

 private:
    std::vector<Token> without_specifiers() {
        std::vector<Token> words;
        for (std::size_t i = found_.first; i < found_.last; ++i) {
            const Token& token = tokens_[i];
            if (token.is("extern")) found_.is_extern = true;
            if (token.is("extern") || token.is("static") || token.is("__shared__") || token.is("__device__") ||
                token.is("inline"))
                continue;
            if (is_alignment(token) && i + 1 < found_.last && tokens_[i + 1].is("(")) {
                const std::size_t close = closing(tokens_, i + 1);
                found_.alignment = one_line(tokens_, i + 2, close);
                i = close;
                continue;
            }
            words.push_back(token);
        }
        return words;
    }

    /// The first declarator's name: the word before the first [ or comma outside of template arguments, or the last word.
    static std::size_t first_name(const std::vector<Token>& words) {
        int angles = 0;
        for (std::size_t i = 0; i <= words.size(); ++i) {
            const bool at_end = i == words.size();
            if (!at_end && words[i].is("<")) ++angles;
            if (!at_end && words[i].is(">")) --angles;
            if (!at_end && words[i].is("(")) i = closing(words, i);
            if (i >= words.size() || (angles == 0 && (words[i].is("[") || words[i].is(",")))) {
                return i > 0 && i <= words.size() && words[i - 1].kind == TokenKind::identifier ? i - 1 : npos;
            }
        }
        return npos;
    }

    const std::vector<Token>& tokens_;
    Declaration found_{};
    bool complete_ = false;
};

std::string static_text(const Declaration& declaration, const Declarator& d, bool in_function) {
    const std::string type = "wb_type_" + d.name, storage = "wb_storage_" + d.name;
    std::string text = "typedef " + declaration.base + " " + d.pointers + type + d.extents + "; ";
    text += "static constinit ::wb::simt::SharedStorage<" + type +
            (declaration.alignment.empty() ? "" : ", " + declaration.alignment) + "> " + storage + "(\"" + d.name +
            "\"); ";
    text += "[[maybe_unused]] static " + type + "& " + d.name + " = " + storage + ".value; ";
    if (in_function) return text + "::wb::simt::enter_shared(" + storage + ");";
    return text + "static const ::wb::simt::SharedAtFileScope wb_always_" + d.name + "(" + storage + ");";
}

/// `extents` begins with [].
std::string dynamic_text(const Declaration& declaration, const Declarator& d, bool in_function) {
    if (!in_function) {
        return "extern " + declaration.base + " " + d.pointers + d.name + d.extents +
               " __asm__(\"wb_simt_dynamic_shared\");";
    }
    const std::string type = "wb_type_" + d.name;
    return "typedef " + declaration.base + " " + d.pointers + type + d.extents.substr(2) + "; [[maybe_unused]] " +
           type + "* const " + d.name + " = reinterpret_cast<" + type + "*>(::wb_simt_dynamic_shared);";
}

}  // namespace

void rewrite_shared_memory(const Stream& stream, const std::vector<Place>& places, Rewriting& out) {
    const std::vector<Token>& tokens = stream.tokens;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (!tokens[i].is("__shared__")) continue;
        if (out.faults.size() >= max_faults) return;              // enough said; each reading may be long
        if (stream.in_macro && i + 1 == tokens.size()) continue;  // #define SHARED __shared__
        const auto declaration = Reader(tokens, i).read();
        if (!declaration) {
            out.faults.push_back(
                {tokens[i].begin,
                 "this __shared__ declaration cannot be read. Write one array or variable a line, without an "
                 "initialiser: __shared__ float tile[32][33];"});
            continue;
        }
        const bool in_function = places[i] == Place::function || places[i] == Place::device_function;
        std::string text;
        for (const Declarator& d : declaration->declarators) {
            if (declaration->is_extern && !d.extents.starts_with("[]")) {
                out.faults.push_back(
                    {tokens[i].begin, "extern __shared__ gives its size at the launch: write extern __shared__ " +
                                          declaration->base + " " + d.name + "[];"});
                return;
            }
            text += (text.empty() ? "" : " ") + (declaration->is_extern ? dynamic_text(*declaration, d, in_function)
                                                                        : static_text(*declaration, d, in_function));
        }
        out.replace(stream, declaration->first, declaration->last, text);
        i = declaration->last;
    }
}

}  // namespace wb::rewriter
