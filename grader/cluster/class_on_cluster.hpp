/// @file
/// Grades a class on a Slurm cluster: one process, the submitter, submits array jobs, asks how they stand, and alone writes the book; tasks
/// write a file for each submission (order.hpp). What has left the queue without its results is submitted again.
/// All that a submitter knows is in the book, the folder and the queue: when it is killed, the jobs go on, and the next one finds them again by
/// their name.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "grade/class_run.hpp"
#include "intake/submission_source.hpp"

namespace wb::grader {

struct ClusterOptions {
    std::filesystem::path program;  ///< this program, as nodes find it
    ArchiveReader read_archive;     ///< of this machine
    int chunk = 5;                  ///< submissions in a task
    int at_once = 0;                ///< tasks of a job that run at once; 0: as many as the cluster gives
    int tries = 3;                  ///< of a submission whose tasks are lost; then it is said
};

/// As grade_class(). Needs check_slurm() to have passed.
/// @param on_note  gets a line of what else happens: jobs submitted, tasks lost, results that nobody believes
/// @throws UsageError  when another submitter is at this book
/// @throws Error       when Slurm refuses a job or is silent for long. Jobs stay as they are, and --resume takes them up
void grade_class_on_cluster(const Course& course, const Toolchain& toolchain, const std::vector<Selection>& selection,
                            const std::vector<ClassMember>& members, Gradebook& book, const ClassOptions& options,
                            const ClusterOptions& cluster, const std::function<void(const MemberOutcome&)>& on_member,
                            const std::function<void(const std::string&)>& on_note);

}  // namespace wb::grader
