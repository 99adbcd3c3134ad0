// The commands as a student types them: exit status, words, files.
#include <nlohmann/json.hpp>

#include "files/files.hpp"
#include "packed.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class CommandLine : public Workshop {
 protected:
    /// One line on stderr and status 2.
    void expect_refusal(const std::vector<std::string>& words, const std::string& line) const {
        const ProcessResult result = cli(words);
        EXPECT_EQ(result.exit_status, 2);
        EXPECT_EQ(result.output, "workbook: " + line + "\n");
    }
};

TEST_F(CommandLine, ListNamesExercisesPointsAndFiles) {
    const ProcessResult result = cli({"list"});
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_EQ(result.output,
              "01_numbers  Numbers   19 points   chapters/01_numbers/README.md\n"
              "  1.1  Doubling                     5  twice.cpp\n"
              "  1.2  Doubling the double          5  four_times.cpp\n"
              "  1.3  A row's sum, as a kernel     5  row_sum.cu\n"
              "  1.4  Questions on paper           4  answers.toml\n");
}

TEST_F(CommandLine, OptionsBehindADemosNameAreTheDemos) {
    expect_refusal({"run", "generate", "--samples", "4"}, "no demo is built yet");  // and not: unexpected --samples
    expect_refusal({"run", "--submission", "mine", "generate", "--", "--samples"}, "no demo is built yet");
}

TEST_F(CommandLine, OnlyKernelsAreProfiled) {
    expect_refusal({"profile", "1.1"}, "exercise 1.1 has no kernel. Try: ./workbook profile 2.10");
    expect_refusal({"profile", "none.cu"}, "\"none.cu\" is no file. Try: ./workbook profile my_kernel.cu");
    expect_refusal({"profile", "none.cu", "--line", "0"},
                   "--line: expected a whole number >= 1, got \"0\". Try: ./workbook profile my_kernel.cu --line 9");
    expect_refusal(
        {"profile", "none.cu", "--line", "1", "--line", "2", "--line", "3"},
        "--line: at most two lines fit side by side, got 3. Try: ./workbook profile my_kernel.cu --line 9 --line 14");
    expect_refusal({"profile", "1.3", "--entry", "f"},
                   "--entry belongs to a CUDA file. Try: ./workbook profile my_kernel.cu --entry run");
}

TEST_F(CommandLine, RunWithoutANameListsTheDemosByChapter) {
    replace("build/dev/toolchain.json", "\"worker_objects\"",
            "\"demos\": {\"add-up\": [], \"simulate\": []}, \"worker_objects\"");
    expect_refusal({"run"}, "run: which demo? Try: ./workbook run add-up\n  01  Numbers  add-up, simulate");
    expect_refusal({"run", "simulat"},
                   "there is no demo \"simulat\". Did you mean \"simulate\"? Demos: add-up and simulate");
}

TEST_F(CommandLine, DebugSaysThatItCompiles) {
    submit();
    write("build/dev/failures/mine/01_numbers/1.1/Twice.DoublesThree.safetensors", "");
    replace("mine/01_numbers/twice.cpp", "sum(x, x)", "summ(x, x)");
    const ProcessResult result = cli({"debug", "1.1", "--submission", "mine"});
    EXPECT_EQ(result.exit_status, 1) << result.output;
    EXPECT_THAT(result.output, testing::StartsWith("Compiling 1.1 without optimisation"));
    EXPECT_THAT(result.output, HasSubstr("exercise 1.1 does not build"));
}

TEST_F(CommandLine, GradeWritesAllReportsAndTellsByItsStatus) {
    const ProcessResult result =
        cli({"grade", "solutions", "--json", "r.json", "--gradescope", "g.json", "--junit", "j.xml"});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_EQ(nlohmann::json::parse(text("r.json"))["score"], 19.0);
    EXPECT_EQ(nlohmann::json::parse(text("g.json"))["score"], 19.0);
    EXPECT_THAT(text("j.xml"), HasSubstr("failures=\"0\""));
}

TEST_F(CommandLine, SeveralSubmissionsGetAReportEach) {
    submit();
    replace("mine/01_numbers/twice.cpp", "sum(x, x)", "sum(x, 0)");
    EXPECT_EQ(cli({"grade", "solutions", "mine/01_numbers", "--json", "r.json"}).exit_status, 1);
    EXPECT_EQ(nlohmann::json::parse(text("r-solutions.json"))["score"], 19.0);
    EXPECT_EQ(nlohmann::json::parse(text("r-mine.json"))["submission"], "mine");
}

