#include "rewriter/rewrite.hpp"

#include <algorithm>

namespace wb::rewriter {
namespace {

constexpr std::size_t max_bytes = 16 << 20;

std::string quoted(const std::string& name) {
    std::string text = "\"";
    for (const char c : name) text += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    return text + "\"";
}

std::string position(std::string_view source, std::size_t at) {
    const std::string_view before = source.substr(0, at);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t line_start = before.rfind('\n') + 1;
    return std::to_string(line) + ":" + std::to_string(at - line_start + 1);
}

std::string apply(std::string_view source, std::vector<Edit>& edits) {
    std::stable_sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
    std::string result;
    std::size_t at = 0;
    for (const Edit& edit : edits) {
        if (edit.begin < at) continue;  // inside of what was replaced
        result += source.substr(at, edit.begin - at);
        result += edit.text;
        at = edit.end;
    }
    return result += source.substr(at);
}

}  // namespace

void Rewriting::replace(const Stream& stream, std::size_t first, std::size_t last, std::string text) {
    const std::size_t begin = stream.tokens[first].begin, end = stream.tokens[last].end();
    const std::string_view old = source.substr(begin, end - begin);
    for (auto left = std::count(old.begin(), old.end(), '\n'); left > 0; --left)
        text += stream.in_macro ? "\\\n" : "\n";
    edits.push_back({begin, end, std::move(text)});
}

std::string rewrite(std::string_view source, const std::string& name) {
    if (source.size() > max_bytes)
        throw RewriteError(name + ":1:1: error: the file has more than 16 MiB; is it a source file?");
    const LexedSource lexed = lex(source);
    Rewriting out{source, {}, {}};
    refuse_headers(lexed.includes, out);
    for (const Stream& stream : lexed.streams) {
        const std::vector<Place> where = places(stream);
        refuse_what_is_missing(stream, out);
        rewrite_launches(stream, where, out);
        rewrite_shared_memory(stream, where, out);
        rewrite_linkage(stream, where, out);
    }
    if (!out.faults.empty()) {
        std::stable_sort(out.faults.begin(), out.faults.end(),
                         [](const Fault& a, const Fault& b) { return a.at < b.at; });
        std::string text;
        for (std::size_t i = 0; i < std::min(out.faults.size(), max_faults); ++i) {
            text += (i > 0 ? "\n" : "") + name + ":" + position(source, out.faults[i].at) +
                    ": error: " + out.faults[i].sentence;
        }
        throw RewriteError(text);
    }
    return "#include <cuda_runtime.h>\n#line 1 " + quoted(name) + "\n" + apply(source, out.edits);
}

}  // namespace wb::rewriter
