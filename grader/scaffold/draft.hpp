/// @file
/// Changes to the workbook's files that are made together or not at all: all of them are worked out before the first is written.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace wb::grader {

/// A place that an author has to change: a new line that holds TODO(author).
struct AuthorsPlace {
    std::filesystem::path file;  ///< from the root
    int line = 0;                ///< from 1
    std::string text;            ///< from TODO(author) on
};

/// Files as they will be. Paths are from the workbook's root.
class Draft {
 public:
    explicit Draft(std::filesystem::path root) : root_(std::move(root)) {}

    [[nodiscard]] const std::filesystem::path& root() const { return root_; }
    /// Whether there will be such a file.
    [[nodiscard]] bool has(const std::filesystem::path& file) const;
    /// The file's text as it will be.
    /// @throws FileError  when there is none
    [[nodiscard]] std::string text(const std::filesystem::path& file) const;

    /// A file that is not there yet.
    /// @throws UsageError  when it is: nothing is overwritten
    void create(const std::filesystem::path& file, const std::string& text);
    /// Another text for a file that is there.
    void change(const std::filesystem::path& file, const std::string& text);

    [[nodiscard]] std::vector<std::filesystem::path> created() const;
    [[nodiscard]] std::vector<std::filesystem::path> changed() const;
    /// The TODO(author) of all lines that are new; those of starter/ are copies, and left out.
    [[nodiscard]] std::vector<AuthorsPlace> authors_places() const;
    /// @throws FileError
    void write() const;

 private:
    struct File {
        std::string before, after;
        bool is_new = false;
    };
    std::filesystem::path root_;
    std::map<std::filesystem::path, File> files_;
};

}  // namespace wb::grader
