/// @file
/// The files in grader/scaffold/templates. A template lies where its file goes, with CHAPTER, NAME, ID and ANSWERS in the path, and holds
/// words such as @NAME@; what is put into files that are there already lies in a folder `insertions`.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace wb::grader {

/// What stands for each word, such as "NAME".
using TemplateWords = std::map<std::string, std::string>;

/// The text with each @WORD@ replaced.
/// @throws Error  naming `shown` and a word that there is nothing for
std::string filled_in(const std::string& text, const TemplateWords& words, const std::string& shown);

/// The folders of templates of one kind ("function"), below grader/scaffold/templates of the workbook's root.
class Templates {
 public:
    /// @throws UsageError  when this workbook has none
    Templates(const std::filesystem::path& root, const std::string& kind);

    /// Path, from the root, and text of every file that this kind makes.
    [[nodiscard]] std::map<std::filesystem::path, std::string> files(const TemplateWords& words) const;
    /// What goes into a file that is there.
    [[nodiscard]] std::string insertion(const std::string& name, const TemplateWords& words) const;

 private:
    std::filesystem::path folder_;
};

}  // namespace wb::grader
