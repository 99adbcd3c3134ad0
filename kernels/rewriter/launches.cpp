/// @file
/// `kernel<int, 4><<<grid, block>>>(args)` becomes `WB_SIMT_KERNEL("kernel<int,4>", kernel<int, 4>).at(grid, block)(args)`: three
/// insertions, nothing moves.
#include "rewriter/rewrite.hpp"

namespace wb::rewriter {
namespace {

/// The `<` of the template arguments that end with the `>` at `close`, or npos.
std::size_t template_opening(const std::vector<Token>& tokens, std::size_t close) {
    std::size_t depth = 0;
    for (std::size_t i = close + 1; i-- > 0;) {
        const Token& token = tokens[i];
        if (token.is(")") || token.is("]") || token.is("}")) {
            i = opening(tokens, i);
            if (i == npos) return npos;
        } else if (token.is(">")) {
            ++depth;
        } else if (token.is("<")) {
            if (--depth == 0) return i;
        } else if (token.is(";") || token.is("{") || token.is("(") || token.is("[")) {
            return npos;
        }
    }
    return npos;
}

/// A word after which an expression begins.
bool is_keyword(const Token& token) {
    return token.is("else") || token.is("return") || token.is("do") || token.is("if") || token.is("while") ||
           token.is("for");
}

/// The first token of the expression that ends before `chevron` and names the kernel, or npos.
std::size_t kernel_begin(const std::vector<Token>& tokens, std::size_t chevron) {
    std::size_t end = chevron;  // one past what is still to be read
    while (end > 0) {
        std::size_t at = end - 1;
        if (tokens[at].is(">")) {
            const std::size_t open = template_opening(tokens, at);
            if (open == npos || open == 0) return npos;
            at = open - 1;
            if (tokens[at].kind != TokenKind::identifier) return npos;
        } else if (tokens[at].is(")") || tokens[at].is("]")) {
            at = opening(tokens, at);
            if (at == npos) return npos;
            const bool names = at > 0 && tokens[at - 1].kind == TokenKind::identifier && !is_keyword(tokens[at - 1]);
            if (!names && !(at > 0 && tokens[at - 1].is("]")))
                return at;  // (kernel)<<<..>>>, also after if (..) or for (..)
            end = at;
            continue;
        } else if (tokens[at].kind != TokenKind::identifier) {
            return npos;
        }
        // `at` is a name; what joins it to a name before?
        if (at > 0 && tokens[at - 1].is("template")) --at;
        if (at == 0) return at;
        const Token& joint = tokens[at - 1];
        if (joint.is("::")) {
            const bool qualified = at >= 2 && (tokens[at - 2].kind == TokenKind::identifier || tokens[at - 2].is(">"));
            if (!qualified || is_keyword(tokens[at - 2])) return at - 1;
            end = at - 1;
        } else if ((joint.is(".") || joint.is("->")) && at >= 2) {
            end = at - 1;
        } else {
            return at;
        }
    }
    return npos;
}

/// The first `>` of the `>>>` that closes a launch, or npos.
std::size_t chevron_end(const std::vector<Token>& tokens, std::size_t begin) {
    for (std::size_t i = begin; i < tokens.size(); ++i) {
        const Token& token = tokens[i];
        if (token.is("(") || token.is("[") || token.is("{")) {
            i = closing(tokens, i);
        } else if (token.is(";") || token.is(")") || token.is("}") || token.is("]")) {
            return npos;
        } else if (is_chevron(tokens, i, '>') && i + 3 < tokens.size() && tokens[i + 3].is("(")) {
            return i;
        }
    }
    return npos;
}

std::string as_string(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    return quoted + "\"";
}

}  // namespace

void rewrite_launches(const Stream& stream, const std::vector<Place>& places, Rewriting& out) {
    const std::vector<Token>& tokens = stream.tokens;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (!is_chevron(tokens, i, '<') || (i > 0 && tokens[i - 1].is("operator"))) continue;
        const std::size_t at = tokens[i].begin;
        const std::size_t kernel = kernel_begin(tokens, i);
        if (kernel == npos) {
            out.faults.push_back({at, "no kernel before <<<. A launch is kernel<<<grid, block>>>(arguments)."});
            return;
        }
        const std::size_t close = chevron_end(tokens, i + 3);
        if (close == npos) {
            out.faults.push_back(
                {at, "this <<< has no >>>( of its own. A launch is kernel<<<grid, block>>>(arguments)."});
            return;
        }
        if (close == i + 3) {
            out.faults.push_back({at, "a launch needs a grid and a block: kernel<<<grid, block>>>(arguments)."});
            return;
        }
        if (places[i] == Place::device_function) {
            out.faults.push_back(
                {at, "a kernel cannot launch a kernel here (dynamic parallelism). Launch both from the host."});
            return;
        }
        const std::string name = as_string(one_line(tokens, kernel, i));
        out.edits.push_back({tokens[kernel].begin, tokens[kernel].begin, "WB_SIMT_KERNEL(" + name + ", "});
        out.edits.push_back({at, at + 3, ").at("});
        out.edits.push_back({tokens[close].begin, tokens[close].begin + 3, ")"});
        i += 2;
    }
}

}  // namespace wb::rewriter
