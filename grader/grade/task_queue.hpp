/// @file
/// Runs tasks on a few threads, in the order in which they were given. A task may wait for one that was given earlier.
#pragma once

#include <functional>
#include <vector>

namespace wb::grader {

/// Runs all tasks on up to `threads` threads; returns when the last is done. Tasks start in their order.
/// @throws  the first exception that a task threw; tasks not yet started are then dropped
void run_tasks(const std::vector<std::function<void()>>& tasks, int threads);

/// How many threads a command uses by default: this machine's processors.
int default_jobs();

}  // namespace wb::grader
