/// @file
/// What was found, exercise by exercise, and what finding it took.
#include "gradebook/gradebook.hpp"

namespace wb::grader {

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

}  // namespace wb::grader
