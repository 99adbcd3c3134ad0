// The pages of a class and of its students: their figures, what they keep to themselves, and that nothing in them becomes markup.
#include <gmock/gmock.h>

#include "files/files.hpp"
#include "gradebook/class_page.hpp"
#include "gradebook/student_page.hpp"
#include "html/page.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

TestReport failed(const std::string& name, const std::string& message) {
    return {name, TestStatus::failed, 0, 2, "visible", 0.5, message};
}
TestReport passed(const std::string& name) {
    return {name, TestStatus::passed, 2, 2, "visible", 0.25, ""};
}

/// One chapter with one exercise, 2.1, with these tests.
Standing standing(const std::string& id, const std::vector<TestReport>& tests) {
    Standing one;
    one.id = id;
    one.version = one.number = 1;
    one.state = StandingState::graded;
    one.report = {id, {{"02_attention", "Attention", {{"2.1", "Scores", tests}}, {}}}};
    return one;
}

std::string page_of(const std::vector<Standing>& standings, const LatePolicy& policy = {}) {
    ClassFigures figures;
    for (const Standing& one : standings) figures.add(one);
    return class_page(figures, policy);
}

/// Whether each tag is closed in its order, and no text holds a bracket of its own.
bool is_balanced(const std::string& page) {
    std::vector<std::string> open;
    const std::size_t style = page.find("<style>"), after = page.find("</style>");
    std::string text = page.substr(0, style) + page.substr(after + 8);
    if (!text.starts_with("<!DOCTYPE html>\n")) return false;
    text.erase(0, 16);
    for (std::size_t i = text.find_first_of("<>"); i != std::string::npos; i = text.find_first_of("<>", i + 1)) {
        const std::size_t end = text.find_first_of("<>", i + 1);
        if (text[i] != '<' || end == std::string::npos || text[end] != '>') return false;
        const std::string tag = text.substr(i + 1, end - i - 1), name = tag.substr(0, tag.find_first_of(" /", 1));
        if (tag.starts_with("/")) {
            if (open.empty() || open.back() != tag.substr(1)) return false;
            open.pop_back();
        } else if (!tag.ends_with("/")) {
            open.push_back(name);
        }
        i = end;
    }
    return open.empty();
}

TEST(ReportPages, BalanceIsToldFromItsLack) {  // of the check itself
    const std::string head = "<!DOCTYPE html>\n<html><style></style>";
    EXPECT_TRUE(is_balanced(head + "<p class=\"a\">x<br/></p></html>"));
    EXPECT_FALSE(is_balanced(head + "<p><b></p></b></html>"));
    EXPECT_FALSE(is_balanced(head + "1 > 0</html>"));
    EXPECT_FALSE(is_balanced(head));
}

TEST(Signature, IsTheKnownMistakeOrElseTheFirstLine) {
    EXPECT_EQ(signature_of(failed("A.B",
                                  "scores [2, 3] is wrong in 4 of 6 places\n  first at [0, 1]: expected 1\n"
                                  "  The numbers equal the result without the 1/sqrt(head_dim) scale.")),
              "The numbers equal the result without the #/sqrt(head_dim) scale.");
    EXPECT_EQ(signature_of(failed("A.B", "\n  expected 3, got -1.5e-7\nmore")), "expected #, got #");
}

TEST(Signature, LeavesNumbersOutAndWordsWithDigitsIn) {
    EXPECT_EQ(signature_of(failed("A.B", "q [2, 8, 5, 64] of float32 at 0x1f: q_len2 is -3")),
              "q [#] of float32 at #: q_len2 is #");
    EXPECT_EQ(signature_of(failed("A.B", "out [2, 3] is wrong in 1 of 6 places")),
              signature_of(failed("A.B", "out [4, 5, 6] is wrong in 119 of 120 places")));
}

