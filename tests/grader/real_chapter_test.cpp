// A real chapter's verdicts, of submissions that are right, half-done and wrong: the same whoever grades them, and once more. The other tests of
// classes have a course of their own, whose judge is a script; here kernels, compilers, workers and walls are those of a student.
#include <algorithm>
#include <memory>

#include "files/files.hpp"
#include "sandbox/machine.hpp"
#include "slurm_cluster.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class RealChapter : public testing::Test {
 protected:
    void SetUp() override {
        const fs::path toolchain = fs::path(WB_BUILD) / "toolchain.json";
        const Toolchain tools = fs::exists(toolchain) ? read_toolchain(toolchain) : Toolchain();
        const auto found = tools.chapters.find("02_attention");
        if (found == tools.chapters.end() || !fs::exists(found->second.judge))
            GTEST_SKIP() << "chapter 2 is not built here: ninja desk_02_attention";
    }
    ProcessResult cli(std::vector<std::string> words,
                      const std::map<std::string, std::string>& environment = {}) const {
        words.insert(words.begin(), {WB_CLI, "--toolchain", WB_BUILD "/toolchain.json"});
        return run_process({.argv = std::move(words),
                            .directory = folder_,
                            .environment = environment,
                            .time_limit = std::chrono::minutes(20)});
    }
    void grade(const std::string& book, std::vector<std::string> more,
               const std::map<std::string, std::string>& environment = {}) const {
        more.insert(more.begin(),
                    {"grade", "--class", "class/class.csv", "--book", book, "--chapters", "02", "--seed", "7"});
        if (probe_machine().level == SandboxLevel::none) more.emplace_back("--no-sandbox");
        const ProcessResult result = cli(std::move(more), environment);
        ASSERT_EQ(result.exit_status, 0) << result.output;
    }
    [[nodiscard]] std::string exported(const std::string& book, const std::string& format) const {
        const ProcessResult result = cli({"gradebook", "export", book, format, book + "." + format});
        EXPECT_EQ(result.exit_status, 0) << result.output;
        return read_text(folder_ / (book + "." + format));
    }
    const fs::path folder_ = scratch_folder();
};

TEST_F(RealChapter, VerdictsAreOneWhoeverGradesAndHoweverOften) {
    // Two that are right, in part or at all, and one with mistakes.
    const ProcessResult made =
        cli({"sample", "class", "--submissions", "3", "--chapters", "02", "--seed", "1", "--honest"});
    ASSERT_EQ(made.exit_status, 0) << made.output;
    grade("one.book", {"--jobs", "1"});
    grade("again.book", {"--jobs", "1"});
    grade("two.book", {"--jobs", "2"});
    std::vector<std::string> books{"again.book", "two.book"};
    if (slurm_is_installed()) {
        const SlurmCluster cluster;
        grade("slurm.book", {"--executor", "slurm", "--chunk", "1"}, cluster.environment());
        books.emplace_back("slurm.book");
    }
    const std::string csv = exported("one.book", "csv"), json = exported("one.book", "json");
    EXPECT_THAT(json, HasSubstr("\"status\": \"passed\""));
    EXPECT_THAT(json, HasSubstr("\"status\": \"failed\"")) << "a class without mistakes would show little";
    for (const std::string& book : books) {
        EXPECT_EQ(exported(book, "csv"), csv) << book;
        EXPECT_EQ(exported(book, "json"), json) << book;
    }
    if (!slurm_is_installed())
        GTEST_SKIP() << "but not on a cluster: slurmctld, slurmd or slurm-client is not installed";
}

}  // namespace
}  // namespace wb::grader
