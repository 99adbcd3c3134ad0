/// @file
/// Profiles for other programs: one line of JSON for each kernel, as grader/profile/profile_file.hpp reads it. When WB_PROFILE names a
/// file, every run (wb::kernels::run) and the program's end append to it what was counted since; a judge asks the worker for the text.
#pragma once

#include <cstddef>
#include <string>

namespace wb::simt::profile {

/// What was counted since the last call: one line of JSON for each kernel. Forgets it.
std::string take_profiles_as_text();

/// Appends it, if WB_PROFILE is set.
void export_profiles();

/// If WB_PROFILE is set: at the program's end, appends what is left, and prints what kernels were accused of that nobody has asked for.
void ask_for_export_at_the_end();

/// The size of the L2 model by WB_PROFILE_L2, in bytes, or `otherwise`.
std::size_t l2_bytes_asked_for(std::size_t otherwise);

}  // namespace wb::simt::profile
