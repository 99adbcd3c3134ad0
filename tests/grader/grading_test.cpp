// A submission is built file by file: what is broken is told apart from what is not, and the rest is graded.
#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

#include "files/files.hpp"
#include "grade/cases.hpp"
#include "submission/object_cache.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

using testing::Each;
using testing::Field;
using testing::HasSubstr;

class Grading : public Workshop {
 protected:
    Grading() { submit(); }
};

TEST_F(Grading, SolutionsGetFullMarksAndTheStarterNone) {
    const Report solutions = graded();
    EXPECT_EQ(solutions.score(), 19);
    EXPECT_EQ(solutions.max_score(), 19);
    EXPECT_TRUE(solutions.passed());
    ASSERT_EQ(cli({"starter"}).exit_status, 0);
    const Report starter = graded({}, "starter");
    EXPECT_EQ(starter.score(), 0);
    for (const ExerciseReport& exercise : starter.chapters[0].exercises) {
        EXPECT_THAT(exercise.tests, Each(Field(&TestReport::status, TestStatus::not_implemented))) << exercise.id;
    }
}

TEST_F(Grading, GradersAtOnceMakeTheCasesOnce) {  // a second set put in place of the first would vanish under its judge
    const Course all = course();
    const Toolchain tools = toolchain();
    std::vector<std::thread> graders;
    for (int n = 0; n < 8; ++n) graders.emplace_back([&] { prepare_cases(tools, all.chapters[0], 5); });
    for (std::thread& grader : graders) grader.join();
    EXPECT_EQ(text("tools/cases_made"), "5\n");
}

TEST_F(Grading, GradersThatCompileMeanwhileDoNotDisturbTheTrimmingOfTheirCache) {  // their folders come and go under it
    const Toolchain tools = toolchain();
    const std::filesystem::path objects = tools.build_dir / "objects";
    std::filesystem::create_directories(objects);
    std::atomic<bool> done = false;
    std::vector<std::thread> graders;
    for (int n = 0; n < 2; ++n) {
        graders.emplace_back([&] {
            while (!done) {
                const ScratchFolder compiling(objects, "compiling");
                std::filesystem::create_directories(compiling.path() / "a" / "b");
            }
        });
    }
    for (int n = 0; n < 2000; ++n) EXPECT_NO_THROW(trim_cache(tools)) << "after " << n << " times";
    done = true;
    for (std::thread& grader : graders) grader.join();
}

TEST_F(Grading, FileThatDoesNotCompileCostsOnlyItsExercise) {
    replace("mine/01_numbers/row_sum.cu", "/ 2;", "/ 2");
    const Report report = graded();
    EXPECT_EQ(report.score(), 14);
    const ExerciseReport broken = exercise_of(report, "1.3");
    EXPECT_EQ(broken.outcome(), TestStatus::compile_error);
    EXPECT_THAT(broken.tests[0].message, testing::StartsWith("row_sum.cu:8:"))
        << "the line of the .cu, not of the rewritten file";
}

TEST_F(Grading, ExerciseThatNeedsABrokenOneIsToldSo) {
    replace("mine/01_numbers/twice.cpp", "sum(x, x);", "sum(x, x)");
    const Report report = graded();
    EXPECT_EQ(exercise_of(report, "1.1").outcome(), TestStatus::compile_error);
    const ExerciseReport caller = exercise_of(report, "1.2");
    EXPECT_EQ(caller.outcome(), TestStatus::not_implemented);
    EXPECT_THAT(
        caller.tests[0].message,
        HasSubstr("This exercise calls the code of 1.1, which does not build; the starter's stands in for it."));
    EXPECT_EQ(exercise_of(report, "1.3").score(), 5);
}

TEST_F(Grading, ChangedSignatureIsACompileErrorThatNamesTheFunction) {
    replace("mine/01_numbers/twice.cpp", "int twice(int x)", "long twice(long x)");
    const ExerciseReport report = exercise_of(graded({"1.1"}), "1.1");
    EXPECT_EQ(report.outcome(), TestStatus::compile_error);
    EXPECT_THAT(report.tests[0].message, HasSubstr("wb::twice(int)"));
}

