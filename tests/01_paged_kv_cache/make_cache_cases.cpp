/// @file
/// Writes the cases of exercise 1.5: the seeds of blocks and traces, which the tests draw and a model checks.
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"

namespace wb {

WB_CASES(cache_traces) {
    Draw draw(seed + 15);
    for (const char* family : {"1.5/hashes", "1.5/random"}) {
        for (const char* name : {"first", "second"})
            CaseWriter(family, name).number("seed", static_cast<double>(draw.below(1U << 30U)));
    }
}

}  // namespace wb
