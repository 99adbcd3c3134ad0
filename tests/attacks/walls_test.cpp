// What reaches for anything but its own finds nothing, changes nothing, and leaves nothing running.

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

class Wall : public Attack {};

INSTANTIATE_TEST_SUITE_P(Level, Wall, testing::Values(SandboxLevel::rlimits, SandboxLevel::cgroup_v2),
                         [](const auto& level) {
                             return std::string(level.param == SandboxLevel::rlimits ? "each_process" : "together");
                         });

TEST_P(Wall, NoSocketLeadsToThisMachineOrOut) {
    EXPECT_EQ(attack("call out").output, "socket: EPERM\nsocket: EPERM\n");
}

TEST_P(Wall, OnlyItsOwnFilesAreThere) {
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

TEST_P(Wall, NobodyIsTraced) {
    const std::string output = attack("trace").output;
    EXPECT_THAT(output,
                HasSubstr("trace me: EPERM\nattach to the first process: EPERM\nread another's memory: EPERM\n"));
    EXPECT_THAT(output, Not(HasSubstr("DONE")));
}

TEST_P(Wall, LinksOutOfTheScratchLeadNowhere) {
    const std::string outside = std::string(WB_BINARY_DIR) + "/" + fresh_mark();
    const std::string output = attack("follow links", {"/etc/passwd", outside}).output;
    EXPECT_THAT(output, HasSubstr("link: DONE\nread through it: ENOENT\n"));
    EXPECT_THAT(output, Not(HasSubstr("through it: DONE")));
    EXPECT_THAT(output, Not(HasSubstr("beside it: DONE")));
    EXPECT_FALSE(std::filesystem::exists(outside));
}

TEST_P(Wall, LeavingAtOnceIsStatusZeroAndNothingPrinted) {
    const SandboxResult result = attack("exit at once");
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_EQ(result.output, "");
}

TEST_P(Wall, CrashNamesItsSignal) {
    const SandboxResult result = attack("crash");
    EXPECT_EQ(result.signal, SIGSEGV);
    EXPECT_EQ(result.how_it_ended(spec_.limits), "was killed by signal Segmentation fault");
}

TEST_P(Wall, OpenDescriptorsStayOutside) {
    const int leaky = ::open(WB_ATTACKER, O_RDONLY);  // NOLINT(android-cloexec-open): the test
    const int high = ::fcntl(leaky, F_DUPFD, 200);
    EXPECT_EQ(attack("list descriptors").output, "descriptors: 0 1 2\n");
    ::close(leaky);
    ::close(high);
}

TEST_P(Wall, ClosingAndCopyingDescriptorsHidesNobody) {
    spec_.limits.wall = milliseconds(500);
    EXPECT_EQ(attack("juggle descriptors").limit, SandboxLimit::wall_time);
}

TEST_P(Wall, OrphansDieWithTheProgram) {
    const SandboxResult result = attack("leave an orphan");
    EXPECT_EQ(result.exit_status, 0) << result.how_it_ended(spec_.limits);
}

TEST_P(Wall, RightsAreNotToBeHad) {
    const std::string output = attack("gain rights").output;
    EXPECT_THAT(output, Not(HasSubstr("DONE")));
    for (const char* line : {"CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2",
                             "clone3: ENOSYS", "become root: EINVAL", "bpf: EPERM", "io_uring: EPERM"})
        EXPECT_THAT(output, HasSubstr(line));
}

TEST_P(Wall, ProcShowsNobodyElse) {
    ::setenv("WB_SECRET", "seed-4711", 1);
    const std::string output = attack("snoop").output;
    ::unsetenv("WB_SECRET");
    EXPECT_EQ(number_after(output, "processes: "), 2) << "the namespace's first, and itself";
    EXPECT_THAT(output, Not(HasSubstr("seed-4711")));
    EXPECT_THAT(output, Not(HasSubstr("DONE")));
    EXPECT_THAT(output, Not(HasSubstr("home")));
}

TEST_P(Wall, WhatItIsShownCannotBeChanged) {
    const auto size = std::filesystem::file_size(WB_ATTACKER);
    const auto mode = std::filesystem::status(WB_ATTACKER).permissions();
    EXPECT_THAT(attack("overwrite").output, Not(HasSubstr("DONE")));
    EXPECT_EQ(std::filesystem::file_size(WB_ATTACKER), size);
    EXPECT_EQ(std::filesystem::status(WB_ATTACKER).permissions(), mode);
}

TEST_P(Wall, SignalsReachNobodyOutside) {
    const SandboxResult result = attack("kill everybody");
    EXPECT_EQ(result.exit_status, 0) << result.how_it_ended(spec_.limits);
    EXPECT_THAT(result.output, HasSubstr("still here"));
}

TEST_P(Wall, CallsOfAnotherArchitectureEndTheProgram) {
#ifdef __x86_64__
    const SandboxResult result = attack("call as 32 bits");
    // A kernel without 32 bits does not even know the interrupt.
    EXPECT_THAT(result.signal, testing::AnyOf(SIGSYS, SIGSEGV)) << result.output;
#endif
}

TEST_P(Wall, NothingIsLeftOfAGraderThatWasKilled) {
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
