#include "wb/threads.hpp"

#include <omp.h>

#include <algorithm>

namespace wb {
namespace {

/// Work from which other threads pay. Waking one and waiting for it takes 1 to 5 microseconds; 30 make that a small part.
constexpr double worth_threads = 30e3;

thread_local int alone = 0;

}  // namespace

std::size_t threads_here() {
    if (alone > 0 || omp_in_parallel() != 0) return 1;
    return static_cast<std::size_t>(std::max(1, omp_get_max_threads()));
}

OnOneThread::OnOneThread() {
    ++alone;
}
OnOneThread::~OnOneThread() {
    --alone;
}

std::size_t pieces_of(std::size_t count, double nanoseconds) {
    if (static_cast<double>(count) * nanoseconds < worth_threads) return 1;
    return std::min(count, threads_here());
}

}  // namespace wb
