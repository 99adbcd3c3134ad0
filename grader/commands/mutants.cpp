#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>

#include "commands/commands.hpp"
#include "grade/cases.hpp"
#include "grade/task_queue.hpp"
#include "mutants/mutant.hpp"
#include "report/terminal.hpp"
#include "submission/object_cache.hpp"
#include "text/nearest.hpp"

namespace wb::grader {
namespace {

/// Rows tried side by side, printed in their order as they come.
class TrialTable {
 public:
    struct Row {
        std::string exercise, name, remark;
        std::function<MutantVerdict()> trial;
    };
    explicit TrialTable(std::vector<Row> rows) : rows_(std::move(rows)), verdicts_(rows_.size()) {
        for (const Row& row : rows_) {
            exercise_width_ = std::max(exercise_width_, columns(row.exercise));
            name_width_ = std::max(name_width_, columns(row.name));
        }
    }

    /// @param told  print what students read, too
    /// @return how many rows are not good
    int run(int jobs, bool told = false) {
        told_ = told;
        std::vector<std::function<void()>> tasks;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            tasks.push_back([this, i] {
                MutantVerdict verdict;
                try {
                    verdict = rows_[i].trial();
                } catch (const std::exception& error) {
                    verdict = {false, "not tried", error.what()};
                }
                const std::lock_guard lock(mutex_);
                verdicts_[i] = std::move(verdict);
                for (; next_ < rows_.size() && verdicts_[next_]; ++next_) print(rows_[next_], *verdicts_[next_]);
            });
        }
        run_tasks(tasks, jobs);
        return static_cast<int>(
            std::count_if(verdicts_.begin(), verdicts_.end(), [](const auto& verdict) { return !verdict->good; }));
    }

    /// Exercises in which no mistake is known by its numbers, and how many of all are.
    [[nodiscard]] std::string named() const {
        std::map<std::string, int> by_exercise;
        int all = 0;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            by_exercise[rows_[i].exercise] += verdicts_[i]->named ? 1 : 0;
            all += verdicts_[i]->named ? 1 : 0;
        }
        std::vector<std::string> none;
        for (const auto& [exercise, count] : by_exercise) {
            if (count == 0) none.push_back(exercise);
        }
        return fmt::format("{} of them are known by their numbers", all) +
               (none.empty() ? ", at least one in each exercise" : "; none in " + listed(none)) + "\n";
    }

 private:
    void print(const Row& row, const MutantVerdict& verdict) {
        std::cout << fmt::format("  {} {}  {}  {}  {}\n",
                                 paint_.mark(verdict.good ? TestStatus::passed : TestStatus::failed),
                                 padded(row.exercise, exercise_width_), padded(row.name, name_width_),
                                 verdict.good ? verdict.outcome : paint_.bad(verdict.outcome), paint_.dim(row.remark));
        std::istringstream lines(verdict.details);
        for (std::string line; std::getline(lines, line);) std::cout << "        " << line << "\n";
        std::istringstream words(told_ && verdict.good ? verdict.told : "");
        for (std::string line; std::getline(words, line);) std::cout << "        " << paint_.dim(line) << "\n";
        std::cout << std::flush;
    }

    const Paint paint_{style_of_stdout()};
    std::vector<Row> rows_;
    std::vector<std::optional<MutantVerdict>> verdicts_;
    std::size_t exercise_width_ = 0, name_width_ = 0, next_ = 0;
    bool told_ = false;
    std::mutex mutex_;
};

void prepare(const Desk& desk, const std::vector<Selection>& selection) {
    check_compiler(desk.toolchain);
    for (const Selection& part : selection) prepare_cases(desk.toolchain, *part.chapter, 1);
}

}  // namespace

int mutants_command(const Desk& desk, const MutantOptions& options) {
    const std::vector<Selection> selection = select(desk.course, options.words);
    const std::vector<Mutant> mutants = read_mutants(desk.course, selection);
    if (mutants.empty())
        throw Error("there is no mutant of " + (options.words.empty() ? "any exercise" : listed(options.words)) +
                    " in tests/mutants");
    prepare(desk, selection);
    std::vector<TrialTable::Row> rows;
    for (const Mutant& mutant : mutants) {
        rows.push_back({mutant.exercise, mutant.name.substr(std::min(mutant.name.size(), mutant.exercise.size() + 1)),
                        "by " + listed(mutant.killed_by),
                        [&] { return try_mutant(desk.course, desk.toolchain, mutant); }});
    }
    TrialTable table(rows);
    const int bad = table.run(options.jobs, options.told);
    trim_cache(desk.toolchain);
    std::cout << fmt::format("\n{} of {} mutants killed by the tests they name\n{}",
                             mutants.size() - static_cast<std::size_t>(bad), mutants.size(), table.named());
    return bad == 0 ? 0 : 1;
}

int alternates_command(const Desk& desk, const MutantOptions& options) {
    const std::vector<Selection> selection = select(desk.course, options.words);
    const std::vector<Alternate> alternates = read_alternates(desk.course, selection);
    if (alternates.empty())
        throw Error("there is no alternate of " + (options.words.empty() ? "any exercise" : listed(options.words)) +
                    " in tests/alternates");
    prepare(desk, selection);
    std::vector<TrialTable::Row> rows;
    for (const Alternate& alternate : alternates) {
        std::vector<std::string> ids;
        for (const Exercise* exercise : alternate.exercises) ids.push_back(exercise->id);
        rows.push_back(
            {listed(ids), alternate.name, "", [&] { return try_alternate(desk.course, desk.toolchain, alternate); }});
    }
    const int bad = TrialTable(rows).run(options.jobs);
    trim_cache(desk.toolchain);
    std::cout << fmt::format("\n{} of {} alternates get full marks\n",
                             alternates.size() - static_cast<std::size_t>(bad), alternates.size());
    return bad == 0 ? 0 : 1;
}

}  // namespace wb::grader
