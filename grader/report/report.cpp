#include "report/report.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "text/utf8.hpp"

namespace wb::grader {
namespace {

constexpr std::array<std::pair<TestStatus, std::string_view>, 9> names{
    {{TestStatus::passed, "passed"},
     {TestStatus::failed, "failed"},
     {TestStatus::not_implemented, "not_implemented"},
     {TestStatus::compile_error, "compile_error"},
     {TestStatus::crashed, "crashed"},
     {TestStatus::timed_out, "timed_out"},
     {TestStatus::protocol_error, "protocol_error"},
     {TestStatus::skipped, "skipped"},
     {TestStatus::manual, "manual"}}};

template <class Items, class Value>
double sum(const Items& items, Value value) {
    double total = 0;
    for (const auto& item : items) total += value(item);
    return total;
}

/// Length of the terminal escape at the front of `text` (which starts with ESC).
std::size_t escape(std::string_view text) {
    if (text.size() < 2 || text[1] != '[') return 1;
    std::size_t i = 2;
    while (i < text.size() && (text[i] < '@' || text[i] > '~')) ++i;
    return std::min(i + 1, text.size());
}

}  // namespace

std::string_view name_of(TestStatus status) {
    for (const auto& [value, name] : names) {
        if (value == status) return name;
    }
    return "failed";
}

TestStatus status_from_name(std::string_view name) {
    for (const auto& [value, text] : names) {
        if (text == name) return value;
    }
    return TestStatus::protocol_error;
}

std::string TestReport::named_mistake() const {
    std::istringstream lines(message);
    for (std::string line; std::getline(lines, line);) {
        const std::string_view told = std::string_view(line).substr(std::min(line.find_first_not_of(' '), line.size()));
        if (told.starts_with("The numbers equal ")) return std::string(told);
    }
    return {};
}

double ExerciseReport::score() const {
    return sum(tests, [](const TestReport& test) { return test.score; });
}
double ExerciseReport::max_score() const {
    return sum(tests, [](const TestReport& test) { return test.max_score; });
}
double ChapterReport::score() const {
    return sum(exercises, [](const ExerciseReport& exercise) { return exercise.score(); });
}
double ChapterReport::max_score() const {
    return sum(exercises, [](const ExerciseReport& exercise) { return exercise.max_score(); });
}
double Report::score() const {
    return sum(chapters, [](const ChapterReport& chapter) { return chapter.score(); });
}
double Report::max_score() const {
    return sum(chapters, [](const ChapterReport& chapter) { return chapter.max_score(); });
}
double Report::seconds() const {
    return sum(chapters, [](const ChapterReport& chapter) {
        return sum(chapter.exercises, [](const ExerciseReport& exercise) {
            return sum(exercise.tests, [](const TestReport& test) { return test.seconds; });
        });
    });
}

std::string Report::sandbox() const {
    std::vector<std::string> levels;
    for (const ChapterReport& chapter : chapters) {
        for (const ExerciseReport& exercise : chapter.exercises) {
            const std::string& level = exercise.sandbox;
            if (!level.empty() && std::find(levels.begin(), levels.end(), level) == levels.end())
                levels.push_back(level);
        }
    }
    std::string text;
    for (const std::string& level : levels) text += (text.empty() ? "" : "; ") + level;
    return text;
}

bool ExerciseReport::passed() const {
    const TestStatus how = outcome();
    return how == TestStatus::passed || (how == TestStatus::skipped && max_score() == 0);
}

TestStatus ExerciseReport::outcome() const {
    TestStatus shared = TestStatus::passed;
    for (const TestReport& test : tests) {
        const bool counts = test.status != TestStatus::passed && test.status != TestStatus::manual &&
                            !(test.status == TestStatus::skipped && test.max_score == 0);
        if (!counts) continue;
        if (shared != TestStatus::passed && shared != test.status) return TestStatus::failed;
        shared = test.status;
    }
    const auto any = [&](TestStatus status) {
        return std::any_of(tests.begin(), tests.end(), [&](const TestReport& test) { return test.status == status; });
    };
    // Some passed, some not implemented: that is partly done, not untouched.
    if (shared == TestStatus::not_implemented && any(TestStatus::passed)) return TestStatus::failed;
    if (shared == TestStatus::passed && !any(TestStatus::passed) && any(TestStatus::skipped))
        return TestStatus::skipped;
    return shared;
}

bool Report::passed() const {
    return std::all_of(chapters.begin(), chapters.end(), [](const ChapterReport& chapter) {
        return std::all_of(chapter.exercises.begin(), chapter.exercises.end(),
                           [](const ExerciseReport& exercise) { return exercise.passed(); });
    });
}

std::string clean_text(std::string_view text, std::size_t cap) {
    std::string result;
    const std::size_t whole = text.size();
    while (!text.empty() && result.size() < cap) {
        std::size_t length = character_length(text);
        if (text[0] == '\x1b') {
            length = escape(text);
        } else if (length == 0) {
            result += "\xEF\xBF\xBD";
            length = 1;
        } else if (length > 1 || text[0] == '\n' || text[0] == '\t' || (text[0] >= ' ' && text[0] != '\x7f')) {
            result += text.substr(0, length);
        } else if (text[0] != '\r') {
            result += '?';
        }
        text.remove_prefix(length);
    }
    if (!text.empty()) result += "\n... cut here: " + std::to_string(whole) + " bytes in all";
    while (!result.empty() && (result.back() == '\n' || result.back() == ' ')) result.pop_back();
    return result;
}

}  // namespace wb::grader
