#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "cluster/class_on_cluster.hpp"
#include "cluster/slurm.hpp"
#include "commands/commands.hpp"
#include "grade/class_run.hpp"
#include "intake/archive_child.hpp"
#include "intake/roster.hpp"
#include "intake/submission_source.hpp"
#include "report/terminal.hpp"
#include "sandbox/machine.hpp"
#include "text/nearest.hpp"
#include "text/utf8.hpp"

namespace wb::grader {
namespace {

/// Those of --chapters, those of the book, or all; whole chapters.
std::vector<Selection> selection_for(const Course& course, const std::vector<std::string>& words,
                                     const std::optional<BookPurpose>& purpose) {
    return select_whole_chapters(course, words.empty() && purpose ? purpose->chapters : words, "a class is graded");
}

/// A line for each submission as it is done, and the sums.
class ClassProgress {
 public:
    ClassProgress(const Gradebook& book, const std::vector<ClassMember>& members) : book_(book), all_(members.size()) {
        for (const ClassMember& member : members) width_ = std::max(width_, columns(member.id));
    }

    void add(const MemberOutcome& outcome) {
        using Kind = MemberOutcome::Kind;
        ++counts_[static_cast<std::size_t>(outcome.kind)];
        std::string words;
        TestStatus mark = TestStatus::passed;
        if (outcome.kind == Kind::refused) {
            mark = TestStatus::failed;
            words = "refused: " + first_line(outcome.words);
        } else if (outcome.kind == Kind::anothers) {
            mark = TestStatus::skipped;
            words = "another grader, process " + outcome.words + ", has it";
        } else if (outcome.kind == Kind::faulty) {
            mark = TestStatus::crashed;
            words = "not graded to its end: " + first_line(outcome.words);
        } else {
            const Standing standing = standing_of(book_, outcome.member.id);
            words = fmt::format("{:>5} / {:<5}", points_text(standing.report.score()),
                                points_text(standing.report.max_score()));
            if (outcome.kind == Kind::as_before) words += paint_.dim(" graded before");
        }
        std::cout << fmt::format("  {} {:>{}}/{}  {}  {}\n", paint_.mark(mark), ++done_, std::to_string(all_).size(),
                                 all_, padded(outcome.member.id, width_), words)
                  << std::flush;
    }

    /// @return the command's status
    int finish(const std::string& book) const {
        using Kind = MemberOutcome::Kind;
        const auto count = [&](Kind kind) { return counts_[static_cast<std::size_t>(kind)]; };
        std::string words = fmt::format("{} graded", count(Kind::graded));
        const auto add = [&](Kind kind, const char* what) {
            if (count(kind) > 0) words += fmt::format(", {} {}", count(kind), what);
        };
        add(Kind::as_before, "graded before");
        add(Kind::refused, "refused");
        add(Kind::anothers, "with another grader");
        add(Kind::faulty, "stopped by a fault (--resume takes them up again)");
        std::cout << "  " << words << ". ./workbook gradebook show " << book << "\n";
        return count(Kind::faulty) > 0 ? 2 : count(Kind::refused) + count(Kind::anothers) > 0 ? 1 : 0;
    }

 private:
    static std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

    const Paint paint_{style_of_stdout()};
    const Gradebook& book_;
    std::size_t all_, done_ = 0, width_ = 0;
    std::array<int, 5> counts_{};
};

}  // namespace

int grade_class_command(const Desk& desk, const GradeClassOptions& options) {
    check_compiler(desk.toolchain);
    ClassList list = read_class(options.class_list);  // first: a slip leaves no book behind
    if (!options.roster.empty()) list = by_roster(std::move(list), options.class_list, options.roster);
    selection_for(desk.course, options.chapters, std::nullopt);
    std::optional<SandboxSpec> sandbox;
    if (options.slurm) {
        check_slurm();
        if (!options.no_sandbox) sandbox.emplace();  // each node tries what it has
    } else if (!options.no_sandbox) {
        sandbox =
            sandbox_of(desk,
                       "nothing was graded: a class is graded in a sandbox, and this machine has none. (Where every "
                       "submission can be trusted with this machine: --no-sandbox.)",
                       std::cout);
    }
    Gradebook book(options.book, Database::Missing::is_made);
    const auto purpose = book.purpose();
    if (purpose && !options.resume)
        throw UsageError("the gradebook " + options.book.string() +
                         " has been begun. Go on with it by --resume, or name another file");
    const std::vector<Selection> selection = selection_for(desk.course, options.chapters, purpose);
    ClassOptions grading{.seed = options.seed.value_or(purpose ? purpose->seed : 1),
                         .seconds = options.seconds.value_or(purpose ? purpose->seconds : 0),
                         .jobs = options.jobs,
                         .sandbox = sandbox};
    book.dedicate(selection, grading.seed, grading.seconds);
    if (const int swept = sweep_after_the_dead(desk.toolchain); swept > 0)
        std::cout << fmt::format("Removed {} {} that killed graders had left.\n", swept,
                                 swept == 1 ? "folder" : "folders");
    std::cout << left_out_in_words(options.class_list.string(), list.left_out);
    if (!list.absent.empty()) std::cout << "On the roster only: " << listed(list.absent) << "\n";
    std::cout << fmt::format("Grading {} {} into {}{}\n", list.members.size(),
                             list.members.size() == 1 ? "submission" : "submissions", options.book.string(),
                             purpose ? "" : ", a new gradebook");
    ClassProgress progress(book, list.members);
    const auto on_member = [&](const MemberOutcome& outcome) { progress.add(outcome); };
    if (options.slurm) {
        std::error_code none;
        const Machine here = probe_machine();  // it reads archives, and needs no sandbox that would do for a worker
        const bool held = !options.no_sandbox && here.level != SandboxLevel::none;
        const ClusterOptions cluster{
            .program = std::filesystem::read_symlink("/proc/self/exe", none),
            .read_archive = reader_in_a_child(held ? std::optional(spec_for(here)) : std::nullopt),
            .chunk = options.chunk,
            .at_once = options.at_once};
        grade_class_on_cluster(desk.course, desk.toolchain, selection, list.members, book, grading, cluster, on_member,
                               [](const std::string& note) { std::cout << "  " << note << "\n"
                                                                       << std::flush; });
    } else {
        grade_class(desk.course, desk.toolchain, selection, list.members, book, grading, on_member);
    }
    return progress.finish(options.book.string());
}

}  // namespace wb::grader
