/// Reads chapter.toml and refuses what a typing mistake could have made of it.
#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <set>

#include "course/course.hpp"
#include "course/toml_file.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// Where each name was given, so that a second use can point at the first.
using Lines = std::map<std::string, int>;

void claim(const TomlFile& file, Lines& taken, const std::string& name, int line, const std::string& what) {
    const auto [first, fresh] = taken.emplace(name, line);
    if (!fresh)
        file.fail(line, what + " \"" + name + "\" is here a second time; the first is in line " +
                            std::to_string(first->second) + ".");
}

std::vector<Build> read_builds(const TomlFile& file, const TomlValue& table) {
    std::vector<Build> builds;
    for (const std::string& name : file.texts_or_none(table, "builds")) {
        const auto found =
            std::find_if(std::begin(cpu_builds), std::end(cpu_builds), [&](Build b) { return name == name_of(b); });
        if (found == std::end(cpu_builds)) {
            file.fail(table.members.at("builds").line,
                      "`builds` knows plain, asan, race and profile, got \"" + name + "\".");
        }
        builds.push_back(*found);
    }
    return builds;
}

/// What kernels may count in a test of efficiency.
std::map<std::string, double> read_limits(const TomlFile& file, const TomlValue& table, const TestSpec& test) {
    const bool profiled = std::count(test.builds.begin(), test.builds.end(), Build::profile) > 0;
    if (!table.members.contains("limits")) {
        if (profiled)
            file.fail(table.line, "test " + test.name + " asks the profile build: give its `limits = {...}`.");
        return {};
    }
    const TomlValue& limits = table.members.at("limits");
    if (!profiled)
        file.fail(limits.line,
                  "`limits` are of what the profile build counts: give " + test.name + " builds = [\"profile\"].");
    if (limits.kind != TomlValue::Kind::table || limits.members.empty())
        file.fail(limits.line, "`limits` is a table such as { sectors = 1.1, traffic = 1.25 }.");
    file.only(limits, {std::begin(limit_names), std::end(limit_names)}, "the limits of " + test.name);
    std::map<std::string, double> result;
    for (const auto& [name, value] : limits.members) result[name] = file.number_or(limits, name, 0);
    return result;
}

TestSpec read_test(const TomlFile& file, const TomlValue& table, const std::string& exercise, double seconds) {
    const std::string what = "a test of exercise " + exercise;
    file.only(table, {"name", "points", "seconds", "visibility", "builds", "limits"}, what);
    TestSpec test;
    test.name = file.text(table, "name", what);
    const auto dot = test.name.find('.');
    if (dot == 0 || dot == std::string::npos || dot + 1 == test.name.size()) {
        file.fail(table.line, "`name` must be Suite.Test as GoogleTest says it, got \"" + test.name + "\".");
    }
    if (!table.members.contains("points")) file.fail(table.line, "test " + test.name + " lacks its `points = ...`.");
    test.points = file.number_or(table, "points", 0);
    test.seconds = file.number_or(table, "seconds", seconds);
    if (test.seconds <= 0) file.fail(table.line, "test " + test.name + " needs a time limit above 0 seconds.");
    test.visibility = file.text_or(table, "visibility", "visible");
    static const std::set<std::string> known{"visible", "hidden", "after_due_date", "after_published"};
    if (!known.contains(test.visibility)) {
        file.fail(table.line, "`visibility` is visible, hidden, after_due_date or after_published, got \"" +
                                  test.visibility + "\".");
    }
    test.builds = read_builds(file, table);
    test.limits = read_limits(file, table, test);
    return test;
}

Question::Kind read_kind(const TomlFile& file, const TomlValue& table, const std::string& what) {
    static const std::map<std::string, Question::Kind> kinds{{"numeric", Question::Kind::numeric},
                                                             {"choice", Question::Kind::choice},
                                                             {"order", Question::Kind::order},
                                                             {"text", Question::Kind::text}};
    const std::string kind = file.text(table, "kind", what);
    const auto found = kinds.find(kind);
    if (found == kinds.end())
        file.fail(table.line, "`kind` of " + what + " is numeric, choice, order or text, got \"" + kind + "\".");
    return found->second;
}

Question read_question(const TomlFile& file, const TomlValue& table, const std::string& exercise) {
    file.only(table, {"id", "kind", "text", "options", "points", "manual_points"},
              "a question of exercise " + exercise);
    Question question;
    question.id = file.text(table, "id", "a question of exercise " + exercise);
    const std::string what = "question " + question.id;
    question.kind = read_kind(file, table, what);
    question.text = file.text(table, "text", what);
    question.options = file.texts_or_none(table, "options");
    question.points = file.number_or(table, "points", 0);
    question.manual_points = file.number_or(table, "manual_points", 0);
    const bool has_options = question.kind == Question::Kind::choice || question.kind == Question::Kind::order;
    if (has_options && question.options.size() < 2) file.fail(table.line, what + " needs at least two `options`.");
    if (!has_options && !question.options.empty())
        file.fail(table.line, what + " has `options`, but only choice and order questions use them.");
    const bool manual = question.kind == Question::Kind::text;
    if (manual && question.points > 0)
        file.fail(table.line, what + " is a text that a person marks: write `manual_points`, not `points`.");
    if (!manual && question.manual_points > 0)
        file.fail(table.line, what + " is judged by the grader: write `points`, not `manual_points`.");
    return question;
}

