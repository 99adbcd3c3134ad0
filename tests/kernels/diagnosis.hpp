/// @file
/// What a launcher's kernels were accused of.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "wb/errors.hpp"
#include "wb_kernels/run.hpp"

namespace wb::broken {

using kernels::ThreadOrder;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

/// The whole diagnosis, or nothing if the kernels were clean.
template <class Launcher>
std::string diagnosis_of(Launcher&& launcher, ThreadOrder order = ThreadOrder::forward) {
    kernels::set_thread_order(order);
    std::string what;
    try {
        kernels::run(std::forward<Launcher>(launcher));
    } catch (const KernelError& error) {
        what = error.what();
    }
    kernels::set_thread_order(ThreadOrder::forward);
    return what;
}

}  // namespace wb::broken
