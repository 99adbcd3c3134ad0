#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>

#include "commands/commands.hpp"
#include "files/files.hpp"
#include "grade/grading.hpp"
#include "process/process.hpp"
#include "submission/workers.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// The kept question of the first test that failed, in the order of the report; empty when there is none.
fs::path first_question(const fs::path& folder, const Exercise& exercise) {
    std::error_code none;
    for (const TestSpec& test : exercise.tests) {
        if (const fs::path kept = folder / (test.name + ".safetensors"); fs::exists(kept, none)) return kept;
    }
    return {};
}

/// The build whose worker was asked: the file's metadata says so.
Build build_of(const fs::path& question) {
    const std::string bytes = read_text(question);
    std::uint64_t length = 0;
    if (bytes.size() < sizeof length) return Build::plain;
    std::memcpy(&length, bytes.data(), sizeof length);
    if (length > bytes.size() - sizeof length) return Build::plain;
    const auto header = nlohmann::json::parse(bytes.substr(sizeof length, length), nullptr, false);
    if (!header.is_object() || !header.contains("__metadata__") || !header["__metadata__"].is_object())
        return Build::plain;
    const std::string name = header["__metadata__"].value("build", "plain");
    for (const Build build : cpu_builds) {
        if (name == name_of(build)) return build;
    }
    return Build::plain;
}

}  // namespace

int debug_command(const Desk& desk, const std::string& id, const fs::path& given) {
    const Selection selection = select_exercise(desk.course, id);
    const Chapter& chapter = *selection.chapter;
    const Exercise& exercise = *selection.exercises.front();
    const Submission submission = open_submission(desk.course, desk.submission(given));
    const fs::path question = first_question(desk.failures(submission.name) / chapter.id / id, exercise);
    if (question.empty()) throw UsageError("no failing question of " + id + " is kept. Try: ./workbook check " + id);

    check_compiler(desk.toolchain);
    std::cout << "Compiling " << id << " without optimisation, so that gdb finds every line and variable ...\n"
              << std::flush;
    ObjectCache objects(desk.toolchain, true);
    WorkerMaker maker(desk.course, chapter, desk.toolchain, objects, submission.chapter_folder(chapter));
    const Build build = build_of(question);
    const ExerciseWorkers built = maker.workers_for(exercise, {build});
    if (built.refused) {
        std::cerr << "workbook: exercise " << id << " does not build, so there is nothing to debug yet:\n"
                  << built.message << "\n";
        return 1;
    }
    std::cout << "Replaying the question of " << question.stem().string() << " in the " << name_of(build)
              << " worker. Type run; a breakpoint: break FUNCTION.\n"
              << std::flush;
    // Objects name their sources as chapter/file, so gdb is told where chapters lie.
    exec_program({"gdb", "-q", "-ex", "directory " + submission.chapter_folder(chapter).parent_path().string(),
                  "--args", built.workers.at(build).string(), "--replay", question.string()});
}

}  // namespace wb::grader
