// A class whose grading is stopped and taken up again, by a full disk, a kill at any point or a second grader: the book ends the same.
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

using StoppedClasses = Classroom;

TEST_F(StoppedClasses, FullDiskDuringIntakeIsNoFaultOfASubmission) {
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

TEST_F(StoppedClasses, FullDiskWhileAnArchiveIsReadIsNoFaultOfTheArchive) {
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

TEST_F(StoppedClasses, KilledAtAnyExerciseAndTakenUpAgainItEndsInTheSameBook) {
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

TEST_F(StoppedClasses, KilledBetweenAResultAndItsCommitItIsGradedAgain) {
    three_members();
    ASSERT_EQ(grade("whole.book", {"--jobs", "1"}).exit_status, 0);
    fs::remove(at("tools/calls"));
    judge("", "[ $(wc -l <\"$calls\") = 2 ] && kill -9 $PPID");
    EXPECT_EQ(grade("killed.book", {"--jobs", "1"}).signal, SIGKILL);
    EXPECT_EQ(grade("killed.book", {"--resume"}).exit_status, 0);
    EXPECT_EQ(judged(), 10) << "one of nine was judged twice";
    EXPECT_EQ(exported("killed.book"), exported("whole.book"));
}

TEST_F(StoppedClasses, KilledWhileItCompilesItLeavesNothingBehindOnceTakenUp) {
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

TEST_F(StoppedClasses, SweepSparesFoldersOfLivingGraders) {
    const ScratchFolder living(at("runs"), "judge");
    write("runs/judge.1234567.0/plan.json", "{}");
    write("runs/keep.me/file", "");
    EXPECT_EQ(sweep_scratch(at("runs")), 1);
    EXPECT_TRUE(fs::exists(living.path()));
    EXPECT_TRUE(fs::exists(at("runs/keep.me/file")));
    EXPECT_FALSE(fs::exists(at("runs/judge.1234567.0")));
}

TEST_F(StoppedClasses, SecondGraderLeavesAloneWhatTheFirstHas) {
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

TEST_F(StoppedClasses, GradersAtOnceShareTheClass) {
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

}  // namespace
}  // namespace wb::grader
