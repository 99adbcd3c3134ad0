// A class graded into a gradebook as an instructor does it, with submissions of all kinds.
#include "classroom.hpp"
#include "files/files.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Classes = Classroom;

TEST_F(Classes, EachSubmissionIsALineAndARow) {
    three_members();
    const ProcessResult result = grade("a.book", {"--jobs", "1"});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_EQ(result.output,
              "Grading 3 submissions into a.book, a new gradebook\n"
              "  ok   1/3  ann     19 / 19   \n"
              "  ok   2/3  bob      9 / 19   \n"
              "  ok   3/3  cat     19 / 19   \n"
              "  3 graded. ./workbook gradebook show a.book\n");
    EXPECT_EQ(exported("a.book", "csv"),
              "id,name,state,submitted_at,days_late,1.1,1.2,1.3,1.4,automatic,manual,to_be_marked,late_percent,total,"
              "max_total,remark\r\n"
              "ann,,graded,,0,5,5,5,4,19,0,1,0,19,22,\r\n"
              "bob,,graded,,0,0,0,5,4,9,0,1,0,9,22,\r\n"
              "cat,,graded,,0,5,5,5,4,19,0,1,0,19,22,\r\n");
    EXPECT_THAT(strays(), IsEmpty());
    EXPECT_FALSE(fs::exists(at("a.book-wal")));
}

TEST_F(Classes, CostsAreWrittenDownAndAreInNoExport) {
    three_members();
    ASSERT_EQ(grade("a.book").exit_status, 0);
    ASSERT_EQ(grade("b.book", {"--jobs", "1"}).exit_status, 0);
    const ProcessResult costs = cli({"gradebook", "show", "a.book", "--costs"});
    EXPECT_EQ(costs.exit_status, 0) << costs.output;
    EXPECT_THAT(costs.output, AllOf(HasSubstr("\n3 submissions in "), HasSubstr(" build steps, starts 0 workers,")));
    EXPECT_THAT(costs.output, Not(HasSubstr("takes 0 build steps")));
    EXPECT_THAT(costs.output, Not(HasSubstr("0 bytes of files")));
    const ProcessResult plan = cli({"gradebook", "plan", "a.book", "--per-week", "10,2000", "--wait", "5"});
    EXPECT_EQ(plan.exit_status, 0) << plan.output;
    EXPECT_THAT(plan.output, AllOf(HasSubstr("| submissions a week | 10 | 2,000 |\n"),
                                   HasSubstr("| cores, so that 95 % wait at most 5 min before a deadline | 1 |")));
    EXPECT_EQ(exported("a.book"), exported("b.book"));
    EXPECT_EQ(exported("a.book", "csv"), exported("b.book", "csv"));
    EXPECT_THAT(exported("a.book"), HasSubstr("\"sandbox\": \"none, on purpose\""));
    EXPECT_THAT(cli({"gradebook", "show", "a.book", "ann"}).output, HasSubstr("\nSandbox: none, on purpose.\n"));
    EXPECT_THAT(cli({"gradebook", "plan", "a.book", "--per-week", "0"}).output,
                HasSubstr("--per-week: expected whole numbers >= 1, got 0"));
    EXPECT_THAT(cli({"gradebook", "show", "a.book", "ann", "--costs"}).output,
                HasSubstr("--costs are those of the class. Leave ann out"));
}

TEST_F(Classes, BadSubmissionIsARowWithAReasonAndTheRestIsGraded) {
    three_members();
    write("class/dan.zip", "PK\x03\x04 and then nonsense");
    fs::create_directories(at("class/eve"));
    write("class/eve/notes.txt", "my computer broke");
    const ProcessResult result = grade("a.book");
    EXPECT_EQ(result.exit_status, 1) << result.output;
    EXPECT_THAT(result.output, HasSubstr("3 graded, 2 refused."));
    EXPECT_THAT(result.output, HasSubstr("refused: dan.zip: is damaged"));
    const std::string csv = exported("a.book", "csv");
    EXPECT_THAT(csv, AllOf(HasSubstr("dan,,refused,"), HasSubstr("\"dan.zip: is damaged"),
                           HasSubstr("it holds no file of an exercise"), HasSubstr("cat,,graded")));
    EXPECT_THAT(csv, Not(HasSubstr("class/"))) << "where it lay on this machine is nothing to a student";
    EXPECT_THAT(strays(), IsEmpty());
    fs::remove(at("class/dan.zip"));
    member("dan");
    EXPECT_THAT(grade("a.book", {"--resume"}).output, HasSubstr("1 graded, 3 graded before, 1 refused."));
    EXPECT_THAT(exported("a.book", "csv"), HasSubstr("dan,,graded,,0,5,5,5,4,19,"));
}

