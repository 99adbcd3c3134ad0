#include "scaffold/templates.hpp"

#include "course/course.hpp"
#include "files/files.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// Longest words first would matter if one held another; none does.
std::string path_of(std::string path, const TemplateWords& words) {
    for (const char* word : {"CHAPTER", "NAME", "ANSWERS", "ID"}) {
        const auto meaning = words.find(word);
        if (meaning == words.end()) continue;
        for (std::size_t at = path.find(word); at != std::string::npos;
             at = path.find(word, at + meaning->second.size()))
            path.replace(at, std::string_view(word).size(), meaning->second);
    }
    return path.substr(0, path.size() - std::string_view(".in").size());
}

}  // namespace

std::string filled_in(const std::string& text, const TemplateWords& words, const std::string& shown) {
    std::string filled;
    std::size_t from = 0;
    for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
        const std::size_t end = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_", at + 1);
        if (end == std::string::npos || end == at + 1 || text[end] != '@') continue;
        const std::string word = text.substr(at + 1, end - at - 1);
        const auto meaning = words.find(word);
        if (meaning == words.end()) throw Error(shown + ": nothing is known for @" + word + "@");
        filled += text.substr(from, at - from) + meaning->second;
        from = end + 1;
        at = end;
    }
    return filled + text.substr(from);
}

Templates::Templates(const fs::path& root, const std::string& kind)
    : folder_(root / "grader" / "scaffold" / "templates" / kind) {
    if (!fs::is_directory(folder_) || !fs::is_directory(root / "solutions"))
        throw UsageError("exercises are added to the whole workbook; this copy lacks " +
                         std::string(fs::is_directory(folder_) ? "solutions/" : "grader/scaffold/templates/") +
                         ", as the student edition does. Work in a clone of the repository");
}

std::map<fs::path, std::string> Templates::files(const TemplateWords& words) const {
    std::map<fs::path, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
        const fs::path path = entry.path().lexically_relative(folder_);
        if (!entry.is_regular_file() || *path.begin() == "insertions") continue;
        files[path_of(path.string(), words)] = filled_in(read_text(entry.path()), words, path.string());
    }
    return files;
}

std::string Templates::insertion(const std::string& name, const TemplateWords& words) const {
    return filled_in(read_text(folder_ / "insertions" / (name + ".in")), words, name);
}

}  // namespace wb::grader
