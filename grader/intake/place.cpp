#include "intake/place.hpp"

#include <algorithm>
#include <cctype>

#include "text/utf8.hpp"

namespace wb::grader {
namespace {

constexpr std::string_view starter = "starter";

/// Nobody keeps their work in these: ".git", ".history", what macOS packs beside each file.
bool is_hidden(std::string_view folder) {
    return folder.starts_with('.') || folder == "__MACOSX";
}

bool alike(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::vector<std::string_view> parts_of(std::string_view path) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t slash = path.find('/');
        parts.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return parts;
        path.remove_prefix(slash + 1);
    }
}

/// What is wrong with the path as such; empty when nothing is.
std::string trick(std::string_view path) {
    if (path.empty()) return "it has no name";
    if (path.size() > Places::longest_path)
        return "its name is longer than " + std::to_string(Places::longest_path) + " bytes";
    if (path.find('\0') != std::string_view::npos) return "its name holds a NUL byte";
    if (!is_utf8(path)) return "its name is not UTF-8";
    if (path.find('\\') != std::string_view::npos)
        return "its name holds a backslash; folders are to be separated by \"/\"";
    const std::vector<std::string_view> parts = parts_of(path);
    if (path.starts_with('/') || parts[0].ends_with(':')) return "an absolute path, which leads out of the submission";
    for (const std::string_view part : parts) {
        if (part == "..") return "its path has a \"..\" in it, which can lead out of the submission";
        if (part.empty() || part == ".") return "its path has a \"//\" or \"/./\" in it";
    }
    return "";
}

}  // namespace

Places::Places(const Course& course) {
    for (const Chapter& chapter : course.chapters) chapters_.emplace(chapter.id, chapter.files());
}

Claim Places::claim(std::string_view path) const {
    while (path.starts_with("./")) path.remove_prefix(2);  // as tar -C folder . writes them
    Claim claim;
    claim.reason = trick(path);
    if (!claim.reason.empty()) return claim;
    const std::vector<std::string_view> parts = parts_of(path);
    const std::size_t above = parts.size() - 1;  // folders
    const bool in_starter = above >= 2 && parts[above - 2] == starter, in_folder = above == (in_starter ? 3U : 2U);
    if (above >= 1 && (above == 1 || (in_starter && above == 2) || (in_folder && !is_hidden(parts[0])))) {
        const auto chapter = chapters_.find(parts[above - 1]);
        if (chapter != chapters_.end() &&
            std::find(chapter->second.begin(), chapter->second.end(), parts[above]) != chapter->second.end()) {
            claim.place = std::string(parts[above - 1]) + "/" + std::string(parts[above]);
            claim.base = std::string(path.substr(0, path.size() - claim.place.size()));
            claim.rank = (in_folder ? 2 : 0) + (in_starter ? 1 : 0);
            return claim;
        }
    }
    claim.reason = why_none(parts);
    return claim;
}

std::string Places::why_none(const std::vector<std::string_view>& parts) const {
    for (const std::string_view folder : parts) {
        if (is_hidden(folder)) return "hidden, or in a hidden folder";
    }
    const std::string_view folder = parts.size() > 1 ? parts[parts.size() - 2] : std::string_view();
    std::string elsewhere;
    for (const auto& [chapter, files] : chapters_) {
        for (const std::string& file : files) {
            const std::string place = chapter + "/" + file;
            if (alike(folder, chapter) && alike(parts.back(), file)) {
                if (folder == chapter && parts.back() == file)
                    return "it lies too deep; it belongs at " + place + ", with at most one folder around it";
                return "upper and lower case count: it is to be called " + place;
            }
            if (parts.back() == file && elsewhere.empty()) elsewhere = place;
        }
    }
    if (!elsewhere.empty() && parts.size() <= 2)
        return "it lies in no chapter's folder; expected a path such as " + elsewhere;
    return "no exercise asks for it";
}

bool Places::leads_on(std::string_view folder, int depth) const {
    if (chapters_.contains(folder)) return depth <= 2;
    if (folder == starter) return depth <= 1;
    return depth == 0 && !is_hidden(folder);
}

std::string Places::example() const {
    for (const auto& [chapter, files] : chapters_) {
        if (!files.empty()) return chapter + "/" + files.front();
    }
    return "02_attention/attention.cpp";
}

}  // namespace wb::grader
