#include "gradebook/gradebook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <random>

#include "files/files.hpp"
#include "gradebook/schema.hpp"
#include "report/terminal.hpp"
#include "text/nearest.hpp"

namespace wb::grader {
namespace {

std::int64_t now() {
    return std::time(nullptr);
}

std::vector<std::string> parts_of(const std::string& list) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        parts.push_back(list.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

double number_in(const std::string& text) {
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::vector<std::string> texts(Statement& statement) {
    std::vector<std::string> rows;
    while (statement.step()) rows.push_back(statement.text(0));
    return rows;
}

}  // namespace

std::string edition_of(const std::vector<Selection>& selection) {
    std::string all = "1\n";
    for (const Selection& part : selection) {
        for (const Exercise* exercise : part.exercises) {
            all += fmt::format("{} {}\n", part.chapter->id, exercise->id);
            for (const TestSpec& test : exercise->tests) all += fmt::format("test {} {}\n", test.name, test.points);
            for (const Question& question : exercise->questions)
                all += fmt::format("question {} {} {}\n", question.id, question.points, question.manual_points);
        }
    }
    return sha256(all);
}

Gradebook::Gradebook(const std::filesystem::path& file, Database::Missing missing) : database_(file, missing) {
    bring_up_to_date(database_);
}

std::optional<std::string> Gradebook::value(const std::string& key) const {
    Statement statement = database_.prepare("SELECT value FROM book WHERE key = ?");
    if (!statement.bind(key).step()) return std::nullopt;
    return statement.text(0);
}

void Gradebook::set_value(const std::string& key, const std::string& value) {
    database_.prepare("INSERT INTO book VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value")
        .bind(key)
        .bind(value)
        .run();
}

std::optional<BookPurpose> Gradebook::purpose() const {
    const auto guard = lock();
    const auto edition = value("edition");
    if (!edition) return std::nullopt;
    BookPurpose purpose{parts_of(value("chapters").value_or("")), *edition, 1,
                        number_in(value("seconds").value_or(""))};
    const std::string seed = value("seed").value_or("");
    std::from_chars(seed.data(), seed.data() + seed.size(), purpose.seed);
    return purpose;
}

void Gradebook::dedicate(const std::vector<Selection>& selection, std::uint64_t seed, double seconds) {
    const auto guard = lock();
    Transaction transaction(database_);
    std::vector<std::string> chapters;
    for (const Selection& part : selection) chapters.push_back(part.chapter->id);
    const std::string book = "the gradebook " + database_.file().string();
    if (const auto has = purpose()) {
        if (has->chapters != chapters)
            throw UsageError(book + " is for " + listed(has->chapters) + ", and this is " + listed(chapters) +
                             ". Leave --chapters out, or name another book");
        if (has->edition != edition_of(selection))
            throw UsageError(book +
                             " is for another edition of the course: its exercises, tests or points differ from "
                             "those in chapters/. Use that edition, or begin another book");
        if (has->seed != seed)
            throw UsageError(fmt::format("{} is for --seed {}, got {}. Leave --seed out, or name another book", book,
                                         has->seed, seed));
        if (has->seconds != seconds)
            throw UsageError(
                fmt::format("{} is for --seconds {:g} (0: the chapters' own), got {:g}. Leave --seconds "
                            "out, or name another book",
                            book, has->seconds, seconds));
        return;
    }
    std::string list;
    for (const std::string& chapter : chapters) list += (list.empty() ? "" : ",") + chapter;
    set_value("chapters", list);
    set_value("edition", edition_of(selection));
    set_value("seed", std::to_string(seed));
    set_value("seconds", fmt::format("{}", seconds));
    int position = 0;
    for (const Selection& part : selection) {
        for (const Exercise* exercise : part.exercises) {
            database_.prepare("INSERT INTO exercises VALUES (?, ?, ?, ?, ?, ?)")
                .bind(exercise->id)
                .bind(part.chapter->id)
                .bind(part.chapter->title)
                .bind(exercise->title)
                .bind(position++)
                .bind(exercise->max_points())
                .run();
            for (const Question& question : exercise->questions) {
                if (question.kind != Question::Kind::text) continue;
                database_.prepare("INSERT INTO questions VALUES (?, ?, ?)")
                    .bind(exercise->id)
                    .bind(question.id)
                    .bind(question.manual_points)
                    .run();
            }
        }
    }
    transaction.commit();
}

void Gradebook::enrol(const std::vector<ClassMember>& members) {
    const auto guard = lock();
    Transaction transaction(database_);
    for (const ClassMember& member : members) {
        database_
            .prepare(
                "INSERT INTO submissions (id, name) VALUES (?, ?) "
                "ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE excluded.name <> ''")
            .bind(member.id)
            .bind(member.name)
            .run();
    }
    transaction.commit();
}

std::vector<std::string> Gradebook::all_exercises() const {
    Statement statement = database_.prepare("SELECT id FROM exercises ORDER BY position");
    return texts(statement);
}

std::vector<std::string> Gradebook::exercises_left(std::int64_t attempt) const {
    Statement statement = database_.prepare(
        "SELECT exercise FROM asked JOIN exercises ON id = exercise WHERE attempt = ? AND graded_at IS NULL "
        "ORDER BY position");
    statement.bind(attempt);
    return texts(statement);
}

std::int64_t Gradebook::new_attempt(std::int64_t version, const std::string& reason,
                                    const std::vector<std::string>& exercises) {
    database_
        .prepare(
            "INSERT INTO attempts (version, number, reason, state) "
            "SELECT ?1, 1 + ifnull(max(number), 0), ?2, 'waiting' FROM attempts WHERE version = ?1")
        .bind(version)
        .bind(reason)
        .run();
    const std::int64_t attempt = database_.last_key();
    for (const std::string& exercise : exercises)
        database_.prepare("INSERT INTO asked (attempt, exercise) VALUES (?, ?)").bind(attempt).bind(exercise).run();
    return attempt;
}

/// The version with these files: the last one, or a new one with a first attempt.
std::int64_t Gradebook::current_version(const HandedIn& handed_in) {
    Statement submission = database_.prepare("SELECT key FROM submissions WHERE id = ?");
    if (!submission.bind(handed_in.member.id).step())
        throw Error("the gradebook " + database_.file().string() + " has lost submission " + handed_in.member.id);
    const std::int64_t owner = submission.integer(0);
    Statement last =
        database_.prepare("SELECT key, hash FROM versions WHERE submission = ? ORDER BY number DESC LIMIT 1");
    if (last.bind(owner).step() && last.text(1) == handed_in.hash) {
        const std::int64_t version = last.integer(0);
        if (handed_in.member.submitted_at || handed_in.member.is_timed) {
            database_.prepare("UPDATE versions SET submitted_at = ? WHERE key = ?")
                .bind(handed_in.member.submitted_at)
                .bind(version)
                .run();
        }
        return version;
    }
    database_
        .prepare(
            "INSERT INTO versions (submission, number, hash, source, submitted_at, taken_in_at, refused, left_out, "
            "bytes) "
            "SELECT ?1, 1 + ifnull(max(number), 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM versions WHERE submission = ?1")
        .bind(owner)
        .bind(handed_in.hash)
        .bind(handed_in.member.source.string())
        .bind(handed_in.member.submitted_at)
        .bind(now())
        .bind(handed_in.refused)
        .bind(handed_in.left_out)
        .bind(static_cast<std::int64_t>(handed_in.bytes))
        .run();
    const std::int64_t version = database_.last_key();
    for (const WrittenAnswer& one : handed_in.answers) {
        database_.prepare("INSERT INTO answers VALUES (?, ?, ?, ?)")
            .bind(version)
            .bind(one.exercise)
            .bind(one.question)
            .bind(one.answer)
            .run();
    }
    // The files of earlier versions are gone: what was not graded of them never will be.
    Statement open = database_.prepare(
        "SELECT attempts.key, state, boot, space, pid, started FROM attempts JOIN versions ON versions.key = version "
        "WHERE submission = ? AND version <> ? AND state IN ('waiting', 'grading')");
    open.bind(owner).bind(version);
    std::vector<std::int64_t> left;
    while (open.step()) {
        if (open.text(1) == "waiting" ||
            life_of({open.text(2), open.text(3), open.integer(4), open.integer(5)}) == Life::ended)
            left.push_back(open.integer(0));
    }
    for (const std::int64_t attempt : left)
        database_.prepare("UPDATE attempts SET state = 'left' WHERE key = ?").bind(attempt).run();
    if (handed_in.refused.empty()) new_attempt(version, "first", all_exercises());
    return version;
}

Turn Gradebook::claim(const HandedIn& handed_in) {
    const auto guard = lock();
    Transaction transaction(database_);
    Turn turn;
    const std::int64_t version = current_version(handed_in);
    if (!handed_in.refused.empty()) {
        turn.kind = Turn::Kind::refused;
        transaction.commit();
        return turn;
    }
    Statement open = database_.prepare(
        "SELECT key, state, boot, space, pid, started, seen_at FROM attempts "
        "WHERE version = ? AND state IN ('waiting', 'grading') ORDER BY number LIMIT 1");
    if (open.bind(version).step()) {
        turn.kind = Turn::Kind::mine;
        turn.attempt = open.integer(0);
        if (open.text(1) == "grading") {
            const Life life = life_of({open.text(2), open.text(3), open.integer(4), open.integer(5)});
            if (life == Life::lives || (life == Life::unseen && now() - open.integer(6) < patience)) {
                turn.kind = Turn::Kind::anothers;
                turn.holder = open.integer(4);
            }
        }
    }
    if (turn.kind == Turn::Kind::mine) {
        turn.exercises = exercises_left(turn.attempt);
        database_
            .prepare(
                "UPDATE attempts SET state = 'grading', fault = '', boot = ?, space = ?, pid = ?, started = ?, "
                "seen_at = ? WHERE key = ?")
            .bind(self_.boot)
            .bind(self_.space)
            .bind(self_.pid)
            .bind(self_.started)
            .bind(now())
            .bind(turn.attempt)
            .run();
    }
    transaction.commit();
    return turn;
}

void Gradebook::record(std::int64_t attempt, const ExerciseReport& exercise) {
    const auto guard = lock();
    Transaction transaction(database_);
    database_
        .prepare("UPDATE asked SET graded_at = ?, sandbox = ? WHERE attempt = ? AND exercise = ? AND graded_at IS NULL")
        .bind(now())
        .bind(exercise.sandbox)
        .bind(attempt)
        .bind(exercise.id)
        .run();
    if (database_.changes() == 0) return;  // another grader, which took this one for dead, was faster
    int position = 0;
    for (const TestReport& test : exercise.tests) {
        database_.prepare("INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(attempt)
            .bind(exercise.id)
            .bind(position++)
            .bind(test.name)
            .bind(name_of(test.status))
            .bind(test.score)
            .bind(test.max_score)
            .bind(test.visibility)
            .bind(test.seconds)
            .bind(test.message)
            .run();
    }
    if (exercise.cost.grader.seconds > 0) record_cost(attempt, exercise);
    database_.prepare("UPDATE attempts SET seen_at = ? WHERE key = ?").bind(now()).bind(attempt).run();
    transaction.commit();
}

void Gradebook::record_cost(std::int64_t attempt, const ExerciseReport& exercise) {
    const GradingCost& cost = exercise.cost;
    database_.prepare("INSERT INTO costs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(attempt)
        .bind(exercise.id)
        .bind(cost.grader.ended_at)
        .bind(cost.grader.seconds)
        .bind(cost.builds.steps)
        .bind(cost.builds.seconds)
        .bind(cost.builds.cpu_seconds)
        .bind(static_cast<std::int64_t>(cost.builds.made_bytes))
        .bind(cost.judge_seconds)
        .bind(cost.judge_cpu_seconds)
        .bind(cost.workers.starts)
        .bind(cost.workers.seconds)
        .bind(cost.workers.questions)
        .bind(static_cast<std::int64_t>(cost.workers.bytes))
        .bind(cost.grader.grader_kib)
        .run();
}

void Gradebook::finish(std::int64_t attempt) {
    const auto guard = lock();
    database_
        .prepare(
            "UPDATE attempts SET state = 'done' WHERE key = ?1 AND NOT EXISTS "
            "(SELECT 1 FROM asked WHERE attempt = ?1 AND graded_at IS NULL)")
        .bind(attempt)
        .run();
}

void Gradebook::give_back(std::int64_t attempt, const std::string& fault) {
    const auto guard = lock();
    database_.prepare("UPDATE attempts SET state = 'waiting', fault = ? WHERE key = ? AND state = 'grading'")
        .bind(fault)
        .bind(attempt)
        .run();
}

void Gradebook::sign_of_life() {
    const auto guard = lock();
    database_
        .prepare(
            "UPDATE attempts SET seen_at = ? WHERE state = 'grading' AND boot = ? AND space = ? AND pid = ? AND "
            "started = ?")
        .bind(now())
        .bind(self_.boot)
        .bind(self_.space)
        .bind(self_.pid)
        .bind(self_.started)
        .run();
}

std::string Gradebook::cluster_name() {
    const auto guard = lock();
    Transaction transaction(database_);
    if (const auto name = value("cluster_name")) return *name;
    std::random_device chance;
    const std::string name = fmt::format("wb-{:08x}{:08x}", chance(), chance());
    set_value("cluster_name", name);
    transaction.commit();
    return name;
}

int Gradebook::ask_again(const std::vector<std::string>& ids, const std::vector<std::string>& exercises,
                         const std::string& reason) {
    const auto guard = lock();
    Transaction transaction(database_);
    const std::vector<std::string> known = all_exercises();
    for (const std::string& exercise : exercises) {
        if (std::find(known.begin(), known.end(), exercise) == known.end())
            throw UsageError("the gradebook has no exercise \"" + exercise + "\"." + did_you_mean(exercise, known));
    }
    Statement list = database_.prepare("SELECT id FROM submissions ORDER BY id");
    const std::vector<std::string> everybody = texts(list);
    int asked = 0;
    for (const std::string& id : ids.empty() ? everybody : ids) {
        if (std::find(everybody.begin(), everybody.end(), id) == everybody.end())
            throw UsageError("the gradebook has no submission \"" + id + "\"." + did_you_mean(id, everybody));
        Statement last = database_.prepare(
            "SELECT versions.key, versions.refused FROM versions JOIN submissions ON submissions.key = submission "
            "WHERE id = ? ORDER BY number DESC LIMIT 1");
        if (!last.bind(id).step() || !last.text(1).empty()) {
            if (ids.empty()) continue;
            throw UsageError("submission \"" + id +
                             "\" was never graded: there is nothing to do again. --resume grades what can be graded");
        }
        // One that nobody has begun is asked for these too.
        const std::int64_t version = last.integer(0);
        Statement waiting = database_.prepare(
            "SELECT key FROM attempts a WHERE version = ? AND state = 'waiting' AND number > 1 AND NOT EXISTS "
            "(SELECT 1 FROM asked WHERE attempt = a.key AND graded_at IS NOT NULL) LIMIT 1");
        const std::vector<std::string>& wanted = exercises.empty() ? known : exercises;
        if (waiting.bind(version).step()) {
            for (const std::string& exercise : wanted) {
                database_.prepare("INSERT INTO asked (attempt, exercise) VALUES (?, ?) ON CONFLICT DO NOTHING")
                    .bind(waiting.integer(0))
                    .bind(exercise)
                    .run();
            }
        } else {
            new_attempt(version, reason, wanted);
        }
        ++asked;
    }
    transaction.commit();
    return asked;
}

LatePolicy Gradebook::late_policy() const {
    const auto guard = lock();
    LatePolicy policy;
    const auto whole = [&](const std::string& key) -> std::optional<std::int64_t> {
        const auto text = value(key);
        std::int64_t number = 0;
        if (!text || text->empty()) return std::nullopt;
        std::from_chars(text->data(), text->data() + text->size(), number);
        return number;
    };
    policy.due = whole("due");
    policy.grace = whole("grace").value_or(0);
    policy.percent_per_day = number_in(value("percent_per_day").value_or("0"));
    policy.days = whole("days");
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
        Statement all = database_.prepare("SELECT exercise || ' ' || id FROM questions ORDER BY exercise, id");
        const std::vector<std::string> there = texts(all);
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
