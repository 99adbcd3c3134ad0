/// @file
/// What persons say: when a class is due, and what an answer on paper is worth.
#include <fmt/format.h>

#include "gradebook/gradebook.hpp"
#include "report/terminal.hpp"
#include "text/nearest.hpp"

namespace wb::grader {

LatePolicy Gradebook::late_policy() const {
    const auto guard = lock();
    LatePolicy policy;
    policy.due = number<std::int64_t>("due");
    policy.grace = number<std::int64_t>("grace").value_or(0);
    policy.percent_per_day = number<double>("percent_per_day").value_or(0);
    policy.days = number<std::int64_t>("days");
    policy.best = value("counts").value_or("last") == "best";
    return policy;
}

void Gradebook::set_late_policy(const LatePolicy& policy) {
    const auto guard = lock();
    Transaction transaction(database_);
    set_value("due", policy.due ? std::to_string(*policy.due) : "");
    set_value("grace", std::to_string(policy.grace));
    set_value("percent_per_day", fmt::format("{}", policy.percent_per_day));
    set_value("days", policy.days ? std::to_string(*policy.days) : "");
    set_value("counts", policy.best ? "best" : "last");
    transaction.commit();
}

void Gradebook::mark(std::int64_t version, const std::string& exercise, const std::string& question,
                     std::optional<double> points, const std::string& comment, const std::string& by) {
    const auto guard = lock();
    Transaction transaction(database_);
    Statement known = database_.prepare("SELECT max_points FROM questions WHERE exercise = ? AND id = ?");
    if (!known.bind(exercise).bind(question).step()) {
        const std::vector<std::string> there =
            database_.prepare("SELECT exercise || ' ' || id FROM questions ORDER BY exercise, id").texts();
        throw UsageError("no person marks \"" + exercise + " " + question + "\". " +
                         (there.empty() ? "This book has no question that one marks" : "Those are: " + listed(there)));
    }
    const double most = known.real(0);
    if (points && !(*points >= 0 && *points <= most))
        throw UsageError(fmt::format("--points: question {} of {} has 0 to {} points, got {}", question, exercise,
                                     points_text(most), points_text(*points)));
    // Without points: those of the last mark, if there is one.
    database_
        .prepare(
            "INSERT INTO marks (version, exercise, question, points, comment, marked_by, marked_at) VALUES "
            "(?1, ?2, ?3, CASE WHEN ?4 THEN ?5 ELSE (SELECT points FROM marks WHERE version = ?1 AND exercise = ?2 "
            "AND question = ?3 ORDER BY key DESC LIMIT 1) END, ?6, ?7, ?8)")
        .bind(version)
        .bind(exercise)
        .bind(question)
        .bind(points ? 1 : 0)
        .bind(points.value_or(0))
        .bind(comment)
        .bind(by)
        .bind(now())
        .run();
    transaction.commit();
}

}  // namespace wb::grader
