// What uses too much is stopped, or refused more, and nothing of it is left running.

#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>

#include "held.hpp"

namespace wb::grader {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class Limit : public Attack {};

INSTANTIATE_TEST_SUITE_P(Level, Limit, testing::Values(SandboxLevel::rlimits, SandboxLevel::cgroup_v2),
                         [](const auto& level) {
                             return std::string(level.param == SandboxLevel::rlimits ? "each_process" : "together");
                         });

TEST_P(Limit, EndlessLoopEndsAtItsProcessorTime) {
    spec_.limits.cpu_seconds = 1;
    const SandboxResult result = attack("loop");
    EXPECT_EQ(result.limit, SandboxLimit::cpu_time) << result.how_it_ended(spec_.limits);
    EXPECT_EQ(result.how_it_ended(spec_.limits), "was stopped: it used more than 1 s of processor time");
}

TEST_P(Limit, ProcessorTimeOfOneThatIsKilledIsCountedToo) {
    spec_.limits.wall = milliseconds(3000);
    const SandboxResult result = attack("loop");
    EXPECT_EQ(result.limit, SandboxLimit::wall_time);
    if (!result.cpu_seconds) GTEST_SKIP() << "no control group for processor time";
    EXPECT_GT(*result.cpu_seconds, 0.2) << "a loop of 3 s; bubblewrap alone takes a tenth of that";
}

TEST_P(Limit, EndlessLoopThatIgnoresSignalsEndsAtItsProcessorTimeToo) {
    spec_.limits.cpu_seconds = 1;
    const SandboxResult result = attack("loop and ignore signals");
    EXPECT_EQ(result.limit, SandboxLimit::cpu_time) << result.how_it_ended(spec_.limits);
}

TEST_P(Limit, LoopsInChildrenAreCountedTogether) {
    if (!counted_together()) GTEST_SKIP() << "processor time is counted for each process here";
    spec_.limits.cpu_seconds = 2;
    const SandboxResult result = attack("loop in children");
    if (result.limit != SandboxLimit::cpu_time) GTEST_SKIP() << "no control group for processor time";
    EXPECT_LT(result.seconds, 30);  // eight processes: alone each would need 3 s of its own
}

TEST_P(Limit, NoZombieIsLeftToWhoeverBuriesOrphans) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // to see what would otherwise be the system's first process's
    spec_.limits.wall = milliseconds(300);
    EXPECT_EQ(attack("loop").limit, SandboxLimit::wall_time);
    EXPECT_EQ(attack("no such attack").exit_status, 2) << "it ended by itself";
    errno = 0;
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left, and this process takes in its orphans";
    EXPECT_EQ(errno, ECHILD);
}

TEST_P(Limit, WaitingWhileIgnoringSignalsEndsAtTheWallTime) {
    spec_.limits.wall = milliseconds(300);
    const SandboxResult result = attack("wait and ignore signals");
    EXPECT_EQ(result.limit, SandboxLimit::wall_time);
    EXPECT_EQ(result.how_it_ended(spec_.limits), "was stopped: it ran longer than 0.3 s");
}

TEST_P(Limit, ForksAreRefusedAtTheLimit) {
    const SandboxResult result = attack("fork until refused");
    EXPECT_THAT(result.output, HasSubstr("fork: EAGAIN"));
    EXPECT_LT(number_after(result.output, "children: "), spec_.limits.processes);
    EXPECT_GT(number_after(result.output, "children: "), spec_.limits.processes / 2) << "an honest program needs some";
}

TEST_P(Limit, TwoSandboxesDoNotShareTheirProcesses) {
    for (int turn = 0; turn < 2; ++turn) {
        const SandboxResult result = attack("fork until refused");
        EXPECT_GT(number_after(result.output, "children: "), spec_.limits.processes / 2);
    }
}

TEST_P(Limit, ForkBombIsGoneWhenItsTimeIsUp) {
    spec_.limits.wall = milliseconds(500);
    EXPECT_EQ(attack("fork bomb").limit, SandboxLimit::wall_time);
}

TEST_P(Limit, ThreadsAreRefusedAtTheLimit) {
    const SandboxResult result = attack("threads until refused");
    EXPECT_LT(number_after(result.output, "threads: "), spec_.limits.processes);
}

TEST_P(Limit, MemoryIsRefusedAtTheLimit) {
    spec_.limits.memory_bytes = 128 << 20;
    const SandboxResult result = attack("take memory");
    if (counted_together()) {
        EXPECT_EQ(result.limit, SandboxLimit::memory) << result.how_it_ended(spec_.limits);
        EXPECT_EQ(result.how_it_ended(spec_.limits), "was stopped: it used more than 128 MB of memory");
    } else {
        EXPECT_THAT(result.output, HasSubstr("no memory"));
        EXPECT_EQ(result.exit_status, 3);
    }
}

TEST_P(Limit, MemoryOfChildrenIsCountedTogether) {
    if (!counted_together()) GTEST_SKIP() << "memory is counted for each process here";
    spec_.limits.memory_bytes = 128 << 20;
    const SandboxResult result = attack("take memory in children");
    // Version 2 ends all of them; version 1 whom it likes.
    if (result.limit == SandboxLimit::memory) return;
    EXPECT_LT(number_after(result.output, "served: "), 8);
}

TEST_P(Limit, DiskIsTheScratchAndNoMore) {
    spec_.limits.scratch_bytes = 8 << 20;
    const SandboxResult result = attack("fill the scratch");
    EXPECT_LE(number_after(result.output, "/tmp: "), 8);
    EXPECT_GE(number_after(result.output, "/tmp: "), 6);
    EXPECT_LE(number_after(result.output, "/dev/shm: "), 8);
    for (const char* folder : {"\n/: ", "/dev: ", "/w: "}) EXPECT_EQ(number_after(result.output, folder), 0) << folder;
}

TEST_P(Limit, LargeFileEndsAtItsLimit) {
    spec_.limits.file_bytes = 4 << 20;
    const SandboxResult result = attack("write one large file");
    EXPECT_EQ(result.limit, SandboxLimit::file_size) << result.how_it_ended(spec_.limits);
}

TEST_P(Limit, FloodEndsAtTheLimitOfItsOutput) {
    const SandboxResult result = attack("flood");
    EXPECT_EQ(result.limit, SandboxLimit::output);
    EXPECT_EQ(result.output.size(), spec_.limits.output_bytes);
}

}  // namespace
}  // namespace wb::grader
