/// @file
/// A class of the mini course before a real Slurm on loopback: a test can hold a task in the middle of its work, and ends by comparing the
/// book with one that this machine made by itself.
#pragma once

#include <sys/types.h>

#include <memory>

#include "classroom.hpp"
#include "slurm_cluster.hpp"

namespace wb::grader {

class SlurmClasses : public Classroom {
 protected:
    ~SlurmClasses() override;
    void SetUp() override;

    /// grade --class class --book BOOK --no-sandbox --executor slurm
    [[nodiscard]] ProcessResult grade_by_slurm(const std::string& book, std::vector<std::string> more = {},
                                               const std::function<void(std::string_view)>& on_output = {}) const;
    /// Has a command of Slurm's followed by a line of shell, in which $? is how it ended.
    void wrap(const std::string& command, const std::string& line) const;

    /// Has the second call of a judge in a task say its process number and that of the task to the pipe "arrived", and wait until the test
    /// writes to "go". Later calls do not wait.
    void wait_in_the_second_call();
    void go() const;
    /// Of the task that waits.
    [[nodiscard]] pid_t task() const { return std::stoi(text("task")); }

    /// Grades three members on this machine, and forgets the calls of judges.
    void grade_here();
    void expect_the_same_book(const std::string& book) const;
    /// Those of runs that are not over.
    [[nodiscard]] std::vector<std::filesystem::path> folders() const;

    std::unique_ptr<SlurmCluster> cluster;

 private:
    std::vector<int> held_;
};

}  // namespace wb::grader
