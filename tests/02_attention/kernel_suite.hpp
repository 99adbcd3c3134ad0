/// @file
/// What the kernel suites of chapter 2 share: every number is asked for in both thread orders.
#pragma once

#include <string>

#include "judge/judge.hpp"
#include "kernel_probes.hpp"

namespace wb {

using probes::ThreadOrder;

/// Runs `check(order)` with a block's threads run first to last, and last to first; a failure says which.
template <class Check>
void in_both_thread_orders(Check check) {
    for (const ThreadOrder order : {ThreadOrder::forward, ThreadOrder::reversed}) {
        SCOPED_TRACE(order == ThreadOrder::forward ? "a block's threads run first to last"
                                                   : "a block's threads run last to first");
        check(order);
    }
}

}  // namespace wb
