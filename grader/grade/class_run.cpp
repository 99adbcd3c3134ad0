#include "grade/class_run.hpp"

#include <algorithm>
#include <mutex>
#include <set>

#include "course/toml_file.hpp"
#include "files/files.hpp"
#include "grade/grading.hpp"
#include "grade/task_queue.hpp"
#include "intake/submission_source.hpp"
#include "submission/object_cache.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// A sum of the files that were taken, by place and bytes.
std::string hash_of(const TakenIn& taken, const fs::path& folder) {
    std::string list;
    for (const std::string& place : taken.files) list += sha256_of_file(folder / place) + " " + place + "\n";
    return sha256(list);
}

/// What a person will want to read. A file that is not TOML has no answers; the judge says so in the report.
std::vector<WrittenAnswer> answers_in(const fs::path& folder, const std::vector<Selection>& selection) {
    std::vector<WrittenAnswer> answers;
    for (const Selection& part : selection) {
        for (const Exercise* exercise : part.exercises) {
            if (!exercise->is_theory()) continue;
            const fs::path file = folder / part.chapter->id / exercise->files.front();
            std::error_code error;
            if (!fs::is_regular_file(file, error)) continue;
            try {
                const TomlFile toml(file, file.filename().string());
                for (const Question& question : exercise->questions) {
                    if (question.kind != Question::Kind::text) continue;
                    const auto table = toml.root().members.find(question.id);
                    if (table == toml.root().members.end()) continue;
                    const auto answer = table->second.members.find("answer");
                    if (answer == table->second.members.end() || answer->second.kind != TomlValue::Kind::text) continue;
                    answers.push_back({exercise->id, question.id, clean_text(answer->second.text)});
                }
            } catch (const FileError&) {
            }
        }
    }
    return answers;
}

/// Only these exercises of the selection.
std::vector<Selection> only(const std::vector<Selection>& selection, const std::vector<std::string>& ids) {
    const std::set<std::string> wanted(ids.begin(), ids.end());
    std::vector<Selection> result;
    for (Selection part : selection) {
        std::erase_if(part.exercises, [&](const Exercise* exercise) { return !wanted.contains(exercise->id); });
        if (!part.exercises.empty()) result.push_back(std::move(part));
    }
    return result;
}

class ClassRun {
 public:
    ClassRun(const Course& course, const Toolchain& toolchain, const std::vector<Selection>& selection, Gradebook& book,
             const ClassOptions& options)
        : course_(course), toolchain_(toolchain), selection_(selection), book_(book), options_(options) {}

    MemberOutcome grade_member(const ClassMember& member) {
        const ScratchFolder folder(toolchain_.build_dir / "intake", "submission");
        const HandedIn handed_in = look_at(member, folder.path());
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
            if (std::string fault = grade_attempt(turn, member, folder.path()); !fault.empty())
                return {member, MemberOutcome::Kind::faulty, std::move(fault)};
        }
    }

    /// The caches would grow with the class.
    void trim() {
        const std::lock_guard lock(trimming_);
        trim_cache(toolchain_);
    }

 private:
    HandedIn look_at(const ClassMember& member, const fs::path& folder) const {
        HandedIn handed_in{member, "", "", "", {}};
        try {
            const TakenIn taken = take_in(course_, member.source, folder);
            handed_in.left_out = clean_text(left_out_in_words(member.id, taken.left_out));
            if (taken.files.empty()) {
                handed_in.refused = "it holds no file of an exercise: expected a path such as " +
                                    Places(course_).example() + " in it, or the same in one folder";
            } else {
                handed_in.hash = hash_of(taken, folder);
                handed_in.answers = answers_in(folder, selection_);
            }
        } catch (const FileError& error) {
            handed_in.refused = clean_text(error.what());
        }
        if (!handed_in.refused.empty()) handed_in.hash = sha256("refused: " + handed_in.refused);
        return handed_in;
    }

    /// @return the fault that stopped it, or nothing
    std::string grade_attempt(const Turn& turn, const ClassMember& member, const fs::path& folder) {
        std::vector<std::string> faults;
        try {
            GradingOptions grading{.seed = options_.seed,
                                   .jobs = 1,
                                   .threads = 1,  // whatever --jobs is: sums differ in their last bits by threads
                                   .seconds = options_.seconds,
                                   .sandbox = options_.sandbox};
            std::size_t faults_before = 0;
            grading.on_exercise = [&](const Report&, const ExerciseReport& exercise) {
                // What the course or the machine is to blame for is no result: it is graded when the book is taken up again.
                if (faults.size() == faults_before) book_.record(turn.attempt, exercise);
                faults_before = faults.size();
            };
            grade(course_, toolchain_, {member.id, folder, false}, only(selection_, turn.exercises), grading, faults);
        } catch (const std::exception& error) {
            faults.emplace_back(error.what());
        }
        if (faults.empty()) {
            book_.finish(turn.attempt);
            return "";
        }
        book_.give_back(turn.attempt, clean_text(faults.front()));
        return faults.front();
    }

    const Course& course_;
    const Toolchain& toolchain_;
    const std::vector<Selection>& selection_;
    Gradebook& book_;
    const ClassOptions& options_;
    std::mutex trimming_;
};

}  // namespace

void grade_class(const Course& course, const Toolchain& toolchain, const std::vector<Selection>& selection,
                 const std::vector<ClassMember>& members, Gradebook& book, const ClassOptions& options,
                 const std::function<void(const MemberOutcome&)>& on_member) {
    check_compiler(toolchain);
    book.enrol(members);
    ClassRun run(course, toolchain, selection, book, options);
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
