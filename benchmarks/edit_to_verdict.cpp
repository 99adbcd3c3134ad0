/// @file
/// What the loop of the desk takes: a file of the reference solutions is changed, and the seconds until `check` has said its verdict are
/// counted, for every file of every exercise. The change is a comment that no file had before, so no object of it is found again; whatever
/// else the exercise needs was compiled before, as at a desk.
///
///     edit_to_verdict [EXERCISE|CHAPTER ...] [--rounds N]
///
/// Goals, on two cores without a neighbour: 4 s for C++, 6 s where a kernel is compiled, in its four builds.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "class_bench.hpp"
#include "course/course.hpp"
#include "measuring.hpp"
#include "process/process.hpp"
#include "submission/toolchain.hpp"
#include "wb/demo.hpp"

namespace {

using namespace wb;
namespace fs = std::filesystem;

/// A student's folder: the solutions, to be changed.
class Desk {
 public:
    Desk(const grader::Course& course, fs::path folder) : folder_(std::move(folder)) {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        fs::copy(course.root / "solutions", folder_, fs::copy_options::recursive);
    }
    ~Desk() {
        std::error_code none;
        fs::remove_all(folder_, none);
    }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    /// @throws Error with the file's path when it cannot be written
    void change(const std::string& chapter, const std::string& file) const {
        const fs::path path = folder_ / chapter / file;
        std::ofstream out(path, std::ios::app);
        out << "// " << bench::fresh_mark() << "\n";
        if (!out.flush()) throw Error(path.string() + ": cannot be changed");
    }

    /// @return seconds until the verdict, which is full points. @throws Error  with what was said, when it is another
    [[nodiscard]] double check(const std::string& exercise) const {
        const auto start = std::chrono::steady_clock::now();
        const auto checked = grader::run_process(
            {.argv = {WB_CLI, "--toolchain", WB_TOOLCHAIN, "check", exercise, "--submission", folder_.string()},
             .time_limit = std::chrono::minutes(10)});
        if (!checked.ok()) throw Error("check " + exercise + " " + checked.how_it_ended() + ": " + checked.output);
        return bench::seconds_since(start);
    }

 private:
    fs::path folder_;
};

struct Row {
    std::string exercise, file;
    double seconds = 0;
};

double goal(const Row& row) {
    return row.file.ends_with(".cu") ? 6 : 4;
}

void print_chapter(const std::string& chapter, std::vector<Row> rows, bool kernels) {
    std::erase_if(rows, [&](const Row& row) { return row.file.ends_with(".cu") != kernels; });
    if (rows.empty()) return;
    std::vector<double> seconds;
    for (const Row& row : rows) seconds.push_back(row.seconds);
    const auto slowest =
        std::ranges::max_element(rows, [](const Row& a, const Row& b) { return a.seconds < b.seconds; });
    std::cout << fmt::format("| {} | {} | {} | {:.1f} | {:.1f} | {}, {} |\n", chapter, kernels ? "kernels" : "C++",
                             rows.size(), grader::percentile(seconds, 0.5), slowest->seconds, slowest->exercise,
                             slowest->file)
              << std::flush;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Seconds from an edit to the verdict, exercise by exercise.", "edit_to_verdict"};
    std::vector<std::string> words;
    int rounds = 1;
    app.add_option("exercises", words, "chapters or exercises (default: all)");
    app.add_option("--rounds", rounds, "of each file, of which the median counts (default 1)")
        ->check(CLI::Range(1, 1000));
    grader::kill_children_when_interrupted();
    return run_demo(app, argc, argv, [&] {
        const auto toolchain = grader::read_toolchain(WB_TOOLCHAIN);
        const grader::Course course = grader::load_course(toolchain.source_dir);
        const Desk desk(course, fs::path(WB_TOOLCHAIN).parent_path() / "edit-to-verdict");
        std::vector<Row> late;
        std::cout << "| chapter | | files | seconds, median | slowest | |\n|---|---|---|---|---|---|\n";
        for (const auto& part : grader::select(course, words)) {
            std::vector<Row> rows;
            for (const grader::Exercise* exercise : part.exercises) {
                if (exercise->is_theory()) continue;
                (void)desk.check(exercise->id);  // what it needs is compiled
                for (const std::string& file : exercise->files) {
                    std::vector<double> seconds;
                    for (int round = 0; round < rounds; ++round) {
                        desk.change(part.chapter->id, file);
                        seconds.push_back(desk.check(exercise->id));
                    }
                    rows.push_back({exercise->id, file, grader::percentile(seconds, 0.5)});
                    if (rows.back().seconds > goal(rows.back())) late.push_back(rows.back());
                }
            }
            for (const bool kernels : {false, true}) print_chapter(part.chapter->id, rows, kernels);
        }
        for (const Row& row : late)
            std::cout << fmt::format("{}, {}: {:.1f} s, goal {:.0f} s\n", row.exercise, row.file, row.seconds,
                                     goal(row));
        return late.empty();
    });
}
