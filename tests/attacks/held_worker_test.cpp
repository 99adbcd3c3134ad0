// A worker in a sandbox answers as one outside, and a judge says of it what it says of others.

#include "held.hpp"
#include "judge/worker_host.hpp"
#include "probe/reply.hpp"

namespace wb::grader {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

class HeldWorker : public testing::Test {
 protected:
    void SetUp() override {
        if (!no_sandbox().empty()) GTEST_SKIP() << no_sandbox();
        SandboxSpec spec = spec_for(this_machine());
        spec.limits.limit_address_space = false;  // this worker may be built with sanitizers
        mark_ = fresh_mark();
        spec.environment["WB_MARK"] = mark_;  // stands in bubblewrap's arguments
        host_ = std::make_unique<WorkerHost>(WB_TEST_WORKER, spec);
    }
    void TearDown() override {
        host_.reset();
        if (mark_.empty()) return;  // skipped
        EXPECT_EQ(running(mark_), 0);
    }
    Reply ask(const std::string& how, seconds limit = seconds(20)) {
        Writer inner, frame;
        inner.put(how);
        frame.put(std::string("misbehave"));
        frame.put(inner.bytes());
        const Bytes payload = host_->exchange(frame.bytes(), WorkerHost::Clock::now() + limit);
        Reader reader(payload);
        Reply reply = reader.get<Reply>();
        reader.finish();
        return reply;
    }
    /// "crashed: killed by SIGABRT (Aborted)"
    std::string verdict_of(const std::string& how, seconds limit = seconds(20)) {
        try {
            ask(how, limit);
        } catch (const Verdict& verdict) {
            return std::string(status_name(verdict.status())) + ": " + verdict.what();
        }
        return "an answer";
    }

    std::string mark_;
    std::unique_ptr<WorkerHost> host_;
};

TEST_F(HeldWorker, AnswersManyQuestions) {
    for (int i = 0; i < 100; ++i) EXPECT_EQ(ask("answer").kind, Reply::Kind::value);
}

TEST_F(HeldWorker, ProcessorTimeIsKnownWhenItIsOverWhereControlGroupsCount) {
    ask("answer");
    const double used = host_->end();
    if (this_machine().level == SandboxLevel::rlimits) {
        EXPECT_EQ(used, 0);
    } else {
        EXPECT_GT(used, 0);
    }
    EXPECT_EQ(host_->end(), used) << "asked for again";
}

TEST_F(HeldWorker, CrashNamesItsSignal) {
    EXPECT_EQ(verdict_of("crash"), "crashed: killed by SIGABRT (Aborted)");
}

TEST_F(HeldWorker, LeavingWithStatusZeroIsACrashNotASuccess) {
    EXPECT_EQ(verdict_of("exit 0"), "crashed: exited with status 0 before answering");
}

TEST_F(HeldWorker, ForgedSuccessOnStdoutChangesNothing) {
    EXPECT_EQ(verdict_of("print PASSED"), "crashed: exited with status 0 before answering");
    EXPECT_THAT(host_->printed(), HasSubstr("PASSED"));
}

TEST_F(HeldWorker, ForgedFramesAreRefused) {
    EXPECT_EQ(verdict_of("forged nonce"), "protocol_error: sent an answer to another question");
}

TEST_F(HeldWorker, HangIgnoringSigtermEndsAtTheDeadline) {
    EXPECT_EQ(verdict_of("hang ignoring SIGTERM", seconds(1)), "timed_out: no answer within the time limit");
}

TEST_F(HeldWorker, ClosingTheChannelAndRunningOnIsAProtocolError) {
    EXPECT_EQ(verdict_of("close the channel"), "protocol_error: closed the pipe to the judge and went on running");
}

TEST_F(HeldWorker, ChildLeftBehindDiesWithIt) {
    EXPECT_EQ(verdict_of("leave a child"), "crashed: exited with status 0 before answering");
}

TEST_F(HeldWorker, AskingOneThatIsGoneIsACrash) {
    verdict_of("exit 7");
    EXPECT_EQ(verdict_of("answer"), "crashed: the worker is gone");
}

TEST(HeldWorkerHost, WorkerThatCannotBeShownIsSaidSo) {
    if (!no_sandbox().empty()) GTEST_SKIP() << no_sandbox();
    try {
        const WorkerHost host("/nonexistent/worker", spec_for(this_machine()));
        FAIL() << "expected a verdict";
    } catch (const Verdict& verdict) {
        EXPECT_EQ(verdict.status(), Status::protocol_error);
        EXPECT_STREQ(verdict.what(),
                     "cannot start a worker: the sandbox cannot show /nonexistent/worker: No such file or directory");
    }
}

}  // namespace
}  // namespace wb::grader