TEST(Signature, SaysHowItEndedUnlessItJustFailed) {
    EXPECT_EQ(signature_of({"A.B", TestStatus::timed_out, 0, 1, "visible", 0, "no answer after 10 s"}),
              "timed out: no answer after # s");
    EXPECT_EQ(signature_of({"A.B", TestStatus::crashed, 0, 1, "visible", 0, ""}), "crashed");
    EXPECT_EQ(signature_of(failed("A.B", "")), "failed");
}

TEST(Signature, OfALongLineEndsBetweenTwoCharacters) {
    std::string line;
    for (int i = 0; i < 150; ++i) line += "ä";
    const std::string signature = signature_of(failed("A.B", "x" + line));
    EXPECT_LE(signature.size(), 200U);
    EXPECT_THAT(signature, testing::EndsWith("ä..."));
}

TEST(ClassFigures, BinsAreHalfOpenAndAllIsABinOfItsOwn) {
    EXPECT_EQ(bin_of(0, 8), 0U);
    EXPECT_EQ(bin_of(1, 8), 1U);
    EXPECT_EQ(bin_of(2, 8), 2U);
    EXPECT_EQ(bin_of(4, 8), 3U);
    EXPECT_EQ(bin_of(6, 8), 4U);
    EXPECT_EQ(bin_of(7.9, 8), 4U);
    EXPECT_EQ(bin_of(8, 8), 5U);
    EXPECT_EQ(bin_of(0, 0), 5U);
}

TEST(ReportPages, SayWhichSandboxHeld) {
    Standing held = standing("ann", {passed("A.One")}), free = standing("bob", {passed("A.One")});
    held.report.chapters[0].exercises[0].sandbox = "cgroup_v1";
    free.report.chapters[0].exercises[0].sandbox = "none, on purpose";
    EXPECT_THAT(student_page(held), HasSubstr("<dt>Sandbox</dt><dd>cgroup_v1</dd>"));
    EXPECT_THAT(student_page(free), HasSubstr("<dt>Sandbox</dt><dd>none, on purpose</dd>"));
    EXPECT_THAT(student_page(standing("cid", {passed("A.One")})), Not(HasSubstr("Sandbox")));
    EXPECT_THAT(page_of({held}), HasSubstr("<dt>Sandbox</dt><dd>cgroup_v1</dd>"));
    EXPECT_THAT(page_of({held, free}), HasSubstr("<dt>Sandbox</dt><dd>cgroup_v1 (of 1), none, on purpose (of 1)</dd>"));
}

TEST(ClassFigures, CountEachSubmissionOnce) {
    ClassFigures figures;
    figures.add(standing("ann", {failed("A.One", "got 1"), failed("A.Two", "got 2"), passed("A.Three")}));  // 2 of 6
    figures.add(
        standing("bob", {failed("A.One", "got 7"), failed("A.One", "got 8"), passed("A.Three")}));  // two builds
    figures.add(standing("cid", {passed("A.One"), passed("A.Two"), passed("A.Three")}));
    figures.add(
        standing("dan", {{"A.One", TestStatus::not_implemented, 0, 6, "visible", 0, "is not implemented yet"}}));
    EXPECT_THAT(figures.exercises.at(0).scores, ElementsAre(2, 2, 6, 0));
    EXPECT_THAT(figures.exercises[0].bins, ElementsAre(1, 0, 2, 0, 0, 1));
    EXPECT_EQ(figures.exercises[0].not_begun, 1);
    EXPECT_THAT(figures.exercises[0].seconds, ElementsAre(1.25, 1.25, 0.75, 0));
    EXPECT_DOUBLE_EQ(figures.seconds, 3.25);
    EXPECT_THAT(figures.total_bins, ElementsAre(1, 0, 0, 2, 0, 0, 0, 0, 0, 1));
    const std::vector<Mistake> mistakes = figures.mistakes();
    ASSERT_EQ(mistakes.size(), 1U) << "what is not implemented is no mistake";
    EXPECT_EQ(mistakes[0].signature, "got #");
    EXPECT_THAT(mistakes[0].ids, ElementsAre("ann", "bob"));
    EXPECT_THAT(mistakes[0].tests, UnorderedElementsAre(Pair("2.1 A.One", 2), Pair("2.1 A.Two", 1)));
}

