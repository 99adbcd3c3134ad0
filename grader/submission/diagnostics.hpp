/// @file
/// What the compiler and the linker said, cut down to what a student can act on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace wb::grader {

/// The first errors of a compilation (three, each with its source line), seen from the student's file: an error deep in a header is
/// shown at the student's line that led there. Falls back to the first lines as they came when no error is recognised.
/// @param output  of g++ or clang++, without colours
/// @param folder  of the submission's chapter; taken off the front of paths
std::string compiler_errors(const std::string& output, const std::filesystem::path& folder);

/// What a link failed on.
struct LinkFault {
    std::vector<std::string> undefined;  ///< demangled symbols, each once
    std::vector<std::string> duplicated;
};

/// Reads the output of ld, gold, lld or mold.
LinkFault link_fault(const std::string& output);

/// A sentence or two about the fault, with the first symbols.
/// @param files  of the exercise, for the text
std::string link_message(const LinkFault& fault, const std::string& output, const std::vector<std::string>& files);

}  // namespace wb::grader
