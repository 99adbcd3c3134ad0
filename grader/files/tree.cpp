#include "files/tree.hpp"

#include <algorithm>

#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;

std::vector<fs::path> files_below(const fs::path& folder,
                                  const std::function<bool(const fs::path& name)>& passed_over) {
    std::vector<fs::path> files;
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (passed_over(entry->path().filename())) {
            entry.disable_recursion_pending();
        } else if (entry->symlink_status().type() == fs::file_type::regular) {
            files.push_back(entry->path());
        }
    }
    if (error) throw FileError("cannot read " + folder.string() + ": " + error.message());
    std::sort(files.begin(), files.end());
    return files;
}

bool is_local(const fs::path& name) {
    return name.string().starts_with('.') || name == "__pycache__" || name == "fetched" || name.extension() == ".bak";
}

bool is_executable(const fs::path& file) {
    return (fs::status(file).permissions() & fs::perms::owner_exec) != fs::perms::none;
}

}  // namespace wb::grader
