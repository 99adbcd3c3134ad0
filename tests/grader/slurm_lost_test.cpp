// A class graded through a real Slurm on loopback whose tasks, nodes, submitters or controller are lost: the book is the same.
#include <unistd.h>

#include <csignal>
#include <thread>

#include "slurm_classroom.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Three ways in which a task ends before its time.
struct Loss {
    const char* name;
    void (*happens)(SlurmCluster& cluster, pid_t task);
};
void PrintTo(const Loss& loss, std::ostream* out) {
    *out << loss.name;
}
class LostTask : public SlurmClasses, public testing::WithParamInterface<Loss> {};

TEST_P(LostTask, IsSubmittedAgainAndTheBookIsTheSame) {
    grade_here();
    wait_in_the_second_call();
    ProcessResult result;
    std::thread submitter([&] { result = grade_by_slurm("slurm.book", {"--chunk", "3"}); });
    const bool arrived = heard(at("arrived"));
    if (arrived) GetParam().happens(*cluster, task());
    submitter.join();
    ASSERT_TRUE(arrived) << result.output;
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_THAT(result.output, AllOf(HasSubstr("Lost task 0 of wb-"), HasSubstr("with 3 submissions left"),
                                     HasSubstr(": 3 submissions in 2 tasks\n")))
        << "the one it was at is submitted by itself";
    EXPECT_EQ(judged(), 10) << "of nine exercises the one that it was at is judged twice";
    expect_the_same_book("slurm.book");
}

INSTANTIATE_TEST_SUITE_P(SlurmClasses, LostTask,
                         testing::Values(Loss{"cancelled",
                                              [](SlurmCluster& cluster, pid_t) {
                                                  cluster.run({"scancel", "--user=" + std::to_string(::geteuid())});
                                              }},
                                         Loss{"killed", [](SlurmCluster&, pid_t task) { ::kill(task, SIGKILL); }},
                                         Loss{"node_lost",
                                              [](SlurmCluster& cluster, pid_t task) {
                                                  cluster.lose_node(SlurmCluster::node_of(task));
                                              }}),
                         [](const auto& loss) { return std::string(loss.param.name); });

TEST_F(SlurmClasses, SubmissionThatEndsItsTasksIsSaidAndCostsNobodyElse) {
    grade_here();
    judge("grep -q 'sum(x, 0)' $(sed -n 's/.*\"plain\": \"\\([^\"]*\\)\".*/\\1/p' \"$2\") && kill -9 $PPID");
    const ProcessResult result = grade_by_slurm("slurm.book", {"--chunk", "3"});
    EXPECT_EQ(result.exit_status, 2) << result.output;
    EXPECT_THAT(result.output,
                AllOf(HasSubstr("bob  not graded to its end: 3 tasks ended in the middle of it: the node failed, or "),
                      HasSubstr("2 graded, 1 stopped by a fault (--resume takes them up again)")));
    EXPECT_THAT(exported("slurm.book", "csv"),
                AllOf(HasSubstr("ann,,graded,,0,5,5,5,4,19,"), HasSubstr("bob,,waiting,"),
                      HasSubstr("cat,,graded,,0,5,5,5,4,19,")));
    judge("");
    EXPECT_EQ(grade_by_slurm("slurm.book", {"--resume"}).exit_status, 0);
    expect_the_same_book("slurm.book");
}

TEST_F(SlurmClasses, KilledSubmitterIsTakenUpAndFindsItsTasks) {
    grade_here();
    wait_in_the_second_call();
    ProcessResult killed;
    std::thread submitter([&] {
        ProcessOptions options{.argv = {"/bin/sh", "-c",
                                        "echo $$ >submitter; exec " WB_CLI
                                        " --toolchain build/dev/toolchain.json grade --class class --book slurm.book "
                                        "--no-sandbox --executor slurm"},
                               .directory = root,
                               .environment = cluster->environment()};
        killed = run_process(options);
    });
    const bool arrived = heard(at("arrived"));
    ::kill(std::stoi(text("submitter")), SIGKILL);
    submitter.join();
    ASSERT_TRUE(arrived) << killed.output;
    EXPECT_EQ(killed.signal, SIGKILL);
    std::string said;
    bool gone = false;
    const ProcessResult result = grade_by_slurm("slurm.book", {"--resume"}, [&](std::string_view bytes) {
        said += bytes;
        if (!gone && said.find("Found 1 task of an earlier run in the queue.") != std::string::npos) {
            gone = true;
            go();
        }
    });
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_EQ(judged(), 9) << "nothing is judged twice";
    EXPECT_THAT(result.output, AllOf(HasSubstr("Found 1 task"), Not(HasSubstr("Job ")), Not(HasSubstr("Lost task"))));
    expect_the_same_book("slurm.book");
}

TEST_F(SlurmClasses, WhatEndedWhileNoSubmitterLivedIsNotSubmittedAgain) {
    grade_here();
    // The submitter ends with the job's submission: its sbatch kills it.
    wrap("sbatch", "kill -9 $PPID");
    EXPECT_EQ(grade_by_slurm("slurm.book").signal, SIGKILL);
    fs::remove_all(at("tools/bin"));
    ASSERT_TRUE(eventually([&] { return cluster->run({"squeue", "--noheader"}).empty(); }));
    EXPECT_EQ(judged(), 9);
    const ProcessResult result = grade_by_slurm("slurm.book", {"--resume"});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_THAT(result.output, AllOf(Not(HasSubstr("Job ")), HasSubstr("3 graded.")));
    EXPECT_EQ(judged(), 9) << "nothing is judged twice";
    expect_the_same_book("slurm.book");
}

TEST_F(SlurmClasses, SilentControllerIsWaitedFor) {
    grade_here();
    wait_in_the_second_call();
    wrap("squeue", "ended=$?; echo $ended >>" + at("squeues").string() + "; exit $ended");
    ProcessResult result;
    std::thread submitter([&] { result = grade_by_slurm("slurm.book", {"--chunk", "3"}); });
    const bool arrived = heard(at("arrived"));
    cluster->stop_controller();
    const bool noticed = eventually([&] { return text("squeues").find("1\n") != std::string::npos; });
    cluster->start_controller();
    const bool back = eventually([&] {
        return cluster->run({"squeue", "--noheader"}).find("grade") != std::string::npos;
    });
    go();
    submitter.join();
    ASSERT_TRUE(arrived) << result.output;
    EXPECT_TRUE(noticed && back);
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_THAT(result.output, Not(HasSubstr("Lost task"))) << "silence says nothing about tasks";
    expect_the_same_book("slurm.book");
}

TEST_F(SlurmClasses, TwoSubmittersOfOneBookAreOneTooMany) {
    grade_here();
    wait_in_the_second_call();
    ProcessResult result;
    std::thread submitter([&] { result = grade_by_slurm("slurm.book"); });
    const bool arrived = heard(at("arrived"));
    const ProcessResult second = grade_by_slurm("slurm.book", {"--resume"});
    go();
    submitter.join();
    ASSERT_TRUE(arrived) << result.output;
    EXPECT_EQ(second.exit_status, 2);
    EXPECT_THAT(second.output, HasSubstr("another grader has submitted this class to the cluster"));
    EXPECT_EQ(result.exit_status, 0) << result.output;
    expect_the_same_book("slurm.book");
}

}  // namespace
}  // namespace wb::grader
