/// @file
/// Writes the cases of exercise 5.8: seeds. What a test needs is drawn in the test; the trusted model knows the answers.
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"

namespace wb {
namespace {

WB_CASES(variants) {
    Draw draw(seed + 58);
    for (const char* name : {"first", "second"})
        CaseWriter("5.8/draw", name).number("seed", static_cast<double>(draw.below(1U << 30U)));
}

}  // namespace
}  // namespace wb
