// A class graded through a real Slurm on loopback: as on one machine, whatever is forged, refused or missing.
#include <sys/stat.h>

#include <mutex>
#include <thread>

#include "cluster/slurm.hpp"
#include "files/files.hpp"
#include "sandbox/command.hpp"
#include "sandbox/machine.hpp"
#include "slurm_classroom.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(SlurmClasses, VerdictsAreThoseOfOneMachine) {
    three_members();
    member("dan");
    spoil("dan");
    write("class/eve.zip", "PK\x03\x04 and then nonsense");
    ASSERT_EQ(grade("one.book", {"--jobs", "1"}).exit_status, 1);
    ASSERT_EQ(grade("two.book", {"--jobs", "2"}).exit_status, 1);
    const ProcessResult result = grade_by_slurm("slurm.book", {"--chunk", "2", "--jobs", "2"});
    EXPECT_EQ(result.exit_status, 1) << result.output;
    EXPECT_THAT(result.output, AllOf(HasSubstr(": 4 submissions in 2 tasks\n"), HasSubstr("4 graded, 1 refused.")));
    for (const char* format : {"json", "csv"}) {
        EXPECT_EQ(exported("slurm.book", format), exported("one.book", format));
        EXPECT_EQ(exported("slurm.book", format), exported("two.book", format));
    }
    EXPECT_THAT(strays(), IsEmpty());
    EXPECT_THAT(folders(), IsEmpty());
    const ProcessResult costs = cli({"gradebook", "show", "slurm.book", "--costs"});
    EXPECT_THAT(costs.output, AllOf(HasSubstr("\n4 submissions in "), HasSubstr(" build steps, starts 0 workers,"),
                                    Not(HasSubstr("takes 0 build steps"))));
    EXPECT_THAT(cli({"gradebook", "plan", "slurm.book", "--per-week", "10"}).output,
                HasSubstr("| submissions a week | 10 |\n"));
    EXPECT_EQ(judged(), 3 * 4 * 3) << "four submissions, three exercises with a judge, three times";
}

TEST_F(SlurmClasses, ForgedResultsEarnNothing) {
    grade_here();
    wait_in_the_second_call();
    ProcessResult result;
    std::mutex mutex;
    std::string said;
    std::thread submitter([&] {
        result = grade_by_slurm("slurm.book", {"--chunk", "3"}, [&](std::string_view bytes) {
            const std::lock_guard lock(mutex);
            said += bytes;
        });
    });
    const bool arrived = heard(at("arrived"));
    if (arrived) {
        const fs::path results = folders().at(0) / "results";
        // bob is attempt 2 of this book: full points, as somebody would write them who cannot read the key.
        const std::string tests =
            R"([{"name":"Twice.DoublesThree","status":"passed","score":3.0,"max_score":3.0,"seconds":0,"message":""},
            {"name":"Twice.KeepsTheSign","status":"passed","score":2.0,"max_score":2.0,"seconds":0,"message":""}])";
        write_atomically(
            results / "2.7.json",
            R"({"seal":"0","result":{"attempt":2,"round":7,"hash":"","host":"","done":true,"fault":"","exercises":[{"id":"1.1","tests":)" +
                tests + "}]}}");
        for (const auto& entry : fs::directory_iterator(results)) {  // another's, and half of one
            const std::string bytes = read_text(entry.path());
            if (!entry.path().filename().string().starts_with("1.")) continue;
            write_atomically(results / "2.8.json", bytes);
            write_atomically(results / "2.9.json", bytes.substr(0, bytes.size() / 2));
        }
        write_atomically(results / "nonsense", "{");
        fs::create_directories(results / "2.10.json");
        EXPECT_EQ(::mkfifo((results / "2.11.json").c_str(), 0600), 0);
        fs::create_symlink("/dev/zero", results / "2.12.json");
    }
    const std::vector<std::string> refusals{"2.7.json is no result of this class: its seal is not that of",
                                            "2.8.json holds another's result",
                                            "2.9.json is no result of this class",
                                            "2.10.json is no result of this class",
                                            "2.11.json is no result of this class",
                                            "2.12.json is no result of this class"};
    const bool all_refused = eventually([&] {
        const std::lock_guard lock(mutex);
        return std::all_of(refusals.begin(), refusals.end(),
                           [&](const std::string& words) { return said.find(words) != std::string::npos; });
    });
    go();  // before the task has come to bob
    submitter.join();
    ASSERT_TRUE(arrived) << result.output;
    EXPECT_TRUE(all_refused) << result.output;
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_EQ(judged(), 9);
    expect_the_same_book("slurm.book");
}

