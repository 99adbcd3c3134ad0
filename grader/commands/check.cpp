#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iostream>

#include "commands/commands.hpp"
#include "commands/progress.hpp"
#include "grade/grading.hpp"
#include "report/terminal.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// The path as the student would type it.
std::string typed(const fs::path& path) {
    const fs::path relative = path.lexically_relative(fs::current_path());
    return relative.empty() || relative.string().starts_with("../..") ? path.string() : relative.string();
}

/// One thing to do after this report, about the first exercise that is not done.
std::string next_step(const Desk& desk, const Submission& submission, const Report& report) {
    for (const ChapterReport& part : report.chapters) {
        const Chapter& chapter = *desk.course.find_chapter(part.id);
        for (const ExerciseReport& done : part.exercises) {
            const Exercise& exercise = *chapter.find(done.id);
            const std::string file = typed(submission.chapter_folder(chapter) / exercise.files.front());
            switch (done.outcome()) {
                case TestStatus::passed:
                case TestStatus::skipped:
                    continue;
                case TestStatus::compile_error:
                    return "mend " + file + ", then ./workbook check " + done.id;
                case TestStatus::not_implemented:
                    if (exercise.is_theory()) return "answer the questions in " + file;
                    return "look for TODO(" + done.id + ") in " + file + ", and ./workbook hint " + done.id +
                           " when you are stuck";
                case TestStatus::crashed:
                    return "./workbook debug " + done.id + " replays the question in gdb";
                default:
                    if (exercise.is_theory()) return "./workbook hint " + done.id;
                    return "./workbook hint " + done.id + ", or ./workbook debug " + done.id +
                           " to replay the question in gdb";
            }
        }
    }
    // All that was asked is done: the chapter goes on where it was left, then the course from its beginning.
    const auto known = load_progress(desk.memory(), submission);
    const auto is_open = [&](const Exercise& exercise) {
        const auto found = known.find(exercise.id);
        return found == known.end() || found->second.outcome != "passed";
    };
    for (const ChapterReport& part : report.chapters) {
        const std::vector<Exercise>& exercises = desk.course.find_chapter(part.id)->exercises;
        const auto last = std::find_if(exercises.begin(), exercises.end(),
                                       [&](const Exercise& one) { return one.id == part.exercises.back().id; });
        auto open = std::find_if(last, exercises.end(), is_open);
        if (open == exercises.end()) open = std::find_if(exercises.begin(), exercises.end(), is_open);
        if (open != exercises.end()) return "./workbook check " + open->id;
    }
    for (const Chapter& chapter : desk.course.chapters) {
        const auto open = std::find_if(chapter.exercises.begin(), chapter.exercises.end(), is_open);
        if (open != chapter.exercises.end()) return "./workbook check " + open->id;
    }
    return "";
}

int check_once(const Desk& desk, const CheckOptions& options, const std::vector<Selection>& selection) {
    const Submission submission = open_submission(desk.course, desk.submission(options.submission));
    const Report expected = empty_report(submission, selection);
    write_report_files(expected, options.files);
    TerminalReport terminal(std::cout, style_of_stdout(), expected);
    GradingOptions grading{.seed = options.seed,
                           .jobs = options.jobs,
                           .seconds = options.seconds,
                           .failures = desk.failures(submission.name)};
    grading.on_exercise = [&](const Report& report, const ExerciseReport& done) {
        write_report_files(report, options.files);
        terminal.update(report, done);
    };
    std::vector<std::string> faults;
    const Report report = grade(desk.course, desk.toolchain, submission, selection, grading, faults);
    trim_cache(desk.toolchain);
    save_progress(desk.memory(), desk.course, submission, report);
    terminal.finish(report, next_step(desk, submission, report));
    for (const std::string& fault : faults) std::cerr << "workbook: " << fault << "\n";
    return !faults.empty() ? 2 : report.passed() ? 0 : 1;
}

/// Waits for a file of the watched folders to be saved, and for the editor to be done with it.
class SaveWatch {
 public:
    SaveWatch() : fd_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
        if (fd_ < 0) throw Error(std::string("--watch: this system reports no file changes: ") + std::strerror(errno));
    }
    ~SaveWatch() { ::close(fd_); }
    SaveWatch(const SaveWatch&) = delete;
    SaveWatch& operator=(const SaveWatch&) = delete;

    void add(const fs::path& folder) {
        // Editors save by writing in place, or by moving a new file over the old one.
        if (::inotify_add_watch(fd_, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE) < 0) {
            throw Error("--watch: cannot watch " + folder.string() + ": " + std::strerror(errno));
        }
    }
    void wait() {
        wait_for_events(-1);
        while (wait_for_events(150)) {
        }
    }

 private:
    /// True when something was saved within the time; files that no build reads (an editor's swap files) do not count.
    bool wait_for_events(int milliseconds) {
        for (;;) {
            pollfd watched{fd_, POLLIN, 0};
            const int ready = ::poll(&watched, 1, milliseconds);
            if (ready < 0 && errno == EINTR) continue;
            if (ready <= 0) return false;
            if (read_events() || milliseconds >= 0) return true;
        }
    }
    bool read_events() {
        alignas(inotify_event) std::array<char, 4096> buffer;
        bool relevant = false;
        for (ssize_t got = ::read(fd_, buffer.data(), buffer.size()); got > 0;
             got = ::read(fd_, buffer.data(), buffer.size())) {
            for (ssize_t at = 0; at < got;) {
                const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
                const std::string name = event->len > 0 ? event->name : "";
                for (const char* ending : {".cpp", ".cu", ".hpp", ".cuh", ".h", ".toml"})
                    relevant = relevant || name.ends_with(ending);
                at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
            }
        }
        return relevant;
    }
    int fd_;
};

}  // namespace

int check_command(const Desk& desk, const CheckOptions& options) {
    const std::vector<Selection> selection = select(desk.course, options.words);
    if (!options.watch) return check_once(desk, options, selection);

    const Submission submission = open_submission(desk.course, desk.submission(options.submission));
    SaveWatch saves;
    for (const Selection& part : selection) saves.add(submission.chapter_folder(*part.chapter));
    for (;;) {
        if (style_of_stdout().live) std::cout << "\x1b[2J\x1b[3J\x1b[H";
        check_once(desk, options, selection);
        std::cout << "\nWatching " << typed(submission.folder) << "; save a file to check again, Ctrl-C to stop."
                  << std::endl;
        saves.wait();
    }
}

}  // namespace wb::grader
