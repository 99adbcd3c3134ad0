// GitHub Classroom: its workflow, and a folder of clones with a roster.
#include "autograder/classroom.hpp"
#include "intake/roster.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// Members as "id, name, folder".
std::vector<std::string> in_words(const ClassList& list) {
    std::vector<std::string> words;
    for (const ClassMember& member : list.members)
        words.push_back(member.id + ", " + member.name + ", " + member.source.filename().string());
    return words;
}
std::vector<std::string> left_out(const ClassList& list) {
    std::vector<std::string> words;
    for (const LeftOut& one : list.left_out) words.push_back(one.path + ": " + one.reason);
    return words;
}

class Classrooms : public Workshop {
 protected:
    void clones(const std::vector<std::string>& names) const {
        for (const std::string& name : names) fs::create_directories(at("clones") / name / ".git");
    }
    ClassList read(const std::string& roster) const {
        write("roster.csv", roster);
        return by_roster(read_class(at("clones")), at("clones"), at("roster.csv"));
    }
    std::string refusal(const std::string& roster) const {
        try {
            read(roster);
        } catch (const Error& error) {
            return error.what();
        }
        ADD_FAILURE() << "it was read";
        return "";
    }
};

TEST_F(Classrooms, ClonesGetIdentifierAndNameFromTheRoster) {
    clones({"attention-annlee", "attention-Bob-B", "attention-zoe"});
    write("clones/notes.txt", "");
    const ClassList list = read(
        "\"identifier\",\"github_username\",\"github_id\",\"name\"\r\n\"a17\",\"AnnLee\",\"1\",\"Lee, Ann\"\r\n"
        "\"b@uni.edu\",\"bob-b\",\"2\",\"\"\r\n\"c3\",\"cat\",\"3\",\"Cat\"\r\n\"d4\",\"\",\"\",\"\"\r\n");
    EXPECT_THAT(in_words(list), ElementsAre("a17, Lee, Ann, attention-annlee", "b@uni.edu, , attention-Bob-B"));
    EXPECT_THAT(list.absent, ElementsAre("c3", "d4"));
    EXPECT_THAT(left_out(list), ElementsAre("notes.txt: neither a folder nor an archive (.zip, .tar.gz or .tar.xz)",
                                            "attention-zoe: nobody on the roster has this user name"));
}

TEST_F(Classrooms, AssignmentIsWhatMostClonesBeginWith) {  // user names and assignments hold dashes, too
    clones({"hw-2-lee", "hw-2-ann-lee", "hw-2-bob", "hw-1-cat"});
    const ClassList list = read("identifier,github_username\n1,lee\n2,ann-lee\n3,bob\n4,cat\n");
    EXPECT_THAT(in_words(list), ElementsAre("1, , hw-2-lee", "2, , hw-2-ann-lee", "3, , hw-2-bob"));
    EXPECT_THAT(left_out(list), ElementsAre("hw-1-cat: not of the assignment hw-2-"));
    EXPECT_THAT(list.absent, ElementsAre("4"));
}

TEST_F(Classrooms, SlipsInARosterAreTold) {
    clones({"attention-ann"});
    EXPECT_THAT(refusal("id,name,path\n1,Ann,a\n"), HasSubstr("roster.csv: this is no roster of GitHub Classroom's: "
                                                              "expected the columns identifier and github_username."));
    EXPECT_THAT(refusal(""), HasSubstr("this is no roster"));
    EXPECT_THAT(refusal("identifier,github_username\n../a,ann\n"),
                HasSubstr("student 1: identifier: an id may not begin with a dot or a minus, got \"../a\"."));
    EXPECT_THAT(refusal("identifier,github_username\n1,ann\n1,bob\n"),
                HasSubstr("student 2: identifier: \"1\" is that of another student too"));
    EXPECT_THAT(refusal("identifier,github_username\n1,ann\n2,ANN\n"),
                HasSubstr("student 2: github_username: \"ANN\" is that of another student too"));
    EXPECT_THAT(refusal("identifier,github_username\n1,bob\n"),
                HasSubstr("no folder in it is called ASSIGNMENT-USERNAME with a github_username of"));
    EXPECT_THAT(refusal("identifier,github_username\n\"1,ann\n"), HasSubstr("roster.csv:2: a quote is never closed"));
    EXPECT_THROW(by_roster({}, at("roster.csv"), at("roster.csv")), UsageError);
}

