/// @file
/// A class's results in one SQLite file. Each exercise's result is committed as it comes, so a grader that is killed loses at most the
/// exercise that it was at; several graders share a book, and a submission is graded by the one that has claimed it.
/// Invariant: an exercise has one result in an attempt, and no result is ever overwritten or deleted.
/// Safe to call from several threads.
#pragma once

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "course/course.hpp"
#include "gradebook/database.hpp"
#include "gradebook/grader_process.hpp"
#include "gradebook/late_policy.hpp"
#include "intake/class_list.hpp"
#include "report/report.hpp"

namespace wb::grader {

/// What a book is for: results of another course or other cases could not stand beside its own.
struct BookPurpose {
    std::vector<std::string> chapters;
    std::string edition;  ///< edition_of() these chapters
    std::uint64_t seed = 1;
    double seconds = 0;  ///< time limit of every test; 0: as chapter.toml says
};

/// A sum of what the chapters ask: exercises, tests, questions and their points. Texts and hints may change.
std::string edition_of(const std::vector<Selection>& selection);

/// An answer to a question that a person marks.
struct WrittenAnswer {
    std::string exercise, question, answer;
};

/// A submission as it was found this time.
struct HandedIn {
    ClassMember member;
    std::string hash;     ///< of what was taken in: other files are another version
    std::string refused;  ///< why nothing could be taken in; empty when something was
    std::string left_out;
    std::vector<WrittenAnswer> answers;
    std::uint64_t bytes = 0;  ///< of the files that were taken in
};

/// What a grader may do with a submission.
struct Turn {
    enum class Kind {
        mine,      ///< grade `exercises`, in attempt `attempt`
        anothers,  ///< a living process, `holder`, is at it
        done,      ///< nothing is left to be graded
        refused,   ///< it cannot be graded
    };
    Kind kind = Kind::done;
    std::int64_t attempt = 0;
    std::vector<std::string> exercises;  ///< ids, in the course's order
    std::int64_t holder = 0;
};

class Gradebook {
 public:
    /// @throws FileError  when it cannot be opened, is no gradebook, or is one of a newer workbook
    Gradebook(const std::filesystem::path& file, Database::Missing missing);

    /// Nothing as long as nobody has said it.
    [[nodiscard]] std::optional<BookPurpose> purpose() const;
    /// Says what the book is for; or checks that it is for this.
    /// @throws UsageError  naming what differs
    void dedicate(const std::vector<Selection>& selection, std::uint64_t seed, double seconds);

    /// Every member has a row from the start, graded or not.
    void enrol(const std::vector<ClassMember>& members);

    /// Takes a submission for this process, as its next attempt needs; also from a grader that has died.
    Turn claim(const HandedIn& handed_in);
    /// Commits one exercise's results, and what it took where that was measured (cost.grader.seconds > 0). What was recorded for it in this
    /// attempt before stays.
    void record(std::int64_t attempt, const ExerciseReport& exercise);
    /// Ends an attempt, all of whose exercises are recorded.
    void finish(std::int64_t attempt);
    /// Gives an attempt back for a fault of the course or the machine; whoever claims it next goes on with the exercises that are left.
    void give_back(std::int64_t attempt, const std::string& fault);

    /// Says of all that this process has claimed that it still lives, for graders that cannot see it.
    void sign_of_life();

    /// What this book's jobs on a cluster are called: made up when it is first asked for, and no two books have the same.
    std::string cluster_name();

    /// Has the last versions of these submissions graded once more, by the next `grade --resume`.
    /// @param ids        empty: of all that could be taken in
    /// @param exercises  empty: all
    /// @return how many submissions
    /// @throws UsageError  naming an id or an exercise that the book has not
    int ask_again(const std::vector<std::string>& ids, const std::vector<std::string>& exercises,
                  const std::string& reason);

    [[nodiscard]] LatePolicy late_policy() const;
    void set_late_policy(const LatePolicy& policy);

    /// A person's points (none: those it had) and words for an answer in a version.
    /// @throws UsageError  for a question that nobody marks, or points out of its range
    void mark(std::int64_t version, const std::string& exercise, const std::string& question,
              std::optional<double> points, const std::string& comment, const std::string& by);

    /// For those that read; they share the book's lock.
    [[nodiscard]] const Database& database() const { return database_; }
    [[nodiscard]] std::unique_lock<std::recursive_mutex> lock() const { return std::unique_lock(mutex_); }

    /// How long a grader in another container may give no sign of life.
    static constexpr std::int64_t patience = 60 * 60;

 private:
    [[nodiscard]] static std::int64_t now();
    [[nodiscard]] std::optional<std::string> value(const std::string& key) const;
    template <class Number>
    [[nodiscard]] std::optional<Number> number(const std::string& key) const {
        const auto text = value(key);
        Number number{};
        if (!text || text->empty()) return std::nullopt;
        std::from_chars(text->data(), text->data() + text->size(), number);
        return number;
    }
    void set_value(const std::string& key, const std::string& value);
    void record_cost(std::int64_t attempt, const ExerciseReport& exercise);
    std::int64_t current_version(const HandedIn& handed_in);
    std::int64_t new_attempt(std::int64_t version, const std::string& reason,
                             const std::vector<std::string>& exercises);
    [[nodiscard]] std::vector<std::string> exercises_left(std::int64_t attempt) const;
    [[nodiscard]] std::vector<std::string> all_exercises() const;

    mutable std::recursive_mutex mutex_;
    Database database_;
    GraderProcess self_ = this_grader();
};

}  // namespace wb::grader