TEST_F(CommandLine, GradeTakesAnArchiveAndSaysWhatItLeavesOut) {
    std::vector<Packed> entries{{"ann/CMakeLists.txt", "x"}};
    for (const char* file : {"twice.cpp", "four_times.cpp", "row_sum.cu", "answers.toml"})
        entries.push_back({std::string("ann/01_numbers/") + file, text(std::string("solutions/01_numbers/") + file)});
    pack(at("ann.tar.gz"), entries);
    const ProcessResult result = cli({"grade", "ann.tar.gz", "--json", "r.json"});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_THAT(result.output, testing::StartsWith("ann.tar.gz: 1 file was left out\n"
                                                   "  ann/CMakeLists.txt: no exercise asks for it\n"));
    EXPECT_EQ(nlohmann::json::parse(text("r.json"))["submission"], "ann");
    EXPECT_TRUE(std::filesystem::is_empty(at("build/dev/intake"))) << "what was unpacked is gone";
}

TEST_F(CommandLine, ArchivesThatCannotBeGradedAreOneLine) {
    write("ann.zip", "Rar!");
    expect_refusal({"grade", "ann.zip"},
                   "ann.zip: expected a .zip, .tar.gz or .tar.xz archive, got a RAR archive. Pack it as one of these");
    pack(at("empty.zip"), {{"01_numbers/", "", AE_IFDIR}});
    expect_refusal({"grade", "empty.zip"},
                   "\"empty.zip\" holds no file of an exercise: expected a path such as 01_numbers/twice.cpp in it, or "
                   "the same in one folder.");
}

TEST_F(CommandLine, HeaderOfTheCourseCannotBeReplacedByASubmissionsOwn) {
    submit();
    write("mine/01_numbers/numbers.hpp", "#error \"not the course's\"\n");
    const ProcessResult result = cli({"grade", "mine"});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_THAT(result.output, HasSubstr("01_numbers/numbers.hpp: no exercise asks for it"));
}

TEST_F(CommandLine, CheckGradesWhatIsAskedAndSaysWhatIsNext) {
    ASSERT_EQ(cli({"starter"}).exit_status, 0);
    const ProcessResult result = cli({"check", "1.1"});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(
        result.output,
        EndsWith(
            "Next: look for TODO(1.1) in starter/01_numbers/twice.cpp, and ./workbook hint 1.1 when you are stuck\n"));
    std::filesystem::copy_file(at("solutions/01_numbers/twice.cpp"), at("starter/01_numbers/twice.cpp"),
                               std::filesystem::copy_options::overwrite_existing);
    const ProcessResult done = cli({"check", "1.1"});
    EXPECT_EQ(done.exit_status, 0);
    EXPECT_THAT(done.output, EndsWith("Next: ./workbook check 1.2\n"));
    EXPECT_THAT(cli({"status"}).output, HasSubstr("5 of 19 points"));
    replace("starter/01_numbers/twice.cpp", "sum(x, x)", "sum(x, 0)");
    EXPECT_THAT(cli({"status"}).output, HasSubstr("edited since checked"));
    EXPECT_THAT(cli({"status", "1"}).output, HasSubstr("edited since it was checked"));
}

TEST_F(CommandLine, NextIsWhereTheChapterWasLeftAndThenWhatWasSkipped) {
    ASSERT_EQ(cli({"starter"}).exit_status, 0);
    const auto do_it = [&](const std::string& file) {
        std::filesystem::copy_file(at("solutions/01_numbers/" + file), at("starter/01_numbers/" + file),
                                   std::filesystem::copy_options::overwrite_existing);
    };
    do_it("row_sum.cu");
    EXPECT_THAT(cli({"check", "1.3"}).output, EndsWith("Next: ./workbook check 1.4\n"));
    do_it("answers.toml");
    EXPECT_THAT(cli({"check", "1.4"}).output, EndsWith("Next: ./workbook check 1.1\n"));
}

TEST_F(CommandLine, HintsComeOneByOne) {
    EXPECT_THAT(cli({"hint", "1.1"}).output,
                testing::AllOf(HasSubstr("1. What is 3 + 3?"),
                               HasSubstr("Next hint for 1.1: 2nd of 3, costs nothing: ./workbook hint 1.1"),
                               testing::Not(HasSubstr("2. Add"))));
    EXPECT_THAT(cli({"hint", "1.1"}).output,
                testing::AllOf(HasSubstr("1. What is 3 + 3?"), HasSubstr("2. Add the number to itself.")));
    EXPECT_THAT(cli({"hint", "1.1"}).output, HasSubstr("That was the last hint."));
    EXPECT_EQ(cli({"hint", "1.1"}).exit_status, 0);
}

