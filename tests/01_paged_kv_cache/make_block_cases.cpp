/// @file
/// Writes the cases of exercises 1.1 to 1.4.
#include "judge/case_maker.hpp"

namespace wb {

WB_CASES(blocks) {}

}  // namespace wb
