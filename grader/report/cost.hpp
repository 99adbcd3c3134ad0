/// @file
/// What grading an exercise took: for those who plan machines, never for points. No report and no export of results holds it, for no two
/// runs agree in it.
#pragma once

#include <cstdint>

namespace wb::grader {

/// Build steps of a submission (rewriter, compiler, linker), one sandbox for each where there is one.
struct BuildCost {
    int steps = 0;
    double seconds = 0, cpu_seconds = 0;
    std::uint64_t made_bytes = 0;  ///< of objects and workers
};

/// Processes that hold a submission, as their judge sees them.
struct WorkerCost {
    int starts = 0;
    double seconds = 0;       ///< starting them (until their namespaces are there), and ending them
    double cpu_seconds = 0;   ///< theirs, as far as control groups count it
    int questions = 0;        ///< asked
    std::uint64_t bytes = 0;  ///< of questions and answers
};

/// The thread of a grader that was at it.
struct GraderTime {
    double seconds =
        0;  ///< since the exercise before it, or since the submission was opened; 0: nobody has measured it
    double ended_at = 0;          ///< since 1970
    std::int64_t grader_kib = 0;  ///< the grader's memory at its highest so far
};

struct GradingCost {
    BuildCost builds;
    double judge_seconds = 0;      ///< from the judge's start to its end
    double judge_cpu_seconds = 0;  ///< of the judge and its workers
    WorkerCost workers;
    GraderTime grader = {};
};

}  // namespace wb::grader