TEST_F(CommandLine, ResetAsksBeforeItPutsWorkAsideAndKeepsIt) {
    ASSERT_EQ(cli({"starter"}).exit_status, 0);
    EXPECT_THAT(cli({"reset", "1.1"}).output, HasSubstr("nothing to do"));
    write("starter/01_numbers/twice.cpp", "my work\n");
    const ProcessResult asked = cli({"reset", "1.1"});
    EXPECT_EQ(asked.exit_status, 2);
    EXPECT_THAT(asked.output, HasSubstr("./workbook reset 1.1 --yes"));
    EXPECT_EQ(text("starter/01_numbers/twice.cpp"), "my work\n");
    EXPECT_EQ(cli({"reset", "1.1", "--yes"}).exit_status, 0);
    EXPECT_EQ(text("starter/01_numbers/twice.cpp.bak"), "my work\n");
    EXPECT_EQ(cli({"starter", "--check"}).exit_status, 0);
}

TEST_F(CommandLine, ResetForgetsWhatTheOldFileEarnedAndNothingElse) {
    submit();
    ASSERT_EQ(cli({"check", "1.1", "1.3", "--submission", "mine"}).exit_status, 0);
    const auto status = [&] { return cli({"status", "1", "--submission", "mine"}).output; };
    ASSERT_THAT(status(), HasSubstr(" 10 of 19 points"));
    ASSERT_EQ(cli({"reset", "1.1", "--submission", "mine"}).exit_status, 2);
    EXPECT_THAT(status(), HasSubstr(" 10 of 19 points")) << "it was only asked";
    ASSERT_EQ(cli({"reset", "1.1", "--submission", "mine", "--yes"}).exit_status, 0);
    EXPECT_THAT(status(), testing::AllOf(HasSubstr(" 5 of 19 points"), HasSubstr("not checked yet"),
                                         testing::Not(HasSubstr("edited"))));
    EXPECT_THAT(cli({"check", "1.3", "--submission", "mine"}).output, EndsWith("Next: ./workbook check 1.4\n"));
    const std::string handed_out = text("mine/01_numbers/twice.cpp");
    write("mine/01_numbers/twice.cpp", text("solutions/01_numbers/twice.cpp"));
    ASSERT_EQ(cli({"check", "1.1", "--submission", "mine"}).exit_status, 0);
    write("mine/01_numbers/twice.cpp", handed_out);
    EXPECT_THAT(cli({"reset", "1.1", "--submission", "mine"}).output, HasSubstr("nothing to do"));
    EXPECT_THAT(status(), HasSubstr(" 5 of 19 points")) << "put back by hand";
}

TEST_F(CommandLine, ResetOfASharedFileForgetsAllThatItEarned) {
    submit();
    replace("chapters/01_numbers/chapter.toml", "\"four_times.cpp\"", "\"four_times.cpp\", \"twice.cpp\"");
    ASSERT_EQ(cli({"check", "1.1", "1.2", "--submission", "mine"}).exit_status, 0);
    ASSERT_EQ(cli({"reset", "1.1", "--submission", "mine", "--yes"}).exit_status, 0);
    EXPECT_THAT(cli({"status", "--submission", "mine"}).output, HasSubstr(" 0 of 19 points"));
}

TEST_F(CommandLine, ResetTouchesTheSubmissionThatIsNamed) {
    ASSERT_EQ(cli({"starter"}).exit_status, 0);
    write("ann/01_numbers/twice.cpp", "her work\n");
    EXPECT_EQ(cli({"reset", "1.1", "--submission", "ann", "--yes"}).exit_status, 0);
    EXPECT_EQ(text("ann/01_numbers/twice.cpp.bak"), "her work\n");
    EXPECT_EQ(text("ann/01_numbers/twice.cpp"), text("starter/01_numbers/twice.cpp"));
}

TEST_F(CommandLine, SlipsGetOneLineThatSaysHowToMendThem) {
    expect_refusal({"chekc"}, "there is no command \"chekc\". Did you mean \"check\"?");
    expect_refusal({"check", "1.9"}, "there is no exercise \"1.9\". Did you mean \"1.1\"?");
    expect_refusal({"hint", "1"}, "\"1\" is a whole chapter; this command takes one exercise. Try: ./workbook list");
    expect_refusal({"grade", "solutions", "--seed", "abc"},
                   "--seed: expected a whole number >= 0, got \"abc\". Try: ./workbook grade starter --seed 1");
    expect_refusal({"grade", "solutions", "--jobs", "0"},
                   "--jobs: expected a whole number >= 1, got \"0\". Try: ./workbook grade starter --jobs 2");
    expect_refusal({"grade", "nowhere"},
                   "\"nowhere\" is not a folder. A submission is a folder with chapter folders such as 02_attention in "
                   "it, or one such folder.");
    expect_refusal({"grade", "tools"},
                   "\"tools\" holds no chapter of the course: expected a folder such as 01_numbers in it.");
    expect_refusal({"debug", "1.1", "--submission", "solutions"},
                   "no failing question of 1.1 is kept. Try: ./workbook check 1.1");
}

