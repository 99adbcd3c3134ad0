// What the judge says when a worker misbehaves, and that nothing of the worker is left.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <string>

#include "judge/worker_host.hpp"
#include "probe/reply.hpp"

namespace wb::grader {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

Bytes question(const std::string& how) {
    Writer inner;
    inner.put(how);
    Writer frame;
    frame.put(std::string("misbehave"));
    frame.put(inner.bytes());
    return frame.take();
}

class WorkerHostTest : public testing::Test {
 protected:
    Reply ask(const std::string& how, seconds limit = seconds(20)) {
        const Bytes payload = host_.exchange(question(how), WorkerHost::Clock::now() + limit);
        Reader reader(payload);
        Reply reply = reader.get<Reply>();
        reader.finish();
        return reply;
    }
    /// The verdict that asking ends in; fails the test when there is none.
    Verdict verdict_of(const std::string& how, seconds limit = seconds(20)) {
        try {
            ask(how, limit);
        } catch (const Verdict& verdict) {
            return verdict;
        }
        ADD_FAILURE() << how << ": expected a verdict, got an answer";
        return {Status::passed, ""};
    }

    WorkerHost host_{WB_TEST_WORKER};
};

TEST_F(WorkerHostTest, AnswerComesBackWithItsValue) {
    const Reply reply = ask("answer");
    EXPECT_EQ(reply.kind, Reply::Kind::value);
    Reader reader(reply.value);
    EXPECT_EQ(reader.get<int>(), 1);
}

TEST_F(WorkerHostTest, OneWorkerAnswersManyQuestions) {
    for (int i = 0; i < 100; ++i) EXPECT_EQ(ask("answer").kind, Reply::Kind::value);
}

TEST_F(WorkerHostTest, CrashNamesItsSignal) {
    const Verdict verdict = verdict_of("crash");
    EXPECT_EQ(verdict.status(), Status::crashed);
    EXPECT_STREQ(verdict.what(), "killed by SIGABRT (Aborted)");
}

TEST_F(WorkerHostTest, ExitWithStatusZeroIsACrashNotASuccess) {
    const Verdict verdict = verdict_of("exit 0");
    EXPECT_EQ(verdict.status(), Status::crashed);
    EXPECT_STREQ(verdict.what(), "exited with status 0 before answering");
}

TEST_F(WorkerHostTest, ForgedSuccessOnStdoutChangesNothing) {
    EXPECT_EQ(verdict_of("print PASSED").status(), Status::crashed);
    EXPECT_THAT(host_.printed(), HasSubstr("PASSED"));
}

TEST_F(WorkerHostTest, EndlessLoopEndsAtTheDeadline) {
    const Verdict verdict = verdict_of("hang", seconds(1));
    EXPECT_EQ(verdict.status(), Status::timed_out);
}

TEST_F(WorkerHostTest, IgnoringSigtermDoesNotProlongAHang) {
    EXPECT_EQ(verdict_of("hang ignoring SIGTERM", seconds(1)).status(), Status::timed_out);
}

TEST_F(WorkerHostTest, TenMegabytesOfOutputAreReadAndCut) {
    EXPECT_EQ(ask("print 10 MB").kind, Reply::Kind::value);
    const std::string printed = host_.printed();
    EXPECT_LT(printed.size(), 2 * WorkerHost::kept_output + 100);
    EXPECT_THAT(printed, HasSubstr("bytes left out"));
}

TEST_F(WorkerHostTest, ClosedStdoutDoesNotStopTheAnswer) {
    EXPECT_EQ(ask("close stdout").kind, Reply::Kind::value);
    EXPECT_EQ(ask("answer").kind, Reply::Kind::value);
}

TEST_F(WorkerHostTest, GarbageOnTheChannelIsAProtocolError) {
    const Verdict verdict = verdict_of("garbage");
    EXPECT_EQ(verdict.status(), Status::protocol_error);
    EXPECT_THAT(verdict.what(), HasSubstr("not an answer"));
}

TEST_F(WorkerHostTest, AnswerWithAnotherNonceIsRefused) {
    const Verdict verdict = verdict_of("forged nonce");
    EXPECT_EQ(verdict.status(), Status::protocol_error);
    EXPECT_STREQ(verdict.what(), "sent an answer to another question");
}

TEST_F(WorkerHostTest, ClosedChannelIsAProtocolError) {
    EXPECT_EQ(verdict_of("close the channel").status(), Status::protocol_error);
}

TEST_F(WorkerHostTest, NotImplementedNamesTheExercise) {
    const Reply reply = ask("not implemented");
    EXPECT_EQ(reply.kind, Reply::Kind::not_implemented);
    EXPECT_EQ(reply.message, "exercise 9.9 is not implemented yet");
}

TEST_F(WorkerHostTest, ThrownExceptionComesBackWithEveryTypeItIs) {
    const Reply reply = ask("throw ShapeError");
    EXPECT_EQ(reply.kind, Reply::Kind::threw);
    EXPECT_EQ(reply.message, "q and k differ");
    EXPECT_THAT(reply.types,
                testing::ElementsAre("wb::ShapeError", "std::invalid_argument", "std::logic_error", "std::exception"));
}

TEST_F(WorkerHostTest, ThrownIntIsAnAnswerTooAndTheWorkerLivesOn) {
    EXPECT_THAT(ask("throw an int").message, HasSubstr("not a std::exception"));
    EXPECT_EQ(ask("answer").kind, Reply::Kind::value);
}

TEST_F(WorkerHostTest, AskingAWorkerThatIsGoneIsACrash) {
    verdict_of("exit 7");
    EXPECT_EQ(verdict_of("answer").status(), Status::crashed);
}

TEST(WorkerHost, MissingExecutableIsReportedNotIgnored) {
    WorkerHost host("/nonexistent/worker");
    try {
        host.exchange(question("answer"), WorkerHost::Clock::now() + seconds(20));
        FAIL() << "expected a verdict";
    } catch (const Verdict& verdict) {
        EXPECT_EQ(verdict.status(), Status::crashed);
        EXPECT_THAT(verdict.what(), HasSubstr("status 127"));
    }
}

TEST(SanitizerSummary, NamesTheProblemThePlaceAndTheBuffer) {
    const std::string report =
        "=================================================================\n"
        "==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60 at pc 0x55 bp 0x7f sp 0x7f\n"
        "WRITE of size 4 at 0x602 thread T0\n"
        "    #0 0x55d1 in wb::simt::store /x/kernels/simt/memory.hpp:12\n"
        "    #1 0x55d2 in row_softmax_kernel(float const*, float*, int, int) "
        "/x/starter/02_attention/row_softmax.cu:41:9\n"
        "0x602 is located 0 bytes to the right of 400-byte region [0x601,0x602)\n";
    EXPECT_EQ(sanitizer_summary(report),
              "AddressSanitizer: heap-buffer-overflow at row_softmax.cu:41 (row_softmax_kernel), WRITE of 4 bytes; "
              "the address is 0 bytes to the right of a buffer of 400 bytes");
}

TEST(SanitizerSummary, PrefersTheEnginesWordsAboutAKernel) {
    const std::string report =
        "=====\nwb: kernel k, block (0, 0, 0), thread (3, 0, 0) reads 4 bytes at element 5 of device buffer 1.\n"
        "==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60\n"
        "    #0 0x55d2 in k(float const*) /x/starter/02_attention/row_softmax.cu:41:9\n";
    EXPECT_EQ(sanitizer_summary(report),
              "AddressSanitizer: heap-buffer-overflow at row_softmax.cu:41 (k): "
              "kernel k, block (0, 0, 0), thread (3, 0, 0) reads 4 bytes at element 5 of device buffer 1.");
}

TEST(SanitizerSummary, IsEmptyWithoutAReport) {
    EXPECT_EQ(sanitizer_summary("all is well\n"), "");
}

}  // namespace
}  // namespace wb::grader