TEST_F(Classrooms, ClassOfClonesIsGradedUnderItsIdentifiers) {
    clones({"attention-ann", "attention-eve"});
    fs::copy(at("solutions"), at("clones/attention-ann/starter"), fs::copy_options::recursive);
    write("roster.csv", "identifier,github_username,github_id,name\na17,Ann,1,\"Lee, Ann\"\nb2,bob,2,Bob\n");
    const ProcessResult result =
        cli({"grade", "--class", "clones", "--roster", "roster.csv", "--book", "a.book", "--no-sandbox"});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_THAT(result.output, AllOf(HasSubstr("attention-eve: nobody on the roster has this user name"),
                                     HasSubstr("On the roster only: b2\n"), HasSubstr("1/1  a17     19 / 19")));
    EXPECT_THAT(cli({"gradebook", "export", "a.book", "csv"}).output,
                HasSubstr("a17,\"Lee, Ann\",graded,,0,5,5,5,4,19,"));
    EXPECT_THAT(cli({"grade", "solutions", "--roster", "roster.csv"}).output,
                HasSubstr("--book, --roster and --resume belong to --class."));
}

TEST_F(Classrooms, WorkflowRunsCheckAndHandsItsPointsToTheReporter) {
    const ProcessResult result = cli({"autograder", "classroom", ".", "--chapters", "1"});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_THAT(text(classroom_workflow_file),
                AllOf(HasSubstr("\nname: Autograding Tests\n"), HasSubstr("\n  run-autograding-tests:\n"),
                      HasSubstr("./workbook check 01_numbers --classroom \"$RUNNER_TEMP/points.json\" || status=$?\n"),
                      HasSubstr("WORKBOOK_RESULTS: \"${{ steps.workbook.outputs.result }}\"\n"),
                      HasSubstr("runners: workbook\n")));
    EXPECT_EQ(cli({"autograder", "classroom", "nowhere"}).exit_status, 2);
}

/// The step's own lines, run by bash as the runner does.
TEST_F(Classrooms, StepPutsThePointsIntoItsOutputWhetherTestsFailOrNot) {
    write("starter/01_numbers/twice.cpp", text("solutions/01_numbers/twice.cpp"));
    const std::string workflow = classroom_workflow({&course().chapters[0]});
    const std::size_t from = workflow.find("          status=0"),
                      to = workflow.find("      - name: Autograding Reporter");
    ASSERT_LT(from, to);
    write("step.sh", "set -e\n" + workflow.substr(from, to - from));
    write("workbook.sh",
          "#!/bin/sh\nexec " WB_CLI " --toolchain " + at("build/dev/toolchain.json").string() + " \"$@\"\n");
    fs::rename(at("workbook.sh"), at("workbook"));
    const ProcessResult result =
        run_process({.argv = {"bash", "-e", "step.sh"},
                     .directory = root,
                     .environment = {{"RUNNER_TEMP", root.string()}, {"GITHUB_OUTPUT", at("output").string()}}});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    const ProcessResult decoded =
        run_process({.argv = {"sh", "-c", "sed -n 's/^result=//p' output | base64 -d"}, .directory = root});
    EXPECT_EQ(decoded.output, text("points.json"));
    EXPECT_THAT(decoded.output, AllOf(HasSubstr("\"status\": \"fail\""), HasSubstr("1.1 Doubling (5 of 5 points)")));
}

}  // namespace
}  // namespace wb::grader
