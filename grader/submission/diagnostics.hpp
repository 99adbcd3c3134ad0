/// @file
/// What the compiler and the linker said, cut down to what a student can act on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace wb::grader {

/// The first errors of a compilation (three lines of the student's, each once), seen from the student's file, in at most 13 lines, which
/// is what a report shows of a message:
/// - an error deep in a header is shown at the student's line that led there, with that line;
/// - of the notes, the first two that speak of the course's own headers are kept, and none of the system's;
/// - where a line lacks what the line above should have ended with, that one is shown too.
/// Falls back to the first lines as they came when no error is recognised.
/// @param output  of g++ or clang++, without colours
/// @param folder  of the submission's chapter; taken off the front of paths. Source lines are read from it, where they are there
std::string compiler_errors(const std::string& output, const std::filesystem::path& folder);

/// What a link failed on.
struct LinkFault {
    std::vector<std::string> undefined;  ///< demangled symbols, each once
    std::vector<std::string> duplicated;
};

/// Reads the output of ld, gold, lld or mold.
LinkFault link_fault(const std::string& output);

/// The functions that an object defines, for everyone or for itself, as `nm -C` lists them.
std::vector<std::string> defined_functions(const std::string& output);

/// A sentence or two about the fault, with the first symbols.
/// @param files    of the exercise, for the text
/// @param defined  functions of these files: one whose name is right and whose parameters or namespace are not is shown beside what
///                 is missing
std::string link_message(const LinkFault& fault, const std::string& output, const std::vector<std::string>& files,
                         const std::vector<std::string>& defined = {});

}  // namespace wb::grader
