// The student edition: what it holds, what it never holds, and what it refuses to be made from.
#include <algorithm>
#include <iterator>
#include <set>

#include "files/files.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class Editions : public Workshop {
 protected:
    Editions() {
        write("dependencies.txt", "[required]\ng++\n\n[develop]\nclang-14\n\n[site]\ndoxygen\n");
        write("CMakeLists.txt", "");
        write("tests/CMakeLists.txt", "");
        write("tests/01_numbers/CMakeLists.txt",
              "wb_add_judge(01_numbers\n  TESTS\n    numbers_test.cpp\n    secret_test.cpp)\n");
        write("tests/01_numbers/numbers_test.cpp", "#include \"draw.hpp\"\nTEST(Twice, DoublesThree) {}\n");
        write("tests/01_numbers/draw.hpp", "");
        write("tests/01_numbers/make_cases.cpp", "");
        write("tests/01_numbers/secret_test.cpp", "TEST(FourTimes, OfFive) {}\n");
        write("tests/oracles/numbers_oracle.hpp", "");
        const std::string tests = at("tests/01_numbers").string();
        replace("build/dev/toolchain.json", "\"case_maker\"",
                "\"edition_sources\": [\"" + tests + "/numbers_test.cpp\", \"" + tests +
                    "/secret_test.cpp\"], \"case_maker\"");
    }
    ProcessResult exported() const { return cli({"export", "--out", "out"}); }
    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator(at("out"))) {
            if (entry.is_regular_file()) found.push_back(entry.path().lexically_relative(at("out")).string());
        }
        std::sort(found.begin(), found.end());
        return found;
    }
    /// Makes of this course what students get.
    void become_one() const {
        ASSERT_EQ(exported().exit_status, 0);
        for (const char* folder : {"solutions", "starter"}) fs::remove_all(at(folder));
        for (const char* folder : {".starter", "starter"})
            fs::copy(at("out") / folder, at(folder), fs::copy_options::recursive);
        fs::remove(at("tests/01_numbers/answer_key.toml"));
    }
    /// A command line of each command that an edition refuses.
    static std::vector<std::vector<std::string>> needing_a_full_workbook() {
        return {{"starter"},
                {"mutants"},
                {"alternates"},
                {"bench"},
                {"sample", "class"},
                {"export"},
                {"autograder", "gradescope", "x.zip"},
                {"new-chapter", "07_more", "More"},
                {"new-exercise", "1", "1.5", "More"}};
    }
    void hide(const std::string& test) const {
        replace("chapters/01_numbers/chapter.toml", "name = \"" + test + "\"\n",
                "name = \"" + test + "\"\nvisibility = \"hidden\"\n");
    }
};

TEST_F(Editions, HoldStarterCasesAndWhatJudgesInclude) {
    const ProcessResult result = exported();
    ASSERT_EQ(result.exit_status, 0) << result.output;
    EXPECT_THAT(names(),
                AllOf(Contains("starter/01_numbers/twice.cpp"), Contains(".starter/01_numbers/twice.cpp"),
                      Contains("tests/01_numbers/numbers_test.cpp"), Contains("tests/01_numbers/draw.hpp"),
                      Contains("chapters/01_numbers/numbers.hpp"), Contains(HasSubstr("tests/01_numbers/cases/1/"))));
    EXPECT_THAT(text("out/starter/01_numbers/twice.cpp"), HasSubstr("NotImplemented"));
}

TEST_F(Editions, HoldNoSolutionNoKeyNoOracleNoCaseMakerAndNoMutant) {
    write("docs/instructors_guide.md", "");
    ASSERT_EQ(exported().exit_status, 0);
    for (const std::string& name : names()) {
        for (const char* secret :
             {"solutions", "oracle", "make_", "mutants", "alternates", "answer_key", "attacks", "instructors"})
            EXPECT_THAT(name, Not(HasSubstr(secret)));
    }
    EXPECT_THAT(text("out/dependencies.txt"), AllOf(HasSubstr("doxygen"), Not(HasSubstr("clang"))));
}

TEST_F(Editions, AJudgeThatIncludesAnOracleIsRefusedWithTheChain) {
    write("tests/01_numbers/draw.hpp", "#include \"numbers_oracle.hpp\"\n");
    const ProcessResult result = exported();
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(
        result.output,
        HasSubstr(
            "tests/01_numbers/numbers_test.cpp -> tests/01_numbers/draw.hpp -> tests/oracles/numbers_oracle.hpp"));
    EXPECT_FALSE(fs::exists(at("out")));
}

TEST_F(Editions, LinesOfASolutionAreFoundWhereverTheyAre) {
    write("solutions/01_numbers/twice.cpp",
          "// SOLUTION BEGIN 1.1\n    const int first = x;\n    const int second = x;\n    return first + second;\n// "
          "SOLUTION END\n");
    write("docs/students_guide.md",
          "# Guide\n\n```\nconst int first = x;\n  const int second = x;\n}\n  return first + second;\n```\n");
    const ProcessResult result = exported();
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.output, HasSubstr("docs/students_guide.md:4 says what solutions/01_numbers/twice.cpp:2 says"));
}

