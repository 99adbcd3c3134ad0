#include "scaffold/draft.hpp"

#include <set>

#include "course/course.hpp"
#include "files/files.hpp"
#include "text/lines.hpp"

namespace wb::grader {
namespace fs = std::filesystem;

bool Draft::has(const fs::path& file) const {
    return files_.contains(file) || fs::exists(root_ / file);
}

std::string Draft::text(const fs::path& file) const {
    const auto drafted = files_.find(file);
    return drafted == files_.end() ? read_text(root_ / file) : drafted->second.after;
}

void Draft::create(const fs::path& file, const std::string& text) {
    if (has(file))
        throw UsageError(file.string() + " is there already, and nothing is overwritten. Give another name: --name");
    files_[file] = {.before = "", .after = text, .is_new = true};
}

void Draft::change(const fs::path& file, const std::string& text) {
    const auto drafted = files_.find(file);
    if (drafted == files_.end())
        files_[file] = {.before = read_text(root_ / file), .after = text, .is_new = false};
    else
        drafted->second.after = text;
}

std::vector<fs::path> Draft::created() const {
    std::vector<fs::path> names;
    for (const auto& [name, file] : files_)
        if (file.is_new) names.push_back(name);
    return names;
}

std::vector<fs::path> Draft::changed() const {
    std::vector<fs::path> names;
    for (const auto& [name, file] : files_)
        if (!file.is_new) names.push_back(name);
    return names;
}

std::vector<AuthorsPlace> Draft::authors_places() const {
    std::vector<AuthorsPlace> places;
    for (const auto& [name, file] : files_) {
        if (*name.begin() == "starter") continue;
        const std::vector<std::string> before = lines_of(file.before);
        const std::set<std::string> old(before.begin(), before.end());
        int number = 0;
        for (const std::string& line : lines_of(file.after)) {
            ++number;
            const std::size_t mark = line.find("TODO(author)");
            if (mark != std::string::npos && !old.contains(line)) places.push_back({name, number, line.substr(mark)});
        }
    }
    return places;
}

void Draft::write() const {
    for (const auto& [name, file] : files_) write_atomically(root_ / name, file.after);
}

}  // namespace wb::grader
