#include "gradebook/student_page.hpp"

#include <fmt/format.h>

#include "files/files.hpp"
#include "gradebook/report_style.hpp"
#include "html/page.hpp"
#include "intake/class_list.hpp"
#include "report/terminal.hpp"
#include "text/utf8.hpp"

namespace wb::grader {
namespace {

constexpr const char* page_begins = "<article data-page=\"submission\">\n";

std::string points(double score, double max_score) {
    return fmt::format("{} / {}", points_text(score), points_text(max_score));
}

/// A strip as long as the share of the points; the numbers stand beside it.
std::string strip(double score, double max_score) {
    if (max_score <= 0) return "";
    constexpr int width = 120;
    return fmt::format(
        "<svg aria-hidden=\"true\" width=\"{0}\" height=\"6\" viewBox=\"0 0 {0} 6\"><rect class=\"share\" "
        "width=\"{0}\" "
        "height=\"6\"/><rect class=\"bar\" width=\"{1:.1f}\" height=\"6\"/></svg>",
        width, width * std::clamp(score / max_score, 0.0, 1.0));
}

bool may_be_seen(const TestReport& test) {
    return test.visibility == "visible";
}
bool is_told(const TestReport& test) {
    return test.status != TestStatus::passed && test.status != TestStatus::manual;
}

std::string told(const std::vector<const TestReport*>& tests) {
    std::string names;
    double score = 0, max_score = 0;
    for (const TestReport* test : tests) {
        names += (names.empty() ? "" : ", ") + html_text(test->name);
        score += test->score;
        max_score += test->max_score;
    }
    const TestReport& first = *tests.front();
    return fmt::format("<div class=\"{}\"><h4>{}</h4><p><span class=\"{}\">{}</span>, {} points</p>{}</div>\n",
                       first.status == TestStatus::skipped ? "answer" : "test", names,
                       first.status == TestStatus::skipped ? "quiet" : "bad", html_text(words_of(first.status)),
                       points(score, max_score),
                       first.message.empty() ? "" : "<pre>" + html_lines(first.message) + "</pre>");
}

/// The tests that did not pass; those that say the same, one after the other, say it once.
std::string failed_tests(const ExerciseReport& exercise) {
    std::string html;
    std::vector<const TestReport*> alike;
    for (const TestReport& test : exercise.tests) {
        if (!may_be_seen(test) || !is_told(test)) continue;
        if (!alike.empty() && (alike[0]->status != test.status || alike[0]->message != test.message)) {
            html += told(alike);
            alike.clear();
        }
        alike.push_back(&test);
    }
    return alike.empty() ? html : html + told(alike);
}

std::string passed_tests(const ExerciseReport& exercise) {
    std::string names;
    for (const TestReport& test : exercise.tests) {
        if (may_be_seen(test) && test.status == TestStatus::passed)
            names += (names.empty() ? "" : ", ") + html_text(test.name);
    }
    return names.empty() ? "" : "<p class=\"remark\">Passed: " + names + "</p>\n";
}

std::string unseen_tests(const ExerciseReport& exercise) {
    int count = 0;
    double score = 0, max_score = 0;
    for (const TestReport& test : exercise.tests) {
        if (may_be_seen(test)) continue;
        ++count;
        score += test.score;
        max_score += test.max_score;
    }
    if (count == 0) return "";
    return fmt::format("<p class=\"remark\">{} not shown here: {} points</p>\n",
                       count == 1 ? "1 test is" : std::to_string(count) + " tests are", points(score, max_score));
}

std::string answers(const Standing& standing, const ExerciseReport& exercise) {
    std::string html;
    for (const MarkedAnswer& one : standing.answers) {
        if (one.exercise != exercise.id) continue;
        const bool empty = one.answer.find_first_not_of(" \t\r\n") == std::string::npos;
        const std::string mark = one.points         ? points(*one.points, one.max_points) + " points"
                                 : one.to_be_marked ? "not marked yet, of " + points_text(one.max_points) + " points"
                                                    : "no mark, of " + points_text(one.max_points) + " points";
        html += fmt::format("<div class=\"answer\"><h4>{}</h4><p>{}</p>{}{}</div>\n", html_text(one.question), mark,
                            empty ? "<p class=\"quiet\">no answer</p>" : "<pre>" + html_lines(one.answer) + "</pre>",
                            one.comment.empty() ? "" : "<p>Comment:</p><pre>" + html_lines(one.comment) + "</pre>");
    }
    return html;
}

std::string exercise_part(const Standing& standing, const ExerciseReport& exercise) {
    const double score = standing.score(exercise), max_score = standing.max_score(exercise);
    return fmt::format("<div class=\"exercise\"><h3><span>{} {}</span><span>{}</span></h3>\n{}{}{}{}{}</div>\n",
                       html_text(exercise.id), html_text(exercise.title), points(score, max_score),
                       strip(score, max_score), failed_tests(exercise), answers(standing, exercise),
                       passed_tests(exercise), unseen_tests(exercise));
}

std::string chapter_part(const Standing& standing, const ChapterReport& chapter) {
    std::string parts;
    double score = 0, max_score = 0;
    for (const ExerciseReport& exercise : chapter.exercises) {
        parts += exercise_part(standing, exercise);
        score += standing.score(exercise);
        max_score += standing.max_score(exercise);
    }
    return fmt::format("<section><h2>{}: {} points</h2>\n{}</section>\n", html_text(chapter.title),
                       points(score, max_score), parts);
}

std::string summary(const Standing& standing) {
    std::string rows;
    const auto row = [&](const char* name, const std::string& words) {
        rows += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, html_text(words));
    };
    row("Submission", standing.id);
    if (standing.number > 0) row("Version", std::to_string(standing.number));
    row("State", std::string(name_of(standing.state)));
    row("Points", points(standing.total(), standing.max_total()));
    row("Of them",
        fmt::format("{} by tests, {} by persons{}", points_text(standing.report.score()),
                    points_text(standing.manual()),
                    standing.to_be_marked() > 0 ? fmt::format(" ({} to be marked)", standing.to_be_marked()) : ""));
    if (standing.submitted_at) row("Handed in", time_text(*standing.submitted_at));
    if (const std::string sandbox = standing.report.sandbox(); !sandbox.empty()) row("Sandbox", sandbox);
    row("Lateness", standing.late.days > 0 ? late_in_words(standing.late) + " of all points" : "none");
    return "<dl>\n" + rows + "</dl>\n";
}

std::string remark(const Standing& standing) {
    if (standing.fault && standing.state == StandingState::graded) return "";  // what was graded later makes up for it
    if (standing.fault) return "<p>Not graded to its end: the grader was stopped, not this submission.</p>\n";
    return standing.remark.empty() ? "" : "<pre>" + html_lines(standing.remark) + "</pre>\n";
}

}  // namespace

std::string page_file_of(const std::string& id) {
    if (const std::string reason = why_no_id(id); !reason.empty())
        throw FileError("the gradebook has a submission \"" + shown_name(id) +
                        "\", which no page can be named after: " + reason);
    return id == "index" ? "-index.html" : id + ".html";
}

bool is_student_page(std::string_view html) {
    return html.find(page_begins) != std::string_view::npos;
}

std::string student_page(const Standing& standing) {
    std::string body = page_begins + summary(standing) + remark(standing);
    if (!standing.left_out.empty())
        body += "<p>Left out of what was handed in:</p>\n<pre>" + html_lines(standing.left_out) + "</pre>\n";
    for (const ChapterReport& chapter : standing.report.chapters) body += chapter_part(standing, chapter);
    return html_page({"Results of " + shown_name(standing.name.empty() ? standing.id : standing.name), report_style,
                      body + "</article>\n"});
}

}  // namespace wb::grader
