// The zip for Gradescope, unpacked and run as Gradescope would, in a folder of its own.
#include "autograder/gradescope.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "files/files.hpp"
#include "packed.hpp"
#include "sandbox/machine.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class GradescopeZips : public Workshop {
 protected:
    GradescopeZips() {
        for (const char* file : {"CMakeLists.txt", "CMakePresets.json", "LICENSE", "tests/CMakeLists.txt"})
            write(file, "of the course\n");
        fs::copy(fs::path(WB_REPOSITORY) / "dependencies.txt", at("dependencies.txt"));
        // What is built already stands in for what setup.sh would build.
        script("workbook", "exec " WB_CLI " --toolchain " + at("build/dev/toolchain.json").string() + " \"$@\"\n");
        script("tools/bin/bwrap", "echo no user namespaces; exit 1\n");
    }
    void script(const std::string& path, const std::string& lines) const {
        write(path, "#!/bin/sh\n" + lines);
        fs::permissions(at(path), fs::perms::owner_all);
    }

    /// Exports with these options and unpacks to autograder/source, whose run_autograder goes where Gradescope copies it.
    void exported(const std::vector<std::string>& options = {}) {
        std::vector<std::string> words{"autograder", "gradescope", "out.zip"};
        words.insert(words.end(), options.begin(), options.end());
        const ProcessResult result = cli(words);
        ASSERT_EQ(result.exit_status, 0) << result.output;
        unpack(at("out.zip"), at("autograder/source"));
        fs::copy(at("autograder/source/run_autograder"), at("autograder/run_autograder"));
        fs::create_directories(at("autograder/submission"));
        fs::create_directories(at("autograder/results"));
    }
    ProcessResult run(const std::string& program, const std::string& path_first = "tools/bin") const {
        return run_process({.argv = {at("autograder/" + program).string()},
                            .directory = at("autograder"),
                            .environment = {{"AUTOGRADER_ROOT", at("autograder").string()},
                                            {"PATH", at(path_first).string() + ":/usr/bin:/bin"}}});
    }
    nlohmann::json results() const { return nlohmann::json::parse(text("autograder/results/results.json")); }
    /// The solutions handed in.
    void hand_in() const {
        fs::copy(at("solutions/01_numbers"), at("autograder/submission/01_numbers"), fs::copy_options::recursive);
    }
    std::vector<std::string> packed() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::recursive_directory_iterator(at("autograder/source"))) {
            if (entry.is_regular_file())
                names.push_back(entry.path().lexically_relative(at("autograder/source")).string());
        }
        std::sort(names.begin(), names.end());
        return names;
    }
};

TEST_F(GradescopeZips, HoldWhatGradingNeedsAndNoSolutions) {
    write("chapters/01_numbers/pictures/plot.png", "x");
    write("datasets/numbers.csv", "x");
    write("datasets/fetched/cifar10.bin", "x");
    write("starter/01_numbers/twice.cpp", "a student's");
    exported();
    EXPECT_THAT(packed(), ElementsAre(".starter/01_numbers/answers.toml", ".starter/01_numbers/four_times.cpp",
                                      ".starter/01_numbers/row_sum.cu", ".starter/01_numbers/twice.cpp",
                                      "CMakeLists.txt", "CMakePresets.json", "LICENSE",
                                      "chapters/01_numbers/chapter.toml", "chapters/01_numbers/numbers.hpp",
                                      "datasets/numbers.csv", "dependencies.txt", "run_autograder", "setup.sh",
                                      "tests/01_numbers/answer_key.toml", "tests/CMakeLists.txt", "workbook"));
    EXPECT_THAT(text("autograder/source/.starter/01_numbers/twice.cpp"), Not(HasSubstr("return sum")));
    for (const char* name : {"run_autograder", "setup.sh", "workbook"})
        EXPECT_NE(fs::status(at("autograder/source") / name).permissions() & fs::perms::others_exec, fs::perms::none)
            << name;
}

TEST_F(GradescopeZips, OtherChaptersCanBeIncludedFromAndAreNoChapters) {
    write("chapters/02_more/chapter.toml",
          "id = \"02_more\"\ntitle = \"More\"\n[[exercise]]\nid = \"2.1\"\ntitle = \"Q\"\nfiles = [\"answers.toml\"]\n"
          "[[exercise.question]]\nid = \"q\"\nkind = \"text\"\ntext = \"Why?\"\nmanual_points = 1\n");
    write("chapters/02_more/CMakeLists.txt", "");
    write("chapters/02_more/more.hpp", "");
    write("tests/02_more/CMakeLists.txt", "");
    write("tests/02_more/draw.hpp", "");
    exported({"--chapters", "1"});
    EXPECT_THAT(packed(),
                AllOf(testing::Contains("chapters/02_more/more.hpp"), testing::Contains("tests/02_more/draw.hpp"),
                      Not(testing::Contains("chapters/02_more/chapter.toml")),
                      Not(testing::Contains("chapters/02_more/CMakeLists.txt")),
                      Not(testing::Contains("tests/02_more/CMakeLists.txt"))));
    EXPECT_THAT(text("autograder/run_autograder"), HasSubstr("--chapters 01_numbers --seed 1 "));
}

