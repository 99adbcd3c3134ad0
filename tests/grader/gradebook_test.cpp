// The gradebook by itself: what it keeps, what lateness costs, who may grade what, and what other programs get of it.
#include "gradebook/gradebook.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <sstream>

#include "gradebook/export.hpp"
#include "gradebook/standing.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// A book of the mini course in memory of this test's folder, with verbs for what graders do.
class Books : public Workshop {
 protected:
    Books() { book().dedicate(select(course_, {}), 1, 0); }

    Gradebook& book() {
        if (!book_) book_ = std::make_unique<Gradebook>(at("a.book"), Database::Missing::is_made);
        return *book_;
    }
    void close() { book_.reset(); }

    HandedIn handed_in(const std::string& id, const std::string& hash = "h1") {
        HandedIn one{{id, "", "class/" + id, {}}, hash, "", "", {}};
        book().enrol({one.member});
        return one;
    }
    /// Grades one exercise: a single test with these points of 5.
    static ExerciseReport result(const std::string& exercise, double score, const std::string& message = "") {
        return {exercise,
                "",
                {{"A.B", score == 5 ? TestStatus::passed : TestStatus::failed, score, 5, "visible", 0.1, message}}};
    }
    /// Grades all that is left, each exercise with the same points.
    void grade_all(const HandedIn& one, double score) {
        const Turn turn = book().claim(one);
        ASSERT_EQ(turn.kind, Turn::Kind::mine);
        for (const std::string& exercise : turn.exercises) book().record(turn.attempt, result(exercise, score));
        book().finish(turn.attempt);
    }
    std::string refusal(const std::function<void()>& action) {
        try {
            action();
        } catch (const Error& error) {
            return error.what();
        }
        ADD_FAILURE() << "it was done";
        return "";
    }

    Course course_ = course();
    std::unique_ptr<Gradebook> book_;
};

TEST_F(Books, ResultsOutliveTheProcessAndNoOtherFileStays) {
    grade_all(handed_in("ann"), 5);
    close();
    EXPECT_FALSE(fs::exists(at("a.book-wal")));
    EXPECT_EQ(standing_of(book(), "ann").report.score(), 20);
    EXPECT_EQ(standing_of(book(), "ann").state, StandingState::graded);
}

TEST_F(Books, ExercisesThatAreRecordedAreNotAskedForAgain) {
    const HandedIn ann = handed_in("ann");
    const Turn first = book().claim(ann);
    EXPECT_THAT(first.exercises, ElementsAre("1.1", "1.2", "1.3", "1.4"));
    EXPECT_EQ(standing_of(book(), "ann").state, StandingState::waiting);
    book().record(first.attempt, result("1.2", 5));
    EXPECT_EQ(standing_of(book(), "ann").state, StandingState::partly);
    book().give_back(first.attempt, "no disk");
    EXPECT_EQ(standing_of(book(), "ann").remark, "no disk");
    const Turn second = book().claim(ann);
    EXPECT_EQ(second.attempt, first.attempt);
    EXPECT_THAT(second.exercises, ElementsAre("1.1", "1.3", "1.4"));
}

TEST_F(Books, SecondResultOfAnExerciseInOneAttemptIsDropped) {  // of a grader that was taken for dead and was not
    const Turn turn = book().claim(handed_in("ann"));
    book().record(turn.attempt, result("1.1", 5));
    book().record(turn.attempt, result("1.1", 0));
    EXPECT_EQ(exercise_of(standing_of(book(), "ann").report, "1.1").score(), 5);
}

TEST_F(Books, FinishedSubmissionHasNothingLeftUntilItsFilesChange) {
    grade_all(handed_in("ann", "h1"), 5);
    EXPECT_EQ(book().claim(handed_in("ann", "h1")).kind, Turn::Kind::done);
    EXPECT_EQ(book().claim(handed_in("ann", "h2")).kind, Turn::Kind::mine);
}

TEST_F(Books, RegradeKeepsWhatWasThereAndItsLastResultCounts) {
    const HandedIn ann = handed_in("ann");
    grade_all(ann, 5);
    EXPECT_EQ(book().ask_again({}, {"1.3"}, "the test was wrong"), 1);
    EXPECT_EQ(standing_of(book(), "ann").report.score(), 20) << "until it is graded, the old result counts";
    const Turn turn = book().claim(ann);
    EXPECT_THAT(turn.exercises, ElementsAre("1.3"));
    book().record(turn.attempt, result("1.3", 2));
    book().finish(turn.attempt);
    EXPECT_EQ(standing_of(book(), "ann").report.score(), 17) << "5 + 5 + 2 + 5";
    const auto history = history_of(book(), "ann");
    ASSERT_EQ(history.size(), 2U);
    EXPECT_EQ(history[0].score, 20) << "it is still known";
    EXPECT_EQ(history[1].score, 2);
    EXPECT_EQ(history[1].reason, "the test was wrong");
}