TEST_F(Editions, HiddenTestsStayWithTheirSourceAndTheirEntry) {
    hide("FourTimes.OfFive");
    const ProcessResult result = exported();
    ASSERT_EQ(result.exit_status, 0) << result.output;
    EXPECT_THAT(result.output, HasSubstr("1 hidden tests stay here"));
    EXPECT_THAT(names(), AllOf(Contains("tests/01_numbers/numbers_test.cpp"),
                               Not(Contains("tests/01_numbers/secret_test.cpp"))));
    EXPECT_THAT(text("out/tests/01_numbers/CMakeLists.txt"), Not(HasSubstr("secret_test")));
    EXPECT_THAT(text("out/chapters/01_numbers/chapter.toml"),
                AllOf(Not(HasSubstr("FourTimes")), HasSubstr("RowSum.Numbers"), HasSubstr("Twice.KeepsTheSign")));
}

TEST_F(Editions, AHiddenTestBesideAVisibleOneIsRefused) {
    write("tests/01_numbers/secret_test.cpp", "TEST(FourTimes, OfFive) {}\nTEST(Twice, KeepsTheSign) {}\n");
    hide("FourTimes.OfFive");
    EXPECT_THAT(exported().output,
                HasSubstr("secret_test.cpp holds hidden tests (FourTimes.OfFive) beside visible ones"));
}

TEST_F(Editions, AFolderThatIsThereIsNotWrittenInto) {
    write("out/mine.txt", "x");
    const ProcessResult result = exported();
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.output, HasSubstr("is there already"));
    EXPECT_EQ(text("out/mine.txt"), "x");
}

TEST_F(Editions, WhatOnlyAFullWorkbookCanIsRefusedInOneLineAndHarmsNothing) {
    become_one();
    write("starter/01_numbers/twice.cpp", "a student's");
    for (const std::vector<std::string>& words : needing_a_full_workbook()) {
        const ProcessResult result = cli(words);
        EXPECT_EQ(result.exit_status, 2) << words[0];
        EXPECT_THAT(result.output, HasSubstr(words[0] + ": this is a student edition")) << words[0];
        EXPECT_EQ(std::count(result.output.begin(), result.output.end(), '\n'), 1) << result.output;
    }
    EXPECT_EQ(text("starter/01_numbers/twice.cpp"), "a student's");
}

TEST_F(Editions, HelpAndCompletionNameAllButWhatIsRefused) {
    std::set<std::string> refused, all = commands();
    for (const std::vector<std::string>& words : needing_a_full_workbook()) refused.insert(words[0]);
    EXPECT_THAT(all, testing::IsSupersetOf(refused));
    become_one();
    std::set<std::string> wanted;
    std::set_difference(all.begin(), all.end(), refused.begin(), refused.end(), std::inserter(wanted, wanted.end()));
    EXPECT_EQ(commands(), wanted);
    const std::string script = cli({"completion", "fish"}).output;
    for (const std::string& command : all) {
        EXPECT_EQ(script.find("'__fish_use_subcommand' -a " + command + " ") != std::string::npos,
                  wanted.contains(command))
            << command;
    }
    EXPECT_THAT(cli({"mutant"}).output, AllOf(HasSubstr("there is no command"), Not(HasSubstr("mutants"))));
}

TEST_F(Editions, ListOfPagesNamesThoseThatAreThere) {
    write("docs/results.md", "");
    write("docs/site/pages.toml",
          "pages = [\n  \"docs/class.md\", \"docs/results.md\", \"docs/cost.md\",\n  \"docs/sandbox.md\", "
          "\"CHANGELOG.md\",\n]\n\n"
          "title = \"Kernel lab\"\npages = [\"docs/cost.md\", \"docs/results.md\"]\n");
    ASSERT_EQ(exported().exit_status, 0);
    EXPECT_EQ(text("out/docs/site/pages.toml"),
              "pages = [\n  \"docs/results.md\",\n]\n\ntitle = \"Kernel lab\"\npages = [\"docs/results.md\"]\n");
}

TEST_F(Editions, StatusSaysWhichPointsOfTheListAreJudgedLater) {
    ASSERT_EQ(cli({"starter"}).exit_status, 0);
    EXPECT_THAT(cli({"status"}).output, AllOf(HasSubstr(" 0 of 19 points, 0 %\n"), Not(HasSubstr("hand in"))));
    become_one();
    EXPECT_THAT(cli({"list"}).output, HasSubstr(" 19 points "));
    const std::string status = cli({"status", "1"}).output;
    EXPECT_THAT(status, HasSubstr(" 0 of 15 points, 0 %; 4 more are judged when you hand in\n"));
    EXPECT_THAT(status, HasSubstr(" / 15   0 of 4 exercises, 4 more points when you hand in\n"));
    EXPECT_THAT(status, HasSubstr("not checked yet; 4 points are judged when you hand in\n"));
}

TEST_F(Editions, CasesThatLieReadyAreGradedByAndOtherSeedsRefused) {
    fs::create_directories(at("cases/7"));
    replace("build/dev/toolchain.json", "\"case_maker\": \"" + at("tools/make_cases.sh").string() + "\"",
            "\"cases\": \"" + at("cases").string() + "\"");
    submit();
    EXPECT_EQ(cli({"grade", "mine"}).exit_status, 0);
    const ProcessResult result = cli({"grade", "mine", "--seed", "2"});
    EXPECT_THAT(result.output, HasSubstr("this is a student edition, with cases of seed 7 only"));
    EXPECT_EQ(result.exit_status, 2);
}

}  // namespace
}  // namespace wb::grader
