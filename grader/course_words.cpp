#include "course_words.hpp"

namespace wb::grader {
namespace {

void add_trials(CLI::App& app, CourseWords& words, const OnCommand& on) {
    auto* mutants = app.add_subcommand("mutants", "does every wrong submission fail the test that it names?");
    mutants->add_flag("--told", words.mutants.told, "show what a student with this mistake would read");
    auto* alternates = app.add_subcommand("alternates", "do different but right submissions get full marks?");
    for (const auto& [command, options] : {std::pair{mutants, &words.mutants}, {alternates, &words.alternates}}) {
        command->add_option("exercises", options->words, "chapters or exercises (default: all)")
            ->type_name("EXERCISE|CHAPTER");
        add_jobs(command, options->jobs, "./workbook " + command->get_name() + " --jobs 2");
    }
    on(mutants, [&words](const Desk& desk) { return mutants_command(desk, words.mutants); });
    on(alternates, [&words](const Desk& desk) { return alternates_command(desk, words.alternates); });
}

void add_scaffolds(CLI::App& app, ScaffoldOptions& options, const OnCommand& on) {
    auto* exercise = app.add_subcommand("new-exercise", "an exercise to change into yours: everything that one has");
    exercise->add_option("chapter", options.chapter, "such as 2")->required();
    exercise->add_option("id", options.id, "such as 2.13")->required();
    exercise->add_option("title", options.title, "in quotes")->required();
    exercise->add_flag("--kernel", options.kernel, "a CUDA kernel, as --kind kernel");
    exercise->add_option("--kind", options.kind, "function, kernel or theory (default: function)")->type_name("KIND");
    on(exercise, [&options](const Desk& desk) { return new_exercise_command(desk, options); });
    auto* chapter = app.add_subcommand("new-chapter", "a chapter with one exercise, to change into yours");
    chapter->add_option("chapter", options.chapter, "such as 07_rotary_embeddings")->required();
    chapter->add_option("title", options.title, "in quotes")->required();
    chapter->add_option("--exercise", options.exercise, "title of its exercise (default: the chapter's)")
        ->type_name("TITLE");
    on(chapter, [&options](const Desk& desk) { return new_chapter_command(desk, options); });
    for (CLI::App* command : {exercise, chapter}) {
        command->add_option("--name", options.name, "of the exercise's files and function (default: from its title)")
            ->type_name("NAME");
        command->add_flag("--dry-run", options.dry_run, "only say what would be written");
    }
}

void add_export(CLI::App& app, ExportOptions& options, const OnCommand& on) {
    auto* edition = app.add_subcommand("export", "the student edition: without solutions, to hand out");
    edition->add_option("--out", options.out, "where to: a new folder, or a file that ends in .zip")
        ->required()
        ->type_name("DIR|ZIP");
    add_chapters(edition, options.chapters);
    add_whole_number<std::uint64_t>(edition, "--seed", options.seed, 0, "./workbook export --out edition.zip --seed 1",
                                    "of the tests' random inputs at a student's desk (default: 1)");
    on(edition, [&options](const Desk& desk) { return export_command(desk, options); });
}

void add_sample(CLI::App& app, SampleClassOptions& options, const OnCommand& on) {
    auto* sample = app.add_subcommand("sample", "a class of made-up submissions, to try grading with");
    sample->add_option("folder", options.folder, "where to: a new folder")->required()->type_name("FOLDER");
    add_whole_number<int>(sample, "--submissions", options.submissions, 1, "./workbook sample class/ --submissions 12",
                          "how many (default: 40)");
    add_chapters(sample, options.chapters);
    add_whole_number<std::uint64_t>(sample, "--seed", options.seed, 0, "./workbook sample class/ --seed 1",
                                    "of what they write (default: 1)");
    sample->add_flag("--honest", options.honest, "nobody who means harm: for a machine without a sandbox");
    sample->add_option("--mark", options.mark, "a word in each file: no object of another mark's is found again")
        ->type_name("WORD");
    on(sample, [&options](const Desk& desk) { return sample_command(desk, options); });
}

void add_upkeep(CLI::App& app, CourseWords& words, const OnCommand& on) {
    auto* docs = app.add_subcommand("docs", "make the site: handouts, guides, reference; build/docs/html/index.html");
    docs->add_option("--out", words.docs.out, "where it goes (default: build/docs)")->type_name("FOLDER");
    on(docs, [&words](const Desk& desk) { return docs_command(desk, words.docs); });

    auto* bench = app.add_subcommand("bench", "the benchmarks");
    bench
        ->add_option("names", words.benchmarks,
                     "benchmarks (default: all that take minutes); of one, its own options after --")
        ->type_name("BENCHMARK");
    on(bench, [&words](const Desk& desk) {
        std::vector<std::string> all = words.benchmarks;
        all.insert(all.end(), words.benchmark_arguments.begin(), words.benchmark_arguments.end());
        return bench_command(desk, all);
    });

    auto* test = app.add_subcommand("test", "all tests of the workbook itself");
    test->add_option("arguments", words.ctest_arguments, "handed to ctest, after --");
    add_jobs(test, words.ctest_jobs, "./workbook test --jobs 2");
    on(test, [&words](const Desk& desk) { return test_command(desk, words.ctest_arguments, words.ctest_jobs); });
}

}  // namespace

void add_course_work(CLI::App& app, CourseWords& words, const OnCommand& on) {
    auto* starter = app.add_subcommand("starter", "write starter/ from solutions/");
    starter->add_flag("--check", words.check_starter, "only say which files differ");
    on(starter, [&words](const Desk& desk) { return starter_command(desk, words.check_starter); });
    add_trials(app, words, on);
    add_scaffolds(app, words.scaffold, on);
    add_export(app, words.edition, on);
    add_sample(app, words.sample, on);
    add_upkeep(app, words, on);
}

}  // namespace wb::grader