TEST_F(Books, RegradeAskedTwiceIsDoneOnce) {
    const HandedIn ann = handed_in("ann");
    grade_all(ann, 5);
    book().ask_again({"ann"}, {"1.3"}, "a");
    book().ask_again({"ann"}, {"1.3", "1.1"}, "b");
    EXPECT_THAT(book().claim(ann).exercises, ElementsAre("1.1", "1.3"));
    EXPECT_EQ(history_of(book(), "ann").size(), 2U);
}

TEST_F(Books, RegradeOfWhatIsNotThereNamesTheNearest) {
    grade_all(handed_in("ann"), 5);
    handed_in("bob");
    EXPECT_EQ(refusal([&] { book().ask_again({"amn"}, {}, ""); }),
              "the gradebook has no submission \"amn\". Did you mean \"ann\"?");
    EXPECT_EQ(refusal([&] { book().ask_again({}, {"1.9"}, ""); }),
              "the gradebook has no exercise \"1.9\". Did you mean \"1.1\"?");
    EXPECT_THAT(refusal([&] { book().ask_again({"bob"}, {}, ""); }), HasSubstr("was never graded"));
}

TEST_F(Books, LastVersionCountsOrTheBestAfterLateness) {
    HandedIn early = handed_in("ann", "h1"), late = handed_in("ann", "h2");
    early.member.submitted_at = time_of("2026-11-01 12:00");
    late.member.submitted_at = time_of("2026-11-02 13:00");
    grade_all(early, 4);
    grade_all(late, 5);
    EXPECT_EQ(standing_of(book(), "ann").total(), 20);
    book().set_late_policy({.due = time_of("2026-11-01 12:00"), .percent_per_day = 25});
    EXPECT_EQ(standing_of(book(), "ann").total(), 10) << "two days begun cost 50 % of 20";
    book().set_late_policy({.due = time_of("2026-11-01 12:00"), .percent_per_day = 25, .best = true});
    EXPECT_EQ(standing_of(book(), "ann").total(), 16) << "4 exercises of 4 points, in time";
    EXPECT_EQ(standing_of(book(), "ann").number, 1);
}

TEST_F(Books, RefusedVersionCostsNothingOfWhatCameBefore) {
    grade_all(handed_in("ann", "h1"), 5);
    HandedIn damaged = handed_in("ann", "h2");
    damaged.refused = "ann.zip is damaged";
    EXPECT_EQ(book().claim(damaged).kind, Turn::Kind::refused);
    EXPECT_EQ(standing_of(book(), "ann").report.score(), 20);
    EXPECT_EQ(standing_of(book(), "ann").remark, "what came later was refused: ann.zip is damaged");
}

TEST_F(Books, SubmissionThatIsRefusedIsARowWithAReason) {
    HandedIn bob = handed_in("bob", "h");
    bob.refused = "bob.zip is damaged";
    EXPECT_EQ(book().claim(bob).kind, Turn::Kind::refused);
    const Standing standing = standing_of(book(), "bob");
    EXPECT_EQ(standing.state, StandingState::refused);
    EXPECT_EQ(standing.remark, "bob.zip is damaged");
    EXPECT_EQ(standing.total(), 0);
    EXPECT_EQ(standing.max_total(), 22) << "19 automatic, 3 by a person: nobody's maximum is smaller";
}

class MarkedBooks : public Books {
 protected:
    /// An answer to 1.4 "why" that waits for a person.
    HandedIn answered(const std::string& hash, const std::string& answer) {
        HandedIn one = handed_in("ann", hash);
        one.answers = {{"1.4", "why", answer}};
        const Turn turn = book().claim(one);
        for (const std::string& exercise : turn.exercises) {
            ExerciseReport report = result(exercise, 5);
            if (exercise == "1.4") report.tests.push_back({"why", TestStatus::manual, 0, 0, "visible", 0, ""});
            book().record(turn.attempt, report);
        }
        book().finish(turn.attempt);
        return one;
    }
    Standing ann() { return standing_of(book(), "ann"); }
    void mark(std::optional<double> points, const std::string& comment) {
        book().mark(ann().version, "1.4", "why", points, comment, "the instructor");
    }
};

