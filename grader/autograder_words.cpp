#include "autograder_words.hpp"

namespace wb::grader {

void add_autograder(CLI::App& app, AutograderOptions& options, const OnCommand& on) {
    auto* autograder = app.add_subcommand("autograder", "the workbook as an autograder of other platforms");
    autograder->require_subcommand(1);
    auto* gradescope =
        autograder->add_subcommand("gradescope", "a zip for Gradescope: setup.sh, run_autograder, sources");
    gradescope->add_option("file", options.out, "where to")->required()->type_name("FILE.zip");
    add_chapters(gradescope, options.chapters);
    add_whole_number<std::uint64_t>(gradescope, "--seed", options.seed, 0,
                                    "./workbook autograder gradescope autograder.zip --seed 7",
                                    "of the cases (default: 1, the public one)");
    gradescope->add_flag("--no-sandbox", options.no_sandbox,
                         "grade in a container that cannot hold submissions, too: all of them can be trusted");
    auto* classroom = autograder->add_subcommand("classroom", "a workflow for GitHub Classroom");
    classroom->add_option("folder", options.out, "the repository that students get a copy of")
        ->required()
        ->type_name("FOLDER");
    add_chapters(classroom, options.chapters);
    on(classroom, [&options](const Desk& desk) { return classroom_autograder_command(desk, options); });
    on(gradescope, [&options](const Desk& desk) { return gradescope_autograder_command(desk, options); });
}

}  // namespace wb::grader
