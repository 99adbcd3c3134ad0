/// @file
/// The command line of ./workbook: reads it, calls one command, turns what was thrown into one line and exit status 2.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "autograder_words.hpp"
#include "course_words.hpp"
#include "desk_words.hpp"
#include "gradebook_words.hpp"
#include "grading_words.hpp"
#include "intake/archive_child.hpp"
#include "process/process.hpp"
#include "text/nearest.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// Puts a "--" before what belongs to a demo: ./workbook run generate --samples 4 needs none typed.
void part_off_demos_words(std::vector<std::string>& words) {
    if (words.empty() || words.front() != "run") return;
    bool named = false;
    auto word = words.begin() + 1;
    for (; word != words.end(); ++word) {
        if (*word == "--submission" && word + 1 != words.end()) {
            ++word;
        } else if (!named && !word->starts_with("-")) {
            named = true;
        } else if (!word->starts_with("--submission=")) {
            break;
        }
    }
    if (named && word != words.end() && *word != "--" && *word != "--help" && *word != "-h") words.insert(word, "--");
}

class CommandLine {
 public:
    CommandLine() {
        app_.require_subcommand(1);
        app_.add_option("--toolchain", toolchain_, "toolchain.json of the build to use")->type_name("FILE");
        const OnCommand on = [this](CLI::App* command, Action action) {
            command->callback([this, action = std::move(action)] { action_ = action; });
        };
        add_check(app_, grading_, on);
        add_desk(app_, desk_, on);
        add_grade(app_, grading_, on);
        add_gradebook(app_, gradebook_, on);
        add_autograder(app_, autograder_, on);
        add_course_work(app_, course_, on);
    }

    /// @param words  without the program's name; none asks for help
    int run(std::vector<std::string> words) {
        take_toolchain(words);
        if (words.empty()) words.emplace_back("--help");
        const bool edition = is_in_edition();
        if (edition) hide_what_is_refused();
        const std::string command = command_named(words);
        if (edition) refuse_in_edition(command);
        try {
            part_off_demos_words(words);
            take_bench_arguments(words);
            std::reverse(words.begin(), words.end());  // as CLI11 takes them
            app_.parse(words);
        } catch (const CLI::Success& success) {
            return app_.exit(success);
        } catch (const CLI::ParseError& error) {
            const auto chosen = app_.get_subcommands();
            throw UsageError(std::string(error.what()) + ". Try: ./workbook " +
                             (chosen.empty() ? "" : chosen[0]->get_name() + " ") + "--help");
        }
        Desk desk;
        desk.toolchain = read_toolchain(toolchain_file());
        desk.course = load_course(desk.toolchain.source_dir);
        return action_(desk);
    }

 private:
    /// The build's file comes first, as ./workbook names it: what it says is asked before the words are parsed.
    void take_toolchain(std::vector<std::string>& words) {
        const std::string option = "--toolchain";
        if (words.size() >= 2 && words.front() == option) {
            toolchain_ = words[1];
            words.erase(words.begin(), words.begin() + 2);
        } else if (!words.empty() && words.front().starts_with(option + "=")) {
            toolchain_ = words.front().substr(option.size() + 1);
            words.erase(words.begin());
        }
    }

    /// Not where no build says what this is.
    bool is_in_edition() const {
        try {
            return is_edition({.root = read_toolchain(toolchain_file()).source_dir, .chapters = {}});
        } catch (const Error&) {
            return false;
        }
    }

    /// Neither help nor completion names these.
    void hide_what_is_refused() {
        for (const std::string& name : full_workbook_commands()) app_.get_subcommand(name)->group("");
    }

    /// What follows "--" is the benchmark's own; CLI11 would look for it among ours.
    void take_bench_arguments(std::vector<std::string>& words) {
        const auto dashes = std::find(words.begin(), words.end(), "--");
        if (words.empty() || words.front() != "bench" || dashes == words.end()) return;
        course_.benchmark_arguments.assign(dashes + 1, words.end());
        words.erase(dashes, words.end());
    }

    /// The command; empty when none is named. @throws UsageError  for a misspelt one, with the nearest and not a page of help
    std::string command_named(const std::vector<std::string>& words) const {
        const auto word =
            std::find_if(words.begin(), words.end(), [](const std::string& one) { return !one.starts_with("-"); });
        if (word == words.end()) return "";
        std::vector<std::string> names;
        for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; })) {
            if (command->get_name() == *word) return *word;
            if (!command->get_group().empty()) names.push_back(command->get_name());
        }
        const std::string hint = did_you_mean(*word, names);
        throw UsageError("there is no command \"" + *word + "\"." +
                         (hint.empty() ? " Commands: " + listed(names) : hint));
    }

    /// As told, or the one of the build that this program belongs to.
    fs::path toolchain_file() const {
        if (!toolchain_.empty()) return toolchain_;
        std::error_code none;
        return fs::read_symlink("/proc/self/exe", none).parent_path().parent_path() / "toolchain.json";
    }

    CLI::App app_{"The Attention Workbook: learn attention by building it.", "./workbook"};
    std::string toolchain_;
    GradingWords grading_;
    DeskWords desk_;
    GradebookOptions gradebook_;
    AutograderOptions autograder_;
    CourseWords course_;
    Action action_;
};

}  // namespace
}  // namespace wb::grader

int main(int argc, char** argv) {
    try {
        if (argc == 3 && std::string_view(argv[1]) == wb::grader::read_archive_word)
            return wb::grader::read_archive_as_a_child(argv[2]);
        wb::grader::kill_children_when_interrupted();
        return wb::grader::CommandLine().run({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::cerr << "workbook: " << error.what() << "\n";
        return 2;
    }
}