TEST_F(MarkedBooks, PointsOfAPersonAddUpAndTheLastMarkCounts) {
    answered("h1", "It is twice 2.");
    EXPECT_EQ(ann().to_be_marked(), 1);
    mark(1, "And why?");
    mark(2.5, "Right.");
    EXPECT_EQ(ann().to_be_marked(), 0);
    EXPECT_EQ(ann().total(), 22.5);
    mark(std::nullopt, "Right, on second thoughts too.");
    EXPECT_EQ(ann().total(), 22.5) << "words alone leave the points";
    EXPECT_EQ(ann().answers[0].comment, "Right, on second thoughts too.");
    EXPECT_EQ(ann().answers[0].marked_by, "the instructor");
}

TEST_F(MarkedBooks, MarkStandsInALaterVersionOnlyForTheSameAnswer) {
    answered("h1", "It is twice 2.");
    mark(3, "");
    answered("h2", "It is twice 2.");
    EXPECT_EQ(ann().manual(), 3);
    answered("h3", "It is not.");
    EXPECT_EQ(ann().manual(), 0);
    EXPECT_EQ(ann().to_be_marked(), 1);
}

TEST_F(MarkedBooks, PointsBeyondTheQuestionAreRefused) {
    answered("h1", "x");
    EXPECT_EQ(refusal([&] { mark(3.5, ""); }), "--points: question why of 1.4 has 0 to 3 points, got 3.5");
    EXPECT_EQ(refusal([&] { mark(std::nan(""), ""); }), "--points: question why of 1.4 has 0 to 3 points, got nan");
    EXPECT_EQ(refusal([&] { book().mark(ann().version, "1.4", "half", 1, "", ""); }),
              "no person marks \"1.4 half\". Those are: 1.4 why");
}

TEST_F(Books, BookOfAnotherCourseSeedOrChapterIsRefusedWithWhatDiffers) {
    const auto dedicate = [&](std::uint64_t seed, double seconds) {
        return refusal([&] { book().dedicate(select(course_, {}), seed, seconds); });
    };
    book().dedicate(select(course_, {}), 1, 0);
    const std::string name = "the gradebook " + at("a.book").string();
    EXPECT_EQ(dedicate(7, 0), name + " is for --seed 1, got 7. Leave --seed out, or name another book");
    EXPECT_THAT(dedicate(1, 3), HasSubstr("is for --seconds 0 (0: the chapters' own), got 3"));
    course_.chapters[0].exercises[0].tests[0].points = 4;
    EXPECT_THAT(dedicate(1, 0), HasSubstr("is for another edition of the course"));
    course_.chapters[0].id = "02_other";
    EXPECT_THAT(dedicate(1, 0), HasSubstr("is for 01_numbers, and this is 02_other"));
}

TEST_F(Books, FilesThatAreNoGradebookAreRefused) {
    const auto opened = [&](const std::string& file) {
        return refusal([&] { Gradebook(at(file), Database::Missing::is_an_error); });
    };
    write("text.book", std::string(5000, 'x'));
    EXPECT_EQ(opened("text.book"), at("text.book").string() + " is not a gradebook. Name another file with --book");
    EXPECT_THAT(opened("none.book"), HasSubstr("there is no gradebook"));
    Database(at("other.book"), Database::Missing::is_made).run("CREATE TABLE songs (title TEXT)");
    EXPECT_THAT(opened("other.book"), HasSubstr("is another program's database"));
    book().database().run("PRAGMA user_version = 99");
    close();
    EXPECT_THAT(opened("a.book"), HasSubstr("was made by a newer workbook (its version is 99"));
}

TEST_F(Books, HostileTextIsData) {
    const std::string evil = "'); DROP TABLE results; -- \"\x01\xFF";
    const HandedIn one = handed_in(evil);
    const Turn turn = book().claim(one);
    book().record(turn.attempt, result("1.1", 3, evil + std::string(1, '\0') + "behind"));
    const Standing standing = standing_of(book(), evil);
    EXPECT_EQ(standing.report.score(), 3);
    EXPECT_EQ(exercise_of(standing.report, "1.1").tests[0].message, evil + std::string(1, '\0') + "behind");
}

