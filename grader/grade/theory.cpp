#include "grade/theory.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "course/toml_file.hpp"
#include "files/files.hpp"
#include "grade/judge_run.hpp"
#include "text/nearest.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// An option number from 1 on, or nothing.
bool is_option(const TomlValue& value, const Question& question) {
    return value.kind == TomlValue::Kind::integer && value.number >= 1 &&
           value.number <= static_cast<double>(question.options.size());
}

std::string expected_form(const Question& question) {
    const std::string last = std::to_string(question.options.size());
    switch (question.kind) {
        case Question::Kind::numeric:
            return "a number";
        case Question::Kind::choice:
            return "the number of one option, 1 to " + last;
        case Question::Kind::order:
            return "a list of the option numbers 1 to " + last + ", each once";
        case Question::Kind::text:
            return "a text in quotes";
    }
    return "";
}

/// The answer as numbers; nothing when it has not the question's form. Numbers only: texts are read elsewhere.
std::optional<std::vector<double>> numbers_of(const TomlValue& value, const Question& question) {
    if (question.kind == Question::Kind::numeric && value.is_number() && std::isfinite(value.number))
        return {{value.number}};
    if (question.kind == Question::Kind::choice && is_option(value, question)) return {{value.number}};
    if (question.kind == Question::Kind::order && value.kind == TomlValue::Kind::array &&
        value.items.size() == question.options.size()) {
        std::vector<double> order;
        std::set<double> seen;
        for (const TomlValue& item : value.items) {
            if (!is_option(item, question) || !seen.insert(item.number).second) return std::nullopt;
            order.push_back(item.number);
        }
        return order;
    }
    return std::nullopt;
}

bool blank(const TomlValue* value) {
    return !value ||
           (value->kind == TomlValue::Kind::text && value->text.find_first_not_of(" \t\n") == std::string::npos) ||
           (value->kind == TomlValue::Kind::array && value->items.empty());
}

const TomlValue* answer_of(const TomlValue& root, const std::string& question) {
    const auto table = root.members.find(question);
    if (table == root.members.end()) return nullptr;
    const auto answer = table->second.members.find("answer");
    return answer == table->second.members.end() ? nullptr : &answer->second;
}

std::vector<std::string> question_ids(const Chapter& chapter) {
    std::vector<std::string> ids;
    for (const Exercise& exercise : chapter.exercises) {
        for (const Question& question : exercise.questions) ids.push_back(question.id);
    }
    return ids;
}

std::string right_number(double value) {
    std::string text = std::to_string(value);
    if (text.find('.') != std::string::npos) {
        while (text.back() == '0') text.pop_back();
        if (text.back() == '.') text.pop_back();
    }
    return text;
}

/// @param key  null: nobody here knows the answer, so that it counts for nothing, but has its form
TestReport judge_question(const TomlFile& file, const Question& question, const KeyEntry* key) {
    TestReport report{question.id, TestStatus::failed, 0, key == nullptr ? 0 : question.points, "visible", 0, ""};
    if (const auto table = file.root().members.find(question.id); table != file.root().members.end()) {
        if (table->second.kind != TomlValue::Kind::table)
            file.fail(table->second.line, "write [" + question.id + "] and below it `answer = ...`.");
        file.only(table->second, {"answer"}, "[" + question.id + "]");
    }
    const TomlValue* value = answer_of(file.root(), question.id);
    const bool manual = question.kind == Question::Kind::text;
    if (blank(value)) {
        report.status = TestStatus::not_implemented;
        report.message = "no answer yet";
        if (manual) report.message += "; a person gives up to " + right_number(question.manual_points) + " points";
        return report;
    }
    if (manual) {
        if (value->kind != TomlValue::Kind::text)
            file.fail(value->line, "the answer to " + question.id + " must be " + expected_form(question) + ", got " +
                                       std::string(value->kind_name()) + ".");
        report.status = TestStatus::manual;
        report.message = "a person marks this answer: up to " + right_number(question.manual_points) +
                         " points beside the automatic ones";
        return report;
    }
    const auto numbers = numbers_of(*value, question);
    if (!numbers) {
        file.fail(value->line,
                  "the answer to " + question.id + " must be " + expected_form(question) + ", got " +
                      (value->is_number() ? right_number(value->number) : std::string(value->kind_name())) + ".");
    }
    if (key == nullptr) {
        report.status = TestStatus::skipped;
        report.message = "answered; your instructor's grader judges it";
        return report;
    }
    const double tolerance = question.kind == Question::Kind::numeric ? key->tolerance : 0;
    const bool right = std::equal(numbers->begin(), numbers->end(), key->answer.begin(), key->answer.end(),
                                  [&](double got, double wanted) { return std::abs(got - wanted) <= tolerance; });
    if (right) {
        report.status = TestStatus::passed;
        report.score = question.points;
    } else {
        report.message = "not the right answer." + (key->why.empty() ? "" : " " + key->why);
    }
    return report;
}

}  // namespace

