// Each attack ends with the status it deserves, does nothing outside, and leaves nothing running.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <cstdlib>

#include "held.hpp"
#include "sandbox/control_group.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

int number_after(const std::string& text, const std::string& words) {
    const std::size_t at = text.find(words);
    EXPECT_NE(at, std::string::npos) << "no \"" << words << "\" in: " << text;
    return at == std::string::npos ? -1 : std::atoi(text.c_str() + at + words.size());
}

/// Every attack is tried where limits are counted for each process, and where this machine's control groups count them together.
class Attack : public testing::TestWithParam<SandboxLevel> {
 protected:
    void SetUp() override {
        if (!no_sandbox().empty()) GTEST_SKIP() << no_sandbox();
        spec_ = spec_for(this_machine());
        if (GetParam() == SandboxLevel::rlimits) {
            spec_.level = SandboxLevel::rlimits;
        } else if (this_machine().level == SandboxLevel::rlimits) {
            GTEST_SKIP() << this_machine().sentences.back();
        }
        spec_.shown = {{WB_ATTACKER, "/w/attacker"}};
        spec_.limits.wall = std::chrono::seconds(60);  // for attacks that end by themselves
        spec_.limits.processes = 40;
    }
    /// Runs it, and looks whether anything is left.
    SandboxResult attack(const std::string& name, const std::vector<std::string>& arguments = {}) {
        const std::string mark = fresh_mark();
        std::vector<std::string> argv{"/w/attacker", name, mark};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        SandboxResult result = run_in_sandbox(spec_, argv);
        EXPECT_TRUE(result.started) << result.output;
        EXPECT_EQ(running(mark), 0) << name << " left processes behind";
        return result;
    }
    [[nodiscard]] bool counted_together() const { return spec_.level != SandboxLevel::rlimits; }

    SandboxSpec spec_;
};

INSTANTIATE_TEST_SUITE_P(Level, Attack, testing::Values(SandboxLevel::rlimits, SandboxLevel::cgroup_v2),
                         [](const auto& level) {
                             return std::string(level.param == SandboxLevel::rlimits ? "each_process" : "together");
                         });

TEST_P(Attack, EndlessLoopEndsAtItsProcessorTime) {
    spec_.limits.cpu_seconds = 1;
    const SandboxResult result = attack("loop");
    EXPECT_EQ(result.limit, SandboxLimit::cpu_time) << result.how_it_ended(spec_.limits);
    EXPECT_EQ(result.how_it_ended(spec_.limits), "was stopped: it used more than 1 s of processor time");
}

TEST_P(Attack, EndlessLoopThatIgnoresSignalsEndsAtItsProcessorTimeToo) {
    spec_.limits.cpu_seconds = 1;
    const SandboxResult result = attack("loop and ignore signals");
    EXPECT_EQ(result.limit, SandboxLimit::cpu_time) << result.how_it_ended(spec_.limits);
}

TEST_P(Attack, LoopsInChildrenAreCountedTogether) {
    if (!counted_together()) GTEST_SKIP() << "processor time is counted for each process here";
    spec_.limits.cpu_seconds = 2;
    const SandboxResult result = attack("loop in children");
    if (result.limit != SandboxLimit::cpu_time) GTEST_SKIP() << "no control group for processor time";
    EXPECT_LT(result.seconds, 30);  // eight processes: alone each would need 3 s of its own
}

TEST_P(Attack, WaitingWhileIgnoringSignalsEndsAtTheWallTime) {
    spec_.limits.wall = milliseconds(300);
    const SandboxResult result = attack("wait and ignore signals");
    EXPECT_EQ(result.limit, SandboxLimit::wall_time);
    EXPECT_EQ(result.how_it_ended(spec_.limits), "was stopped: it ran longer than 0.3 s");
}

TEST_P(Attack, ForksAreRefusedAtTheLimit) {
    const SandboxResult result = attack("fork until refused");
    EXPECT_THAT(result.output, HasSubstr("fork: EAGAIN"));
    EXPECT_LT(number_after(result.output, "children: "), spec_.limits.processes);
    EXPECT_GT(number_after(result.output, "children: "), spec_.limits.processes / 2) << "an honest program needs some";
}

TEST_P(Attack, TwoSandboxesDoNotShareTheirProcesses) {
    for (int turn = 0; turn < 2; ++turn) {
        const SandboxResult result = attack("fork until refused");
        EXPECT_GT(number_after(result.output, "children: "), spec_.limits.processes / 2);
    }
}

TEST_P(Attack, ForkBombIsGoneWhenItsTimeIsUp) {
    spec_.limits.wall = milliseconds(500);
    EXPECT_EQ(attack("fork bomb").limit, SandboxLimit::wall_time);
}

