// A class graded into a gradebook as an instructor does it: killed, taken up again, by two graders at once, with submissions of all kinds.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "classroom.hpp"
#include "files/files.hpp"
#include "gradebook/standing.hpp"
#include "packed.hpp"
#include "sandbox/command.hpp"
#include "sandbox/machine.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A command that sees a disk with room for 4096 bytes in place of a folder.
std::vector<std::string> with_a_small_disk(const fs::path& folder, const std::vector<std::string>& command) {
    std::vector<std::string> argv{find_program("bwrap"), "--dev-bind", "/", "/", "--size", "4096", "--tmpfs",
                                  folder.string(),       "--"};
    argv.insert(argv.end(), command.begin(), command.end());
    return argv;
}

using Classes = Classroom;

TEST_F(Classes, FullDiskDuringIntakeIsNoFaultOfASubmission) {
    if (probe_machine().level == SandboxLevel::none) GTEST_SKIP() << "a small disk is made as a sandbox is";
    three_members();
    ASSERT_EQ(grade("whole.book").exit_status, 0);
    fs::create_directories(at("build/dev/intake"));
    const ProcessResult result =
        run_process({.argv = with_a_small_disk(at("build/dev/intake"),
                                               {WB_CLI, "--toolchain", at("build/dev/toolchain.json").string(), "grade",
                                                "--class", "class", "--book", "a.book", "--no-sandbox"}),
                     .directory = root});
    EXPECT_EQ(result.exit_status, 2) << result.output;
    EXPECT_THAT(result.output, AllOf(HasSubstr("ann  not graded to its end: "), HasSubstr("No space left on device"),
                                     HasSubstr("0 graded, 3 stopped by a fault")));
    EXPECT_THAT(exported("a.book", "csv"), AllOf(HasSubstr("ann,,waiting,"), Not(HasSubstr("refused"))));
    EXPECT_EQ(grade("a.book", {"--resume"}).exit_status, 0);
    EXPECT_EQ(exported("a.book"), exported("whole.book"));
}

