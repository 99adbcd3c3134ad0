// Programs that the grader starts are kept within their limits, and nothing of them is left.
#include "process/process.hpp"

#include <signal.h>

#include <thread>

#include "wb/errors.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

ProcessResult shell(const std::string& script, ProcessOptions options = {}) {
    options.argv = {"sh", "-c", script};
    return run_process(options);
}

/// Whether the process of the number in the file has ended: gone, or a zombie that its new parent has yet to bury.
bool has_ended(const std::string& pid_file) {
    return shell("! [ -e /proc/$(cat " + pid_file + ") ] || grep -q '^State:.Z' /proc/$(cat " + pid_file + ")/status")
        .ok();
}

TEST(Process, BothOutputsAndTheExitStatusComeBack) {
    const ProcessResult result = shell("echo out; echo err >&2; exit 3");
    EXPECT_EQ(result.output, "out\nerr\n");
    EXPECT_EQ(result.exit_status, 3);
    EXPECT_FALSE(result.ok());
    EXPECT_EQ(result.how_it_ended(), "exited with status 3");
}

TEST(Process, ProcessorTimeOfWhatItStartedIsCounted) {
    const double idle = shell("sh -c true").cpu_seconds;
    const double busy = shell("sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done'").cpu_seconds;
    EXPECT_GT(busy, 5 * idle) << "the loop ran in a child of the child";
}

TEST(Process, SignalThatEndsItIsNamed) {
    const ProcessResult result = shell("kill -SEGV $$");
    EXPECT_EQ(result.signal, SIGSEGV);
    EXPECT_EQ(result.how_it_ended(), "was killed by signal Segmentation fault");
}

TEST(Process, TimeLimitKillsTheWholeGroup) {
    const std::string pid_file = (scratch_folder() / "pid").string();
    const ProcessResult result =
        shell("trap '' TERM; sleep 100 & echo $! > " + pid_file + "; wait", {.time_limit = 300ms});
    EXPECT_TRUE(result.timed_out);
    EXPECT_LT(result.seconds, 5);
    EXPECT_TRUE(has_ended(pid_file)) << "the grandchild is still there";
}

TEST(Process, ChildrenLeftBehindAreKilledAndNotWaitedFor) {
    const std::string pid_file = (scratch_folder() / "pid").string();
    const ProcessResult result = shell("sleep 100 & echo $! > " + pid_file + "; exit 0");
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_LT(result.seconds, 5);
    EXPECT_TRUE(has_ended(pid_file)) << "the child outlived its parent";
}

TEST(Process, OutputBeyondTheCapIsReadAndDropped) {
    const ProcessResult result = shell("head -c 10000000 /dev/zero | tr '\\0' x; echo end", {.output_cap = 1000});
    EXPECT_EQ(result.exit_status, 0) << "a full pipe must not stop the program";
    EXPECT_EQ(result.output, std::string(1000, 'x'));
    EXPECT_TRUE(result.output_cut);
}

TEST(Process, LinesOnDescriptorThreeArriveOneByOne) {
    std::vector<std::string> lines;
    ProcessOptions options;
    options.on_result = [&](std::string_view line) { lines.emplace_back(line); };
    const ProcessResult result = shell("printf 'first\\nsec' >&3; echo noise; printf 'ond\\nno newline' >&3", options);
    EXPECT_THAT(lines, ElementsAre("first", "second", "no newline"));
    EXPECT_EQ(result.output, "noise\n");
}

TEST(Process, EndlessLineOnDescriptorThreeIsCut) {
    std::vector<std::string> lines;
    ProcessOptions options{.line_cap = 10};
    options.on_result = [&](std::string_view line) { lines.emplace_back(line); };
    shell("printf '01234567890123456789\\nnext\\n' >&3", options);
    EXPECT_THAT(lines, ElementsAre("0123456789", "next"));
}

TEST(Process, NoOtherDescriptorIsOpenInTheChild) {
    const ProcessResult result = shell("ls /proc/self/fd");
    EXPECT_EQ(result.output, "0\n1\n2\n3\n") << "3 is the folder that ls reads";
}

TEST(Process, InputIsEmpty) {
    EXPECT_EQ(shell("cat; echo done").output, "done\n");
}

TEST(Process, EnvironmentIsSetOnTopOfOurs) {
    const ProcessResult result =
        shell("echo $WB_TEST $HOME_IS_SET", {.environment = {{"WB_TEST", "yes"}, {"HOME_IS_SET", "too"}}});
    EXPECT_EQ(result.output, "yes too\n");
}

TEST(Process, ProgramThatIsNotThereIsNamed) {
    try {
        run_process({.argv = {"/nonexistent/compiler"}});
        FAIL() << "expected an error";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "cannot start /nonexistent/compiler: No such file or directory");
    }
}

TEST(Process, SeveralThreadsDoNotWaitForEachOthersChildren) {
    std::vector<std::thread> threads;
    std::vector<double> seconds(4);
    for (double& mine : seconds) {
        threads.emplace_back([&mine] { mine = shell("sleep 0.2").seconds; });
    }
    const ProcessResult slow = shell("sleep 1.5");
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(slow.ok());
    for (const double mine : seconds) EXPECT_LT(mine, 1.4) << "a pipe end leaked into another child";
}

}  // namespace
}  // namespace wb::grader
