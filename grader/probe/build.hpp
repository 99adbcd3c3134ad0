/// @file
/// The builds in which a submission's kernels exist: the word that chapter.toml, toolchain.json, plans and reports use.
#pragma once

namespace wb::grader {

/// Which compilation of the submission a worker is made from. `.cpp` files are the same in all; `.cu` files differ.
enum class Build {
    plain,    ///< -O3, numbers
    asan,     ///< AddressSanitizer: out-of-bounds access
    race,     ///< the race detector: two threads, one location, no barrier between
    cuda,     ///< nvcc, on a GPU; tests that ask for it are skipped where there is none
    profile,  ///< counts what a GPU's memory system would do; g++ only
};

/// Those that run on the CPU.
inline constexpr Build cpu_builds[] = {Build::plain, Build::asan, Build::race, Build::profile};

/// Those that a test of kernels may ask which names none.
inline constexpr Build usual_builds[] = {Build::plain, Build::asan, Build::race};

/// "plain", "asan", "race", "cuda", "profile".
constexpr const char* name_of(Build build) {
    switch (build) {
        case Build::plain:
            return "plain";
        case Build::asan:
            return "asan";
        case Build::race:
            return "race";
        case Build::cuda:
            return "cuda";
        case Build::profile:
            return "profile";
    }
    return "plain";
}

}  // namespace wb::grader