TEST_F(GradescopeZips, SameCourseMakesTheSameZip) {
    exported({"--seed", "7"});
    ASSERT_EQ(cli({"autograder", "gradescope", "again.zip", "--seed", "7"}).exit_status, 0);
    EXPECT_EQ(sha256(text("out.zip")), sha256(text("again.zip")));
    EXPECT_FALSE(fs::exists(at("again.zip.part")));
    EXPECT_THAT(text("autograder/run_autograder"), HasSubstr("--seed 7 "));
}

TEST_F(GradescopeZips, ScriptsAreBash) {
    exported();
    for (const char* name : {"setup.sh", "run_autograder"}) {
        const fs::path file = at("autograder/source") / name;
        EXPECT_THAT(read_text(file), testing::StartsWith("#!/usr/bin/env bash\n"));
        const ProcessResult parsed = run_process({.argv = {"bash", "-n", file.string()}});
        EXPECT_TRUE(parsed.ok()) << parsed.output;
    }
}

TEST_F(GradescopeZips, GoodSubmissionHasItsPointsInResults) {
    exported({"--no-sandbox"});
    hand_in();
    const ProcessResult result = run("run_autograder");
    ASSERT_EQ(result.exit_status, 0) << result.output;
    const auto json = results();
    EXPECT_EQ(json["score"], 19.0);
    EXPECT_EQ(json["visibility"], "visible");
    EXPECT_EQ(json["stdout_visibility"], "hidden") << "the course's own paths and words are for instructors";
    EXPECT_FALSE(json.contains("leaderboard")) << "no student asked to be ranked";
    ASSERT_FALSE(json["tests"].empty());
    for (const auto& test : json["tests"]) EXPECT_EQ(test["status"], "passed") << test;
    EXPECT_EQ(fs::status(at("autograder/results/results.json")).permissions() & fs::perms::others_read,
              fs::perms::others_read);
}

TEST_F(GradescopeZips, WrongSubmissionLosesThosePoints) {
    exported({"--no-sandbox"});
    hand_in();
    replace("autograder/submission/01_numbers/twice.cpp", "sum(x, x)", "sum(x, 0)");
    ASSERT_EQ(run("run_autograder").exit_status, 0);
    const auto json = results();
    EXPECT_EQ(json["score"], 9.0);
    EXPECT_EQ(json["tests"][0]["status"], "failed");
    EXPECT_EQ(json["tests"][0]["output"], "failed\nexpected 6, got 3");
}

TEST_F(GradescopeZips, EmptyOrStraySubmissionIsZeroWithTheReason) {
    exported({"--no-sandbox"});
    for (const bool stray : {false, true}) {
        if (stray) write("autograder/submission/notes.txt", "my computer broke");
        ASSERT_EQ(run("run_autograder").exit_status, 0);
        EXPECT_EQ(results()["score"], 0.0);
        EXPECT_THAT(results()["output"].get<std::string>(),
                    HasSubstr("it holds no file of an exercise: expected a path such as"));
    }
}

TEST_F(GradescopeZips, ForgedResultsAreReplacedByThoseOfTheGrader) {
    exported({"--no-sandbox"});
    hand_in();
    // In every way that results could lie there already: before, while it runs, as a link to elsewhere.
    write("autograder/results/results.json", R"({"score": 100})");
    write("elsewhere", "mine");
    replace("autograder/submission/01_numbers/four_times.cpp", "#include \"numbers.hpp\"",
            "#include \"numbers.hpp\"\n#include <unistd.h>\n#include <cstdio>\nstatic int forged = [] {\n"
            "  unlink(\"" +
                at("autograder/results/results.json").string() +
                "\");\n"
                "  symlink(\"" +
                at("elsewhere").string() + "\", \"" + at("autograder/results/results.json").string() +
                "\");\n"
                "  std::fclose(std::fopen(\"" +
                at("it_ran").string() +
                "\", \"w\"));\n"
                "  std::fputs(\"{\\\"score\\\": 100}\", stderr);\n  return 0;\n}();");
    const ProcessResult result = run("run_autograder");
    ASSERT_EQ(result.exit_status, 0) << result.output;
    ASSERT_TRUE(fs::exists(at("it_ran")));
    EXPECT_FALSE(fs::is_symlink(at("autograder/results/results.json")));
    EXPECT_LE(results()["score"], 19.0);
    EXPECT_EQ(text("elsewhere"), "mine");
}

