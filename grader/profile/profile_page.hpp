/// @file
/// Kernels' profiles as one HTML page that needs nothing else: no network, no script. It says what profile_text says, in the same words,
/// and draws what a terminal cannot: how hot each line is, and which lanes touch which addresses.
/// Names and source come from a submission: none of it becomes markup.
#pragma once

#include <string>
#include <vector>

#include "profile/chosen_lines.hpp"

namespace wb::grader {

struct ProfilePage {
    std::string title;                    ///< "2.10 Fused attention", "rows.cu"
    std::vector<ProfiledKernel> kernels;  ///< in this order
    std::vector<ChosenLine> chosen;       ///< side by side at the top
    std::string note;                     ///< such as which kernels were left out
    std::string footnote{};               ///< what the kernels' estimates rest on
};

std::string profile_page(const ProfilePage& page);

}  // namespace wb::grader