TEST_F(SlurmClasses, FaultOfANodeIsNoResultAndIsTakenUpAgain) {
    grade_here();
    replace("build/dev/toolchain.json", "\"rewriter\": \"", "\"rewriter\": \"/nowhere");
    const ProcessResult faulty = grade_by_slurm("slurm.book");
    EXPECT_EQ(faulty.exit_status, 2) << faulty.output;
    EXPECT_THAT(faulty.output, AllOf(HasSubstr("not graded to its end: "),
                                     HasSubstr("1.1 could not be graded: cannot start /nowhere")));
    EXPECT_THAT(exported("slurm.book", "csv"), HasSubstr("ann,,partly graded,,0,0,0,0,4,4,"));
    replace("build/dev/toolchain.json", "/nowhere", "");
    EXPECT_EQ(grade_by_slurm("slurm.book", {"--resume"}).exit_status, 0);
    expect_the_same_book("slurm.book");
}

TEST_F(SlurmClasses, RefusalOfAJobIsOneLineInSlurmsWords) {
    three_members();
    auto environment = cluster->environment();
    environment["SBATCH_PARTITION"] = "nowhere";
    const ProcessResult result = grade("slurm.book", {"--executor", "slurm"}, environment);
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.output, AllOf(HasSubstr("workbook: sbatch "), HasSubstr("invalid partition specified: nowhere"),
                                     HasSubstr("--resume goes on")));
    EXPECT_EQ(grade_by_slurm("slurm.book", {"--resume"}).exit_status, 0);
}

TEST_F(SlurmClasses, SandboxOnANodeShowsNothingOfTheFolder) {
    if (probe_machine().level == SandboxLevel::none) GTEST_SKIP() << "this machine has no sandbox";
    three_members();
    // A compiler that looks for the key and for a place to write to, as a submission's text could make it do.
    const std::string look = "for it in " + at("build/dev/slurm").string() +
                             "/*/key; do if cat \"$it\"; then echo found >&2; exit 1; fi; done\n"
                             "for it in " +
                             at("build/dev/slurm").string() +
                             "/*/*; do if echo forged >\"$it/1.9.json\"; then echo wrote >&2; exit 1; fi; done\n";
    std::string compiler = quick_compiler;
    compiler.insert(compiler.find('\n') + 1, "{\n" + look + "} 2>/dev/null\n");
    write("tools/compiler.sh", compiler);
    fs::permissions(at("tools/compiler.sh"), fs::perms::others_read | fs::perms::others_exec, fs::perm_options::add);
    const auto graded = [&](const std::string& book, const char* sandbox) {
        ProcessOptions options{.argv = {WB_CLI, "--toolchain", at("build/dev/toolchain.json").string(), "grade",
                                        "--class", "class", "--book", book, "--executor", "slurm", sandbox},
                               .directory = root,
                               .environment = cluster->environment()};
        EXPECT_EQ(run_process(options).exit_status, 0);
        return exported(book, "csv");
    };
    EXPECT_THAT(graded("held.book", "--sandbox"), HasSubstr("ann,,graded,,0,5,5,5,4,19,"));
    EXPECT_THAT(graded("free.book", "--no-sandbox"), HasSubstr("ann,,graded,,0,0,0,0,4,4,"))
        << "without a sandbox it is found: this test can fail";
}

