// What a class took to grade: sums over exercises, time that several graders share, and a book from before costs were written down.
#include "gradebook/costs.hpp"

#include <sstream>

#include "workshop.hpp"

namespace wb::grader {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Percentile, IsTheSmallestValueThatTheShareDoesNotExceed) {
    EXPECT_EQ(percentile({4, 1, 3, 2}, 0.5), 2);
    EXPECT_EQ(percentile({4, 1, 3, 2}, 0.51), 3);
    EXPECT_EQ(percentile({4, 1, 3, 2}, 1), 4);
    EXPECT_EQ(percentile({7}, 0.01), 7);
    EXPECT_EQ(percentile({}, 0.5), 0);
    std::vector<double> hundred;
    for (int i = 100; i > 0; --i) hundred.push_back(i);
    EXPECT_EQ(percentile(hundred, 0.95), 95) << "95 of 100, whatever 0.95 * 100 rounds to";
}

/// A book of the mini course, in which costs are written by hand.
class Costs : public Workshop {
 protected:
    Costs() : book_(std::make_unique<Gradebook>(at("a.book"), Database::Missing::is_made)) {
        book_->dedicate(select(course_, {}), 1, 0);
    }

    static GradingCost timed(GradingCost cost, double seconds) {
        cost.grader = {seconds, 1e9, 2000};
        return cost;
    }
    /// Grades all exercises of a submission, each at the same cost.
    void grade(const std::string& id, const GradingCost& cost, double seconds) {
        const HandedIn one{{id, "", "class/" + id, {}}, "h", "", "", {}, 3000};
        book_->enrol({one.member});
        const Turn turn = book_->claim(one);
        ASSERT_EQ(turn.kind, Turn::Kind::mine);
        for (const std::string& exercise : turn.exercises)
            book_->record(turn.attempt, {exercise, "", {}, timed(cost, seconds)});
        book_->finish(turn.attempt);
    }
    /// As if each had ended at this second of one day.
    void end_at(const std::string& id, double second) {
        book_->database()
            .prepare(
                "UPDATE costs SET ended_at = ?1 + (SELECT sum(1) FROM exercises e, exercises me WHERE me.id = exercise "
                "AND e.position <= me.position) * seconds WHERE attempt = (SELECT attempts.key FROM attempts JOIN "
                "versions ON "
                "versions.key = version JOIN submissions ON submissions.key = submission WHERE id = ?2)")
            .bind(second)
            .bind(id)
            .run();
    }
    void reopen() {
        book_.reset();
        book_ = std::make_unique<Gradebook>(at("a.book"), Database::Missing::is_an_error);
    }

    Course course_ = course();
    std::unique_ptr<Gradebook> book_;
};

TEST_F(Costs, AreTheSumsOfASubmissionsExercises) {
    grade("ann", {{2, 1.5, 1.25, 1000}, 0.5, 0.25, {3, 0.125, 0, 7, 900}}, 3);
    const ClassCosts costs = costs_of(*book_);
    ASSERT_EQ(costs.submissions.size(), 1U);
    const SubmissionCost& ann = costs.submissions[0];
    EXPECT_EQ(ann.id, "ann");
    EXPECT_EQ(ann.seconds, 12) << "four exercises of 3 s";
    EXPECT_EQ(ann.grading.builds.steps, 8);
    EXPECT_EQ(ann.grading.builds.seconds, 6);
    EXPECT_EQ(ann.grading.builds.cpu_seconds, 5);
    EXPECT_EQ(ann.grading.builds.made_bytes, 4000U);
    EXPECT_EQ(ann.grading.judge_seconds, 2);
    EXPECT_EQ(ann.grading.judge_cpu_seconds, 1);
    EXPECT_EQ(ann.grading.workers.starts, 12);
    EXPECT_EQ(ann.grading.workers.seconds, 0.5);
    EXPECT_EQ(ann.grading.workers.questions, 28);
    EXPECT_EQ(ann.grading.workers.bytes, 3600U);
    EXPECT_EQ(ann.other_seconds(), 4);
    EXPECT_EQ(ann.file_bytes, 3000);
    EXPECT_EQ(ann.grader_kib, 2000);
    EXPECT_EQ(ann.ended_at, 1e9);
}

TEST_F(Costs, TimeIsCountedOnceWhenSubmissionsAreGradedSideBySide) {
    grade("ann", {}, 3);
    grade("bob", {}, 3);
    grade("cat", {}, 3);
    end_at("ann", 100);  // 100 to 112
    end_at("bob", 106);  // 106 to 118
    end_at("cat", 500);  // a grader that went on later: 500 to 512
    const ClassCosts costs = costs_of(*book_);
    EXPECT_EQ(costs.busy_seconds, 30);
    EXPECT_EQ(costs.total_seconds(), 36);
    EXPECT_EQ(costs.at_once(), 1.2);
    EXPECT_EQ(costs.per_hour(), 360);
    EXPECT_EQ(costs.submissions[2].id, "cat") << "in the order in which they ended";
}

TEST_F(Costs, OnlyWholeFirstGradingsStandForASubmission) {
    grade("ann", {}, 3);
    book_->ask_again({"ann"}, {"1.1"}, "again");
    grade("ann", {}, 1);
    EXPECT_EQ(costs_of(*book_).submissions.size(), 1U);
    EXPECT_EQ(costs_of(*book_).submissions[0].seconds, 12);
    const HandedIn bob{{"bob", "", "class/bob", {}}, "h", "", "", {}};
    book_->enrol({bob.member});
    book_->record(book_->claim(bob).attempt, {"1.1", "", {}, timed({}, 3)});
    EXPECT_EQ(costs_of(*book_).submissions.size(), 1U) << "bob is not done";
}

TEST_F(Costs, BookFromBeforeThemGoesOn) {
    grade("ann", {}, 3);
    book_->database().run(
        "DROP TABLE costs; ALTER TABLE versions DROP COLUMN bytes; "
        "ALTER TABLE asked DROP COLUMN sandbox; PRAGMA user_version = 1");
    reopen();
    std::ostringstream out;
    write_costs(costs_of(*book_), out);
    EXPECT_EQ(out.str(), "No submission of this book has been graded to its end since costs are written down.\n");
    grade("bob", {}, 3);
    ASSERT_EQ(costs_of(*book_).submissions.size(), 1U);
    EXPECT_EQ(costs_of(*book_).submissions[0].file_bytes, 3000);
}

TEST_F(Costs, TableSaysWhereTheTimeGoes) {
    grade("ann", {{2, 1.5, 1.25, 1000}, 0.5, 0.25, {3, 0.125, 0, 7, 900}}, 3);
    grade("bob", {{2, 0.5, 0.25, 1000}, 0.5, 0.25, {3, 0.125, 0, 7, 900}}, 1);
    end_at("ann", 0);
    end_at("bob", 12);
    std::ostringstream out;
    write_costs(costs_of(*book_), out);
    EXPECT_THAT(out.str(), HasSubstr("| all | 4.00 | 12.00 | 12.00 | 8.00 | 100 % |\n"
                                     "| building (rewriter, compiler, linker) | 2.00 | 6.00 | 6.00 | 4.00 | 50 % |\n"));
    EXPECT_THAT(out.str(),
                HasSubstr("\n2 submissions in 16 s, 1.00 at once: 450.0 an hour.\n"
                          "A submission takes 8 build steps, starts 12 workers, and is asked 28 questions of 3.60 KB.\n"
                          "Kept of a submission: 3.00 KB of files and "));
    EXPECT_THAT(out.str(), Not(HasSubstr("after 20")));
}

}  // namespace
}  // namespace wb::grader
