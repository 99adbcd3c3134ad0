/// @file
/// Which braces open a namespace, a class or a function: by what stands before them.
#include "rewriter/rewrite.hpp"

namespace wb::rewriter {
namespace {

/// The place inside the brace at `brace`, whose declaration begins at `begin`.
Place inside(const std::vector<Token>& tokens, std::size_t begin, std::size_t brace) {
    bool is_class = false, device = false, host = false;
    int angles = 0;
    for (std::size_t i = begin; i < brace; ++i) {
        const Token& token = tokens[i];
        if (token.is("(") || token.is("[")) {
            const std::size_t close = closing(tokens, i);
            if (close >= brace) break;
            i = close;
        } else if (token.is("<")) {
            ++angles;
        } else if (token.is(">")) {
            if (angles > 0) --angles;
        } else if (token.is("namespace")) {
            return Place::file_scope;
        } else if (token.is("extern") && i + 1 < brace && tokens[i + 1].kind == TokenKind::string) {
            return Place::file_scope;
        } else if (token.is("class") || token.is("struct") || token.is("union") || token.is("enum")) {
            is_class = is_class || angles == 0;
        } else if (token.is("__global__")) {
            device = true;
        } else if (token.is("__device__")) {
            device = true;
        } else if (token.is("__host__")) {
            host = true;
        }
    }
    if (is_class && (brace == begin || !tokens[brace - 1].is(")"))) return Place::class_scope;
    return device && !host ? Place::device_function : Place::function;
}

}  // namespace

std::vector<Place> places(const Stream& stream) {
    const std::vector<Token>& tokens = stream.tokens;
    std::vector<Place> result(tokens.size(), Place::function);
    if (stream.in_macro) return result;
    std::vector<Place> open{Place::file_scope};
    std::size_t declaration = 0;  // where the current one begins
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].is("}")) {
            if (open.size() > 1) open.pop_back();
            declaration = i + 1;
        }
        result[i] = open.back();
        if (tokens[i].is(";")) declaration = i + 1;
        if (tokens[i].is("{")) {
            const bool in_function = open.back() == Place::function || open.back() == Place::device_function;
            open.push_back(in_function ? open.back() : inside(tokens, declaration, i));
            declaration = i + 1;
        }
    }
    return result;
}

}  // namespace wb::rewriter