TEST(Slurm, ControllerThatIsNotThereIsOneLineAndLeavesNoBook) {
    if (!slurm_is_installed()) GTEST_SKIP() << "slurmctld, slurmd or slurm-client is not installed";
    const fs::path folder = scratch_folder();
    write_atomically(folder / "slurm.conf",
                     "ClusterName=none\nSlurmctldHost=localhost(127.0.0.1)\nSlurmctldPort=1\nAuthType=auth/none\n"
                     "CredType=cred/none\nMessageTimeout=2\nNodeName=one\nPartitionName=all Nodes=one\n");
    ::setenv("SLURM_CONF", (folder / "slurm.conf").c_str(), 1);
    EXPECT_THAT([] { check_slurm(); }, testing::ThrowsMessage<Error>(AllOf(
                                           HasSubstr("nothing was graded, as Slurm's controller does not answer: "),
                                           HasSubstr("Unable to contact slurm controller"), HasSubstr("Try: sinfo"))));
    ::unsetenv("SLURM_CONF");
}

using SlurmMissing = Classroom;

TEST_F(SlurmMissing, MachineWithoutSbatchIsRefusedAndGetsNoBook) {
    three_members();
    ProcessOptions options{.argv = {WB_CLI, "--toolchain", at("build/dev/toolchain.json").string(), "grade", "--class",
                                    "class", "--book", "slurm.book", "--no-sandbox", "--executor", "slurm"},
                           .directory = root};
    if (const std::string sbatch = find_program("sbatch"); !sbatch.empty()) {  // then where it cannot be run
        if (probe_machine().level == SandboxLevel::none) GTEST_SKIP() << "sbatch cannot be hidden: no sandbox here";
        const std::string real = fs::canonical(sbatch).string();
        options.argv.insert(options.argv.begin(),
                            {find_program("bwrap"), "--dev-bind", "/", "/", "--ro-bind", "/dev/null", real, "--"});
    }
    const ProcessResult result = run_process(options);
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.output,
                HasSubstr("workbook: --executor slurm: nothing was graded, as this machine has no sbatch. "));
    EXPECT_FALSE(fs::exists(at("slurm.book")));
    const auto expect_refusal = [&](std::vector<std::string> words, const std::string& line) {
        const ProcessResult slip = cli(std::move(words));
        EXPECT_EQ(slip.exit_status, 2);
        EXPECT_THAT(slip.output, testing::StartsWith("workbook: " + line));
    };
    expect_refusal({"grade", "solutions", "--executor", "slurm"}, "--executor slurm belongs to --class.");
    expect_refusal({"grade", "--class", "class", "--book", "b", "--executor", "pbs"},
                   "--executor: expected local or slurm, got \"pbs\".");
    expect_refusal({"grade", "--class", "class", "--book", "b", "--chunk", "2"},
                   "--chunk belongs to --executor slurm.");
    expect_refusal({"grade", "--class", "class", "--book", "b", "--executor", "slurm", "--chunk", "0"},
                   "--chunk: expected a whole number >= 1, got \"0\"");
    expect_refusal({"grade-chunk", "nowhere.json", "0"}, "cannot read ");
}

TEST(Slurm, LinesOfTheQueueThatAreNotOursAreLeftOut) {
    const std::string lines =
        "12|0|RUNNING|wb-1.3\n12|1|COMPLETING|wb-1.3\n12|N/"
        "A|RUNNING|wb-1.3\n13|4|PENDING|wb-1.4\n14|0|RUNNING|wb-12.1\n"
        "nonsense\n||||\n15|7|SUSPENDED|a|b\n";
    EXPECT_EQ(tasks_in(lines, "wb-1."), (std::set<QueuedTask>{{"wb-1.3", 0}, {"wb-1.4", 4}}));
}

}  // namespace
}  // namespace wb::grader