TEST_F(CommandLine, BrokenChapterFileIsOneLine) {
    replace("chapters/01_numbers/chapter.toml", "points = 3", "points = many");
    const ProcessResult result = cli({"list"});
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.output, testing::StartsWith("workbook: chapters/01_numbers/chapter.toml:11: this is not TOML:"));
}

TEST_F(CommandLine, MissingCompilerIsOneLine) {
    replace("build/dev/toolchain.json", "\"compiler\": \"" WB_COMPILER "\"", "\"compiler\": \"/nonexistent/g++\"");
    expect_refusal({"grade", "solutions"},
                   "the compiler /nonexistent/g++ is not there. Run ./workbook once more: it installs one and "
                   "configures the build anew.");
}

TEST_F(CommandLine, DamagedToolchainNamesTheKey) {
    replace("build/dev/toolchain.json", "\"compiler\"", "\"compilre\"");
    expect_refusal({"list"},
                   at("build/dev/toolchain.json").string() +
                       ": the key \"compiler\" is missing. Run ./workbook once more: it configures the build anew.");
}

TEST_F(CommandLine, FaultOfTheCourseIsNotTheStudentsAndTheReportStands) {
    write("tools/make_cases.sh", "#!/bin/sh\necho no disk; exit 1\n");
    const ProcessResult result = cli({"grade", "solutions", "--json", "r.json"});
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.output,
                HasSubstr("workbook: 1.1 could not be graded: the cases of chapter 01_numbers could not be made"));
    EXPECT_EQ(nlohmann::json::parse(text("r.json"))["score"], 4.0) << "the answers on paper need no cases";
}

TEST_F(CommandLine, InterruptLeavesTheReportAndNoProcess) {
    write("tools/judge.sh", "#!/bin/sh\necho $$ >> \"$(dirname \"$0\")/judges\"\nexec sleep 100\n");
    ProcessOptions options;
    options.argv = {"sh", "-c",
                    "\"$0\" --toolchain build/dev/toolchain.json grade solutions --jobs 1 --json r.json > out.txt & "
                    "i=0; while [ $i -lt 300 ] && ! [ -s tools/judges ]; do sleep 0.1; i=$((i+1)); done; "
                    "kill -TERM $!; wait $!; echo status $?; sleep 0.3; "
                    "grep -s '^State' /proc/$(head -n 1 tools/judges)/status || echo gone",
                    WB_CLI};
    options.directory = root;
    const ProcessResult result = run_process(options);
    EXPECT_THAT(result.output, testing::AnyOf("status 143\ngone\n", "status 143\nState:\tZ (zombie)\n"));
    const auto report = nlohmann::json::parse(text("r.json"));
    EXPECT_EQ(report["max_score"], 19.0);
    EXPECT_EQ(report["score"], 0.0);
    EXPECT_THAT(report["chapters"][0]["exercises"][0]["tests"][0]["message"].get<std::string>(),
                HasSubstr("the grader was stopped"));
}

TEST_F(CommandLine, WatchChecksAgainAfterASave) {
    ASSERT_EQ(cli({"starter"}).exit_status, 0);
    ProcessOptions options;
    options.argv = {
        "sh", "-c",
        "\"$0\" --toolchain build/dev/toolchain.json check 1.1 --watch > out.txt & "
        "i=0; while [ $i -lt 300 ] && ! grep -q Watching out.txt; do sleep 0.1; i=$((i+1)); done; "
        "cp solutions/01_numbers/twice.cpp starter/01_numbers/; "
        "while [ $i -lt 600 ] && ! grep -q '2 passed' out.txt; do sleep 0.1; i=$((i+1)); done; kill $!; cat out.txt",
        WB_CLI};
    options.directory = root;
    const ProcessResult result = run_process(options);
    EXPECT_THAT(result.output, testing::AllOf(HasSubstr("2 not implemented"), HasSubstr("2 passed")));
}

}  // namespace
}  // namespace wb::grader
