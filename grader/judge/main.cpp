/// @file
/// A chapter's judge: `judge --plan FILE` runs the tests that the plan names and writes a line for each to descriptor 3.
/// The submission never runs in this process.

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>

#include <chrono>
#include <cstring>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "judge/judge.hpp"
#include "judge/plan.hpp"
#include "judge/results.hpp"
#include "judge/worker_host.hpp"
#include "judge/wrong_answer.hpp"

namespace wb::grader {

namespace {

/// How much of a line is "/path/x_test.cpp:40: ".
std::size_t length_of_place(const std::string& line) {
    const std::size_t end = line.find(": ");
    if (end == std::string::npos || end == 0) return 0;
    const std::size_t number = line.find_last_not_of("0123456789", end - 1);
    return number != std::string::npos && number + 1 < end && line[number] == ':' ? end + 2 : 0;
}

/// A message without GoogleTest's own furniture: the heading "Failed", which says nothing that the status does not, and the
/// places of SCOPED_TRACE, which are in our files and not in the student's.
std::string plain(std::string message) {
    constexpr std::string_view heading = "Failed\n", trace = "\nGoogle Test trace:";
    if (message.starts_with(heading)) message.erase(0, heading.size());
    const std::size_t at = message.find(trace);
    if (at == std::string::npos) return message;
    std::istringstream places(message.substr(at + trace.size()));
    message.resize(at);
    for (std::string line; std::getline(places, line);) {  // "/path/x_test.cpp:40: words", and the words' further lines
        const std::string words = line.substr(length_of_place(line));
        if (!words.empty() && message.find(words) == std::string::npos) message += "\n" + words;  // a case's name, once
    }
    return message;
}

/// The first lines that a submission printed.
std::string excerpt(const std::string& printed) {
    constexpr int most_lines = 5;
    constexpr std::size_t most_columns = 160;
    std::string text = "printed:";
    std::istringstream lines(printed);
    int shown = 0;
    for (std::string line; shown < most_lines && std::getline(lines, line); ++shown)
        text += "\n  " + line.substr(0, most_columns);
    return lines.peek() == std::istringstream::traits_type::eof() ? text : text + "\n  ...";
}

/// Turns what GoogleTest reports into one result a test.
class ResultListener : public testing::EmptyTestEventListener {
 public:
    void OnTestStart(const testing::TestInfo& info) override {
        name_ = std::string(info.test_suite_name()) + "." + info.name();
        text_.clear();
        ending_.clear();
        verdict_.reset();
        failed_ = skipped_ = false;
        messages_ = 0;
        begin_test(name_);
        write_result({{"event", "start"}, {"test", name_}});
        start_ = std::chrono::steady_clock::now();
    }

    void OnTestPartResult(const testing::TestPartResult& part) override {
        if (part.passed()) return;
        if (part.skipped()) {
            skipped_ = true;
        } else if (!failed_) {
            failed_ = true;
            note_failure();
        }
        constexpr std::string_view thrown = "C++ exception with description \"";
        std::string message = part.message();
        // GoogleTest quotes a thrown verdict; its words alone are the message.
        if (const std::optional<Verdict> verdict = take_verdict(); verdict && message.starts_with(thrown)) {
            verdict_ = verdict;  // why the test ended is told first, however many comparisons failed before
            const std::string words = ending_.empty() ? verdict->what() : ending_;
            text_.insert(0, words.substr(0, max_message) + (text_.empty() ? "" : "\n"));
            return;
        }
        message = plain(std::move(message));
        if (message.starts_with(ending_mark)) {  // the exception follows
            ending_ = message.substr(ending_mark.size());
            return;
        }
        // Such a build's test fails on plain wrong numbers, too: a race that nobody found is not to be looked for.
        if (const std::string_view words = found_no_fault(); messages_ == 0 && !words.empty())
            message = std::string(words) + "\n" + message;
        // A mistake shows in many cases; two of them teach as much as twenty.
        if (++messages_ > shown_messages) return;
        if (!text_.empty()) text_ += '\n';
        text_.append(message, 0, max_message);
    }

    void OnTestEnd(const testing::TestInfo&) override {
        const std::string printed = printed_by_submission();
        const int answers = end_test();
        Status status = failed_ ? Status::failed : skipped_ ? Status::skipped : Status::passed;
        if (verdict_) status = verdict_->status();
        if (status == Status::passed && answers == 0) {
            status = Status::failed;
            text_ = "the test asked the submission nothing, so it shows nothing";
        }
        if (messages_ > shown_messages)
            text_ += fmt::format("\n... and {} more comparisons of this test fail", messages_ - shown_messages);
        // A sanitizer's report is summed up already; anything else is the student's own trace.
        if (status != Status::passed && !printed.empty() && sanitizer_summary(printed).empty())
            text_ += "\n" + excerpt(printed);
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
        write_result({{"event", "end"},
                      {"test", name_},
                      {"status", status_name(status)},
                      {"seconds", seconds},
                      {"message", text_}});
    }

 private:
    static constexpr std::size_t max_message = 8192;
    static constexpr int shown_messages = 2;

    std::string name_, text_;
    std::string ending_;  ///< what ended the test, and the words of the scopes in which it did
    std::optional<Verdict> verdict_;
    bool failed_ = false, skipped_ = false;
    int messages_ = 0;
    std::chrono::steady_clock::time_point start_;
};

}  // namespace
}  // namespace wb::grader

int main(int argc, char** argv) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a grader that was killed leaves no judge behind
    testing::InitGoogleMock(&argc, argv);
    if (argc == 1) return RUN_ALL_TESTS();  // by hand: --gtest_list_tests
    if (argc != 3 || std::strcmp(argv[1], "--plan") != 0) {
        std::cerr << "usage: " << argv[0] << " --plan FILE\n";
        return 2;
    }
    try {
        wb::grader::current_plan() = wb::grader::read_plan(argv[2]);
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
    std::string filter;
    for (const auto& [name, seconds] : wb::grader::current_plan().seconds) filter += (filter.empty() ? "" : ":") + name;
    testing::GTEST_FLAG(filter) = filter;
    auto& listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
    listeners.Append(new wb::grader::ResultListener);
    const int status = RUN_ALL_TESTS();
    wb::grader::write_cost();
    return status;
}
