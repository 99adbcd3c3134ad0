/// @file
/// What the submitter and the tasks of a class on a cluster say to each other, by files in one folder on a shared file system:
/// @code
/// key                     a secret of this folder: who cannot read it cannot write a result that is believed
/// submissions/HASH/       the files of a submission, as they were taken in
/// orders/ROUND.json       what the tasks of one array job are to grade; beside it the job's script
/// results/ATTEMPT.ROUND.json   what a task has graded of an attempt so far, written anew after each exercise
/// logs/ROUND-TASK.txt     what a task has printed
/// work/                   where tasks compile and run; each has a folder of its own
/// @endcode
/// Every file is whole or not there. A result is believed when it was sealed with the key and is, test by test, what was asked for; its points are
/// reckoned here, from what the course gives for a passed test.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "course/course.hpp"
#include "report/report.hpp"

namespace wb::grader {

/// The folder, by its parts.
struct ClusterFolder {
    std::filesystem::path root;

    [[nodiscard]] std::filesystem::path key() const { return root / "key"; }
    [[nodiscard]] std::filesystem::path submission(const std::string& hash) const {
        return root / "submissions" / hash;
    }
    [[nodiscard]] std::filesystem::path orders() const { return root / "orders"; }
    [[nodiscard]] std::filesystem::path order(int round) const { return orders() / (std::to_string(round) + ".json"); }
    [[nodiscard]] std::filesystem::path script(int round) const { return orders() / (std::to_string(round) + ".sh"); }
    [[nodiscard]] std::filesystem::path results() const { return root / "results"; }
    [[nodiscard]] std::filesystem::path result(std::int64_t attempt, int round) const {
        return results() / (std::to_string(attempt) + "." + std::to_string(round) + ".json");
    }
    [[nodiscard]] std::filesystem::path log(int round, const std::string& task) const {
        return root / "logs" / (std::to_string(round) + "-" + task + ".txt");
    }
    [[nodiscard]] std::filesystem::path work() const { return root / "work"; }
};

/// One attempt at a submission, as it stands in the book.
struct OrderedAttempt {
    std::int64_t attempt = 0;
    std::string id;                      ///< the submission's
    std::string hash;                    ///< of its files
    std::vector<std::string> exercises;  ///< that are left
};

/// What an array job is to do: task n grades chunks[n].
struct Order {
    int round = 0;
    std::vector<std::string> chapters;
    std::string edition;  ///< of the course, as the submitter has it
    std::uint64_t seed = 1;
    double seconds = 0;
    bool sandbox = true;
    std::vector<std::vector<OrderedAttempt>> chunks;
};

void write_order(const ClusterFolder& folder, const Order& order);
/// @throws FileError  naming the file: it is not there, or no order
Order read_order(const std::filesystem::path& file);

/// The rounds whose orders are there, in no order.
std::vector<int> rounds_in(const ClusterFolder& folder);
/// "17.2.json" is the result of attempt 17 in round 2. Nothing when it is no result's name.
std::optional<std::pair<std::int64_t, int>> attempt_and_round(const std::string& name);
/// What a task has printed last: Slurm says there that a time limit or memory was its end. Empty when it has said nothing.
std::string last_line_of_log(const ClusterFolder& folder, int round, int task);

/// What a task has to say of one attempt.
struct AttemptResult {
    std::int64_t attempt = 0;
    int round = 0;
    std::string hash, host;
    std::vector<ExerciseReport> exercises;
    bool done = false;  ///< nothing more is to come
    std::string fault;  ///< of the course or the machine, which stopped it
};

void write_result(const ClusterFolder& folder, const std::string& key, const AttemptResult& result);

/// Reads what a task wrote, as if an enemy had. Exercises come back as the course has them, with no more points than it gives.
/// @throws FileError  naming the file and what is wrong with it
AttemptResult read_result(const std::filesystem::path& file, const std::string& key,
                          const std::vector<Selection>& selection);

}  // namespace wb::grader