void check_file_name(const TomlFile& file, int line, const std::string& name) {
    const bool plain = std::all_of(name.begin(), name.end(),
                                   [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '.' || c == '-'; });
    if (!plain || name.front() == '.' || name.front() == '-') {
        file.fail(line, "`files` holds plain names such as attention.cpp, no folders, got \"" + name + "\".");
    }
}

Exercise read_exercise(const TomlFile& file, const TomlValue& table, const std::string& number, const fs::path& root) {
    Exercise exercise;
    exercise.id = file.text(table, "id", "an exercise");
    const std::string what = "exercise " + exercise.id;
    file.only(table, {"id", "title", "files", "needs", "withheld", "seconds", "hints", "test", "question"}, what);
    if (!exercise.id.starts_with(number + ".") || exercise.id.size() == number.size() + 1) {
        file.fail(table.line,
                  "exercise ids of this chapter start with \"" + number + ".\", got \"" + exercise.id + "\".");
    }
    exercise.title = file.text(table, "title", what);
    exercise.files = file.texts_or_none(table, "files");
    if (exercise.files.empty()) file.fail(table.line, what + " names no file: give `files = [\"...\"]`.");
    for (const std::string& name : exercise.files) check_file_name(file, table.members.at("files").line, name);
    exercise.needs = file.texts_or_none(table, "needs");
    exercise.withheld = file.texts_or_none(table, "withheld");
    for (const std::string& header : exercise.withheld) {
        if (!fs::exists(root / "library" / header)) {
            file.fail(table.members.at("withheld").line,
                      "`withheld` names headers below library/, such as wb/tensor.hpp, got \"" + header + "\".");
        }
    }
    exercise.hints = file.texts_or_none(table, "hints");
    const double seconds = file.number_or(table, "seconds", 10);
    for (const TomlValue* test : file.tables_or_none(table, "test"))
        exercise.tests.push_back(read_test(file, *test, exercise.id, seconds));
    for (const TomlValue* question : file.tables_or_none(table, "question"))
        exercise.questions.push_back(read_question(file, *question, exercise.id));
    if (exercise.tests.empty() && exercise.questions.empty())
        file.fail(table.line, what + " has neither [[exercise.test]] nor [[exercise.question]].");
    if (!exercise.tests.empty() && !exercise.questions.empty())
        file.fail(table.line, what + " mixes tests and questions: make it two exercises.");
    if (exercise.is_theory() && exercise.files.size() != 1)
        file.fail(table.line, what + " holds questions: its one file is the answers', got " +
                                  std::to_string(exercise.files.size()) + " files.");
    return exercise;
}

void check_needs(const TomlFile& file, const Chapter& chapter, const Lines& lines) {
    for (const Exercise& exercise : chapter.exercises) {
        const int line = lines.at(exercise.id);
        for (const std::string& need : exercise.needs) {
            if (!chapter.find(need))
                file.fail(line,
                          "exercise " + exercise.id + " needs \"" + need + "\", which this chapter does not have.");
        }
        std::set<std::string> path;
        const std::function<void(const Exercise&)> walk = [&](const Exercise& from) {
            if (!path.insert(from.id).second)
                file.fail(line, "exercise " + from.id + " needs itself, through its `needs`.");
            for (const std::string& need : from.needs) {
                if (const Exercise* next = chapter.find(need)) walk(*next);
            }
            path.erase(from.id);
        };
        walk(exercise);
    }
}

Chapter read_chapter(const fs::path& path, const std::string& folder) {
    const TomlFile file(path, "chapters/" + folder + "/chapter.toml");
    file.only(file.root(), {"id", "title", "exercise"}, "a chapter");
    Chapter chapter;
    chapter.id = file.text(file.root(), "id", "the chapter");
    if (chapter.id != folder)
        file.fail(file.root().members.at("id").line,
                  "`id` must be the folder's name \"" + folder + "\", got \"" + chapter.id + "\".");
    chapter.title = file.text(file.root(), "title", "the chapter");
    const std::string number = std::to_string(std::stoi(folder.substr(0, 2)));
    Lines exercises, tests, questions;
    for (const TomlValue* table : file.tables_or_none(file.root(), "exercise")) {
        Exercise exercise = read_exercise(file, *table, number, path.parent_path().parent_path().parent_path());
        claim(file, exercises, exercise.id, table->line, "exercise");
        for (const TestSpec& test : exercise.tests) claim(file, tests, test.name, table->line, "test");
        for (const Question& question : exercise.questions)
            claim(file, questions, question.id, table->line, "question");
        chapter.exercises.push_back(std::move(exercise));
    }
    if (chapter.exercises.empty()) file.fail(1, "the chapter has no [[exercise]].");
    check_needs(file, chapter, exercises);
    return chapter;
}

/// "02_attention": two digits, an underscore, a name.
bool is_chapter_folder(const std::string& name) {
    return name.size() > 3 && std::isdigit(static_cast<unsigned char>(name[0])) &&
           std::isdigit(static_cast<unsigned char>(name[1])) && name[2] == '_';
}

}  // namespace

Course load_course(const fs::path& root) {
    std::vector<std::string> folders;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root / "chapters", error)) {
        const std::string name = entry.path().filename().string();
        if (is_chapter_folder(name) && fs::exists(entry.path() / "chapter.toml")) folders.push_back(name);
    }
    if (error)
        throw FileError("cannot read the course's chapters in " + (root / "chapters").string() + ": " +
                        error.message());
    std::sort(folders.begin(), folders.end());
    Course course{root, {}};
    for (const std::string& folder : folders)
        course.chapters.push_back(read_chapter(root / "chapters" / folder / "chapter.toml", folder));
    return course;
}

}  // namespace wb::grader