TEST_P(Attack, ThreadsAreRefusedAtTheLimit) {
    const SandboxResult result = attack("threads until refused");
    EXPECT_LT(number_after(result.output, "threads: "), spec_.limits.processes);
}

TEST_P(Attack, MemoryIsRefusedAtTheLimit) {
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

TEST_P(Attack, MemoryOfChildrenIsCountedTogether) {
    if (!counted_together()) GTEST_SKIP() << "memory is counted for each process here";
    spec_.limits.memory_bytes = 128 << 20;
    const SandboxResult result = attack("take memory in children");
    // Version 2 ends all of them; version 1 whom it likes.
    if (result.limit == SandboxLimit::memory) return;
    EXPECT_LT(number_after(result.output, "served: "), 8);
}

TEST_P(Attack, DiskIsTheScratchAndNoMore) {
    spec_.limits.scratch_bytes = 8 << 20;
    const SandboxResult result = attack("fill the scratch");
    EXPECT_LE(number_after(result.output, "/tmp: "), 8);
    EXPECT_GE(number_after(result.output, "/tmp: "), 6);
    EXPECT_LE(number_after(result.output, "/dev/shm: "), 8);
    for (const char* folder : {"\n/: ", "/dev: ", "/w: "}) EXPECT_EQ(number_after(result.output, folder), 0) << folder;
}

TEST_P(Attack, LargeFileEndsAtItsLimit) {
    spec_.limits.file_bytes = 4 << 20;
    const SandboxResult result = attack("write one large file");
    EXPECT_EQ(result.limit, SandboxLimit::file_size) << result.how_it_ended(spec_.limits);
}

TEST_P(Attack, FloodEndsAtTheLimitOfItsOutput) {
    const SandboxResult result = attack("flood");
    EXPECT_EQ(result.limit, SandboxLimit::output);
    EXPECT_EQ(result.output.size(), spec_.limits.output_bytes);
}

TEST_P(Attack, NoSocketLeadsToThisMachineOrOut) {
    EXPECT_EQ(attack("call out").output, "socket: EPERM\nsocket: EPERM\n");
}

TEST_P(Attack, OnlyItsOwnFilesAreThere) {
    const std::string source = WB_SOURCE_DIR;
    std::vector<std::string> hidden{"/etc/passwd",
                                    "/etc/shadow",
                                    "/root",
                                    "/home",
                                    "/var",
                                    "/sys",
                                    "/run",
                                    "/usr/share",
                                    "/usr/bin/su",
                                    source,
                                    source + "/solutions",
                                    source + "/tests",
                                    WB_BINARY_DIR,
                                    WB_ATTACKER,
                                    "/proc/kcore"};
    if (const char* home = std::getenv("HOME"); home != nullptr && std::string(home) != "/tmp")
        hidden.emplace_back(home);
    const std::string output = attack("read files", hidden).output;
    EXPECT_THAT(output, Not(HasSubstr("DONE")));
    EXPECT_THAT(attack("read files", {"/w/attacker"}).output, HasSubstr("DONE")) << "and it can read at all";
}

TEST_P(Attack, NobodyIsTraced) {
    const std::string output = attack("trace").output;
    EXPECT_THAT(output,
                HasSubstr("trace me: EPERM\nattach to the first process: EPERM\nread another's memory: EPERM\n"));
    EXPECT_THAT(output, Not(HasSubstr("DONE")));
}

TEST_P(Attack, LinksOutOfTheScratchLeadNowhere) {
    const std::string outside = std::string(WB_BINARY_DIR) + "/" + fresh_mark();
    const std::string output = attack("follow links", {"/etc/passwd", outside}).output;
    EXPECT_THAT(output, HasSubstr("link: DONE\nread through it: ENOENT\n"));
    EXPECT_THAT(output, Not(HasSubstr("through it: DONE")));
    EXPECT_THAT(output, Not(HasSubstr("beside it: DONE")));
    EXPECT_FALSE(std::filesystem::exists(outside));
}

TEST_P(Attack, LeavingAtOnceIsStatusZeroAndNothingPrinted) {
    const SandboxResult result = attack("exit at once");
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_EQ(result.output, "");
}

TEST_P(Attack, CrashNamesItsSignal) {
    const SandboxResult result = attack("crash");
    EXPECT_EQ(result.signal, SIGSEGV);
    EXPECT_EQ(result.how_it_ended(spec_.limits), "was killed by signal Segmentation fault");
}

TEST_P(Attack, OpenDescriptorsStayOutside) {
    const int leaky = ::open(WB_ATTACKER, O_RDONLY);  // NOLINT(android-cloexec-open): the test
    const int high = ::fcntl(leaky, F_DUPFD, 200);
    EXPECT_EQ(attack("list descriptors").output, "descriptors: 0 1 2\n");
    ::close(leaky);
    ::close(high);
}

TEST_P(Attack, ClosingAndCopyingDescriptorsHidesNobody) {
    spec_.limits.wall = milliseconds(500);
    EXPECT_EQ(attack("juggle descriptors").limit, SandboxLimit::wall_time);
}

TEST_P(Attack, OrphansDieWithTheProgram) {
    const SandboxResult result = attack("leave an orphan");
    EXPECT_EQ(result.exit_status, 0) << result.how_it_ended(spec_.limits);
}

TEST_P(Attack, RightsAreNotToBeHad) {
    const std::string output = attack("gain rights").output;
    EXPECT_THAT(output, Not(HasSubstr("DONE")));
    for (const char* line : {"CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2",
                             "clone3: ENOSYS", "become root: EINVAL", "bpf: EPERM", "io_uring: EPERM"})
        EXPECT_THAT(output, HasSubstr(line));
}

TEST_P(Attack, ProcShowsNobodyElse) {
    ::setenv("WB_SECRET", "seed-4711", 1);
    const std::string output = attack("snoop").output;
    ::unsetenv("WB_SECRET");
    EXPECT_EQ(number_after(output, "processes: "), 2) << "the namespace's first, and itself";
    EXPECT_THAT(output, Not(HasSubstr("seed-4711")));
    EXPECT_THAT(output, Not(HasSubstr("DONE")));
    EXPECT_THAT(output, Not(HasSubstr("home")));
}

TEST_P(Attack, WhatItIsShownCannotBeChanged) {
    const auto size = std::filesystem::file_size(WB_ATTACKER);
    const auto mode = std::filesystem::status(WB_ATTACKER).permissions();
    EXPECT_THAT(attack("overwrite").output, Not(HasSubstr("DONE")));
    EXPECT_EQ(std::filesystem::file_size(WB_ATTACKER), size);
    EXPECT_EQ(std::filesystem::status(WB_ATTACKER).permissions(), mode);
}

TEST_P(Attack, SignalsReachNobodyOutside) {
    const SandboxResult result = attack("kill everybody");
    EXPECT_EQ(result.exit_status, 0) << result.how_it_ended(spec_.limits);
    EXPECT_THAT(result.output, HasSubstr("still here"));
}

TEST_P(Attack, CallsOfAnotherArchitectureEndTheProgram) {
#ifdef __x86_64__
    const SandboxResult result = attack("call as 32 bits");
    // A kernel without 32 bits does not even know the interrupt.
    EXPECT_THAT(result.signal, testing::AnyOf(SIGSYS, SIGSEGV)) << result.output;
#endif
}

TEST_P(Attack, NothingIsLeftOfAGraderThatWasKilled) {
    const std::string mark = fresh_mark();
    const pid_t grader = ::fork();
    if (grader == 0) {
        run_in_sandbox(spec_, {"/w/attacker", "wait and ignore signals", mark});
        ::_exit(0);
    }
    const auto wait_until = [&](auto&& done) {
        for (int turn = 0; turn < 2000 && !done(); ++turn) ::poll(nullptr, 0, 5);
        return done();
    };
    // bubblewrap, the first of its namespace, and the program
    EXPECT_TRUE(wait_until([&] { return running(mark) >= 3; }));
    ::kill(grader, SIGKILL);
    ::waitpid(grader, nullptr, 0);
    EXPECT_TRUE(wait_until([&] { return running(mark) == 0; })) << "processes of a dead grader run on";
    remove_stale_groups(group_folders(spec_.level));  // as the next grader does
}

TEST(Sandbox, IsNeverReplacedByNothing) {
    EXPECT_THROW(run_in_sandbox({.level = SandboxLevel::none}, {"/bin/sh", "-c", "echo"}), Error);
}

TEST(Sandbox, FileThatIsNotThereIsNamed) {
    if (!no_sandbox().empty()) GTEST_SKIP() << no_sandbox();
    SandboxSpec spec = spec_for(this_machine());
    spec.shown = {{"/nonexistent/worker", "/w/worker"}};
    try {
        run_in_sandbox(spec, {"/w/worker"});
        FAIL() << "expected an error";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "the sandbox cannot show /nonexistent/worker: No such file or directory");
    }
}

TEST(Sandbox, MachineSaysWhatItCanDo) {
    const Machine& machine = this_machine();
    ASSERT_FALSE(machine.sentences.empty());
    for (const std::string& sentence : machine.sentences)
        EXPECT_TRUE(sentence.ends_with(".") || sentence.ends_with("bubblewrap")) << sentence;
}

}  // namespace
}  // namespace wb::grader
