#include "grade/class_run.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "files/files.hpp"
#include "grade/attempt.hpp"
#include "grade/hand_in.hpp"
#include "grade/task_queue.hpp"
#include "intake/archive_child.hpp"
#include "submission/object_cache.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

class ClassRun {
 public:
    ClassRun(const Course& course, const Toolchain& toolchain, const std::vector<Selection>& selection, Gradebook& book,
             const ClassOptions& options, std::size_t members)
        : course_(course),
          toolchain_(toolchain),
          selection_(selection),
          book_(book),
          options_(options),
          jobs_each_(std::max(1, options.jobs / static_cast<int>(std::max<std::size_t>(1, members)))) {}

    MemberOutcome grade_member(const ClassMember& member) {
        Lap lap;
        std::optional<ScratchFolder> folder;
        HandedIn handed_in;
        try {
            folder.emplace(toolchain_.work_dir / "intake", "submission");
            handed_in = hand_in(course_, selection_, member, read_archive_, folder->path());
        } catch (const Error& error) {  // the machine's fault: nothing is known of the submission
            return {member, MemberOutcome::Kind::faulty, error.what()};
        }
        bool graded = false;
        for (;;) {  // regrades may wait behind the attempt that is open
            const Turn turn = book_.claim(handed_in);
            switch (turn.kind) {
                case Turn::Kind::refused:
                    return {member, MemberOutcome::Kind::refused, handed_in.refused};
                case Turn::Kind::anothers:
                    return {member, MemberOutcome::Kind::anothers, std::to_string(turn.holder)};
                case Turn::Kind::done:
                    return {member, graded ? MemberOutcome::Kind::graded : MemberOutcome::Kind::as_before, ""};
                case Turn::Kind::mine:
                    break;
            }
            graded = true;
            if (std::string fault = grade_turn(turn, member, folder->path(), lap); !fault.empty())
                return {member, MemberOutcome::Kind::faulty, std::move(fault)};
        }
    }

    /// The caches would grow with the class.
    void trim() {
        const std::lock_guard lock(trimming_);
        trim_cache(toolchain_);
    }

 private:
    /// @return the fault that stopped it, or nothing
    std::string grade_turn(const Turn& turn, const ClassMember& member, const fs::path& folder, Lap& lap) {
        std::string fault =
            grade_attempt(course_, toolchain_, selection_, {member.id, folder, turn.exercises},
                          {.seed = options_.seed,
                           .jobs = jobs_each_,
                           .seconds = options_.seconds,
                           .sandbox = options_.sandbox,
                           .trusted = !options_.sandbox},
                          lap, [&](const ExerciseReport& exercise) { book_.record(turn.attempt, exercise); });
        if (fault.empty()) {
            book_.finish(turn.attempt);
        } else {
            book_.give_back(turn.attempt, fault);
        }
        return fault;
    }

    const Course& course_;
    const Toolchain& toolchain_;
    const std::vector<Selection>& selection_;
    Gradebook& book_;
    const ClassOptions& options_;
    ArchiveReader read_archive_ = reader_in_a_child(options_.sandbox);
    int jobs_each_;  ///< of one submission: what the others leave over
    std::mutex trimming_;
};

}  // namespace

void grade_class(const Course& course, const Toolchain& toolchain, const std::vector<Selection>& selection,
                 const std::vector<ClassMember>& members, Gradebook& book, const ClassOptions& options,
                 const std::function<void(const MemberOutcome&)>& on_member) {
    check_compiler(toolchain);
    book.enrol(members);
    ClassRun run(course, toolchain, selection, book, options, members.size());
    std::mutex mutex;
    std::vector<std::function<void()>> tasks;
    for (const ClassMember& member : members) {
        tasks.emplace_back([&] {
            const MemberOutcome outcome = run.grade_member(member);
            {
                const std::lock_guard lock(mutex);
                on_member(outcome);
            }
            if (outcome.kind == MemberOutcome::Kind::graded) run.trim();
        });
    }
    run_tasks(tasks, options.jobs);
}

int sweep_after_the_dead(const Toolchain& toolchain) {
    int swept = 0;
    for (const char* folder : {"intake", "runs", "objects", "workers"})
        swept += sweep_scratch(toolchain.build_dir / folder);
    std::error_code error;
    for (const auto& chapter : fs::directory_iterator(toolchain.build_dir / "cases", error))
        swept += sweep_scratch(chapter.path());
    return swept;
}

}  // namespace wb::grader
