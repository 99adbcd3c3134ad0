#include "cluster/class_on_cluster.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <thread>

#include "cluster/flights.hpp"
#include "cluster/order.hpp"
#include "cluster/slurm.hpp"
#include "files/files.hpp"
#include "grade/cases.hpp"
#include "grade/hand_in.hpp"
#include "submission/object_cache.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_tasks = 1000;  ///< of a job: Slurm's MaxArraySize is 1001 unless a cluster says otherwise
constexpr auto silence = 10min;           ///< of the controller, after which we give up

/// An attempt at a submission that is not graded to its end.
struct Pending {
    const ClassMember* member;
    HandedIn handed_in;
    std::set<std::string> left;  ///< exercises
    int lost = 0;                ///< tasks that ended while they were at it
    std::set<int> begun = {};    ///< rounds in which a task came to it
};

std::string quoted(const fs::path& path) {  // for sh
    std::string text = "'";
    for (const char c : path.string()) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

std::string counted(std::size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

class ClusterRun {
 public:
    ClusterRun(const Course& course, const Toolchain& toolchain, const std::vector<Selection>& selection,
               Gradebook& book, const ClassOptions& options, const ClusterOptions& cluster,
               const std::function<void(const MemberOutcome&)>& on_member,
               const std::function<void(const std::string&)>& on_note)
        : course_(course),
          toolchain_(toolchain),
          selection_(selection),
          book_(book),
          options_(options),
          cluster_(cluster),
          on_member_(on_member),
          on_note_(on_note),
          name_(book.cluster_name()),
          folder_{toolchain.build_dir / "slurm" / name_} {}

    void run(const std::vector<ClassMember>& members) {
        const auto lock = FileLock::if_free(folder_.root.string() + ".lock");
        if (!lock)
            throw UsageError(
                "another grader has submitted this class to the cluster and waits for it. Wait for it, too");
        open_folder();
        for (const ClassMember& member : members) take_in(member);
        adopt();
        auto ask_at = Clock::now(), answered_at = ask_at;
        Clock::duration interval = 1s;
        while (!pending_.empty()) {
            std::optional<std::set<QueuedTask>> queue;
            const bool ask = Clock::now() >= ask_at;
            if (ask) queue = queued_tasks(name_ + ".");
            merge();  // after the queue was asked: what a task that has left it wrote is there by now
            if (queue) {
                answered_at = Clock::now();
                book_.sign_of_life();
                for (const Flights::Lost& lost :
                     flights_.gone(*queue, unseen_, [&](std::int64_t attempt) { return pending_.contains(attempt); }))
                    charge(lost);
                if (submit_missing()) interval = 1s;
            } else if (ask && Clock::now() - answered_at > silence) {
                throw Error("Slurm's controller has not answered for 10 minutes. --resume goes on when it does");
            }
            if (ask) {
                ask_at = Clock::now() + interval;
                interval = std::min<Clock::duration>(interval * 5 / 4, 15s);  // a controller has others to answer, too
            }
            if (!pending_.empty()) std::this_thread::sleep_for(250ms);
        }
        leave();
    }

 private:
    [[nodiscard]] std::string job_name(int round) const { return name_ + "." + std::to_string(round); }

    void open_folder() {
        fs::create_directories(folder_.root);
        fs::permissions(folder_.root, fs::perms::owner_all);  // nobody else's: keys and submissions lie here
        for (const char* part : {"submissions", "orders", "results", "logs", "work"})
            fs::create_directories(folder_.root / part);
        if (!fs::exists(folder_.key())) {
            std::random_device chance;
            std::string key;
            for (int i = 0; i < 8; ++i) key += std::to_string(chance()) + ".";
            write_atomically(folder_.key(), sha256(key));
        }
        key_ = read_text(folder_.key());
        unseen_ = unseen_for(folder_.results());
    }

    void take_in(const ClassMember& member) {
        std::optional<ScratchFolder> scratch;
        fs::path files;
        HandedIn handed_in;
        try {
            scratch.emplace(folder_.work(), "intake");
            files = scratch->path() / "files";
            handed_in = hand_in(course_, selection_, member, cluster_.read_archive, files);
        } catch (const Error& error) {  // this machine's fault: nothing is known of the submission
            return on_member_({member, MemberOutcome::Kind::faulty, error.what()});
        }
        if (handed_in.refused.empty() && !fs::exists(folder_.submission(handed_in.hash)))
            fs::rename(files, folder_.submission(handed_in.hash));  // whole or not there, and never changed
        claim(member, handed_in, MemberOutcome::Kind::as_before);
    }

    /// @param if_done  what it is when nothing is left to be graded
    void claim(const ClassMember& member, const HandedIn& handed_in, MemberOutcome::Kind if_done) {
        const Turn turn = book_.claim(handed_in);
        switch (turn.kind) {
            case Turn::Kind::refused:
                return on_member_({member, MemberOutcome::Kind::refused, handed_in.refused});
            case Turn::Kind::anothers:
                return on_member_({member, MemberOutcome::Kind::anothers, std::to_string(turn.holder)});
            case Turn::Kind::done:
                return on_member_({member, if_done, ""});
            case Turn::Kind::mine:
                break;
        }
        pending_[turn.attempt] = {&member, handed_in, {turn.exercises.begin(), turn.exercises.end()}};
        if (turn.exercises.empty()) finish(turn.attempt);  // its grader died between the last exercise and the end
    }

    /// Finds the jobs of a submitter that has died: what still waits or runs is not submitted again.
    void adopt() {
        const auto queue = queued_tasks(name_ + ".");
        if (!queue) throw Error("Slurm's controller does not answer. --resume goes on when it does");
        std::size_t found = 0;
        for (const int round : rounds_in(folder_)) {
            round_ = std::max(round_, round);
            Order order;
            try {
                order = read_order(folder_.order(round));
            } catch (const FileError& error) {  // its jobs run beside ours then, for nothing
                on_note_(clean_text(error.what()));
            }
            for (std::size_t task = 0; task < order.chunks.size(); ++task) {
                const QueuedTask one{job_name(round), static_cast<int>(task)};
                if (!queue->contains(one)) continue;
                flights_.add(one, round, order.chunks[task]);
                ++found;
            }
        }
        if (found > 0) on_note_("Found " + counted(found, "task") + " of an earlier run in the queue.");
    }

    void merge() {
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(folder_.results())) files.push_back(entry.path());
        for (const fs::path& file : files) {
            const auto place = attempt_and_round(file.filename().string());
            if (!place || !pending_.contains(place->first)) continue;  // of an attempt that is over, or nothing of ours
            const std::string stamp = ObjectCache::stamp_of(file);
            if (std::exchange(seen_[file], stamp) == stamp) continue;
            try {
                merge(place->first, place->second, read_result(file, key_, selection_));
            } catch (const FileError& error) {  // as if it were not there
                on_note_(clean_text(error.what()));
            }
        }
    }

    void merge(std::int64_t attempt, int round, const AttemptResult& result) {
        Pending& pending = pending_.at(attempt);
        if (result.attempt != attempt || result.round != round || result.hash != pending.handed_in.hash)
            throw FileError(folder_.result(attempt, round).filename().string() + " holds another's result");
        pending.begun.insert(round);
        for (const ExerciseReport& exercise : result.exercises) {
            if (pending.left.erase(exercise.id) > 0) book_.record(attempt, exercise);
        }
        if (pending.left.empty()) {
            finish(attempt);
        } else if (result.done && !result.fault.empty() && flights_.have(attempt, round)) {
            give_up(attempt, result.fault);  // a fault of a round long past has been said then
        }
    }

    void finish(std::int64_t attempt) {
        book_.finish(attempt);
        const Pending pending = std::move(pending_.extract(attempt).mapped());
        claim(*pending.member, pending.handed_in, MemberOutcome::Kind::graded);  // a regrade may wait behind it
    }

    void give_up(std::int64_t attempt, const std::string& fault) {
        book_.give_back(attempt, fault);
        const Pending pending = std::move(pending_.extract(attempt).mapped());
        on_member_({*pending.member, MemberOutcome::Kind::faulty, fault});
    }

    /// Whoever the task was at when it ended may have been its end; those that it had not come to are innocent. When it was at nobody, nobody is
    /// more to blame than the rest.
    void charge(const Flights::Lost& lost) {
        std::vector<std::int64_t> charged = lost.missing;
        std::erase_if(charged, [&](std::int64_t attempt) { return !pending_.at(attempt).begun.contains(lost.round); });
        if (charged.empty()) charged = lost.missing;
        std::string words = last_line_of_log(folder_, lost.round, lost.task.second);
        if (!words.empty()) words = ". Its last words: " + words;
        on_note_("Lost task " + std::to_string(lost.task.second) + " of " + lost.task.first + " with " +
                 counted(lost.missing.size(), "submission") + " left" + words);
        for (const std::int64_t attempt : charged) {
            Pending& pending = pending_.at(attempt);
            if (++pending.lost >= cluster_.tries)
                give_up(attempt,
                        counted(static_cast<std::size_t>(pending.lost), "task") +
                            " ended in the middle of it: the node failed, or the task was killed or cancelled" + words);
        }
    }

    /// @return whether anything was submitted
    bool submit_missing() {
        std::vector<std::vector<OrderedAttempt>> chunks;
        std::size_t room = 0;
        for (const auto& [attempt, pending] : pending_) {
            if (flights_.have(attempt)) continue;
            const bool alone = pending.lost > 0;  // if it is what kills tasks, it takes nobody with it
            if (room == 0 || alone) chunks.emplace_back();
            room = alone ? 0 : (room == 0 ? static_cast<std::size_t>(cluster_.chunk) : room) - 1;
            chunks.back().push_back({attempt, pending.member->id, pending.handed_in.hash, left_of(pending)});
        }
        for (std::size_t at = 0; at < chunks.size(); at += most_tasks) {
            const auto first = chunks.begin() + static_cast<std::ptrdiff_t>(at);
            const auto last = chunks.begin() + static_cast<std::ptrdiff_t>(std::min(at + most_tasks, chunks.size()));
            submit_round({first, last});
        }
        return !chunks.empty();
    }

    /// In the course's order.
    [[nodiscard]] std::vector<std::string> left_of(const Pending& pending) const {
        std::vector<std::string> exercises;
        for (const Selection& part : selection_) {
            for (const Exercise* exercise : part.exercises) {
                if (pending.left.contains(exercise->id)) exercises.push_back(exercise->id);
            }
        }
        return exercises;
    }

    void submit_round(std::vector<std::vector<OrderedAttempt>> chunks) {
        if (!cases_are_made_) {  // here, once, and not by all nodes at the same time
            for (const Selection& part : selection_) prepare_cases(toolchain_, *part.chapter, options_.seed);
            cases_are_made_ = true;
        }
        Order order{
            ++round_,         {}, edition_of(selection_), options_.seed, options_.seconds, options_.sandbox.has_value(),
            std::move(chunks)};
        for (const Selection& part : selection_) order.chapters.push_back(part.chapter->id);
        write_order(folder_, order);
        write_atomically(folder_.script(round_), "#!/bin/sh\nexec " + quoted(cluster_.program) + " --toolchain " +
                                                     quoted(toolchain_.build_dir / "toolchain.json") + " grade-chunk " +
                                                     quoted(folder_.order(round_)) + " \"$SLURM_ARRAY_TASK_ID\"\n");
        const ArrayJob job{job_name(round_),
                           folder_.script(round_),
                           toolchain_.source_dir,
                           folder_.log(round_, "%a"),
                           static_cast<int>(order.chunks.size()),
                           cluster_.at_once};
        const std::string number = submit(job);
        std::size_t submissions = 0;
        for (int task = 0; task < job.tasks; ++task) {
            const auto& chunk = order.chunks[static_cast<std::size_t>(task)];
            flights_.add({job.name, task}, round_, chunk);
            submissions += chunk.size();
        }
        on_note_("Job " + number + " (" + job.name + "): " + counted(submissions, "submission") + " in " +
                 counted(order.chunks.size(), "task"));
    }

    /// Nothing of ours stays in the queue, and no file.
    void leave() {
        const auto begin = Clock::now();
        bool cancelled = false;
        for (;;) {
            const auto queue = queued_tasks(name_ + ".");
            if ((queue && queue->empty()) || Clock::now() - begin > 60s) break;
            if (queue && !cancelled && Clock::now() - begin > 10s) {  // not on their way out, but twice submitted
                std::set<std::string> names;
                for (const auto& [name, task] : *queue) names.insert(name);
                cancel_jobs(names);
                cancelled = true;
            }
            std::this_thread::sleep_for(500ms);
        }
        std::error_code none;
        fs::remove_all(folder_.root, none);
    }

    const Course& course_;
    const Toolchain& toolchain_;
    const std::vector<Selection>& selection_;
    Gradebook& book_;
    const ClassOptions& options_;
    const ClusterOptions& cluster_;
    const std::function<void(const MemberOutcome&)>& on_member_;
    const std::function<void(const std::string&)>& on_note_;
    const std::string name_;
    const ClusterFolder folder_;
    std::string key_;
    Clock::duration unseen_{};
    bool cases_are_made_ = false;
    int round_ = 0;                            ///< the last one
    std::map<std::int64_t, Pending> pending_;  ///< by attempt
    Flights flights_;
    std::map<fs::path, std::string> seen_;  ///< results that were merged, with their stamps
};

}  // namespace

void grade_class_on_cluster(const Course& course, const Toolchain& toolchain, const std::vector<Selection>& selection,
                            const std::vector<ClassMember>& members, Gradebook& book, const ClassOptions& options,
                            const ClusterOptions& cluster, const std::function<void(const MemberOutcome&)>& on_member,
                            const std::function<void(const std::string&)>& on_note) {
    check_compiler(toolchain);
    book.enrol(members);
    ClusterRun(course, toolchain, selection, book, options, cluster, on_member, on_note).run(members);
}

}  // namespace wb::grader
