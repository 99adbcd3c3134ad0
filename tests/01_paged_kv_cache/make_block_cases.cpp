/// @file
/// Writes the cases of exercises 1.1 to 1.3: the seeds of random traces, which the tests draw and a model checks.
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"

namespace wb {

WB_CASES(block_traces) {
    Draw draw(seed + 11);
    for (const char* family : {"1.1/random", "1.2/random", "1.3/random"}) {
        for (const char* name : {"first", "second"})
            CaseWriter(family, name).number("seed", static_cast<double>(draw.below(1U << 30U)));
    }
}

}  // namespace wb
