#include "class_bench.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <iostream>

#include "process/process.hpp"
#include "wb/errors.hpp"

namespace wb::bench {
namespace fs = std::filesystem;
namespace {

grader::ProcessResult workbook(const std::vector<std::string>& words, bool show) {
    grader::ProcessOptions options;
    options.argv = {WB_CLI, "--toolchain", WB_TOOLCHAIN};
    options.argv.insert(options.argv.end(), words.begin(), words.end());
    options.time_limit = std::chrono::milliseconds(0);
    if (show) options.on_output = [](std::string_view text) { std::cout << text << std::flush; };
    return grader::run_process(options);
}

}  // namespace

std::string fresh_mark() {
    return std::to_string(std::chrono::system_clock::now().time_since_epoch().count());
}

void make_class(const ClassSetting& setting) {
    if (fs::exists(setting.folder / "class.csv")) return;
    fs::remove_all(setting.folder);  // half of one
    std::vector<std::string> words{"sample",        setting.folder.string(),
                                   "--submissions", std::to_string(setting.submissions),
                                   "--chapters",    setting.chapters,
                                   "--seed",        std::to_string(setting.seed),
                                   "--mark",        setting.mark};
    if (setting.honest) words.emplace_back("--honest");
    const auto made = workbook(words, false);
    if (!made.ok()) throw Error("the class cannot be made: " + made.output);
}

grader::ClassCosts grade_class(const ClassSetting& setting, int jobs, bool sandbox, bool show) {
    const fs::path book = setting.folder / "class.book";
    std::vector<std::string> words{
        "grade",  "--class",           (setting.folder / "class.csv").string(), "--book", book.string(),
        "--jobs", std::to_string(jobs)};
    if (fs::exists(book)) {
        words.emplace_back("--resume");
    } else {
        words.insert(words.end(), {"--chapters", setting.chapters});
    }
    if (!sandbox) words.emplace_back("--no-sandbox");
    const auto graded = workbook(words, show);
    if (graded.exit_status != 0 && graded.exit_status != 1)  // 1: some could not be taken in
        throw Error("the class cannot be graded: " + (show ? graded.how_it_ended() : graded.output));
    return grader::costs_of(grader::Gradebook(book, grader::Database::Missing::is_an_error));
}

void adopt_orphans() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

int orphans() {
    int found = 0;
    for (;;) {
        const pid_t one = ::waitpid(-1, nullptr, WNOHANG);
        if (one < 0 && errno == EINTR) continue;
        if (one < 0) return found;       // no child at all
        if (one == 0) return found + 1;  // at least one that still runs
        ++found;
    }
}

std::vector<std::string> shared_files() {
    std::vector<std::string> names;
    std::error_code none;
    for (const char* folder : {"/tmp", "/dev/shm"}) {
        for (const auto& entry : fs::directory_iterator(folder, none)) names.push_back(entry.path().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace wb::bench
