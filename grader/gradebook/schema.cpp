#include "gradebook/schema.hpp"

#include <array>

namespace wb::grader {
namespace {

constexpr std::int64_t application_id = 0x77624742;  ///< "wbGB", in the file's header

/// steps[n] leads from version n to n + 1. A step that was once released is never changed.
/// A submission is a person's; each time its files are new it has a version more; a version is graded in attempts, the first of all
/// exercises, later ones (regrades) of some or all. Of each exercise the last attempt that graded it counts; nothing is overwritten.
constexpr std::array<const char*, 3> steps{R"(
CREATE TABLE book (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;
CREATE TABLE exercises (
    id TEXT PRIMARY KEY NOT NULL, chapter TEXT NOT NULL, chapter_title TEXT NOT NULL, title TEXT NOT NULL,
    position INTEGER NOT NULL UNIQUE, max_score REAL NOT NULL) STRICT;
CREATE TABLE questions (  -- texts that a person marks
    exercise TEXT NOT NULL REFERENCES exercises, id TEXT NOT NULL, max_points REAL NOT NULL,
    PRIMARY KEY (exercise, id)) STRICT;
CREATE TABLE submissions (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL) STRICT;
CREATE TABLE versions (
    key INTEGER PRIMARY KEY, submission INTEGER NOT NULL REFERENCES submissions, number INTEGER NOT NULL,
    hash TEXT NOT NULL, source TEXT NOT NULL, submitted_at INTEGER, taken_in_at INTEGER NOT NULL,
    refused TEXT NOT NULL,   -- why nothing of it could be taken in; empty when it could
    left_out TEXT NOT NULL,  -- of its files
    UNIQUE (submission, number)) STRICT;
CREATE TABLE answers (  -- to questions
    version INTEGER NOT NULL REFERENCES versions, exercise TEXT NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL,
    PRIMARY KEY (version, exercise, question)) STRICT;
CREATE TABLE attempts (
    key INTEGER PRIMARY KEY, version INTEGER NOT NULL REFERENCES versions, number INTEGER NOT NULL,
    reason TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('waiting', 'grading', 'done', 'left')),
    fault TEXT NOT NULL DEFAULT '',  -- of the course or the machine, which stopped it
    boot TEXT NOT NULL DEFAULT '', space TEXT NOT NULL DEFAULT '', pid INTEGER NOT NULL DEFAULT 0,
    started INTEGER NOT NULL DEFAULT 0,  -- these four: the grader that has it
    seen_at INTEGER,                     -- its last sign of life
    UNIQUE (version, number)) STRICT;
CREATE TABLE asked (  -- which exercises an attempt is to grade, and when it did
    attempt INTEGER NOT NULL REFERENCES attempts, exercise TEXT NOT NULL REFERENCES exercises, graded_at INTEGER,
    PRIMARY KEY (attempt, exercise)) STRICT;
CREATE TABLE results (
    attempt INTEGER NOT NULL, exercise TEXT NOT NULL, position INTEGER NOT NULL, test TEXT NOT NULL, status TEXT NOT NULL,
    score REAL NOT NULL, max_score REAL NOT NULL, visibility TEXT NOT NULL, seconds REAL NOT NULL, message TEXT NOT NULL,
    PRIMARY KEY (attempt, exercise, position), FOREIGN KEY (attempt, exercise) REFERENCES asked) STRICT;
CREATE TABLE marks (  -- by persons, for answers to questions; the last one counts
    key INTEGER PRIMARY KEY, version INTEGER NOT NULL REFERENCES versions, exercise TEXT NOT NULL, question TEXT NOT NULL,
    points REAL, comment TEXT NOT NULL, marked_by TEXT NOT NULL, marked_at INTEGER NOT NULL,
    FOREIGN KEY (exercise, question) REFERENCES questions) STRICT;
)",
                                           R"(
ALTER TABLE versions ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;  -- of the files that were taken in; 0: not counted yet then
CREATE TABLE costs (  -- of what was recorded in `asked`; in no export, for no two runs agree in it
    attempt INTEGER NOT NULL, exercise TEXT NOT NULL,
    ended_at REAL NOT NULL,  -- seconds since 1970
    seconds REAL NOT NULL,   -- of the clock: one grader's one thread, since the exercise before it, or since the files were opened
    build_steps INTEGER NOT NULL, build_seconds REAL NOT NULL, build_cpu_seconds REAL NOT NULL, made_bytes INTEGER NOT NULL,
    judge_seconds REAL NOT NULL, judge_cpu_seconds REAL NOT NULL,  -- with its workers
    worker_starts INTEGER NOT NULL, worker_seconds REAL NOT NULL,  -- starting and ending them
    questions INTEGER NOT NULL, question_bytes INTEGER NOT NULL,
    grader_kib INTEGER NOT NULL,  -- the grader's memory at its highest so far
    PRIMARY KEY (attempt, exercise), FOREIGN KEY (attempt, exercise) REFERENCES asked) STRICT;
)",
                                           R"(
ALTER TABLE asked ADD COLUMN sandbox TEXT NOT NULL DEFAULT '';  -- that held it when it was graded; empty: not graded, or before it was written down
)"};

std::int64_t pragma(const Database& database, const char* sql) {
    Statement statement = database.prepare(sql);
    statement.step();
    return statement.integer(0);
}

}  // namespace

void bring_up_to_date(const Database& database) {
    const auto newest = static_cast<std::int64_t>(steps.size());
    if (pragma(database, "PRAGMA user_version") == newest &&
        pragma(database, "PRAGMA application_id") == application_id)
        return;
    Transaction transaction(database);
    std::int64_t version = pragma(database, "PRAGMA user_version");
    const bool empty = pragma(database, "SELECT count(*) FROM sqlite_schema") == 0;
    if (!empty && pragma(database, "PRAGMA application_id") != application_id)
        throw FileError(database.file().string() + " is another program's database. Name another file with --book");
    if (version > newest)
        throw FileError("the gradebook " + database.file().string() + " was made by a newer workbook (its version is " +
                        std::to_string(version) + ", and this one knows " + std::to_string(newest) +
                        "). Use that workbook");
    for (; version < newest; ++version) database.run(steps[static_cast<std::size_t>(version)]);
    database.run(("PRAGMA application_id = " + std::to_string(application_id)).c_str());
    database.run(("PRAGMA user_version = " + std::to_string(version)).c_str());
    transaction.commit();
}

}  // namespace wb::grader
