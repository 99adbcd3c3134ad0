/// @file
/// How a submission is compiled here: toolchain.json, which CMake writes into the build folder and the grader reads.
/// Paths are absolute. Flags are complete: the grader adds only the -I of include_dirs, -c, -o, its own diagnostics flags and
/// -ffile-prefix-map, so a flag list names the language, the optimisation, the sanitizer and the warnings (none as an error).
/// @code{.json}
/// {"schema": 1, "preset": "dev", "source_dir": "/w", "build_dir": "/w/build/dev",
///  "compiler": "/usr/bin/g++", "rewriter": "/w/build/dev/kernels/kernel-rewriter",
///  "include_dirs": ["/w/library", "/w/kernels", "/w/grader"], "system_include_dirs": ["/usr/include/x86_64-linux-gnu/openblas64-pthread"],
///  "link_flags": ["-B/usr/libexec/mold"],
///  "cxx":        {"flags": ["-std=c++20", "-O2"], "pch_flags": ["-include", "/w/build/dev/pch/wb_pch.hpp"]},
///  "mutant_cxx": {"flags": ["-std=c++20", "-O0"], "pch_flags": ["-include", "/w/build/dev/pch0/wb_pch.hpp"]},
///  "kernels": {"plain": {"flags": [], "include_dirs": [], "link_flags": [], "libraries": []}, "asan": {}, "race": {}},
///  "chapters": {"02_attention": {"judge": "/w/..", "case_maker": "/w/..", "cases": "/w/..",
///                                "edition_sources": [], "worker_objects": [], "libraries": [],
///                                "demos": {"attention": ["/w/../demo.cpp.o"]}}},
///  "benchmarks": {"attention": "/w/.."}}
/// @endcode
/// A demo is a list of objects that the grader links with a submission's, in place of worker_objects.
/// `system_include_dirs`, `benchmarks`, `mutant_cxx`, `rewriter`, `case_maker`, `cases`, `edition_sources` and `demos` may be absent. Each chapter's own contract folder
/// chapters/NN_name is put first on the include path by the grader.
/// Link line: compiler, worker_objects, the submission's objects, chapter libraries, kernels.B.libraries, link_flags, kernels.B.link_flags;
/// a chapter without .cu files links no kernels.B part. (Static libraries that need each other: -Wl,--start-group among the libraries.)
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "course/course.hpp"

namespace wb::grader {

struct CompilerFlags {
    std::vector<std::string> flags;
    std::vector<std::string> pch_flags;  ///< put before flags' end only for .cpp files
};

struct KernelFlags {
    std::vector<std::string> flags;         ///< compile a rewritten .cu
    std::vector<std::string> include_dirs;  ///< only for kernels: our cuda_runtime.h
    std::vector<std::string> link_flags;    ///< e.g. -fsanitize=address
    std::vector<std::string> libraries;     ///< the engine
};

struct ChapterTools {
    std::filesystem::path judge, case_maker;  ///< case_maker may be empty: cases lie ready, or the chapter has none
    std::filesystem::path cases;  ///< folders of ready cases, named by their seeds; empty: a case maker makes them
    std::vector<std::string> edition_sources;  ///< of the judge, as a student edition builds it
    std::vector<std::string> worker_objects, libraries;
    std::map<std::string, std::vector<std::string>> demos;  ///< name to objects
};

struct Toolchain {
    std::string preset;  ///< "dev"; the build folder's name when the file does not say
    std::filesystem::path source_dir, build_dir, compiler, rewriter;
    std::filesystem::path
        work_dir;  ///< where graders make things and keep them: build_dir; a task of a cluster has its own
    std::vector<std::string> include_dirs, system_include_dirs, link_flags;
    CompilerFlags cxx, mutant_cxx;
    std::map<Build, KernelFlags> kernels;
    std::map<std::string, ChapterTools> chapters;
    std::map<std::string, std::string> benchmarks;
};

/// Reads a toolchain.json.
/// @throws FileError  naming the file and the key that is missing or of the wrong kind
Toolchain read_toolchain(const std::filesystem::path& file);

/// The tools of one chapter, checked to exist.
/// @throws Error  one line that says what is not there, and to run `./workbook` again
const ChapterTools& tools_of(const Toolchain& toolchain, const Chapter& chapter);

/// @throws Error  when the compiler is not there or cannot be run
void check_compiler(const Toolchain& toolchain);

}  // namespace wb::grader
