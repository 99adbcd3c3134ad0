/// @file
/// From addresses of code to lines of source.
#pragma once

#include <cstdint>

namespace wb::simt {

/// "row_softmax.cu:41", the line of the student's code that contains this return address: of code that was inlined from our headers
/// or from the standard library, the line that called it.
struct SourceLine {
    const char* file;  ///< null if unknown
    int line;
};
SourceLine source_line(std::uintptr_t return_address);

/// Where the program's code begins.
std::uintptr_t program_start();

}  // namespace wb::simt
