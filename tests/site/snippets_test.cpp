// What the pages tell a reader to type: commands are commands, options are options, C++ compiles, and the worked example still applies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "html_files.hpp"
#include "process/process.hpp"
#include "site/site.hpp"

namespace wb::site {
namespace {

namespace fs = std::filesystem;

/// A line of a fenced block, and where it stands.
struct Line {
    std::string text, place;
};

/// Lines of the page's fenced blocks; of those in `language` only, where one is given.
std::vector<Line> fenced_lines(const fs::path& page, const std::string& language = "") {
    std::vector<Line> lines;
    std::istringstream in(content_of(fs::path(WB_ROOT) / page));
    bool inside = false, wanted = false;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.starts_with("```")) {
            inside = !inside;
            wanted = language.empty() || line.substr(3) == language;
        } else if (inside && wanted) {
            lines.push_back({line, page.string() + ":" + std::to_string(number)});
        }
    }
    return lines;
}

std::vector<fs::path> pages() {
    std::vector<fs::path> files;
    for (const auto& section : grader::read_site_plan(WB_ROOT).sections)
        for (const auto& entry : section.entries)
            if (!entry.file.empty()) files.push_back(entry.file);
    return files;
}

std::string said_by_the_workbook(std::vector<std::string> words) {
    words.insert(words.begin(), {WB_CLI, "--toolchain", WB_TOOLCHAIN});
    return grader::run_process({.argv = words, .time_limit = std::chrono::minutes(2)}).output;
}

/// A command line's words up to a comment; what stands in quotes is one word.
std::vector<std::string> words_of(const std::string& line) {
    std::vector<std::string> words;
    std::istringstream in(line);
    for (std::string word; in >> word;) {
        if (word.starts_with("#") || word == "<" || word == ">" || word == "|" || word == "\\") break;
        if (word.starts_with("\"")) {
            while (!word.substr(1).ends_with("\"")) {
                std::string more;
                if (!(in >> more)) break;
                word += " " + more;
            }
        }
        words.push_back(word);
    }
    return words;
}

TEST(Snippets, EveryCommandAndOptionOfAPageExists) {
    std::map<std::string, std::string> help;
    const std::string demos = said_by_the_workbook({"run", "no such demo"});
    int commands = 0;
    for (const fs::path& page : pages())
        for (const Line& line : fenced_lines(page)) {
            std::vector<std::string> words = words_of(line.text);
            if (!words.empty() && words[0] == "$") words.erase(words.begin());
            if (words.size() < 2 || words[0] != "./workbook") continue;
            ++commands;
            const std::string command = words[1];
            std::vector<std::string> question{command, "--help"};
            const bool has_commands = command == "gradebook" || command == "autograder";
            if (has_commands && words.size() > 2) question.insert(question.begin() + 1, words[2]);
            std::string& text = help[question[0] + question[1]];
            if (text.empty()) text = said_by_the_workbook(question);
            ASSERT_THAT(text, testing::HasSubstr("--help")) << line.place << ": " << line.text;
            for (std::size_t i = 2; i < words.size(); ++i) {
                if (command == "run" && i >= 3) break;  // the demo's own
                if (command == "run") {
                    EXPECT_THAT(demos, testing::HasSubstr(words[i])) << line.place << ": " << line.text;
                }
                if (!words[i].starts_with("--") || words[i] == "--") continue;
                EXPECT_THAT(text, testing::HasSubstr(words[i].substr(0, words[i].find('='))))
                    << line.place << ": " << line.text;
            }
        }
    EXPECT_GT(commands, 80) << "the pages were not read";
}

TEST(Snippets, CppOfThePagesCompiles) {
    const fs::path source = fs::path(WB_SITE) / "snippets.cpp";
    fs::create_directories(source.parent_path());
    std::ofstream file(source);
    int lines = 0;
    for (const fs::path& page : pages())
        for (const Line& line : fenced_lines(page, "cpp")) {
            ++lines;
            const std::size_t colon = line.place.find(':');
            file << "#line " << line.place.substr(colon + 1) << " \"" << line.place.substr(0, colon) << "\"\n"
                 << line.text << "\n";
        }
    file.close();
    EXPECT_GT(lines, 20) << "the pages were not read";
    const auto ran = grader::run_process(
        {.argv = {WB_COMPILER, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function",
                  std::string("-I") + WB_ROOT + "/library", source.string()},
         .time_limit = std::chrono::minutes(5)});
    EXPECT_TRUE(ran.ok()) << ran.output;
}

TEST(Snippets, WorkedExampleStillApplies) {
    const auto ran = grader::run_process({.argv = {"patch", "--dry-run", "--batch", "-p1", "-i",
                                                   std::string(WB_ROOT) + "/docs/worked_example/attention_span.patch"},
                                          .directory = WB_ROOT});
    EXPECT_TRUE(ran.ok()) << ran.output << "docs/worked_example/attention_span.patch has to follow what it changes";
}

}  // namespace
}  // namespace wb::site