TEST(ClassFigures, PutTheCommonestMistakeFirst) {
    ClassFigures figures;
    figures.add(standing("ann", {failed("A.One", "a rare one")}));
    figures.add(standing("bob", {failed("A.One", "the usual")}));
    figures.add(standing("cid", {failed("A.One", "the usual")}));
    EXPECT_EQ(figures.mistakes().at(0).signature, "the usual");
}

TEST(ClassFigures, KnownMistakeIsOneInSeveralExercisesAndAFirstLineIsNot) {
    Standing ann = standing("ann", {failed("A.One", "wrong\nThe numbers equal x."), failed("A.Two", "wrong")});
    ann.report.chapters[0].exercises.push_back(ann.report.chapters[0].exercises[0]);
    ann.report.chapters[0].exercises[1].id = "2.2";
    ClassFigures figures;
    figures.add(ann);
    std::map<std::string, int> count;
    for (const Mistake& one : figures.mistakes()) ++count[one.signature];
    EXPECT_THAT(count, UnorderedElementsAre(Pair("The numbers equal x.", 1), Pair("wrong", 2)));
}

TEST(ClassFigures, MarksArePointsAndLatenessIsInTheSumAlone) {
    Standing ann = standing("ann", {passed("A.One")});
    ann.answers = {{"2.1", "why", "so", 6, false, 2.0, "", "eve", 0}, {"2.1", "how", "x", 2, true, {}, "", "", 0}};
    ann.late = {2, 0.5};
    ClassFigures figures;
    figures.add(ann);
    EXPECT_THAT(figures.exercises.at(0).scores, ElementsAre(4));
    EXPECT_EQ(figures.exercises[0].max_score, 10);
    EXPECT_EQ(figures.exercises[0].to_be_marked, 1);
    EXPECT_THAT(figures.totals, ElementsAre(2));
    EXPECT_EQ(figures.late, 1);
}

TEST(ClassFigures, MiddleOfAnEvenNumberLiesBetweenTwo) {
    EXPECT_EQ(median_of({4, 1, 3, 2}), 2.5);
    EXPECT_EQ(median_of({9, 1, 3}), 3);
    EXPECT_EQ(median_of({}), 0);
    EXPECT_EQ(mean_of({}), 0);
}

TEST(ReportPages, NothingOfASubmissionBecomesMarkup) {
    const std::string hostile =
        "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&lt;=1+1\x1b[2J\xE2\x80\xAE\xFF";
    Standing one = standing("a\"><i>", {failed(hostile, hostile + "\n</pre>" + hostile)});
    one.name = one.remark = one.left_out = hostile;
    one.answers = {{"2.1", hostile, hostile + "\n" + hostile, 1, false, 1.0, hostile, hostile, 0}};
    const std::string clean = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;";
    for (const std::string& page : {student_page(one), page_of({one})}) {
        EXPECT_THAT(page, HasSubstr(clean));
        for (const char* const raw : {"<script", "<img", "<i>", "\x1b", "\xE2\x80\xAE", "\xFF", "&lt;=1+1\x1b"})
            EXPECT_THAT(page, Not(HasSubstr(raw)));
        EXPECT_TRUE(is_balanced(page));
    }
}

