/// @file
/// Pages of an edition that has not all chapters: a link to what is not there would lead nowhere.
#pragma once

#include <filesystem>
#include <string>

#include "edition/edition.hpp"

namespace wb::grader {

/// The page with links only to what the edition holds: of any other link the words stay. A row of a table that begins with a link to
/// a chapter's handout goes with the chapter. Fenced blocks stay as they are.
/// @param page  where it lies in the edition
std::string with_links_that_lead(const std::string& markdown, const std::filesystem::path& page,
                                 const EditionFiles& files);

}  // namespace wb::grader
