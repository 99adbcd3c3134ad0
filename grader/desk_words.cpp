#include "desk_words.hpp"

#include <iostream>

#include "completion_model.hpp"

namespace wb::grader {
namespace {

void add_exercise(CLI::App* command, std::string& exercise) {
    command->add_option("exercise", exercise, "such as 2.1")->required()->type_name("EXERCISE");
}

void add_submission(CLI::App* command, std::filesystem::path& submission) {
    command->add_option("--submission", submission, "instead of starter/")->type_name("DIR");
}

void add_progress(CLI::App& app, DeskWords& words, const OnCommand& on) {
    auto* list = app.add_subcommand("list", "the exercises and their points");
    on(list, [](const Desk& desk) { return list_command(desk); });

    auto* status = app.add_subcommand("status", "what is done, as far as it was checked");
    status->add_option("chapters", words.status.words, "whose exercises are listed, such as 2")->type_name("CHAPTER");
    add_submission(status, words.status.submission);
    on(status, [&words](const Desk& desk) { return status_command(desk, words.status); });
}

void add_help_with_an_exercise(CLI::App& app, DeskWords& words, const OnCommand& on) {
    auto* hint = app.add_subcommand("hint", "one more hint for an exercise");
    add_exercise(hint, words.exercise);
    on(hint, [&words](const Desk& desk) { return hint_command(desk, words.exercise); });

    auto* reset = app.add_subcommand("reset", "an exercise's files as they were handed out (yours are kept as .bak)");
    add_submission(reset, words.submission);
    reset->add_flag("--yes", words.yes, "do it although the files were edited");
    add_exercise(reset, words.exercise);
    on(reset, [&words](const Desk& desk) { return reset_command(desk, words.exercise, words.yes, words.submission); });

    auto* debug = app.add_subcommand("debug", "replay the question of the first test that failed in gdb");
    add_submission(debug, words.submission);
    add_exercise(debug, words.exercise);
    on(debug, [&words](const Desk& desk) { return debug_command(desk, words.exercise, words.submission); });
}

void add_run(CLI::App& app, RunOptions& options, const OnCommand& on) {
    auto* run = app.add_subcommand("run", "a chapter's demo");
    run->add_option("name", options.name, "the demo (none: what there is)")->type_name("DEMO");
    run->add_option("--submission", options.submission,
                    "whose code it runs (default: solutions/, or starter/ where there is none)")
        ->type_name("DIR");
    run->add_option("arguments", options.arguments,
                    "handed to the demo, from the first word that is not an option of run. "
                    "The demo's own help: ./workbook run NAME -- --help");
    on(run, [&options](const Desk& desk) { return run_command(desk, options); });
}

void add_profile(CLI::App& app, ProfileOptions& options, const OnCommand& on) {
    auto* profile = app.add_subcommand("profile", "what a GPU would make of a kernel, line by line, without a GPU");
    profile->add_option("what", options.what, "an exercise such as 2.10, or a CUDA file")
        ->required()
        ->type_name("EXERCISE|FILE.cu");
    profile->add_option("--entry", options.entry, "of a file without main: the function without arguments to call")
        ->type_name("NAME");
    add_submission(profile, options.submission);
    add_whole_number<int>(profile, "--l2", options.l2_kib, 1, "./workbook profile 2.10 --l2 4096",
                          "size of the modelled L2 in KiB (default: 40960, an A100's)");
    profile->add_option("--gpu", options.gpu, "estimate for a100, a100-40gb or h100 (default: a100 and h100)")
        ->type_name("NAME");
    profile->add_flag("--all", options.all, "every instance of a kernel template");
    profile->add_flag("--table", options.table, "only a table, a row for each kernel, in Markdown");
    profile
        ->add_option_function<std::vector<std::string>>(
            "--line",
            [&options](const std::vector<std::string>& lines) {
                const std::string example = "./workbook profile my_kernel.cu --line 9";
                if (lines.size() > 2)
                    throw UsageError("--line: at most two lines fit side by side, got " + std::to_string(lines.size()) +
                                     ". Try: " + example + " --line 14");
                for (const std::string& line : lines)
                    options.lines.push_back(whole_number<int>("--line", line, 1, example));
            },
            "draw which lanes touch which addresses at this line; twice: two lines side by side")
        ->type_name("N")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    profile
        ->add_option("--against", options.against,
                     "profile this too, as what comes after: the first --line is looked for before, the last after")
        ->type_name("FILE.cu|DIR");
    profile->add_option("--html", options.html, "write a page with the source, its heat and the pictures")
        ->type_name("FILE");
    on(profile, [&options](const Desk& desk) { return profile_command(desk, options); });
}

void add_datasets(CLI::App& app, DatasetOptions& options, const OnCommand& on) {
    auto* datasets =
        app.add_subcommand("datasets", "the data there are; fetch NAME downloads what is too large to ship");
    datasets->add_option("action", options.action, "fetch (default: list)");
    datasets->add_option("name", options.name, "what to fetch");
    datasets->add_option("--from", options.from, "a mirror's address or a folder, instead of the source")
        ->type_name("URL|DIR");
    on(datasets, [&options](const Desk& desk) { return datasets_command(desk, options); });
}

void add_completion(CLI::App& app, std::string& shell, const OnCommand& on) {
    auto* completion = app.add_subcommand("completion", "a script that lets a shell complete all of this");
    completion->add_option("shell", shell, "whose script: bash, zsh or fish")->type_name("SHELL");
    on(completion, [&app, &shell](const Desk& desk) {
        std::cout << completion_script(completion_model(app, desk), shell);
        return 0;
    });
}

}  // namespace

void add_desk(CLI::App& app, DeskWords& words, const OnCommand& on) {
    add_progress(app, words, on);
    add_help_with_an_exercise(app, words, on);
    add_run(app, words.run, on);
    add_profile(app, words.profile, on);
    add_datasets(app, words.datasets, on);
    add_completion(app, words.shell, on);
}

}  // namespace wb::grader