TEST_F(Classes, VerdictsDoNotDependOnJobs) {
    three_members();
    member("dan");
    spoil("dan");
    EXPECT_EQ(grade("one.book", {"--jobs", "1"}).exit_status, 0);
    EXPECT_EQ(grade("two.book", {"--jobs", "2"}).exit_status, 0);
    EXPECT_EQ(exported("one.book"), exported("two.book"));
    EXPECT_EQ(exported("one.book", "csv"), exported("two.book", "csv"));
}

TEST_F(Classes, FaultOfTheCourseIsNoResultAndIsTakenUpAgain) {
    three_members();
    write("tools/make_cases.sh", "#!/bin/sh\necho no disk; exit 1\n");
    const ProcessResult faulty = grade("a.book");
    EXPECT_EQ(faulty.exit_status, 2);
    EXPECT_THAT(faulty.output,
                HasSubstr("not graded to its end: 1.1 could not be graded: the cases of chapter 01_numbers"));
    EXPECT_THAT(exported("a.book", "csv"), HasSubstr("ann,,partly graded,,0,0,0,0,4,4,"));
    write("tools/make_cases.sh", read_text(fs::path(WB_MINI_COURSE) / "tools/make_cases.sh"));
    EXPECT_EQ(grade("a.book", {"--resume"}).exit_status, 0);
    EXPECT_THAT(exported("a.book", "csv"), HasSubstr("ann,,graded,,0,5,5,5,4,19,0,1,0,19,22,\r\n"))
        << "the fault is forgotten";
}

TEST_F(Classes, RegradeRunsOnlyWhatIsAskedAndShowsBoth) {
    three_members();
    ASSERT_EQ(grade("a.book").exit_status, 0);
    EXPECT_THAT(cli({"gradebook", "regrade", "a.book", "ann", "--exercises", "1.1", "--reason", "a wrong test"}).output,
                testing::StartsWith("1 submission is to be graded again, by: ./workbook grade --class FOLDER"));
    write("tools/judge.sh",
          "#!/bin/sh\necho x >>\"$(dirname \"$0\")/calls\"\nfor test in Twice.DoublesThree Twice.KeepsTheSign; do "
          "printf '{\"event\":\"end\",\"test\":\"%s\",\"status\":\"failed\"}\\n' $test >&3; done\n");
    ASSERT_EQ(grade("a.book", {"--resume"}).exit_status, 0);
    EXPECT_EQ(judged(), 10);
    EXPECT_THAT(exported("a.book", "csv"),
                AllOf(HasSubstr("ann,,graded,,0,0,5,5,4,14,"), HasSubstr("cat,,graded,,0,5,5,5,4,19,")));
    EXPECT_THAT(cli({"gradebook", "show", "a.book", "ann"}).output,
                AllOf(HasSubstr("version 1, attempt 1 (first): 4 of 4 exercises, 19 points, done"),
                      HasSubstr("version 1, attempt 2 (a wrong test): 1 of 1 exercises, 0 points, done")));
}

TEST_F(Classes, NewFilesAreANewVersion) {
    three_members();
    ASSERT_EQ(grade("a.book").exit_status, 0);
    spoil("ann");
    EXPECT_THAT(grade("a.book", {"--resume"}).output, HasSubstr("1 graded, 2 graded before."));
    EXPECT_THAT(exported("a.book", "csv"), HasSubstr("ann,,graded,,0,0,0,5,4,9,"));
    EXPECT_EQ(cli({"gradebook", "policy", "a.book", "--counts", "best"}).output,
              "The best version counts. Nothing is late.\n");
    EXPECT_THAT(exported("a.book", "csv"), HasSubstr("ann,,graded,,0,5,5,5,4,19,"));
}