TEST_F(Grading, FunctionDefinedInTwoFilesIsACompileErrorOfTheCallerOnly) {
    write("mine/01_numbers/four_times.cpp",
          text("mine/01_numbers/four_times.cpp") + "namespace wb { int helper() { return 1; } }\n");
    write("mine/01_numbers/twice.cpp",
          text("mine/01_numbers/twice.cpp") + "namespace wb { int helper() { return 2; } }\n");
    const Report report = graded();
    EXPECT_EQ(exercise_of(report, "1.1").score(), 5) << "alone it is whole";
    EXPECT_EQ(exercise_of(report, "1.2").outcome(), TestStatus::compile_error);
    EXPECT_THAT(exercise_of(report, "1.2").tests[0].message, HasSubstr("wb::helper()"));
}

TEST_F(Grading, CrashAtProgramStartSparesTheOtherExercises) {
    write("mine/01_numbers/row_sum.cu",
          text("mine/01_numbers/row_sum.cu") + "#include <cstdlib>\nstatic int bomb = (std::abort(), 1);\n");
    const Report report = graded();
    EXPECT_EQ(exercise_of(report, "1.3").outcome(), TestStatus::crashed);
    EXPECT_EQ(exercise_of(report, "1.1").score(), 5);
}

TEST_F(Grading, MissingFileIsNotImplementedAndNamed) {
    std::filesystem::remove(at("mine/01_numbers/twice.cpp"));
    const ExerciseReport report = exercise_of(graded({"1.1"}), "1.1");
    EXPECT_EQ(report.outcome(), TestStatus::not_implemented);
    EXPECT_EQ(report.tests[0].message, "the submission has no 01_numbers/twice.cpp");
}

TEST_F(Grading, KernelIsCompiledForEachBuildThatItsTestsAsk) {
    replace("build/dev/toolchain.json", R"("race": {"flags": ["-std=c++20")",
            R"("race": {"flags": ["-std=c++20", "-DRACE")");
    replace("mine/01_numbers/row_sum.cu", "return n", "#ifdef RACE\n    return 0;\n#endif\n    return n");
    const ExerciseReport report = exercise_of(graded({"1.3"}), "1.3");
    EXPECT_EQ(report.tests[0].status, TestStatus::passed);
    EXPECT_EQ(report.tests[1].status, TestStatus::failed);
}

TEST_F(Grading, HeaderThatDoesTheExerciseIsWithheld) {
    write("library/ready/double.hpp", "namespace wb { inline int doubled(int x) { return 2 * x; } }\n");
    replace("build/dev/toolchain.json", R"("include_dirs": [)",
            R"("include_dirs": [")" + at("library").string() + R"(", )");
    replace("chapters/01_numbers/chapter.toml", "files = [\"twice.cpp\"]\n",
            "files = [\"twice.cpp\"]\nwithheld = [\"ready/double.hpp\"]\n");
    EXPECT_EQ(graded().score(), 19) << "nobody includes it";

    write("library/roundabout.hpp", "#include \"ready/double.hpp\"\n");
    write("mine/01_numbers/four_times.cpp", "#include \"roundabout.hpp\"\n" + text("mine/01_numbers/four_times.cpp"));
    EXPECT_EQ(graded().score(), 19) << "it is withheld from exercise 1.1 alone";

    write("mine/01_numbers/twice.cpp", "#include \"roundabout.hpp\"\n" + text("mine/01_numbers/twice.cpp"));
    for (const char* run : {"compiled now", "found in the cache"}) {
        const ExerciseReport refused = exercise_of(graded({"1.1"}), "1.1");
        EXPECT_EQ(refused.outcome(), TestStatus::compile_error) << run;
        EXPECT_EQ(refused.tests[0].message,
                  "twice.cpp includes ready/double.hpp, which does what this exercise asks for. Build it from what the "
                  "exercise's own header includes.")
            << run;
    }
}