TEST(CsvCell, FormulasEscapesAndQuotesDoNoHarm) {
    EXPECT_EQ(csv_cell("ann"), "ann");
    EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
    EXPECT_EQ(csv_cell("say \"x\""), "\"say \"\"x\"\"\"");
    for (const std::string start : {"=", "+", "-", "@"}) {
        EXPECT_EQ(csv_cell(start + "1+1"), "\"'" + start + "1+1\"");
        EXPECT_EQ(csv_cell("  " + start + "1"), "\"'  " + start + "1\"");
    }
    EXPECT_EQ(csv_cell("\t=1"), "\"' =1\"");
    EXPECT_EQ(csv_cell("\r=1"), "\"'=1\"");
    EXPECT_EQ(csv_cell("\tx"), "\"' x\"");
    EXPECT_EQ(csv_cell("\x1b[31m=1"), "\"'=1\"") << "an escape in front hides nothing";
    EXPECT_EQ(csv_cell("\uFF1D1"), "\"'\uFF1D1\"");
    EXPECT_EQ(csv_cell("a\nb\x1b[2Jc\x07"), "a bc?");
    EXPECT_EQ(csv_cell("a\u009B2Jb"), "a2Jb");
    EXPECT_EQ(csv_cell(" a"), "\" a\"");
    EXPECT_EQ(csv_cell("1;=2"), "\"1;=2\"");
}

TEST(Lateness, GraceForgivesAndThenEachDayBegunCosts) {
    const std::int64_t due = *time_of("2026-11-30 12:00");
    const LatePolicy policy{.due = due, .grace = 600, .percent_per_day = 10, .days = 3};
    const auto factor = [&](std::int64_t after) { return lateness_of(policy, due + after).factor; };
    EXPECT_EQ(factor(-1), 1);
    EXPECT_EQ(factor(600), 1);
    EXPECT_DOUBLE_EQ(factor(601), 0.9);
    EXPECT_DOUBLE_EQ(factor(86400), 0.9);
    EXPECT_DOUBLE_EQ(factor(86401), 0.8) << "days are counted from the due time on, not from the end of the grace";
    EXPECT_DOUBLE_EQ(factor(3 * 86400), 0.7);
    EXPECT_EQ(factor(3 * 86400 + 1), 0);
    EXPECT_EQ(lateness_of(policy, std::nullopt).factor, 1) << "nobody knows when";
    EXPECT_EQ(lateness_of({}, due).factor, 1) << "nothing is due";
    EXPECT_EQ(lateness_of({.due = due, .percent_per_day = 40}, due + 86400 * 5).factor, 0) << "never less than nothing";
}

TEST(Times, AreReadWithAndWithoutAZone) {
    EXPECT_EQ(time_of("1970-01-02"), 86400);
    EXPECT_EQ(time_of("2026-11-30 23:59"), time_of("2026-11-30T23:59:00Z"));
    EXPECT_EQ(time_of("2026-11-30T23:59:00+01:30"), time_of("2026-11-30T22:29"));
    EXPECT_EQ(time_of("2026-11-30T23:59:00-01:00"), time_of("2026-12-01T00:59"));
    EXPECT_EQ(time_text(*time_of("2024-02-29 01:02:03")), "2024-02-29T01:02:03Z");
    for (const char* wrong : {"", "tomorrow", "2026-02-29", "2026-11-30 24:00", "2026-11-30 23:60", "2026-11-30x23:59",
                              "2026-11-30 23:59:00 ", "2026-11-30 23:59+1", "-026-11-30", "2026-11-30T"}) {
        EXPECT_EQ(time_of(wrong), std::nullopt) << wrong;
    }
}

TEST(GraderProcess, LivesUntilItIsKilledAndNotInWhoHasItsNumberLater) {
    EXPECT_EQ(life_of(this_grader()), Life::lives);
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const std::int64_t started = this_grader().started;
        if (::write(ends[1], &started, sizeof started) != sizeof started) ::_exit(1);
        for (;;) ::pause();
    }
    GraderProcess other = this_grader();
    other.pid = child;
    ASSERT_EQ(::read(ends[0], &other.started, sizeof other.started), static_cast<ssize_t>(sizeof other.started));
    EXPECT_EQ(life_of(other), Life::lives);
    GraderProcess earlier = other;
    earlier.started -= 1;
    EXPECT_EQ(life_of(earlier), Life::ended) << "the number was given again";
    ::kill(child, SIGKILL);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
    EXPECT_EQ(life_of(other), Life::ended) << "a zombie grades nothing";
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(life_of(other), Life::ended);
    ::close(ends[0]);
    ::close(ends[1]);
    GraderProcess before = this_grader();
    before.boot = "another";
    EXPECT_EQ(life_of(before), Life::ended);
    GraderProcess contained = this_grader();
    contained.space = "pid:[1]";
    EXPECT_EQ(life_of(contained), Life::unseen);
}

}  // namespace
}  // namespace wb::grader