TEST_F(Classes, SlipsGetOneLineAndLeaveNoBook) {
    three_members();
    const auto expect = [&](const std::vector<std::string>& words, const std::string& line) {
        const ProcessResult result = cli(words);
        EXPECT_EQ(result.exit_status, 2);
        EXPECT_THAT(result.output, testing::StartsWith("workbook: " + line));
    };
    expect({"grade"}, "grade: expected a submission or a class.");
    expect({"grade", "--class", "class"}, "--class: expected --book FILE too.");
    expect({"grade", "solutions", "--book", "a.book"}, "--book, --roster and --resume belong to --class.");
    expect({"grade", "solutions", "--class", "class", "--book", "a.book"},
           "grade: expected either submissions or --class");
    expect({"grade", "--class", "class", "--book", "a.book", "--json", "r.json"},
           "--json, --gradescope, --junit and --classroom are for");
    expect({"grade", "--class", "nowhere", "--book", "a.book", "--no-sandbox"}, "there is no \"nowhere\".");
    expect({"grade", "--class", "class", "--book", "no/a.book", "--no-sandbox"},
           "cannot make the gradebook no/a.book: there is no folder");
    expect({"grade", "--class", "class", "--book", "a.book", "--chapters", "1.1", "--no-sandbox"},
           "--chapters: a class is graded by whole chapters");
    expect({"gradebook", "show", "a.book"}, "there is no gradebook a.book.");
    ASSERT_EQ(grade("a.book").exit_status, 0);
    expect({"grade", "--class", "class", "--book", "a.book", "--no-sandbox"},
           "the gradebook a.book has been begun. Go on with it by --resume");
    expect({"grade", "--class", "class", "--book", "a.book", "--no-sandbox", "--resume", "--seed", "7"},
           "the gradebook a.book is for --seed 1, got 7.");
    expect({"gradebook", "show", "a.book", "amn"}, "the gradebook has no submission \"amn\". Did you mean \"ann\"?");
    expect({"gradebook", "export", "a.book", "xml"},
           "gradebook export: expected csv, json, junit, gradescope, canvas or html, got \"xml\".");
    expect({"gradebook", "policy", "a.book", "--due", "soon"}, "--due: expected a time such as");
    expect({"gradebook", "policy", "a.book", "--percent", "-1"}, "--percent: expected a number >= 0, got \"-1\"");
    expect({"gradebook", "comment", "a.book", "ann", "1.4", "why"}, "gradebook comment: nothing to write down.");
}

TEST_F(Classes, SeedOfTheBookIsThatOfItsResumption) {
    three_members();
    ASSERT_EQ(grade("a.book", {"--seed", "7"}).exit_status, 0);
    member("dan");
    EXPECT_EQ(grade("a.book", {"--resume"}).exit_status, 0);
    EXPECT_EQ(text("tools/cases_made"), "7\n");
}

TEST_F(Classes, MachineWithoutASandboxIsRefusedUnlessItIsSaidInFull) {
    three_members();
    write("tools/bin/bwrap", "#!/bin/sh\necho no user namespaces; exit 1\n");
    fs::permissions(at("tools/bin/bwrap"), fs::perms::owner_all);
    ProcessOptions options{.argv = {WB_CLI, "--toolchain", at("build/dev/toolchain.json").string(), "grade", "--class",
                                    "class", "--book", "a.book"},
                           .directory = root,
                           .environment = {{"PATH", at("tools/bin").string() + ":/usr/bin:/bin"}}};
    const ProcessResult refused = run_process(options);
    EXPECT_EQ(refused.exit_status, 2);
    EXPECT_THAT(refused.output,
                AllOf(HasSubstr("nothing was graded: a class is graded in a sandbox, and this machine has none."),
                      HasSubstr("bubblewrap does not start"), HasSubstr("--no-sandbox")));
    EXPECT_FALSE(fs::exists(at("a.book")));
    options.argv.emplace_back("--no-sand");
    EXPECT_EQ(run_process(options).exit_status, 2) << "half a word is no consent";
}

}  // namespace
}  // namespace wb::grader