std::map<std::string, KeyEntry> read_answer_key(const Course& course, const Chapter& chapter) {
    const std::string shown = "tests/" + chapter.id + "/answer_key.toml";
    const TomlFile file(course.root / shown, shown);
    std::map<std::string, KeyEntry> key;
    const std::vector<std::string> ids = question_ids(chapter);
    for (const auto& [id, table] : file.root().members) {
        if (std::find(ids.begin(), ids.end(), id) == ids.end())
            file.fail(table.line, "chapter " + chapter.id + " has no question \"" + id + "\"." + did_you_mean(id, ids));
    }
    for (const Exercise& exercise : chapter.exercises) {
        for (const Question& question : exercise.questions) {
            const auto table = file.root().members.find(question.id);
            if (table == file.root().members.end())
                file.fail(1, "question " + question.id + " has no [" + question.id + "] here.");
            file.only(table->second, {"answer", "tolerance", "why", "model_answer", "rubric"},
                      "the key of " + question.id);
            KeyEntry entry;
            entry.why = file.text_or(table->second, "why", "");
            entry.tolerance = file.number_or(table->second, "tolerance", 0);
            if (question.kind == Question::Kind::text) {
                entry.model_answer = file.text(table->second, "model_answer", "the key of " + question.id);
                entry.rubric = file.text_or(table->second, "rubric", "");
            } else {
                const TomlValue* value = answer_of(file.root(), question.id);
                const auto numbers = value ? numbers_of(*value, question) : std::nullopt;
                if (!numbers)
                    file.fail(table->second.line,
                              "`answer` of " + question.id + " must be " + expected_form(question) + ".");
                entry.answer = *numbers;
            }
            key[question.id] = entry;
        }
    }
    return key;
}

bool is_judged_here(const Course& course, const Chapter& chapter, const Exercise& exercise) {
    return !exercise.is_theory() || !is_edition(course) ||
           fs::exists(course.root / "tests" / chapter.id /
                      "answer_key.toml");  // an autograder has keys and no solutions
}

ExerciseReport judge_theory(const Course& course, const Chapter& chapter, const Exercise& exercise,
                            const fs::path& folder) {
    const fs::path path = folder / exercise.files.front();
    const std::string shown = chapter.id + "/" + exercise.files.front();
    if (!fs::exists(path)) return refused(exercise, TestStatus::not_implemented, "the submission has no " + shown);
    std::map<std::string, KeyEntry> key;
    const bool judged = is_judged_here(course, chapter, exercise);
    if (judged) key = read_answer_key(course, chapter);
    try {
        const TomlFile file(path, shown);
        const std::vector<std::string> ids = question_ids(chapter);
        for (const auto& [id, table] : file.root().members) {
            if (std::find(ids.begin(), ids.end(), id) == ids.end())
                file.fail(table.line, "there is no question \"" + id + "\"." + did_you_mean(id, ids));
        }
        ExerciseReport report{exercise.id, exercise.title, {}};
        for (const Question& question : exercise.questions) {
            try {
                report.tests.push_back(judge_question(file, question, judged ? &key.at(question.id) : nullptr));
            } catch (const FileError& error) {  // a slip in one answer costs that answer only
                report.tests.push_back({question.id, TestStatus::compile_error, 0, judged ? question.points : 0,
                                        "visible", 0, clean_text(error.what())});
            }
        }
        return report;
    } catch (const FileError& error) {
        return refused(exercise, TestStatus::compile_error, error.what());
    }
}

}  // namespace wb::grader
