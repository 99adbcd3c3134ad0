#include "gradebook/standing.hpp"

#include <algorithm>
#include <map>

#include "text/nearest.hpp"
#include "text/utf8.hpp"

namespace wb::grader {
namespace {

constexpr const char* instead_of_tests = "(all tests)";

/// A row of `versions`.
struct Version {
    std::int64_t key = 0, number = 0;
    std::string source, refused, left_out;
    std::optional<std::int64_t> submitted_at;
};

std::vector<std::string> ids_in(const Gradebook& book) {
    Statement list = book.database().prepare("SELECT id FROM submissions ORDER BY id");
    std::vector<std::string> ids;
    while (list.step()) ids.push_back(list.text(0));
    return ids;
}

std::vector<Version> versions_of(const Gradebook& book, const std::string& id) {
    Statement rows = book.database().prepare(
        "SELECT versions.key, number, source, refused, left_out, submitted_at FROM versions "
        "JOIN submissions ON submissions.key = submission WHERE id = ? ORDER BY number");
    rows.bind(id);
    std::vector<Version> versions;
    while (rows.step())
        versions.push_back({rows.integer(0), rows.integer(1), rows.text(2), rows.text(3), rows.text(4), rows.maybe(5)});
    return versions;
}

/// The last results of each exercise in a version; version 0 has none.
std::map<std::string, std::vector<TestReport>> results_of(const Gradebook& book, std::int64_t version) {
    Statement rows = book.database().prepare(
        "SELECT r.exercise, test, status, score, max_score, visibility, seconds, message "
        "FROM results r JOIN attempts a ON a.key = r.attempt WHERE a.version = ?1 AND a.number = "
        "(SELECT max(b.number) FROM asked q JOIN attempts b ON b.key = q.attempt "
        " WHERE b.version = ?1 AND q.exercise = r.exercise AND q.graded_at IS NOT NULL) ORDER BY r.exercise, "
        "r.position");
    rows.bind(version);
    std::map<std::string, std::vector<TestReport>> results;
    while (rows.step()) {
        results[rows.text(0)].push_back({rows.text(1), status_from_name(rows.text(2)), rows.real(3), rows.real(4),
                                         rows.text(5), rows.real(6), rows.text(7)});
    }
    return results;
}

/// Which sandbox held each exercise of a version when it was last graded.
std::map<std::string, std::string> sandboxes_of(const Gradebook& book, std::int64_t version) {
    Statement rows = book.database().prepare(
        "SELECT exercise, sandbox FROM asked JOIN attempts ON attempts.key = attempt "
        "WHERE version = ? AND graded_at IS NOT NULL ORDER BY number");
    rows.bind(version);
    std::map<std::string, std::string> last;
    while (rows.step()) last[rows.text(0)] = rows.text(1);
    return last;
}

Report report_of(const Gradebook& book, const std::string& id, std::int64_t version, StandingState& state) {
    Report report{id, {}};
    auto results = results_of(book, version);
    const auto sandboxes = sandboxes_of(book, version);
    state = results.empty() ? StandingState::waiting : StandingState::graded;
    Statement rows =
        book.database().prepare("SELECT id, chapter, chapter_title, title, max_score FROM exercises ORDER BY position");
    while (rows.step()) {
        if (report.chapters.empty() || report.chapters.back().id != rows.text(1))
            report.chapters.push_back({rows.text(1), rows.text(2), {}, {}});
        ExerciseReport exercise{rows.text(0), rows.text(3), {}};
        if (const auto found = results.find(exercise.id); found != results.end()) {
            exercise.tests = std::move(found->second);
            if (const auto held = sandboxes.find(exercise.id); held != sandboxes.end()) exercise.sandbox = held->second;
        } else {
            if (state == StandingState::graded) state = StandingState::partly;
            exercise.tests.push_back(
                {instead_of_tests, TestStatus::skipped, 0, rows.real(4), "visible", 0, "not graded yet"});
        }
        report.chapters.back().exercises.push_back(std::move(exercise));
    }
    return report;
}

/// A mark for an earlier version stands as long as the answer is the same.
std::vector<MarkedAnswer> answers_of(const Gradebook& book, std::int64_t version) {
    Statement rows = book.database().prepare(
        "SELECT q.exercise, q.id, q.max_points, a.answer, m.points, m.comment, m.marked_by, m.marked_at "
        "FROM questions q JOIN exercises e ON e.id = q.exercise "
        "LEFT JOIN answers a ON a.version = ?1 AND a.exercise = q.exercise AND a.question = q.id "
        "LEFT JOIN marks m ON m.key = (SELECT max(n.key) FROM marks n JOIN versions v ON v.key = n.version "
        "  LEFT JOIN answers b ON b.version = n.version AND b.exercise = n.exercise AND b.question = n.question "
        "  WHERE v.submission = (SELECT submission FROM versions WHERE key = ?1) AND n.exercise = q.exercise "
        "  AND n.question = q.id AND b.answer IS a.answer) "
        "ORDER BY e.position, q.id");
    rows.bind(version);
    std::vector<MarkedAnswer> answers;
    while (rows.step()) {
        MarkedAnswer one{rows.text(0), rows.text(1), rows.text(3), rows.real(2),   false,
                         std::nullopt, rows.text(5), rows.text(6), rows.integer(7)};
        if (!rows.is_null(4)) one.points = rows.real(4);
        answers.push_back(std::move(one));
    }
    return answers;
}

/// Only an answer that the grader has left to a person is to be marked.
void find_what_is_to_be_marked(Standing& standing) {
    for (const ChapterReport& chapter : standing.report.chapters) {
        for (const ExerciseReport& exercise : chapter.exercises) {
            for (const TestReport& test : exercise.tests) {
                if (test.status != TestStatus::manual) continue;
                for (MarkedAnswer& answer : standing.answers) {
                    if (answer.exercise == exercise.id && answer.question == test.name)
                        answer.to_be_marked = !answer.points;
                }
            }
        }
    }
}

std::string name_in(const Gradebook& book, const std::string& id) {
    Statement row = book.database().prepare("SELECT name FROM submissions WHERE id = ?");
    if (!row.bind(id).step()) {
        throw UsageError("the gradebook has no submission \"" + id + "\"." + did_you_mean(id, ids_in(book)));
    }
    return row.text(0);
}

std::string fault_in(const Gradebook& book, std::int64_t version) {
    Statement row = book.database().prepare(
        "SELECT fault FROM attempts WHERE version = ? AND fault <> '' ORDER BY number DESC LIMIT 1");
    return row.bind(version).step() ? row.text(0) : "";
}

Standing standing_of_version(const Gradebook& book, const std::string& id, const Version& version,
                             const LatePolicy& policy) {
    Standing standing;
    standing.id = id;
    standing.version = version.key;
    standing.number = version.number;
    standing.source = version.source;
    standing.left_out = version.left_out;
    standing.submitted_at = version.submitted_at;
    standing.report = report_of(book, id, version.key, standing.state);
    standing.answers = answers_of(book, version.key);
    find_what_is_to_be_marked(standing);
    standing.late = lateness_of(policy, version.submitted_at);
    standing.remark = fault_in(book, version.key);
    standing.fault = !standing.remark.empty();
    return standing;
}

}  // namespace

std::string_view name_of(StandingState state) {
    switch (state) {
        case StandingState::waiting:
            return "waiting";
        case StandingState::partly:
            return "partly graded";
        case StandingState::graded:
            return "graded";
        case StandingState::refused:
            return "refused";
    }
    return "";
}

double Standing::manual() const {
    double sum = 0;
    for (const MarkedAnswer& answer : answers) sum += answer.points.value_or(0);
    return sum;
}
double Standing::max_manual() const {
    double sum = 0;
    for (const MarkedAnswer& answer : answers) sum += answer.max_points;
    return sum;
}
int Standing::to_be_marked() const {
    return static_cast<int>(
        std::count_if(answers.begin(), answers.end(), [](const MarkedAnswer& answer) { return answer.to_be_marked; }));
}

bool not_graded_yet(const ExerciseReport& exercise) {
    return exercise.tests.size() == 1 && exercise.tests[0].name == instead_of_tests;
}

double Standing::score(const ExerciseReport& exercise) const {
    double sum = exercise.score();
    for (const MarkedAnswer& answer : answers) sum += answer.exercise == exercise.id ? answer.points.value_or(0) : 0;
    return sum;
}
double Standing::max_score(const ExerciseReport& exercise) const {
    double sum = exercise.max_score();
    for (const MarkedAnswer& answer : answers) sum += answer.exercise == exercise.id ? answer.max_points : 0;
    return sum;
}

std::string remarks_of(const Standing& standing) {
    std::string remarks = late_in_words(standing.late);
    const auto add = [&](const std::string& text) { remarks += (remarks.empty() ? "" : "; ") + text; };
    if (const int open = standing.to_be_marked(); open > 0)
        add(std::to_string(open) + (open == 1 ? " answer" : " answers") + " to be marked");
    if (!standing.remark.empty()) add(shown_name(standing.remark.substr(0, standing.remark.find('\n'))));
    return remarks;
}

Standing standing_of(const Gradebook& book, const std::string& id) {
    const auto guard = book.lock();
    const std::string name = name_in(book, id);
    const LatePolicy policy = book.late_policy();
    std::optional<Standing> counts;
    std::string refused;
    for (const Version& version : versions_of(book, id)) {
        if (!version.refused.empty()) {  // a damaged file costs nobody what came before it
            refused = version.refused;
            continue;
        }
        refused.clear();
        Standing standing = standing_of_version(book, id, version, policy);
        if (!counts || !policy.best || standing.total() >= counts->total()) counts = std::move(standing);
    }
    if (!counts) {
        counts.emplace();
        counts->id = id;
        counts->report = report_of(book, id, 0, counts->state);
        counts->answers = answers_of(book, 0);
        if (!refused.empty()) counts->state = StandingState::refused;
    }
    counts->name = name;
    if (!refused.empty()) {
        counts->remark = counts->version == 0 ? refused : "what came later was refused: " + refused;
        counts->fault = false;
    }
    return *counts;
}

void for_each_standing(const Gradebook& book, const std::function<void(const Standing&)>& visit) {
    std::vector<std::string> ids;
    {
        const auto guard = book.lock();
        ids = ids_in(book);
    }
    for (const std::string& id : ids) visit(standing_of(book, id));
}

std::vector<AttemptSummary> history_of(const Gradebook& book, const std::string& id) {
    const auto guard = book.lock();
    name_in(book, id);
    Statement rows = book.database().prepare(
        "SELECT v.number, a.number, a.reason, a.state, a.fault, "
        "(SELECT count(*) FROM asked WHERE attempt = a.key), (SELECT count(graded_at) FROM asked WHERE attempt = "
        "a.key), "
        "(SELECT ifnull(sum(score), 0) FROM results WHERE attempt = a.key), "
        "(SELECT max(graded_at) FROM asked WHERE attempt = a.key) "
        "FROM attempts a JOIN versions v ON v.key = a.version JOIN submissions s ON s.key = v.submission "
        "WHERE s.id = ? ORDER BY v.number, a.number");
    rows.bind(id);
    std::vector<AttemptSummary> history;
    while (rows.step()) {
        history.push_back({rows.integer(0), rows.integer(1), rows.text(2), rows.text(3), rows.text(4), rows.integer(5),
                           rows.integer(6), rows.real(7), rows.maybe(8)});
    }
    return history;
}

}  // namespace wb::grader
