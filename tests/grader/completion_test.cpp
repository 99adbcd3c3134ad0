// What a shell offers at a press of the tab key, by the scripts that ./workbook completion prints.
#include "completion/scripts.hpp"

#include <sstream>

#include "workshop.hpp"

namespace wb::grader {
namespace {

using testing::HasSubstr;
using testing::IsSupersetOf;

class Completion : public Workshop {
 protected:
    /// The script, kept as a file.
    [[nodiscard]] std::string script(const std::string& shell) const {
        const ProcessResult result = cli({"completion", shell});
        EXPECT_EQ(result.exit_status, 0) << result.output;
        write("completion." + shell, result.output);
        return result.output;
    }
    /// What bash offers after these words, the last of which is begun.
    [[nodiscard]] std::vector<std::string> offered(const std::vector<std::string>& words) const {
        const std::string script =
            "source completion.bash; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _workbook; "
            "printf '%s\\n' \"${COMPREPLY[@]}\"";
        std::vector<std::string> argv{"bash", "--norc", "-c", script, "bash", "./workbook"};
        argv.insert(argv.end(), words.begin(), words.end());
        const ProcessResult result = run_process({.argv = argv, .directory = root});
        EXPECT_EQ(result.exit_status, 0) << result.output;
        std::vector<std::string> lines;
        std::istringstream stream(result.output);
        for (std::string line; std::getline(stream, line);) {
            if (!line.empty()) lines.push_back(line);
        }
        return lines;
    }
    /// Whether the shell takes the script for one, or a skip where there is no such shell.
    void expect_accepted(const std::string& shell) const {
        if (run_process({.argv = {"sh", "-c", "command -v " + shell}}).exit_status != 0)
            GTEST_SKIP() << shell << " is not installed";
        const ProcessResult result = run_process({.argv = {shell, "-n", "completion." + shell}, .directory = root});
        EXPECT_EQ(result.exit_status, 0) << result.output;
        EXPECT_EQ(result.output, "");
    }
};

TEST_F(Completion, EveryCommandIsInEveryShellsScript) {
    ASSERT_THAT(commands(), IsSupersetOf({"check", "grade", "completion", "bench"}));
    for (const std::string shell : {"bash", "zsh", "fish"}) {
        const std::string text = script(shell);
        for (const std::string& command : commands())
            EXPECT_THAT(text, testing::AnyOf(HasSubstr("'" + command + "'"), HasSubstr(" -a " + command + " ")))
                << shell;
        EXPECT_THAT(text, testing::Not(HasSubstr("grade-chunk"))) << "not for people";
    }
}

TEST_F(Completion, BashOffersTheCommandsThatBeginSo) {
    (void)script("bash");
    EXPECT_THAT(offered({"che"}), testing::ElementsAre("check"));
    EXPECT_THAT(offered({""}), IsSupersetOf(commands()));
    EXPECT_THAT(offered({"gradebook", "pl"}), testing::ElementsAre("plan"));
}

TEST_F(Completion, BashOffersExercisesChaptersAndOptionsWhereTheyBelong) {
    (void)script("bash");
    EXPECT_THAT(offered({"check", "1."}), testing::ElementsAre("1.1", "1.2", "1.3", "1.4"));
    EXPECT_THAT(offered({"check", "0"}), testing::ElementsAre("01"));
    EXPECT_THAT(offered({"hint", ""}), testing::ElementsAre("1.1", "1.2", "1.3", "1.4"));
    EXPECT_THAT(offered({"check", "1.1", "--w"}), testing::ElementsAre("--watch"));
    EXPECT_THAT(offered({"check", "--submission", "sol"}), testing::ElementsAre("solutions")) << "a folder";
    EXPECT_THAT(offered({"check", "--json", "README"}), testing::ElementsAre("README.md")) << "a file";
    EXPECT_THAT(offered({"check", "--jobs", ""}), testing::IsEmpty()) << "a number";
    EXPECT_THAT(offered({"gradebook", "show", "--"}), IsSupersetOf({"--help", "--costs"}));
}

TEST_F(Completion, BashAcceptsItsScript) {
    (void)script("bash");
    expect_accepted("bash");
}

TEST_F(Completion, ZshAcceptsItsScript) {
    (void)script("zsh");
    expect_accepted("zsh");
}

TEST_F(Completion, FishAcceptsItsScript) {
    (void)script("fish");
    expect_accepted("fish");
}

TEST_F(Completion, AnotherShellOrNoneIsOneLineWithTheThree) {
    EXPECT_EQ(cli({"completion"}).output,
              "workbook: completion: expected bash, zsh or fish, got no shell. Try: ./workbook completion bash\n");
    EXPECT_EQ(cli({"completion", "tcsh"}).output,
              "workbook: completion: expected bash, zsh or fish, got \"tcsh\". Try: ./workbook completion bash\n");
}

}  // namespace
}  // namespace wb::grader
