/// @file
/// Who grades what: versions of a submission, attempts at them, and the process that has one.
#include <algorithm>

#include "gradebook/gradebook.hpp"
#include "text/nearest.hpp"

namespace wb::grader {

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

std::vector<std::string> Gradebook::exercises_left(std::int64_t attempt) const {
    Statement statement = database_.prepare(
        "SELECT exercise FROM asked JOIN exercises ON id = exercise WHERE attempt = ? AND graded_at IS NULL "
        "ORDER BY position");
    return statement.bind(attempt).texts();
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

int Gradebook::ask_again(const std::vector<std::string>& ids, const std::vector<std::string>& exercises,
                         const std::string& reason) {
    const auto guard = lock();
    Transaction transaction(database_);
    const std::vector<std::string> known = all_exercises();
    for (const std::string& exercise : exercises) {
        if (std::find(known.begin(), known.end(), exercise) == known.end())
            throw UsageError("the gradebook has no exercise \"" + exercise + "\"." + did_you_mean(exercise, known));
    }
    const std::vector<std::string> everybody = database_.prepare("SELECT id FROM submissions ORDER BY id").texts();
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

}  // namespace wb::grader
