/// @file
/// Writes the cases of exercise 5.1. What a test of it needs is drawn in the test from a case's seed (word_draw.hpp), for the
/// answers follow from the question in a line of the test.
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"

namespace wb {
namespace {

WB_CASES(data) {
    Draw draw(seed);
    for (const char* name : {"first", "second"}) {
        CaseWriter("5.1/words", name).number("seed", static_cast<double>(draw.below(1U << 30U)));
    }
}

}  // namespace
}  // namespace wb
