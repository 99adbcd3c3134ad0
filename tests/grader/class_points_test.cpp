// What a class gets in the end: lateness, points by a person, and files for Canvas, Gradescope and JUnit.
#include <nlohmann/json.hpp>

#include "classroom.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using PointsOfAClass = Classroom;

TEST_F(PointsOfAClass, LatenessAndAPersonsPointsMakeTheTotal) {
    three_members();
    fs::rename(at("class"), at("in"));
    write("class",
          "id,name,path,submitted_at\n=1+1,@Ann,in/ann,2026-11-30 12:05\nbob,Bob,in/bob,2026-12-01 12:00\n"
          "cat,,in/cat,\n");
    ASSERT_EQ(grade("a.book").exit_status, 0);
    EXPECT_EQ(cli({"gradebook", "policy", "a.book", "--due", "2026-11-30T12:00Z", "--grace", "10", "--percent", "10",
                   "--days", "3"})
                  .output,
              "The last version counts. Due 2026-11-30T12:00:00Z, 10 minutes forgiven; then 10 % off for each day "
              "begun, and nothing left after 3 days.\n");
    EXPECT_EQ(cli({"gradebook", "comment", "a.book", "bob", "1.4", "why", "--points", "2", "--text", "\x1b[31mtrue",
                   "--by", "me"})
                  .output,
              "");
    const std::string csv = exported("a.book", "csv");
    EXPECT_THAT(csv, HasSubstr("\"'=1+1\",\"'@Ann\",graded,2026-11-30T12:05:00Z,0,5,5,5,4,19,0,1,0,19,22,\r\n"));
    EXPECT_THAT(csv, HasSubstr("bob,Bob,graded,2026-12-01T12:00:00Z,1,0,0,5,4,9,2,0,10,9.9,22,\r\n")) << "0.9 of 11";
    EXPECT_THAT(csv, HasSubstr("cat,,graded,,0,5,5,5,4,19,0,1,0,19,22,\r\n")) << "without a time nothing is late";
    EXPECT_THAT(cli({"gradebook", "show", "a.book", "bob"}).output,
                AllOf(HasSubstr("1.4 why: 2 of 3 points\n    It is twice 2.\n  me, "), HasSubstr(": true\n"),
                      HasSubstr("9 automatic and 2 manual points, 1 day late, -10 %, make 9.9 of 22."),
                      Not(HasSubstr("\x1b"))));
    EXPECT_THAT(cli({"gradebook", "show", "a.book"}).output,
                HasSubstr("bob   Bob   graded  9          2       9.9 / 22"));
}

TEST_F(PointsOfAClass, TimeThatIsTakenBackIsGone) {
    three_members();
    fs::rename(at("class"), at("in"));
    write("class", "id,name,path,submitted_at\nann,,in/ann,2026-11-30 12:05\nbob,,in/bob,\ncat,,in/cat,\n");
    ASSERT_EQ(grade("a.book").exit_status, 0);
    write("untimed.csv", "id,name,path\nann,,in/ann\n");
    const auto resume = [&](const std::string& list) {
        EXPECT_EQ(cli({"grade", "--class", list, "--book", "a.book", "--no-sandbox", "--resume"}).exit_status, 0);
        return exported("a.book", "csv");
    };
    EXPECT_THAT(resume("untimed.csv"), HasSubstr("ann,,graded,2026-11-30T12:05:00Z,")) << "it says nothing about times";
    write("class", "id,name,path,submitted_at\nann,,in/ann,\nbob,,in/bob,2026-12-01 08:00\ncat,,in/cat,\n");
    EXPECT_THAT(resume("class"), AllOf(HasSubstr("ann,,graded,,"), HasSubstr("bob,,graded,2026-12-01T08:00:00Z,")));
}

TEST_F(PointsOfAClass, CanvasGetsPointsInItsOwnExportAndNothingElseChanges) {
    three_members();
    ASSERT_EQ(grade("a.book").exit_status, 0);
    write("canvas.csv",
          "\xEF\xBB\xBFStudent,ID,SIS Login ID,Section,Attention (77),Essay (78)\r\n"
          "    Points Possible,,,,20,10\r\n"
          "\"Ann, Miss\",1,ann,A,,-3.5\r\n"
          "\"Bob \"\"B\"\"\",2,bob,A,1,=1+1\r\n"
          "Zoe,3,zoe,A,4,5\r\n");
    const ProcessResult result =
        cli({"gradebook", "export", "a.book", "canvas", "merged.csv", "--into", "canvas.csv", "--column", "Attention"});
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_EQ(result.output,
              "In Canvas only, and left as they were: zoe\nIn the book only: cat\n"
              "Canvas has 20 points for \"Attention\", and the book 22\n");
    EXPECT_EQ(text("merged.csv"),
              "Student,ID,SIS Login ID,Section,Attention (77),Essay (78)\r\n"
              "\"    Points Possible\",,,,20,10\r\n"
              "\"Ann, Miss\",1,ann,A,19,-3.5\r\n"
              "\"Bob \"\"B\"\"\",2,bob,A,9,\"'=1+1\"\r\n"
              "Zoe,3,zoe,A,4,5\r\n");
    EXPECT_THAT(
        cli({"gradebook", "export", "a.book", "canvas", "--into", "canvas.csv", "--column", "Attentoin"}).output,
        HasSubstr("canvas.csv: there is no column \"Attentoin\"."));
    write("broken.csv", "Student,ID\n\"Ann,1\n");
    EXPECT_THAT(cli({"gradebook", "export", "a.book", "canvas", "--into", "broken.csv", "--column", "ID"}).output,
                HasSubstr("broken.csv:2: a quote is never closed"));
}

TEST_F(PointsOfAClass, GradescopeGetsAFileForEachAndJunitOneForAll) {
    three_members();
    ASSERT_EQ(grade("a.book").exit_status, 0);
    EXPECT_EQ(cli({"gradebook", "policy", "a.book", "--due", "2026-11-30"}).exit_status, 0);
    EXPECT_EQ(cli({"gradebook", "comment", "a.book", "bob", "1.4", "why", "--points", "2", "--text", "<b>true</b>"})
                  .exit_status,
              0);
    ASSERT_EQ(cli({"gradebook", "export", "a.book", "gradescope", "out"}).exit_status, 0);
    const auto bob = nlohmann::json::parse(text("out/bob.json"));
    EXPECT_EQ(bob["score"], 11.0);
    EXPECT_EQ(bob["output"], "9 automatic and 2 manual points make 11 of 22.");
    EXPECT_EQ(bob["tests"].back()["output"], "<b>true</b>");
    EXPECT_EQ(bob["tests"].back()["output_format"], "text") << "no HTML of anybody's is shown as such";
    EXPECT_EQ(nlohmann::json::parse(text("out/ann.json"))["score"], 19.0);
    const std::string junit = exported("a.book", "junit");
    EXPECT_THAT(junit, AllOf(HasSubstr("<testsuite name=\"ann 1.1 Doubling\" tests=\"2\" failures=\"0\""),
                             HasSubstr("<testsuite name=\"bob 1.1 Doubling\" tests=\"2\" failures=\"2\"")));
}

}  // namespace
}  // namespace wb::grader
