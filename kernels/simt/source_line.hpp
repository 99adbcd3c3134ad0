/// @file
/// From addresses of code to lines of source, and to names of functions.
#pragma once

#include <cstdint>
#include <string>

namespace wb::simt {

/// "row_softmax.cu:41", the line of the student's code that contains this return address: of code that was inlined from our headers
/// or from the standard library, the line that called it.
struct SourceLine {
    const char* file;  ///< null if unknown
    int line;
};
SourceLine source_line(std::uintptr_t return_address);

/// The linker's name of the function that begins there, as compilers mangle it; empty if unknown or null.
std::string symbol_name(const void* function);

/// Where the program's code begins.
std::uintptr_t program_start();

}  // namespace wb::simt
