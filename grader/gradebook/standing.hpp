/// @file
/// Where a submission stands: its version that counts, that version's report, a person's marks, what lateness leaves, the sum.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gradebook/gradebook.hpp"
#include "report/report.hpp"

namespace wb::grader {

/// A question that a person marks, and what came of it.
struct MarkedAnswer {
    std::string exercise, question, answer;
    double max_points = 0;
    bool to_be_marked = false;     ///< answered, and nobody has given points yet
    std::optional<double> points;  ///< by the last mark
    std::string comment, marked_by;
    std::int64_t marked_at = 0;
};

enum class StandingState {
    waiting,  ///< nothing of it has been graded
    partly,   ///< some exercises are not graded yet
    graded,
    refused,  ///< nothing of it could be taken in
};
/// "waiting", "partly graded", "graded", "refused".
std::string_view name_of(StandingState state);

/// Whether it stands in a report only to say what could be had.
bool not_graded_yet(const ExerciseReport& exercise);

struct Standing {
    std::string id, name;
    StandingState state = StandingState::waiting;
    std::string remark;        ///< why it was refused, or what fault stopped it; empty when there is nothing to say
    bool fault = false;        ///< the remark is about the course or the machine, so it is none for the student
    std::int64_t version = 0;  ///< the key of the version that counts; 0 when there is none
    std::int64_t number = 0;   ///< the version's number, from 1
    std::string source, left_out;
    std::optional<std::int64_t> submitted_at;
    Report report;  ///< every exercise of the book, graded or not
    std::vector<MarkedAnswer> answers;
    Lateness late;

    [[nodiscard]] double manual() const;
    [[nodiscard]] double max_manual() const;
    [[nodiscard]] int to_be_marked() const;
    /// Automatic and manual points of an exercise of the report, and those that could be had.
    [[nodiscard]] double score(const ExerciseReport& exercise) const;
    [[nodiscard]] double max_score(const ExerciseReport& exercise) const;
    /// Automatic and manual points, less what lateness costs.
    [[nodiscard]] double total() const { return (report.score() + manual()) * late.factor; }
    [[nodiscard]] double max_total() const { return report.max_score() + max_manual(); }
};

/// In one line: lateness; answers that are to be marked; the remark, as a name is shown.
std::string remarks_of(const Standing& standing);

/// @throws UsageError  when the book has no such submission, with the nearest that it has
Standing standing_of(const Gradebook& book, const std::string& id);

/// Calls `visit` for each submission, in the order of their ids. Only one is in memory at a time.
void for_each_standing(const Gradebook& book, const std::function<void(const Standing&)>& visit);

/// One grading of a version, for those who ask what has happened.
struct AttemptSummary {
    std::int64_t version = 0, attempt = 0;  ///< numbers, from 1
    std::string reason, state, fault;
    std::int64_t exercises = 0, graded = 0;
    double score = 0;  ///< of what this attempt has graded
    std::optional<std::int64_t> last_graded_at;
};
std::vector<AttemptSummary> history_of(const Gradebook& book, const std::string& id);

}  // namespace wb::grader
