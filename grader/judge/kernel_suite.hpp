/// @file
/// What the suites of kernel exercises share: every number is asked for in both thread orders, and a test stops at the first
/// case that fails, since the others mostly say the same. Places that were never written are told as such.
#pragma once

#include <string>

#include "judge/judge.hpp"
#include "judge/wrong_answer.hpp"
#include "wb_kernels/run.hpp"

namespace wb {

using kernels::ThreadOrder;

/// Calls `check(c)` for the cases of a family until one fails.
template <class Check>
void for_cases(const std::string& family, Check check) {
    const grader::AnswersStartAsNan drivers_fill_them;
    for (const Case& c : cases(family)) {
        if (!testing::Test::HasFailure()) check(c);
    }
}

/// Runs `check(order)` with a block's threads run first to last, and if that went well, last to first.
template <class Check>
void in_both_thread_orders(Check check) {
    check(ThreadOrder::forward);
    if (testing::Test::HasFailure()) return;
    check(ThreadOrder::reversed);
    if (testing::Test::HasFailure()) {
        ADD_FAILURE() << "This was with a block's threads run last to first; first to last, all was well. CUDA "
                         "promises no order: "
                         "look for a value that is used before another thread has written it.";
    }
}

}  // namespace wb
