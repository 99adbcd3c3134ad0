/// @file
/// Slurm's commands, as far as a class needs them: sbatch, squeue and scancel are run, and their words are read. Which cluster, partition,
/// account, memory and time is said as always with Slurm, by SLURM_CONF and SBATCH_PARTITION and the like.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace wb::grader {

/// An array job: tasks 0 to `tasks` - 1 run `script`, which finds its number in SLURM_ARRAY_TASK_ID.
struct ArrayJob {
    std::string name;
    std::filesystem::path script, directory;
    std::filesystem::path log;  ///< what a task writes; "%a" becomes its number
    int tasks = 0;
    int at_once = 0;  ///< 0: as many as the cluster gives
};

/// A task that waits or runs: its job's name and its number.
using QueuedTask = std::pair<std::string, int>;

/// @throws Error  when this machine has no sbatch, squeue or scancel, or the controller does not answer: what Slurm says, and what to do
void check_slurm();

/// @return the job's number
/// @throws Error  with sbatch's words when it is refused
std::string submit(const ArrayJob& job);

/// This user's tasks that wait or run, in jobs whose names begin so. Who is on the way out (COMPLETING) has left.
/// Nothing when the controller does not answer, which says nothing about the tasks.
std::optional<std::set<QueuedTask>> queued_tasks(const std::string& name_prefix);
/// The same from what squeue printed: lines of job|index|state|name. Lines of any other form are somebody else's.
std::set<QueuedTask> tasks_in(const std::string& squeue_lines, const std::string& name_prefix);

/// Takes jobs back, by name, which is to be nobody else's. One that is not there is no error.
void cancel_jobs(const std::set<std::string>& names);

}  // namespace wb::grader
