// What an author gets from new-exercise and new-chapter: it builds as it stands, the solutions have full marks, the starter none, and the
// mutants are caught. On a copy of the workbook, whose library and chapter 2 a compiler cache has already.
#include <fstream>

#include "course.hpp"
#include "process/process.hpp"

namespace wb::course {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ScaffoldedCourse : public testing::Test {
 protected:
    void SetUp() override {
        root_ = scratch_folder() / "workbook";
        fs::create_directories(root_);
        for (const auto& entry : fs::directory_iterator(root())) {
            const std::string name = entry.path().filename().string();
            if (name != "build" && name != ".git") fs::copy(entry.path(), root_ / name, fs::copy_options::recursive);
        }
        configure();
    }

    void configure() const {
        const auto ran = run({"cmake", "--preset", "dev", "-DWB_KERNEL_PROFILE=OFF"});
        ASSERT_TRUE(ran.ok()) << ran.output;
    }
    [[nodiscard]] grader::ProcessResult run(const std::vector<std::string>& words) const {
        return grader::run_process({.argv = words,
                                    .directory = root_,
                                    .environment = {{"CCACHE_BASEDIR", root_.string()},
                                                    {"CCACHE_NOHASHDIR", "1"},
                                                    {"CCACHE_SLOPPINESS", "pch_defines,time_macros"},
                                                    {"NO_COLOR", "1"}},
                                    .time_limit = std::chrono::minutes(30),
                                    .output_cap = 4 << 20});
    }
    /// A command of this build's program, on the copy.
    [[nodiscard]] grader::ProcessResult cli(std::vector<std::string> words) const {
        words.insert(words.begin(), {WB_CLI, "--toolchain", (root_ / "build/dev/toolchain.json").string()});
        return run(words);
    }
    /// Whatever grading the chapters needs, the command line excepted: that is here.
    void build(const std::vector<std::string>& chapters) const {
        std::vector<std::string> words{
            "ninja",      "-C",        "build/dev",        "submission_headers", "kernel-rewriter",
            "wb_library", "wb_worker", "wb_kernels_plain", "wb_kernels_asan",    "wb_kernels_race"};
        for (const std::string& chapter : chapters)
            for (const char* part : {"judge_", "make_cases_", "worker_"}) words.push_back(part + chapter);
        const auto ran = run(words);
        ASSERT_TRUE(ran.ok()) << ran.output;
    }
    /// The report of a check, with each test's status.
    [[nodiscard]] nlohmann::json checked(std::vector<std::string> words, int exit_status) const {
        const fs::path file = root_ / "report.json";
        fs::remove(file);
        words.insert(words.begin(), "check");
        words.insert(words.end(), {"--json", file.string()});
        const auto ran = cli(words);
        EXPECT_EQ(ran.exit_status, exit_status) << ran.output;
        std::ifstream in(file);
        return nlohmann::json::parse(in, nullptr, false);
    }

    fs::path root_;
};

// One test: the build is what takes time.
TEST_F(ScaffoldedCourse, BuildsAndIsGradedAtOnceAndSoIsTheGuidesExample) {
    const auto patched =
        run({"patch", "--batch", "--no-backup-if-mismatch", "-p1", "-i", "docs/worked_example/attention_span.patch"});
    ASSERT_TRUE(patched.ok()) << patched.output
                              << "docs/worked_example/attention_span.patch has to follow what it changes";
    const auto dry = cli({"new-exercise", "2", "2.91", "A function", "--dry-run"});
    EXPECT_THAT(dry.output, HasSubstr("new      solutions/02_attention/a_function.cpp\n"));
    EXPECT_FALSE(fs::exists(root_ / "solutions/02_attention/a_function.cpp"));
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"new-exercise", "2", "2.91", "A function"},
          {"new-exercise", "02", "2.92", "A kernel", "--kernel"},
          {"new-exercise", "attention", "2.93", "On paper", "--kind", "theory"},
          {"new-chapter", "97_new", "A chapter", "--exercise", "Its first exercise"}}) {
        const auto ran = cli(words);
        ASSERT_EQ(ran.exit_status, 0) << ran.output;
        EXPECT_THAT(ran.output, HasSubstr("TODO(author)"));
        EXPECT_THAT(ran.output, HasSubstr("./workbook check"));
        const auto again = cli(words);
        EXPECT_EQ(again.exit_status, 2) << again.output;
    }
    build({"02_attention", "97_new"});

    const std::vector<std::string> exercises{"2.13", "2.91", "2.92", "2.93", "97.1"};
    std::vector<std::string> words = exercises;
    const auto written = cli({"starter"});  // the example's is not in its patch
    EXPECT_EQ(written.output, "starter/02_attention/attention_span.cpp: written\n");
    const auto none = checked(words, 1);
    EXPECT_EQ(none["score"], 0);
    std::size_t tests = 0;
    for (const auto& chapter : none["chapters"])
        for (const auto& exercise : chapter["exercises"])
            for (const auto& test : exercise["tests"]) {
                ++tests;
                EXPECT_EQ(test["status"], "not_implemented") << test["name"] << ": " << test["message"];
            }
    EXPECT_EQ(tests, 16U);
    words.insert(words.end(), {"--submission", "solutions"});
    const auto all = checked(words, 0);
    EXPECT_EQ(all["score"], all["max_score"]);
    EXPECT_EQ(all["chapters"].back()["max_score"], 100) << "of a chapter";

    const auto mutants = cli({"mutants", "2.13", "2.91", "2.92", "97.1"});
    EXPECT_EQ(mutants.exit_status, 0) << mutants.output;
    EXPECT_THAT(mutants.output, HasSubstr("4 of 4 mutants killed by the tests they name"));
    const auto alternates = cli({"alternates", "2.91", "2.92", "97.1"});
    EXPECT_EQ(alternates.exit_status, 0) << alternates.output;
    EXPECT_THAT(alternates.output, HasSubstr("3 of 3 alternates get full marks"));

    const auto docs = cli({"docs"});
    if (docs.output.find("the site needs ") == std::string::npos) {
        EXPECT_EQ(docs.exit_status, 0) << docs.output;
    }
}

}  // namespace
}  // namespace wb::course
