/// @file
/// From a student's CUDA source to C++ for the CPU engine. Only what C++ cannot say is replaced: launches, shared memory, and the
/// linkage of device functions and variables. Line breaks stay where they are, so compilers and debuggers name the student's lines.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "rewriter/tokens.hpp"

namespace wb::rewriter {

/// Something that the engine cannot run, or a launch that cannot be read: "a.cu:12:5: error: ..".
class RewriteError : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// @param source  the text of a .cu file; may be anything
/// @param name    the file's name, for #line and messages
/// @return C++ that includes cuda_runtime.h first, as nvcc does
/// @throws RewriteError  with one line per fault, at most ten
std::string rewrite(std::string_view source, const std::string& name);

/// Faults beyond these are not listed.
constexpr std::size_t max_faults = 10;

/// One replacement in the source.
struct Edit {
    std::size_t begin, end;
    std::string text;
};

/// One fault and where it begins.
struct Fault {
    std::size_t at;
    std::string sentence;
};

/// What the passes below share.
struct Rewriting {
    std::string_view source;
    std::vector<Edit> edits;
    std::vector<Fault> faults;

    /// Replaces tokens [first, last] by one line of text; the line breaks among them follow it.
    void replace(const Stream& stream, std::size_t first, std::size_t last, std::string text);
};

/// Where a token stands.
enum class Place { file_scope, class_scope, function, device_function };

/// The place of every token of a stream. A #define's body counts as a function.
std::vector<Place> places(const Stream& stream);

// The passes. Each looks at one stream.
void rewrite_launches(const Stream& stream, const std::vector<Place>& places, Rewriting& out);
void rewrite_shared_memory(const Stream& stream, const std::vector<Place>& places, Rewriting& out);
void rewrite_linkage(const Stream& stream, const std::vector<Place>& places, Rewriting& out);
void refuse_what_is_missing(const Stream& stream, Rewriting& out);
void refuse_headers(const std::vector<Include>& includes, Rewriting& out);

}  // namespace wb::rewriter
