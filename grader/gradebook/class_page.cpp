#include "gradebook/class_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "gradebook/report_style.hpp"
#include "gradebook/student_page.hpp"
#include "html/page.hpp"
#include "report/terminal.hpp"
#include "text/utf8.hpp"

namespace wb::grader {
namespace {

constexpr std::size_t most_mistakes = 20, most_tests = 4, most_ids = 8;

std::string one_decimal(double number) {
    std::string text = fmt::format("{:.1f}", number);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text;
}

/// "0 s", "0.4 s", "12 s", "3 min 5 s", "2 h 10 min".
std::string time_words(double seconds) {
    if (seconds > 0 && seconds < 10) return fmt::format("{:.1f} s", seconds);
    const auto whole = std::lround(seconds);
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string count_of(std::size_t count, const std::string& one, const std::string& many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

/// A bar for each count, with the count above and the label below. `tallest` is the count of a bar of full height.
std::string bars(std::span<const int> counts, std::span<const char* const> labels, int bar_width, int tallest) {
    constexpr int full = 40, top = 14, gap = 4;
    std::string drawn, said;
    const int width = bar_width * static_cast<int>(counts.size());
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const int left = bar_width * static_cast<int>(i), middle = left + bar_width / 2;
        const double high = full * static_cast<double>(counts[i]) / std::max(1, tallest);
        if (counts[i] > 0)
            drawn += fmt::format(
                "<rect class=\"bar\" x=\"{}\" y=\"{:.1f}\" width=\"{}\" height=\"{:.1f}\"/>"
                "<text x=\"{}\" y=\"{:.1f}\">{}</text>",
                left + gap / 2, top + full - high, bar_width - gap, high, middle, top + full - high - 3, counts[i]);
        drawn += fmt::format("<text class=\"quiet\" x=\"{}\" y=\"{}\">{}</text>", middle, top + full + 14,
                             html_text(labels[i]));
        said += fmt::format("{}{}: {}", i == 0 ? "" : "; ", html_text(labels[i]), counts[i]);
    }
    return fmt::format(
        "<svg role=\"img\" aria-label=\"{}\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\">"
        "<path class=\"floor\" d=\"M0 {}H{}\"/>{}</svg>",
        said, width, top + full + 19, width, top + full + 19, top + full, width, drawn);
}

std::string summary(const ClassFigures& figures, const LatePolicy& policy) {
    std::string rows;
    const auto row = [&](const char* name, const std::string& words) {
        rows += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, html_text(words));
    };
    std::string states;
    for (const auto& [state, count] : figures.states)
        states += fmt::format("{}{} {}", states.empty() ? "" : ", ", count, name_of(state));
    row("Submissions", std::to_string(figures.rows.size()) + (states.empty() ? "" : ": " + states));
    if (!figures.totals.empty()) {
        const auto [least, most] = std::minmax_element(figures.totals.begin(), figures.totals.end());
        double max_total = 0;
        for (const ClassFigures::Row& one : figures.rows) max_total = std::max(max_total, one.max_total);
        row("Points", fmt::format("mean {}, median {}, from {} to {}, of {}", one_decimal(mean_of(figures.totals)),
                                  one_decimal(median_of(figures.totals)), points_text(*least), points_text(*most),
                                  points_text(max_total)));
    }
    row("Late", figures.late == 0 ? "none" : std::to_string(figures.late));
    row("Policy", policy_in_words(policy));
    if (figures.to_be_marked > 0)
        row("To be marked", count_of(static_cast<std::size_t>(figures.to_be_marked), "answer", "answers"));
    std::string sandboxes;
    for (const auto& [sandbox, count] : figures.sandboxes)
        sandboxes += (sandboxes.empty() ? "" : ", ") + fmt::format("{} (of {})", sandbox, count);
    if (figures.sandboxes.size() == 1) sandboxes = figures.sandboxes.begin()->first;
    if (!sandboxes.empty()) row("Sandbox", sandboxes);
    row("Time", "tests took " + time_words(figures.seconds));
    return "<dl>\n" + rows + "</dl>\n";
}

std::string totals(const ClassFigures& figures) {
    if (figures.totals.empty()) return "";
    static constexpr const char* labels[] = {"0", "10", "20", "30", "40", "50", "60", "70", "80", "90"};
    return "<section><h2>Points</h2>\n<p class=\"quiet\">Submissions by percent of all points, less lateness: from 0, "
           "from "
           "10 ... from 90 to 100.</p>\n" +
           bars(figures.total_bins, labels, 32,
                *std::max_element(figures.total_bins.begin(), figures.total_bins.end())) +
           "</section>\n";
}

std::string exercise_row(const ExerciseFigures& one, int tallest) {
    static constexpr const char* labels[] = {"none", "<25 %", "<50 %", "<75 %", "<100 %", "all"};
    std::string remark;
    const auto say = [&](int count, const char* words) {
        if (count > 0) remark += fmt::format("{}{} {}", remark.empty() ? "" : ", ", count, words);
    };
    say(one.not_begun, "not begun");
    say(one.not_graded, "not graded");
    say(one.to_be_marked, "to be marked");
    const double longest = one.seconds.empty() ? 0 : *std::max_element(one.seconds.begin(), one.seconds.end());
    return fmt::format(
        "<tr><td class=\"name\"><b>{}</b> {}{}</td><td class=\"wide\">{}</td><td class=\"figure\" "
        "data-label=\"mean\">{} / {}</td>"
        "<td class=\"figure\" data-label=\"median\">{}</td><td class=\"figure\" data-label=\"test time\">{}</td>"
        "<td class=\"figure\" data-label=\"longest\">{}</td></tr>\n",
        html_text(one.id), html_text(one.title),
        remark.empty() ? "" : "<br/><span class=\"remark\">" + html_text(remark) + "</span>",
        one.max_score > 0 ? bars(one.bins, labels, 46, tallest) : "no points", one_decimal(mean_of(one.scores)),
        points_text(one.max_score), one_decimal(median_of(one.scores)), time_words(median_of(one.seconds)),
        time_words(longest));
}

std::string exercises(const ClassFigures& figures) {
    int tallest = 0;
    for (const ExerciseFigures& one : figures.exercises)
        tallest = std::max(tallest, *std::max_element(one.bins.begin(), one.bins.end()));
    std::string tables, chapter;
    for (const ExerciseFigures& one : figures.exercises) {
        if (tables.empty() || one.chapter != chapter) {
            tables += fmt::format(
                "{}<h3>{}</h3>\n<table><thead><tr><th>exercise</th><th>submissions by points</th>"
                "<th class=\"figure\">mean</th><th class=\"figure\">median</th><th class=\"figure\">test "
                "time<br/>median</th>"
                "<th class=\"figure\">test time<br/>longest</th></tr></thead><tbody>\n",
                tables.empty() ? "" : "</tbody></table>\n", html_text(one.chapter));
            chapter = one.chapter;
        }
        tables += exercise_row(one, tallest);
    }
    if (tables.empty()) return "";
    return "<section><h2>Exercises</h2>\n<p class=\"quiet\">What a person has marked is in the points; lateness is "
           "not.</p>\n" +
           tables + "</tbody></table></section>\n";
}

std::string link_to(const std::string& id) {
    return fmt::format("<a href=\"{}\">{}</a>", html_link(page_file_of(id)), html_text(id));
}

std::string mistake_item(const Mistake& mistake) {
    std::vector<std::pair<std::string, int>> tests(mistake.tests.begin(), mistake.tests.end());
    std::stable_sort(tests.begin(), tests.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    std::string in, by;
    for (std::size_t i = 0; i < tests.size() && i < most_tests; ++i)
        in += fmt::format("{}{} ({})", i == 0 ? "" : ", ", html_text(tests[i].first), tests[i].second);
    if (tests.size() > most_tests) in += fmt::format(" and {} more", tests.size() - most_tests);
    for (std::size_t i = 0; i < mistake.ids.size() && i < most_ids; ++i)
        by += (i == 0 ? "" : ", ") + link_to(mistake.ids[i]);
    if (mistake.ids.size() > most_ids) by += fmt::format(" and {} more", mistake.ids.size() - most_ids);
    return fmt::format("<li><p><b>{}</b>: {}</p>\n<p class=\"remark\">{}</p>\n<p class=\"remark\">{}</p></li>\n",
                       count_of(mistake.ids.size(), "submission", "submissions"), html_text(mistake.signature), in, by);
}

std::string mistakes(const ClassFigures& figures) {
    const std::vector<Mistake> all = figures.mistakes();
    std::string items;
    for (std::size_t i = 0; i < all.size() && i < most_mistakes; ++i) items += mistake_item(all[i]);
    std::string more;
    if (all.size() > most_mistakes)
        more = fmt::format("<p class=\"quiet\">{} of at most {} each are not listed.</p>\n",
                           count_of(all.size() - most_mistakes, "other message", "other messages"),
                           count_of(all[most_mistakes].ids.size(), "submission", "submissions"));
    return "<section><h2>Commonest mistakes</h2>\n<p class=\"quiet\">Failed tests by what they say, numbers taken out. "
           "What "
           "is not implemented does not count.</p>\n" +
           (items.empty() ? "<p>No test has failed.</p>\n" : "<ol class=\"mistakes\">\n" + items + "</ol>\n") + more +
           "</section>\n";
}

std::string submissions(const ClassFigures& figures) {
    std::string rows;
    for (const ClassFigures::Row& one : figures.rows) {
        rows += fmt::format(
            "<tr><td class=\"id\">{}</td><td class=\"name\">{}</td><td class=\"figure\">{} / {}</td><td "
            "class=\"state\">{}</td><td class=\"remark\">{}</td></tr>\n",
            link_to(one.id), html_text(shown_name(one.name)), points_text(one.total), points_text(one.max_total),
            html_text(name_of(one.state)), html_text(one.remark));
    }
    return "<section><h2>Submissions</h2>\n<table><thead><tr><th>id</th><th>name</th><th class=\"figure\">points</th>"
           "<th>state</th><th>remarks</th></tr></thead><tbody>\n" +
           rows + "</tbody></table></section>\n";
}

}  // namespace

std::string class_page(const ClassFigures& figures, const LatePolicy& policy) {
    return html_page({"Report of the class", report_style,
                      "<p class=\"quiet\">For those who teach: it names students and shows hidden tests.</p>\n" +
                          summary(figures, policy) + totals(figures) + exercises(figures) + mistakes(figures) +
                          submissions(figures)});
}

}  // namespace wb::grader
