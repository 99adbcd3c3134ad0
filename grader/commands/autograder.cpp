/// `./workbook autograder gradescope FILE.zip | classroom FOLDER`.
#include <fmt/format.h>

#include <iostream>

#include "autograder/classroom.hpp"
#include "autograder/gradescope.hpp"
#include "commands/commands.hpp"
#include "files/files.hpp"

namespace wb::grader {

namespace {

std::vector<const Chapter*> chapters_of(const Desk& desk, const AutograderOptions& options) {
    std::vector<const Chapter*> chapters;
    for (const Selection& part : select_whole_chapters(desk.course, options.chapters, "an autograder grades"))
        chapters.push_back(part.chapter);
    return chapters;
}

}  // namespace

int gradescope_autograder_command(const Desk& desk, const AutograderOptions& options) {
    if (options.out.extension() != ".zip")
        throw UsageError("autograder gradescope: expected a file that ends in .zip, got \"" + options.out.string() +
                         "\". Try: ./workbook autograder gradescope autograder.zip --chapters 02");
    const GradescopeAutograder autograder{
        .chapters = chapters_of(desk, options), .seed = options.seed, .no_sandbox = options.no_sandbox};
    const int files = write_gradescope_autograder(desk.course, autograder, options.out);
    std::cout << fmt::format(
        "{}: {} files, {:.1f} MB. Upload it in Gradescope under Configure Autograder, with Ubuntu 24.04 or newer as "
        "the "
        "base image.\n",
        options.out.string(), files, static_cast<double>(std::filesystem::file_size(options.out)) / 1e6);
    return 0;
}

int classroom_autograder_command(const Desk& desk, const AutograderOptions& options) {
    if (!std::filesystem::is_directory(options.out))
        throw UsageError(
            "autograder classroom: expected the folder of the repository that students get a copy of, got \"" +
            options.out.string() + "\". Try: ./workbook autograder classroom . --chapters 02");
    const std::filesystem::path file = options.out / classroom_workflow_file;
    write_atomically(file, classroom_workflow(chapters_of(desk, options)));
    std::cout << file.string()
              << ": commit it to that repository, and choose it (Custom YAML) where the assignment is made.\n";
    return 0;
}

}  // namespace wb::grader