TEST(ReportPages, NeedNothingFromElsewhere) {
    const Standing one = standing("ann", {failed("A.One", "see http-like text"), passed("A.Two")});
    for (const std::string& page : {student_page(one), page_of({one}), page_of({})}) {
        EXPECT_THAT(page, HasSubstr("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
        for (const char* const word : {"http:", "https:", "src=", "@import", "url(", "<link", "<script"})
            EXPECT_THAT(page, Not(HasSubstr(word)));
        EXPECT_TRUE(is_balanced(page));
    }
}

TEST(ReportPages, LinkLeadsToTheFileWhateverItsIdIs) {
    EXPECT_EQ(html_link("javascript:alert(1)"), "./javascript%3Aalert%281%29");
    EXPECT_EQ(html_link("50% #?ä.html"), "./50%25%20%23%3F%C3%A4.html");
    EXPECT_THAT(page_of({standing("javascript:alert(1)", {})}), HasSubstr("href=\"./javascript%3Aalert%281%29.html\""));
}

TEST(ReportPages, StudentCalledIndexDoesNotReplaceTheClass) {
    EXPECT_EQ(page_file_of("ann"), "ann.html");
    EXPECT_EQ(page_file_of("index"), "-index.html") << "no id begins with a minus";
    for (const char* const id : {"", "../ann", "a/b", ".", "-index"}) EXPECT_THROW(page_file_of(id), FileError) << id;
}

TEST(StudentPage, HasOfTestsThatAreNotVisibleOnlyTheirPoints) {
    for (const char* const visibility : {"hidden", "after_due_date", "after_published"}) {
        TestReport secret = failed("Secret.Name", "secret message"), other = passed("Secret.Other");
        secret.visibility = other.visibility = visibility;
        const std::string page = student_page(standing("ann", {failed("A.One", "open message"), secret, other}));
        EXPECT_THAT(page, Not(HasSubstr("ecret"))) << visibility;
        EXPECT_THAT(page, HasSubstr("2 tests are not shown here: 2 / 4 points"));
        EXPECT_THAT(page, HasSubstr("<pre>open message</pre>"));
    }
}

TEST(StudentPage, SaysOnceWhatSeveralTestsSay) {
    TestReport one = failed("A.One", "does not compile\nline two"), two = one, three = one;
    two.name = "A.Two";
    three.name = "A.Three";
    three.message = "other";
    const std::string page = student_page(standing("ann", {one, two, three}));
    EXPECT_THAT(page, HasSubstr("<h4>A.One, A.Two</h4><p><span class=\"bad\">failed</span>, 0 / 4 points</p>"
                                "<pre>does not compile\nline two</pre>"));
    EXPECT_THAT(page, HasSubstr("<h4>A.Three</h4>"));
}

TEST(StudentPage, HasAnswersWithMarksAndCommentsAndNotWhoMarked) {
    Standing ann = standing("ann", {{"why", TestStatus::manual, 0, 0, "visible", 0, "a person marks this"}});
    ann.answers = {{"2.1", "why", "It is\nso.", 3, false, 1.5, "But why?", "eve", 0},
                   {"2.1", "how", "like this", 2, true, {}, "", "", 0},
                   {"2.1", "who", "", 1, false, {}, "", "", 0}};
    const std::string page = student_page(ann);
    EXPECT_THAT(page,
                HasSubstr("<h4>why</h4><p>1.5 / 3 points</p><pre>It is\nso.</pre><p>Comment:</p><pre>But why?</pre>"));
    EXPECT_THAT(page, HasSubstr("<h4>how</h4><p>not marked yet, of 2 points</p><pre>like this</pre>"));
    EXPECT_THAT(page, HasSubstr("<h4>who</h4><p>no mark, of 1 points</p><p class=\"quiet\">no answer</p>"));
    EXPECT_THAT(page, Not(HasSubstr("eve")));
}

TEST(StudentPage, KeepsTheMachinesFaultsToItself) {
    Standing ann = standing("ann", {});
    ann.state = StandingState::partly;
    ann.remark = "make_cases --seed 4711: /home/eve has no space";
    ann.fault = true;
    EXPECT_THAT(student_page(ann), Not(testing::AnyOf(HasSubstr("4711"), HasSubstr("/home/eve"))));
    EXPECT_THAT(page_of({ann}), HasSubstr("/home/eve")) << "who grades has to know";
    ann.fault = false;
    EXPECT_THAT(student_page(ann), HasSubstr("4711")) << "of the submission itself all is said";
}

TEST(StudentPage, SaysWhatLatenessCosts) {
    Standing ann = standing("ann", {passed("A.One")});
    ann.late = {2, 0.75};
    ann.submitted_at = 0;
    EXPECT_THAT(student_page(ann), HasSubstr("<dd>2 days late, -25 % of all points</dd>"));
    EXPECT_THAT(student_page(ann), HasSubstr("<dd>1.5 / 2</dd>"));
    EXPECT_THAT(student_page(ann), HasSubstr("<dd>1970-01-01T00:00:00Z</dd>"));
}

class ReportPagesOfABook : public Workshop {
 protected:
    ReportPagesOfABook() {
        Gradebook book(at("a.book"), Database::Missing::is_made);
        book.dedicate(select(course(), {}), 4711, 0);
        for (const char* const id : {"ann", "bob", "index"}) {
            const HandedIn one{{id, std::string("Name of ") + id, "class/" + std::string(id), {}}, "h", "", "", {}};
            book.enrol({one.member});
            if (one.member.id == "index") continue;
            const Turn turn = book.claim(one);
            for (const std::string& exercise : turn.exercises)
                book.record(turn.attempt, {exercise, "", {failed("A.B", "said of " + one.member.id)}});
            book.finish(turn.attempt);
        }
    }
};

TEST_F(ReportPagesOfABook, AreAFileForTheClassAndOneForEachStudent) {
    const ProcessResult done = cli({"gradebook", "export", "a.book", "html", "pages/of/autumn"});
    EXPECT_EQ(done.exit_status, 0) << done.output;
    EXPECT_THAT(text("pages/of/autumn/index.html"), testing::AllOf(HasSubstr("./ann.html"), HasSubstr("./-index.html"),
                                                                   HasSubstr("3: 1 waiting, 2 graded")));
    EXPECT_THAT(text("pages/of/autumn/ann.html"), HasSubstr("said of ann"));
    EXPECT_THAT(text("pages/of/autumn/ann.html"), Not(testing::AnyOf(HasSubstr("bob"), HasSubstr("4711"))));
    EXPECT_THAT(text("pages/of/autumn/-index.html"), HasSubstr("not graded yet"));
}

TEST_F(ReportPagesOfABook, OfSubmissionsThatAreGoneAreRemovedAndOtherFilesStay) {
    write("pages/dan.html", student_page(standing("dan", {})));
    write("pages/notes.html", "<p>mine, with the text &lt;article data-page=\"submission\"&gt;</p>");
    write("pages/dan.txt", student_page(standing("dan", {})));
    EXPECT_EQ(cli({"gradebook", "export", "a.book", "html", "pages"}).output,
              "Removed a page of submissions that are not in this book.\n");
    EXPECT_FALSE(std::filesystem::exists(at("pages/dan.html")));
    for (const char* const file : {"pages/notes.html", "pages/dan.txt", "pages/ann.html", "pages/index.html"})
        EXPECT_TRUE(std::filesystem::exists(at(file))) << file;
    EXPECT_EQ(cli({"gradebook", "export", "a.book", "html", "pages"}).output, "");
}

TEST_F(ReportPagesOfABook, WithoutAFolderAreAnErrorThatSaysHow) {
    const ProcessResult done = cli({"gradebook", "export", "a.book", "html"});
    EXPECT_EQ(done.exit_status, 2);
    EXPECT_THAT(done.output,
                HasSubstr("gradebook export html: expected a folder for the pages. Try: ./workbook gradebook "
                          "export BOOK html pages/"));
}

}  // namespace
}  // namespace wb::grader
