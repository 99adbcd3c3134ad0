#include "gradebook/export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "report/terminal.hpp"

namespace wb::grader {
namespace {

using nlohmann::ordered_json;

std::string percent_off(const Lateness& late) {
    return points_text(100 * (1 - late.factor));
}

/// Seconds differ from one grading to the next.
ordered_json without_seconds(ordered_json report) {
    for (auto& chapter : report["chapters"]) {
        chapter.erase("metrics");
        for (auto& exercise : chapter["exercises"]) {
            for (auto& test : exercise["tests"]) test.erase("seconds");
        }
    }
    return report;
}

ordered_json json_of(const Standing& standing) {
    ordered_json answers = ordered_json::array();
    for (const MarkedAnswer& one : standing.answers) {
        ordered_json answer{{"exercise", one.exercise},
                            {"question", one.question},
                            {"answer", one.answer},
                            {"max_points", one.max_points},
                            {"points", nullptr}};
        if (one.points) answer["points"] = *one.points;
        if (!one.marked_by.empty()) {
            answer["comment"] = one.comment;
            answer["marked_by"] = one.marked_by;
        }
        answers.push_back(std::move(answer));
    }
    ordered_json json{{"id", standing.id},
                      {"name", standing.name},
                      {"state", name_of(standing.state)},
                      {"remark", standing.remark},
                      {"version", standing.number},
                      {"submitted_at", nullptr},
                      {"days_late", standing.late.days},
                      {"late_factor", standing.late.factor},
                      {"automatic", standing.report.score()},
                      {"manual", standing.manual()},
                      {"to_be_marked", standing.to_be_marked()},
                      {"total", standing.total()},
                      {"max_total", standing.max_total()},
                      {"answers", std::move(answers)},
                      {"report", without_seconds(to_json(standing.report))}};
    if (standing.submitted_at) json["submitted_at"] = time_text(*standing.submitted_at);
    return json;
}

/// Without escapes, and without U+0080..U+009F, which terminals know as escapes too.
std::string one_line(std::string_view text) {
    const std::string clean = clean_text(text);
    std::string line;
    for (std::size_t i = 0; i < clean.size(); ++i) {
        if (clean[i] == '\xC2' && i + 1 < clean.size() && static_cast<unsigned char>(clean[i + 1]) < 0xA0) {
            ++i;
        } else {
            line += clean[i] == '\n' || clean[i] == '\t' ? ' ' : clean[i];
        }
    }
    return line;
}

/// Also the wide forms of = + - @, which Excel reads like the narrow ones.
bool like_a_formula(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    for (const std::string_view start : {"=", "+", "-", "@", "\t", "\r", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"}) {
        if (text.starts_with(start)) return true;
    }
    return false;
}

std::string dumped(const ordered_json& json) {
    return json.dump(1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace

std::string csv_cell(std::string_view text) {
    std::string cell = one_line(text);
    if (like_a_formula(text) || like_a_formula(cell)) cell.insert(0, 1, '\'');  // an escape may have stood before it
    if (cell.find_first_of(",;\"'") == std::string::npos && !cell.starts_with(' ') && !cell.ends_with(' ')) return cell;
    std::string quoted = "\"";
    for (const char c : cell) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

void write_csv(const Gradebook& book, std::ostream& out) {
    const auto line = [&](const std::vector<std::string>& cells) {
        for (std::size_t i = 0; i < cells.size(); ++i) out << (i == 0 ? "" : ",") << csv_cell(cells[i]);
        out << "\r\n";
    };
    bool headed = false;
    for_each_standing(book, [&](const Standing& standing) {
        std::vector<std::string> head{"id", "name", "state", "submitted_at", "days_late"}, cells;
        cells = {standing.id, standing.name, std::string(name_of(standing.state)),
                 standing.submitted_at ? time_text(*standing.submitted_at) : "", std::to_string(standing.late.days)};
        for (const ChapterReport& chapter : standing.report.chapters) {
            for (const ExerciseReport& exercise : chapter.exercises) {
                head.push_back(exercise.id);
                cells.push_back(points_text(exercise.score()));
            }
        }
        for (const char* name : {"automatic", "manual", "to_be_marked", "late_percent", "total", "max_total", "remark"})
            head.emplace_back(name);
        cells.insert(cells.end(), {points_text(standing.report.score()), points_text(standing.manual()),
                                   std::to_string(standing.to_be_marked()), percent_off(standing.late),
                                   points_text(standing.total()), points_text(standing.max_total()), standing.remark});
        if (!headed) line(head);
        headed = true;
        line(cells);
    });
}

void write_json(const Gradebook& book, std::ostream& out) {
    const auto purpose = book.purpose();
    const LatePolicy policy = book.late_policy();
    ordered_json late{{"due", nullptr},
                      {"grace_minutes", static_cast<double>(policy.grace) / 60},
                      {"percent_per_day", policy.percent_per_day},
                      {"days", nullptr},
                      {"counts", policy.best ? "best" : "last"}};
    if (policy.due) late["due"] = time_text(*policy.due);
    if (policy.days) late["days"] = *policy.days;
    out << "{\"schema\": 1,\n\"edition\": " << dumped(purpose ? purpose->edition : "")
        << ",\n\"policy\": " << dumped(late) << ",\n\"submissions\": [";
    bool first = true;
    for_each_standing(book, [&](const Standing& standing) {
        out << (first ? "\n" : ",\n") << dumped(json_of(standing));
        first = false;
    });
    out << "]}\n";
}

void write_junit(const Gradebook& book, std::ostream& out) {
    out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
    for_each_standing(book,
                      [&](const Standing& standing) { out << junit_suites(standing.report, standing.id + " ").text; });
    out << "</testsuites>\n";
}

std::string gradescope_text(const Standing& standing) {
    ordered_json json = ordered_json::parse(gradescope_text(standing.report));
    json["score"] = standing.total();
    json["output"] =
        fmt::format("{} automatic and {} manual points make {} of {}.{}{}", points_text(standing.report.score()),
                    points_text(standing.manual()), points_text(standing.total()), points_text(standing.max_total()),
                    standing.late.days == 0
                        ? ""
                        : fmt::format(" {} days late: {} % less.", standing.late.days, percent_off(standing.late)),
                    standing.remark.empty() ? "" : "\n" + standing.remark);
    for (const MarkedAnswer& one : standing.answers) {
        if (!one.points) continue;
        json["tests"].push_back({{"number", one.exercise},
                                 {"name", fmt::format("{} {}, marked", one.exercise, one.question)},
                                 {"score", *one.points},
                                 {"max_score", one.max_points},
                                 {"output", one.comment},
                                 {"output_format", "text"},
                                 {"visibility", "visible"}});
    }
    return dumped(json) + "\n";
}

}  // namespace wb::grader
