/// @file
/// nvcc keeps device functions and variables to their file; g++ would export them, and two files with a `warp_sum` would not link.
/// So `__device__` and `__constant__` at file scope become static, where the declaration does not say otherwise itself.
#include "rewriter/rewrite.hpp"

namespace wb::rewriter {
namespace {

bool says_linkage(const Token& token) {
    for (const char* word : {"static", "extern", "inline", "template", "constexpr", "__forceinline__", "__inline__",
                             "__host__", "__global__", "friend", "typedef", "using", "operator", "struct", "class"}) {
        if (token.is(word)) return true;
    }
    return false;
}

/// Whether the declaration's own name has a :: before it: a member, defined outside of its class.
bool is_member(const std::vector<Token>& tokens, std::size_t stop) {
    return stop >= 2 && tokens[stop - 1].kind == TokenKind::identifier && tokens[stop - 2].is("::");
}

}  // namespace

void rewrite_linkage(const Stream& stream, const std::vector<Place>& places, Rewriting& out) {
    if (stream.in_macro) return;
    const std::vector<Token>& tokens = stream.tokens;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (!(tokens[i].is("__device__") || tokens[i].is("__constant__")) || places[i] != Place::file_scope) continue;
        std::size_t begin = i;
        while (begin > 0 && !tokens[begin - 1].is(";") && !tokens[begin - 1].is("{") && !tokens[begin - 1].is("}"))
            --begin;
        bool leave = false, done = false;
        std::size_t end = begin;
        for (; end < tokens.size() && !done; ++end) {
            const Token& token = tokens[end];
            leave = leave || says_linkage(token) || token.is("__shared__") || (end < i && token.is("__constant__"));
            done = token.is("(") || token.is("{") || token.is(";") || token.is("=") || token.is("[");
            if (done && token.is("(") && end > 0 &&
                (tokens[end - 1].is("__align__") || tokens[end - 1].is("alignas"))) {
                end = closing(tokens, end);
                done = false;
            }
            leave = leave || (done && is_member(tokens, end));
        }
        if (!leave) out.edits.push_back({tokens[begin].begin, tokens[begin].begin, "[[maybe_unused]] static "});
        i = end > i ? end - 1 : i;
    }
}

}  // namespace wb::rewriter