/// Whatever umask it is called with: whom root becomes in the sandbox must be able to read what was handed in.
TEST_F(GradescopeZips, SubmissionsAreHeldWhereThereIsASandbox) {
    const Machine machine = probe_machine();
    if (machine.level == SandboxLevel::none) GTEST_SKIP() << machine.sentences.back();
    replace("build/dev/toolchain.json", WB_LIBRARY, fs::path(WB_LIBRARY).lexically_normal().string());
    exported();
    hand_in();
    const ProcessResult result =
        run_process({.argv = {"bash", "-c", "umask 077; exec " + at("autograder/run_autograder").string()},
                     .directory = at("autograder"),
                     .environment = {{"AUTOGRADER_ROOT", at("autograder").string()}}});
    ASSERT_EQ(result.exit_status, 0) << result.output;
    EXPECT_THAT(result.output, HasSubstr("Submissions run in a sandbox ("));
    EXPECT_EQ(results()["score"], 19.0);
}

TEST_F(GradescopeZips, WithoutASandboxNothingIsGradedUnlessItWasExportedSo) {
    exported();
    hand_in();
    write("autograder/results/results.json", R"({"score": 100})");
    const ProcessResult result = run("run_autograder");
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.output, AllOf(HasSubstr("a class is graded in a sandbox, and this machine has none"),
                                     HasSubstr("run_autograder: nothing was graded (status 2), and this submission is "
                                               "not to blame.")));
    EXPECT_FALSE(fs::exists(at("autograder/results/results.json")));
}

TEST_F(GradescopeZips, FaultOfTheCourseIsNoZero) {
    exported({"--no-sandbox"});
    hand_in();
    write("tools/make_cases.sh", "#!/bin/sh\necho no disk; exit 1\n");
    const ProcessResult result = run("run_autograder");
    EXPECT_EQ(result.exit_status, 2);
    EXPECT_THAT(result.output, HasSubstr("no disk"));
    EXPECT_FALSE(fs::exists(at("autograder/results/results.json")));
}

/// The packages of dependencies.txt's [required], sorted.
std::vector<std::string> required_packages() {
    std::ifstream lines(fs::path(WB_REPOSITORY) / "dependencies.txt");
    std::vector<std::string> names;
    bool required = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("["))
            required = line == "[required]";
        else if (required && !line.empty() && line[0] != '#')
            names.push_back(line.substr(0, line.find(' ')));
    }
    std::sort(names.begin(), names.end());
    return names;
}

TEST_F(GradescopeZips, SetupInstallsWhatDependenciesRequireAndBuildsTheDesk) {
    fs::copy_file(fs::path(WB_REPOSITORY) / "workbook", at("workbook"), fs::copy_options::overwrite_existing);
    exported();
    const std::string log = at("log").string();
    script("fakes/dpkg-query", "exit 0\n");  // nothing is installed
    for (const char* name : {"apt-get", "cmake", "ninja"})
        script(std::string("fakes/") + name, "echo " + std::string(name) + " \"$@\" >>" + log + "\n");
    script("fakes/sudo", "exec \"$@\"\n");
    script("autograder/source/build/dev/grader/workbook-cli", "echo command \"$@\" >>" + log + "\n");
    const ProcessResult result = run("source/setup.sh", "fakes");
    ASSERT_EQ(result.exit_status, 0) << result.output;
    std::istringstream lines(text("log"));
    std::vector<std::string> installed, built;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        for (std::string word; words >> word;) {
            if (line.starts_with("apt-get install") && word != "apt-get" && word != "install" && !word.starts_with("-"))
                installed.push_back(word);
        }
        if (line.starts_with("ninja") && line.find(" -n ") == std::string::npos) built.push_back(line);
    }
    std::sort(installed.begin(), installed.end());
    EXPECT_EQ(installed, required_packages());
    EXPECT_THAT(required_packages(), testing::Contains("bubblewrap"));
    ASSERT_EQ(built.size(), 1U) << text("log");
    EXPECT_THAT(built[0], testing::EndsWith(" desk"));
}

TEST_F(GradescopeZips, SlipsGetOneLineAndLeaveNoFile) {
    const auto expect = [&](const std::vector<std::string>& words, const std::string& line) {
        const ProcessResult result = cli(words);
        EXPECT_EQ(result.exit_status, 2);
        EXPECT_THAT(result.output, testing::StartsWith("workbook: " + line));
    };
    expect({"autograder", "gradescope", "out"},
           "autograder gradescope: expected a file that ends in .zip, got \"out\".");
    expect({"autograder", "gradescope", "no/out.zip"}, "cannot write no/out.zip: ");
    expect({"autograder", "gradescope", "out.zip", "--chapters", "1.1"},
           "--chapters: an autograder grades by whole chapters");
    expect({"autograder", "gradescope", "out.zip", "--seed", "x"}, "--seed: expected a whole number >= 0, got \"x\"");
    fs::remove(at("LICENSE"));
    expect({"autograder", "gradescope", "out.zip"}, "cannot ");
    EXPECT_FALSE(fs::exists(at("out.zip")));
    EXPECT_FALSE(fs::exists(at("out.zip.part")));
}

}  // namespace
}  // namespace wb::grader