// At the desk it is there, in what is handed in it is not: one verdict for both.
TEST_F(Grading, HeaderBesideTheGradedFilesIsRefusedWhereverItIs) {
    write("mine/01_numbers/mine.hpp", "inline int half(int x) { return x / 2; }\n");
    write("mine/01_numbers/twice.cpp", "#include \"mine.hpp\"\n" + text("mine/01_numbers/twice.cpp"));
    for (const char* run : {"compiled now", "found in the cache"}) {
        const ExerciseReport refused = exercise_of(graded({"1.1"}), "1.1");
        EXPECT_EQ(refused.outcome(), TestStatus::compile_error) << run;
        EXPECT_EQ(
            refused.tests[0].message,
            "twice.cpp includes mine.hpp, which is not among the files that are graded. Put what you need of it into "
            "twice.cpp.")
            << run;
    }
}

TEST_F(Grading, JudgeThatDiesEarnsNothing) {
    write("tools/judge.sh",
          "#!/bin/sh\necho '{\"event\":\"start\",\"test\":\"Twice.DoublesThree\"}' >&3\necho trouble; exit 9\n");
    const ExerciseReport report = exercise_of(graded({"1.1"}), "1.1");
    EXPECT_EQ(report.score(), 0);
    EXPECT_EQ(report.tests[0].message,
              "the judge stopped in the middle of this test: it exited with status 9\ntrouble");
}

TEST_F(Grading, SecondGradingCompilesNothing) {
    static_cast<void>(graded());
    const auto objects = [&] {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(at("build/dev/objects")))
            found.push_back(entry.path().string());
        return found;
    };
    const auto before = objects();
    EXPECT_EQ(graded().score(), 19);
    EXPECT_EQ(objects().size(), before.size());
}

TEST_F(Grading, ChangedContractHeaderCompilesAnew) {
    static_cast<void>(graded({"1.1"}));
    replace("chapters/01_numbers/numbers.hpp", "int twice(int x);", "int twice(int x) = delete;");
    EXPECT_EQ(exercise_of(graded({"1.2"}), "1.2").outcome(), TestStatus::compile_error)
        << "an object from before the change was used";
}

TEST_F(Grading, GradedHeaderBelongsToTheStudentsObject) {
    replace("chapters/01_numbers/chapter.toml", "files = [\"twice.cpp\"]", "files = [\"twice.cpp\", \"factor.hpp\"]");
    replace("mine/01_numbers/twice.cpp", "#include \"numbers.hpp\"",
            "#include \"numbers.hpp\"\n#include \"factor.hpp\"");
    replace("mine/01_numbers/twice.cpp", "return sum(x, x);", "return FACTOR * x;");
    write("mine/01_numbers/factor.hpp", "#define FACTOR 2\n");
    EXPECT_EQ(exercise_of(graded({"1.1"}), "1.1").score(), 5);
    std::filesystem::copy(at("mine"), at("other"), std::filesystem::copy_options::recursive);
    write("other/01_numbers/factor.hpp", "#define FACTOR 3\n");
    EXPECT_EQ(exercise_of(graded({"1.1"}, "other"), "1.1").score(), 0) << "the object of the other submission was used";
}

TEST_F(Grading, CasesAreMadeOnceForASeed) {
    static_cast<void>(graded({"1.1"}));
    static_cast<void>(graded({"1.1", "1.2"}));
    EXPECT_EQ(text("tools/cases_made"), "1\n");
    EXPECT_EQ(text("build/dev/cases/01_numbers/1/cases.txt"), "seed 1\n");
}

TEST_F(Grading, ReportIsWholeAfterEachExercise) {
    const Course all = course();
    std::vector<std::string> faults;
    std::vector<double> maxima;
    GradingOptions options;
    options.on_exercise = [&](const Report& report, const ExerciseReport&) { maxima.push_back(report.max_score()); };
    static_cast<void>(grade(all, toolchain(), open_submission(all, at("mine")), select(all, {}), options, faults));
    EXPECT_THAT(maxima, testing::ElementsAre(19, 19, 19, 19)) << "what has not run yet must not be missing";
}

}  // namespace
}  // namespace wb::grader