TEST_F(Classes, FullDiskWhileAnArchiveIsReadIsNoFaultOfTheArchive) {
    if (probe_machine().level == SandboxLevel::none) GTEST_SKIP() << "a small disk is made as a sandbox is";
    fs::create_directories(at("class"));
    fs::create_directories(at("small"));
    pack(at("class/ann.zip"), {{"01_numbers/twice.cpp", std::string(10'000, ' ')}});
    const ProcessResult result = run_process(
        {.argv = with_a_small_disk(at("small"), {WB_CLI, "--toolchain", at("build/dev/toolchain.json").string(),
                                                 "grade", "--class", "class", "--book", "a.book", "--no-sandbox"}),
         .directory = root,
         .environment = {{"TMPDIR", at("small").string()}}});
    EXPECT_EQ(result.exit_status, 2) << result.output;
    EXPECT_THAT(result.output, AllOf(HasSubstr("ann  not graded to its end: what an archive holds cannot be kept: "),
                                     HasSubstr("No space left on device")));
    EXPECT_EQ(grade("a.book", {"--resume"}).exit_status, 0);
}

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

TEST_F(Classes, KilledAtAnyExerciseAndTakenUpAgainItEndsInTheSameBook) {
    three_members();
    ASSERT_EQ(grade("whole.book", {"--jobs", "1"}).exit_status, 0);
    EXPECT_EQ(judged(), 9) << "three submissions, three exercises with a judge";
    // Each run gets through one exercise, and is killed in the next.
    judge("if [ -e \"$calls.this_run\" ]; then kill -9 $PPID; exit; fi\ntouch \"$calls.this_run\"");
    int killed = 0;
    for (;;) {
        fs::remove(at("tools/calls.this_run"));
        const ProcessResult result = grade("killed.book", {"--resume", "--jobs", "1"});
        if (result.signal != SIGKILL) {
            EXPECT_EQ(result.exit_status, 0) << result.output;
            break;
        }
        ASSERT_LT(++killed, 9) << "no result was kept:\n" << result.output;
    }
    EXPECT_EQ(killed, 8) << "nine exercises, one more kept in each run";
    EXPECT_EQ(exported("killed.book"), exported("whole.book"));
    EXPECT_EQ(exported("killed.book", "csv"), exported("whole.book", "csv"));
    EXPECT_EQ(history_of(Gradebook(at("killed.book"), Database::Missing::is_an_error), "bob").size(), 1U)
        << "taken up again, not begun again";
    EXPECT_THAT(strays(), IsEmpty());
}

TEST_F(Classes, KilledBetweenAResultAndItsCommitItIsGradedAgain) {
    three_members();
    ASSERT_EQ(grade("whole.book", {"--jobs", "1"}).exit_status, 0);
    fs::remove(at("tools/calls"));
    judge("", "[ $(wc -l <\"$calls\") = 2 ] && kill -9 $PPID");
    EXPECT_EQ(grade("killed.book", {"--jobs", "1"}).signal, SIGKILL);
    EXPECT_EQ(grade("killed.book", {"--resume"}).exit_status, 0);
    EXPECT_EQ(judged(), 10) << "one of nine was judged twice";
    EXPECT_EQ(exported("killed.book"), exported("whole.book"));
}

TEST_F(Classes, KilledWhileItCompilesItLeavesNothingBehindOnceTakenUp) {
    three_members();
    const std::string kill =
        "kill=\"$(dirname \"$0\")/kill\"\n[ -e \"$kill\" ] && { rm \"$kill\"; kill -9 $PPID; exit 1; }\n";
    write("tools/compiler.sh", "#!/bin/sh\n" + kill + quick_compiler);
    write("tools/kill", "");
    EXPECT_EQ(grade("killed.book", {"--jobs", "1"}).signal, SIGKILL);
    EXPECT_THAT(strays(), Not(IsEmpty()));
    const ProcessResult result = grade("killed.book", {"--resume"});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_THAT(result.output, HasSubstr("that killed graders had left."));
    EXPECT_THAT(strays(), IsEmpty());
    ASSERT_EQ(grade("whole.book").exit_status, 0);
    EXPECT_EQ(exported("killed.book"), exported("whole.book"));
}

TEST_F(Classes, SweepSparesFoldersOfLivingGraders) {
    const ScratchFolder living(at("runs"), "judge");
    write("runs/judge.1234567.0/plan.json", "{}");
    write("runs/keep.me/file", "");
    EXPECT_EQ(sweep_scratch(at("runs")), 1);
    EXPECT_TRUE(fs::exists(living.path()));
    EXPECT_TRUE(fs::exists(at("runs/keep.me/file")));
    EXPECT_FALSE(fs::exists(at("runs/judge.1234567.0")));
}

TEST_F(Classes, SecondGraderLeavesAloneWhatTheFirstHas) {
    three_members();
    ASSERT_EQ(::mkfifo(at("arrived").c_str(), 0600), 0);
    ASSERT_EQ(::mkfifo(at("go").c_str(), 0600), 0);
    const int go = ::open(at("go").c_str(), O_RDWR | O_CLOEXEC);
    // The first grader's first judge waits until the second grader is done.
    judge(
        "home=\"$(dirname \"$calls\")/..\"\nif [ \"$FIRST\" ] && mkdir \"$calls.once\" 2>/dev/null; then "
        "echo here >\"$home/arrived\"; read word <\"$home/go\"; fi");
    ProcessResult first;
    std::thread other([&] { first = grade("a.book", {"--jobs", "1"}, {{"FIRST", "yes"}}); });
    const bool arrived = heard(at("arrived"));
    const ProcessResult second = grade("a.book", {"--resume", "--jobs", "1"});
    EXPECT_EQ(::write(go, "go\n", 3), 3);
    other.join();
    ::close(go);
    ASSERT_TRUE(arrived) << first.output;
    EXPECT_EQ(second.exit_status, 1);
    EXPECT_THAT(second.output,
                AllOf(HasSubstr("1/3  ann  another grader, process "), HasSubstr("2 graded, 1 with another grader.")));
    EXPECT_EQ(first.exit_status, 0) << first.output;
    EXPECT_THAT(first.output, HasSubstr("1 graded, 2 graded before."));
    EXPECT_EQ(judged(), 9) << "nobody was graded twice";
    EXPECT_THAT(exported("a.book", "csv"),
                AllOf(HasSubstr("ann,,graded,,0,5,5,5,4,19,"), HasSubstr("bob,,graded,,0,0,0,5,4,9,")));
}

TEST_F(Classes, GradersAtOnceShareTheClass) {
    for (int n = 0; n < 6; ++n) member("s" + std::to_string(n));
    std::vector<ProcessResult> results(3);
    std::vector<std::thread> graders;
    for (ProcessResult& result : results)
        graders.emplace_back([&] { result = grade("a.book", {"--resume", "--jobs", "2"}); });
    for (std::thread& grader : graders) grader.join();
    for (const ProcessResult& result : results) EXPECT_NE(result.exit_status, 2) << result.output;
    EXPECT_EQ(judged(), 18) << "six submissions, three exercises with a judge, each once";
    const auto book = nlohmann::json::parse(exported("a.book"));
    ASSERT_EQ(book["submissions"].size(), 6U);
    for (const auto& one : book["submissions"]) EXPECT_EQ(one["automatic"], 19.0) << one["id"];
    EXPECT_THAT(strays(), IsEmpty());
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

TEST_F(Classes, LatenessAndAPersonsPointsMakeTheTotal) {
    three_members();
    fs::rename(at("class"), at("in"));
    write("class",
          "id,name,path,submitted_at\n=1+1,@Ann,in/ann,2026-11-30 12:05\nbob,Bob,in/bob,2026-12-01 12:00\n"
          "cat,,in/cat,\n");
    ASSERT_EQ(grade("a.book").exit_status, 0);
    EXPECT_EQ(cli({"gradebook", "policy", "a.book", "--due", "2026-11-30T12:00Z", "--grace", "10", "--percent", "10",
                   "--days", "3"})
                  .output,
              "The last version counts. Due 2026-11-30T12:00:00Z, 10 minutes forgiven; then 10 % off for each day "
              "begun, and nothing left after 3 days.\n");
    EXPECT_EQ(cli({"gradebook", "comment", "a.book", "bob", "1.4", "why", "--points", "2", "--text", "\x1b[31mtrue",
                   "--by", "me"})
                  .output,
              "");
    const std::string csv = exported("a.book", "csv");
    EXPECT_THAT(csv, HasSubstr("\"'=1+1\",\"'@Ann\",graded,2026-11-30T12:05:00Z,0,5,5,5,4,19,0,1,0,19,22,\r\n"));
    EXPECT_THAT(csv, HasSubstr("bob,Bob,graded,2026-12-01T12:00:00Z,1,0,0,5,4,9,2,0,10,9.9,22,\r\n")) << "0.9 of 11";
    EXPECT_THAT(csv, HasSubstr("cat,,graded,,0,5,5,5,4,19,0,1,0,19,22,\r\n")) << "without a time nothing is late";
    EXPECT_THAT(cli({"gradebook", "show", "a.book", "bob"}).output,
                AllOf(HasSubstr("1.4 why: 2 of 3 points\n    It is twice 2.\n  me, "), HasSubstr(": true\n"),
                      HasSubstr("9 automatic and 2 manual points, 1 day late, -10 %, make 9.9 of 22."),
                      Not(HasSubstr("\x1b"))));
    EXPECT_THAT(cli({"gradebook", "show", "a.book"}).output,
                HasSubstr("bob   Bob   graded  9          2       9.9 / 22"));
}

TEST_F(Classes, TimeThatIsTakenBackIsGone) {
    three_members();
    fs::rename(at("class"), at("in"));
    write("class", "id,name,path,submitted_at\nann,,in/ann,2026-11-30 12:05\nbob,,in/bob,\ncat,,in/cat,\n");
    ASSERT_EQ(grade("a.book").exit_status, 0);
    write("untimed.csv", "id,name,path\nann,,in/ann\n");
    const auto resume = [&](const std::string& list) {
        EXPECT_EQ(cli({"grade", "--class", list, "--book", "a.book", "--no-sandbox", "--resume"}).exit_status, 0);
        return exported("a.book", "csv");
    };
    EXPECT_THAT(resume("untimed.csv"), HasSubstr("ann,,graded,2026-11-30T12:05:00Z,")) << "it says nothing about times";
    write("class", "id,name,path,submitted_at\nann,,in/ann,\nbob,,in/bob,2026-12-01 08:00\ncat,,in/cat,\n");
    EXPECT_THAT(resume("class"), AllOf(HasSubstr("ann,,graded,,"), HasSubstr("bob,,graded,2026-12-01T08:00:00Z,")));
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

TEST_F(Classes, CanvasGetsPointsInItsOwnExportAndNothingElseChanges) {
    three_members();
    ASSERT_EQ(grade("a.book").exit_status, 0);
    write("canvas.csv",
          "\xEF\xBB\xBFStudent,ID,SIS Login ID,Section,Attention (77),Essay (78)\r\n"
          "    Points Possible,,,,20,10\r\n"
          "\"Ann, Miss\",1,ann,A,,-3.5\r\n"
          "\"Bob \"\"B\"\"\",2,bob,A,1,=1+1\r\n"
          "Zoe,3,zoe,A,4,5\r\n");
    const ProcessResult result =
        cli({"gradebook", "export", "a.book", "canvas", "merged.csv", "--into", "canvas.csv", "--column", "Attention"});
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_EQ(result.output,
              "In Canvas only, and left as they were: zoe\nIn the book only: cat\n"
              "Canvas has 20 points for \"Attention\", and the book 22\n");
    EXPECT_EQ(text("merged.csv"),
              "Student,ID,SIS Login ID,Section,Attention (77),Essay (78)\r\n"
              "\"    Points Possible\",,,,20,10\r\n"
              "\"Ann, Miss\",1,ann,A,19,-3.5\r\n"
              "\"Bob \"\"B\"\"\",2,bob,A,9,\"'=1+1\"\r\n"
              "Zoe,3,zoe,A,4,5\r\n");
    EXPECT_THAT(
        cli({"gradebook", "export", "a.book", "canvas", "--into", "canvas.csv", "--column", "Attentoin"}).output,
        HasSubstr("canvas.csv: there is no column \"Attentoin\"."));
    write("broken.csv", "Student,ID\n\"Ann,1\n");
    EXPECT_THAT(cli({"gradebook", "export", "a.book", "canvas", "--into", "broken.csv", "--column", "ID"}).output,
                HasSubstr("broken.csv:2: a quote is never closed"));
}

TEST_F(Classes, GradescopeGetsAFileForEachAndJunitOneForAll) {
    three_members();
    ASSERT_EQ(grade("a.book").exit_status, 0);
    EXPECT_EQ(cli({"gradebook", "policy", "a.book", "--due", "2026-11-30"}).exit_status, 0);
    EXPECT_EQ(cli({"gradebook", "comment", "a.book", "bob", "1.4", "why", "--points", "2", "--text", "<b>true</b>"})
                  .exit_status,
              0);
    ASSERT_EQ(cli({"gradebook", "export", "a.book", "gradescope", "out"}).exit_status, 0);
    const auto bob = nlohmann::json::parse(text("out/bob.json"));
    EXPECT_EQ(bob["score"], 11.0);
    EXPECT_EQ(bob["output"], "9 automatic and 2 manual points make 11 of 22.");
    EXPECT_EQ(bob["tests"].back()["output"], "<b>true</b>");
    EXPECT_EQ(bob["tests"].back()["output_format"], "text") << "no HTML of anybody's is shown as such";
    EXPECT_EQ(nlohmann::json::parse(text("out/ann.json"))["score"], 19.0);
    const std::string junit = exported("a.book", "junit");
    EXPECT_THAT(junit, AllOf(HasSubstr("<testsuite name=\"ann 1.1 Doubling\" tests=\"2\" failures=\"0\""),
                             HasSubstr("<testsuite name=\"bob 1.1 Doubling\" tests=\"2\" failures=\"2\"")));
}

}  // namespace
}  // namespace wb::grader
