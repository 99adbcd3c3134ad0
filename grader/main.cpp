/// @file
/// The command line of ./workbook: reads it, calls one command, turns what was thrown into one line and exit status 2.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "autograder_words.hpp"
#include "commands/commands.hpp"
#include "completion_model.hpp"
#include "grade/cases.hpp"
#include "grade/task_queue.hpp"
#include "gradebook_words.hpp"
#include "intake/archive_child.hpp"
#include "process/process.hpp"
#include "text/nearest.hpp"
#include "words.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// The command line's words, with a "--" before what belongs to a demo: ./workbook run generate --samples 4 needs none typed.
std::vector<std::string> words_of(int argc, char** argv) {
    std::vector<std::string> words(argv + 1, argv + argc);
    auto word = std::find(words.begin(), words.end(), "run");
    if (word == words.end() || (word != words.begin() && word - words.begin() != 2))
        return words;  // 2: --toolchain FILE
    bool named = false;
    for (++word; word != words.end(); ++word) {
        if (*word == "--submission" && word + 1 != words.end()) {
            ++word;
        } else if (!named && !word->starts_with("-")) {
            named = true;
        } else if (!word->starts_with("--submission=")) {
            break;
        }
    }
    if (named && word != words.end() && *word != "--" && *word != "--help" && *word != "-h") words.insert(word, "--");
    return words;
}

/// Words of the command line before they are checked.
struct Words {
    std::string toolchain, shell, seed, jobs, seconds, exercise, chapters, l2, least, chunk, submissions,
        executor = "local";
    std::vector<std::string> words, lines;
};

class CommandLine {
 public:
    CommandLine() {
        app_.require_subcommand(1);
        app_.add_option("--toolchain", words_.toolchain, "toolchain.json of the build to use")->type_name("FILE");
        auto* list = app_.add_subcommand("list", "the exercises and their points");
        on(list, [](const Desk& desk) { return list_command(desk); });

        auto* status = app_.add_subcommand("status", "what is done, as far as it was checked");
        status->add_option("chapters", status_.words, "whose exercises are listed, such as 2")->type_name("CHAPTER");
        status->add_option("--submission", status_.submission, "instead of starter/")->type_name("DIR");
        on(status, [this](const Desk& desk) { return status_command(desk, status_); });

        auto* check = app_.add_subcommand("check", "grade my starter/, or only the exercises named");
        check->add_option("exercises", check_.words, "such as 2.1, or 2 for a whole chapter")
            ->type_name("EXERCISE|CHAPTER");
        check->add_option("--submission", check_.submission, "instead of starter/")->type_name("DIR");
        check->add_flag("--watch", check_.watch, "check again whenever a file is saved");
        add_grading(check, check_.files);
        on(check, [this](const Desk& desk) {
            check_.seed = seed_at(desk, "./workbook check 2.1 --seed 1");
            check_.jobs = jobs("./workbook check --jobs 2");
            check_.seconds = seconds("./workbook check 2.1 --seconds 5");
            return check_command(desk, check_);
        });

        add_exercise(app_.add_subcommand("hint", "one more hint for an exercise"),
                     [this](const Desk& desk) { return hint_command(desk, words_.exercise); });
        auto* reset =
            app_.add_subcommand("reset", "an exercise's files as they were handed out (yours are kept as .bak)");
        reset->add_option("--submission", status_.submission, "instead of starter/")->type_name("DIR");
        reset->add_flag("--yes", yes_, "do it although the files were edited");
        add_exercise(
            reset, [this](const Desk& desk) { return reset_command(desk, words_.exercise, yes_, status_.submission); });
        auto* debug = app_.add_subcommand("debug", "replay the question of the first test that failed in gdb");
        debug->add_option("--submission", status_.submission, "instead of starter/")->type_name("DIR");
        add_exercise(debug,
                     [this](const Desk& desk) { return debug_command(desk, words_.exercise, status_.submission); });

        add_grade();
        add_grade_chunk();
        const auto run_it = [this](CLI::App* command, Command action) { on(command, std::move(action)); };
        add_gradebook(app_, gradebook_, run_it);
        add_autograder(app_, autograder_, run_it);
        add_course_work();
        add_scaffolds();
        add_running();
    }

    int run(int argc, char** argv) {
        check_command_name(argc, argv);
        try {
            std::vector<std::string> words = words_of(argc, argv);
            take_bench_arguments(words);
            std::reverse(words.begin(), words.end());  // as CLI11 takes them
            app_.parse(words);
        } catch (const CLI::Success& success) {
            return app_.exit(success);
        } catch (const CLI::ParseError& error) {
            const auto chosen = app_.get_subcommands();
            throw UsageError(std::string(error.what()) + ". Try: ./workbook " +
                             (chosen.empty() ? "" : chosen[0]->get_name() + " ") + "--help");
        }
        Desk desk;
        desk.toolchain = read_toolchain(toolchain_file());
        desk.course = load_course(desk.toolchain.source_dir);
        return command_(desk);
    }

 private:
    using Command = std::function<int(const Desk&)>;

    void on(CLI::App* command, Command action) {
        command->callback([this, action = std::move(action)] { command_ = action; });
    }
    void add_exercise(CLI::App* command, Command action) {
        command->add_option("exercise", words_.exercise, "such as 2.1")->required()->type_name("EXERCISE");
        on(command, std::move(action));
    }
    /// What check and grade share: the report's files, the seed, the limits.
    void add_grading(CLI::App* command, ReportFiles& files) {
        command->add_option("--json", files.json, "the report as JSON (several submissions: FILE-name.json)")
            ->type_name("FILE");
        command->add_option("--gradescope", files.gradescope, "the report as Gradescope's results.json")
            ->type_name("FILE");
        command->add_option("--junit", files.junit, "the report as JUnit XML")->type_name("FILE");
        command->add_option("--classroom", files.classroom, "the report as GitHub Classroom's reporter reads it")
            ->type_name("FILE");
        command->add_option("--seed", words_.seed, "of the cases (default: 1, or an edition's own)")->type_name("N");
        command->add_option("--seconds", words_.seconds, "time limit of every test (default: the chapter's)")
            ->type_name("N");
        add_jobs(command);
    }
    void add_jobs(CLI::App* command) {
        command->add_option("--jobs", words_.jobs, "how much runs at once (default: the processors)")->type_name("N");
    }

    void add_grade() {
        auto* grade =
            app_.add_subcommand("grade", "grade whole submissions; solutions and starter are submissions too");
        grade
            ->add_option(
                "submissions", grade_.submissions,
                "folders with chapter folders in them, a chapter folder, or a .zip, .tar.gz or .tar.xz of them")
            ->type_name("DIR|ARCHIVE");
        grade
            ->add_option(
                "--class", class_.class_list,
                "a class instead: a folder with a submission in each folder and archive, or a CSV file with the "
                "columns id, name, path and, if you like, submitted_at")
            ->type_name("FOLDER|CSV");
        grade->add_option("--book", class_.book, "the class's gradebook: see ./workbook gradebook --help")
            ->type_name("FILE");
        grade
            ->add_option("--roster", class_.roster,
                         "of GitHub Classroom: the class is a folder of its students' clones")
            ->type_name("CSV");
        grade->add_flag("--resume", class_.resume,
                        "go on with a gradebook: what is new, was not finished or is marked for a regrade");
        grade->add_option("--chapters", words_.chapters, "only these, such as 01,02")->type_name("LIST");
        grade
            ->add_option(
                "--executor", words_.executor,
                "where a class is graded: local (this machine, the default) or slurm (a cluster, by array jobs)")
            ->type_name("NAME");
        grade->add_option("--chunk", words_.chunk, "slurm: how many submissions a task grades (default: 5)")
            ->type_name("N");
        grade->add_flag(
            "--sandbox", grade_.sandbox,
            "run submissions without network, files or rights, and within limits (needs bubblewrap); a class "
            "always is");
        grade->add_flag("--no-sandbox", class_.no_sandbox, "run a class as you run your own programs");
        add_grading(grade, grade_.files);
        on(grade, [this](const Desk& desk) {
            grade_.seed = seed_at(desk, "./workbook grade starter --seed 1");
            grade_.jobs = jobs("./workbook grade starter --jobs 2");
            grade_.seconds = seconds("./workbook grade starter --seconds 5");
            if (words_.executor != "local" && words_.executor != "slurm")
                throw UsageError("--executor: expected local or slurm, got \"" + words_.executor +
                                 "\". Try: ./workbook grade starter --executor local");
            grade_.chapters = chapters();
            return is_class() ? grade_class_command(desk, class_) : grade_command(desk, grade_);
        });
    }

    /// Whether grade is asked for a class. @throws UsageError  when it is asked for something between
    bool is_class() {
        const std::string example = "./workbook grade --class submissions/ --book class.book";
        if (grade_.sandbox && class_.no_sandbox) throw UsageError("--sandbox and --no-sandbox: which of them?");
        class_.slurm = words_.executor == "slurm";
        if (!class_.slurm && !words_.chunk.empty())
            throw UsageError("--chunk belongs to --executor slurm. Try: " + example + " --executor slurm --chunk 5");
        if (class_.class_list.empty()) {
            if (class_.slurm)
                throw UsageError("--executor slurm belongs to --class. Try: " + example + " --executor slurm");
            if (!class_.book.empty() || class_.resume || !class_.roster.empty())
                throw UsageError("--book, --roster and --resume belong to --class. Try: " + example);
            if (grade_.submissions.empty())
                throw UsageError("grade: expected a submission or a class. Try: ./workbook grade solutions, or " +
                                 example);
            return false;
        }
        if (!grade_.submissions.empty())
            throw UsageError(
                "grade: expected either submissions or --class, got both. A class is all that is in its folder");
        if (class_.book.empty()) throw UsageError("--class: expected --book FILE too. Try: " + example);
        if (const ReportFiles& files = grade_.files;
            !files.json.empty() || !files.gradescope.empty() || !files.junit.empty() || !files.classroom.empty())
            throw UsageError(
                "--json, --gradescope, --junit and --classroom are for single submissions. For a class, afterwards: "
                "./workbook gradebook export " +
                class_.book.string() + " json");
        if (class_.slurm && !words_.chunk.empty())
            class_.chunk = whole_number<int>("--chunk", words_.chunk, 1, example + " --executor slurm --chunk 5");
        if (class_.slurm && !words_.jobs.empty()) class_.at_once = grade_.jobs;
        class_.chapters = grade_.chapters;
        class_.jobs = grade_.jobs;
        if (!words_.seed.empty()) class_.seed = grade_.seed;
        if (!words_.seconds.empty()) class_.seconds = grade_.seconds;
        return true;
    }

    /// What a task of a cluster runs, not for people.
    void add_grade_chunk() {
        auto* chunk = app_.add_subcommand("grade-chunk", "what a task of grade --executor slurm runs")->group("");
        chunk->add_option("order", chunk_.order)->required();
        chunk->add_option("chunk", words_.chunk)->required();
        on(chunk, [this](const Desk& desk) {
            chunk_.chunk = whole_number<int>("grade-chunk", words_.chunk, 0, "./workbook grade --class, which runs it");
            return grade_chunk_command(desk, chunk_);
        });
    }

    void add_course_work() {
        auto* starter = app_.add_subcommand("starter", "write starter/ from solutions/");
        starter->add_flag("--check", check_starter_, "only say which files differ");
        on(starter, [this](const Desk& desk) { return starter_command(desk, check_starter_); });
        auto* mutants = app_.add_subcommand("mutants", "does every wrong submission fail the test that it names?");
        mutants->add_option("exercises", words_.words, "chapters or exercises (default: all)")
            ->type_name("EXERCISE|CHAPTER");
        mutants->add_flag("--told", told_, "show what a student with this mistake would read");
        add_jobs(mutants);
        on(mutants, [this](const Desk& desk) {
            return mutants_command(desk, {words_.words, jobs("./workbook mutants --jobs 2"), told_});
        });
        auto* alternates = app_.add_subcommand("alternates", "do different but right submissions get full marks?");
        alternates->add_option("exercises", words_.words, "chapters or exercises (default: all)")
            ->type_name("EXERCISE|CHAPTER");
        add_jobs(alternates);
        on(alternates, [this](const Desk& desk) {
            return alternates_command(desk, {words_.words, jobs("./workbook alternates --jobs 2")});
        });
    }

    void add_scaffolds() {
        auto* exercise =
            app_.add_subcommand("new-exercise", "an exercise to change into yours: everything that one has");
        exercise->add_option("chapter", scaffold_.chapter, "such as 2")->required();
        exercise->add_option("id", scaffold_.id, "such as 2.13")->required();
        exercise->add_option("title", scaffold_.title, "in quotes")->required();
        exercise->add_flag("--kernel", scaffold_.kernel, "a CUDA kernel, as --kind kernel");
        exercise->add_option("--kind", scaffold_.kind, "function, kernel or theory (default: function)")
            ->type_name("KIND");
        on(exercise, [this](const Desk& desk) { return new_exercise_command(desk, scaffold_); });
        auto* chapter = app_.add_subcommand("new-chapter", "a chapter with one exercise, to change into yours");
        chapter->add_option("chapter", scaffold_.chapter, "such as 07_rotary_embeddings")->required();
        chapter->add_option("title", scaffold_.title, "in quotes")->required();
        chapter->add_option("--exercise", scaffold_.exercise, "title of its exercise (default: the chapter's)")
            ->type_name("TITLE");
        on(chapter, [this](const Desk& desk) { return new_chapter_command(desk, scaffold_); });
        for (CLI::App* command : {exercise, chapter}) {
            command
                ->add_option("--name", scaffold_.name, "of the exercise's files and function (default: from its title)")
                ->type_name("NAME");
            command->add_flag("--dry-run", scaffold_.dry_run, "only say what would be written");
        }
    }

    void add_running() {
        auto* run = app_.add_subcommand("run", "a chapter's demo");
        run->add_option("name", run_.name, "the demo")->required()->type_name("DEMO");
        run->add_option("--submission", run_.submission, "whose code it runs (default: solutions/)")->type_name("DIR");
        run->add_option("arguments", run_.arguments,
                        "handed to the demo, from the first word that is not an option of run. "
                        "The demo's own help: ./workbook run NAME -- --help");
        on(run, [this](const Desk& desk) { return run_command(desk, run_); });
        auto* datasets =
            app_.add_subcommand("datasets", "the data there are; fetch NAME downloads what is too large to ship");
        datasets->add_option("action", datasets_.action, "fetch (default: list)");
        datasets->add_option("name", datasets_.name, "what to fetch");
        datasets->add_option("--from", datasets_.from, "a mirror's address or a folder, instead of the source")
            ->type_name("URL|DIR");
        on(datasets, [this](const Desk& desk) { return datasets_command(desk, datasets_); });
        auto* profile =
            app_.add_subcommand("profile", "what a GPU would make of a kernel, line by line, without a GPU");
        profile->add_option("what", profile_.what, "an exercise such as 2.10, or a CUDA file")
            ->required()
            ->type_name("EXERCISE|FILE.cu");
        profile->add_option("--entry", profile_.entry, "of a file without main: the function without arguments to call")
            ->type_name("NAME");
        profile->add_option("--submission", profile_.submission, "instead of starter/")->type_name("DIR");
        profile->add_option("--l2", words_.l2, "size of the modelled L2 in KiB (default: 40960, an A100's)")
            ->type_name("N");
        profile->add_option("--gpu", profile_.gpu, "estimate for a100, a100-40gb or h100 (default: a100 and h100)")
            ->type_name("NAME");
        profile->add_flag("--all", profile_.all, "every instance of a kernel template");
        profile->add_flag("--table", profile_.table, "only a table, a row for each kernel, in Markdown");
        profile
            ->add_option("--line", words_.lines,
                         "draw which lanes touch which addresses at this line; twice: two lines side by side")
            ->type_name("N")
            ->expected(1)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        profile
            ->add_option("--against", profile_.against,
                         "profile this too, as what comes after: the first --line is looked for before, the last after")
            ->type_name("FILE.cu|DIR");
        profile->add_option("--html", profile_.html, "write a page with the source, its heat and the pictures")
            ->type_name("FILE");
        on(profile, [this](const Desk& desk) {
            if (words_.lines.size() > 2)
                throw UsageError("--line: at most two lines fit side by side, got " +
                                 std::to_string(words_.lines.size()) +
                                 ". Try: ./workbook profile my_kernel.cu --line 9 --line 14");
            for (const std::string& line : words_.lines)
                profile_.lines.push_back(
                    whole_number<int>("--line", line, 1, "./workbook profile my_kernel.cu --line 9"));
            if (!words_.l2.empty())
                profile_.l2_kib = whole_number<int>("--l2", words_.l2, 1, "./workbook profile 2.10 --l2 4096");
            return profile_command(desk, profile_);
        });
        auto* completion =
            app_.add_subcommand("completion", "a script that lets a shell complete all of this: bash, zsh or fish");
        completion->add_option("shell", words_.shell, "whose script")->required()->type_name("SHELL");
        on(completion, [this](const Desk& desk) {
            std::cout << completion_script(completion_model(app_, desk), words_.shell);
            return 0;
        });
        auto* test = app_.add_subcommand("test", "all tests of the workbook itself");
        test->add_option("arguments", words_.words, "handed to ctest, after --");
        add_jobs(test);
        on(test,
           [this](const Desk& desk) { return test_command(desk, words_.words, jobs("./workbook test --jobs 2")); });
        auto* similar = app_.add_subcommand("similar", "whose submissions are suspiciously alike: a list for a person");
        similar->add_option("class", similar_.members, "a folder of submissions, or a CSV file with id, name, path")
            ->required()
            ->type_name("CLASS");
        similar->add_option("--least", words_.least, "how much of the shorter file, in per cent (default: 50)")
            ->type_name("N");
        on(similar, [this](const Desk& desk) {
            if (!words_.least.empty())
                similar_.least_per_cent =
                    whole_number<int>("--least", words_.least, 1, "./workbook similar class/ --least 60");
            return similar_command(desk, similar_);
        });
        auto* docs =
            app_.add_subcommand("docs", "make the site: handouts, guides, reference; build/docs/html/index.html");
        docs->add_option("--out", docs_.out, "where it goes (default: build/docs)")->type_name("FOLDER");
        on(docs, [this](const Desk& desk) { return docs_command(desk, docs_); });
        auto* edition = app_.add_subcommand("export", "the student edition: without solutions, to hand out");
        edition->add_option("--out", export_.out, "where to: a new folder, or a file that ends in .zip")
            ->required()
            ->type_name("DIR|ZIP");
        edition->add_option("--chapters", words_.chapters, "only these, such as 01,02")->type_name("LIST");
        edition->add_option("--seed", words_.seed, "of the tests' random inputs at a student's desk (default: 1)")
            ->type_name("N");
        on(edition, [this](const Desk& desk) {
            export_.seed = seed("./workbook export --out edition.zip --seed 1");
            export_.chapters = chapters();
            return export_command(desk, export_);
        });
        auto* sample = app_.add_subcommand("sample", "a class of made-up submissions, to try grading with");
        sample->add_option("folder", sample_.folder, "where to: a new folder")->required()->type_name("FOLDER");
        sample->add_option("--submissions", words_.submissions, "how many (default: 40)")->type_name("N");
        sample->add_option("--chapters", words_.chapters, "only these, such as 01,02")->type_name("LIST");
        sample->add_option("--seed", words_.seed, "of what they write (default: 1)")->type_name("N");
        sample->add_flag("--honest", sample_.honest, "nobody who means harm: for a machine without a sandbox");
        sample->add_option("--mark", sample_.mark, "a word in each file: no object of another mark's is found again")
            ->type_name("WORD");
        on(sample, [this](const Desk& desk) {
            sample_.seed = seed("./workbook sample class/ --seed 1");
            sample_.chapters = chapters();
            if (!words_.submissions.empty())
                sample_.submissions = whole_number<int>("--submissions", words_.submissions, 1,
                                                        "./workbook sample class/ --submissions 12");
            return sample_command(desk, sample_);
        });
        auto* bench = app_.add_subcommand("bench", "the benchmarks");
        bench
            ->add_option("names", words_.words,
                         "benchmarks (default: all that take minutes); of one, its own options after --")
            ->type_name("BENCHMARK");
        on(bench, [this](const Desk& desk) {
            std::vector<std::string> words = words_.words;
            words.insert(words.end(), bench_arguments_.begin(), bench_arguments_.end());
            return bench_command(desk, words);
        });
    }

    /// What follows "--" is the benchmark's own; CLI11 would look for it among ours.
    void take_bench_arguments(std::vector<std::string>& words) {
        const auto bench = std::find(words.begin(), words.end(), "bench"), dashes = std::find(bench, words.end(), "--");
        if (dashes == words.end() || (bench != words.begin() && bench - words.begin() != 2)) return;
        bench_arguments_.assign(dashes + 1, words.end());
        words.erase(dashes, words.end());
    }
    std::vector<std::string> chapters() const {
        std::vector<std::string> chapters = CLI::detail::split(words_.chapters, ',');
        std::erase(chapters, "");
        if (!words_.chapters.empty() && chapters.empty())
            throw UsageError("--chapters: expected numbers such as 01,02, got \"" + words_.chapters + "\"");
        return chapters;
    }
    std::uint64_t seed(const std::string& example) const {
        return words_.seed.empty() ? 1 : whole_number<std::uint64_t>("--seed", words_.seed, 0, example);
    }
    /// Of what is graded here and now.
    std::uint64_t seed_at(const Desk& desk, const std::string& example) const {
        return desk_seed(desk.toolchain, words_.seed.empty() ? std::nullopt : std::optional(seed(example)));
    }
    double seconds(const std::string& example) const {
        return words_.seconds.empty() ? 0 : whole_number<int>("--seconds", words_.seconds, 1, example);
    }
    int jobs(const std::string& example) const {
        return words_.jobs.empty() ? default_jobs() : whole_number<int>("--jobs", words_.jobs, 1, example);
    }

    /// A misspelt command gets the nearest one, not a page of help.
    void check_command_name(int argc, char** argv) const {
        std::vector<std::string> names;
        for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; }))
            names.push_back(command->get_name());
        for (int i = 1; i < argc; ++i) {
            const std::string word = argv[i];
            if (word == "--toolchain") ++i;
            if (word.starts_with("-")) continue;
            if (std::find(names.begin(), names.end(), word) != names.end()) return;
            const std::string hint = did_you_mean(word, names);
            throw UsageError("there is no command \"" + word + "\"." +
                             (hint.empty() ? " Commands: " + listed(names) : hint));
        }
    }

    /// As told, or the one of the build that this program belongs to.
    fs::path toolchain_file() const {
        if (!words_.toolchain.empty()) return words_.toolchain;
        std::error_code none;
        return fs::read_symlink("/proc/self/exe", none).parent_path().parent_path() / "toolchain.json";
    }

    CLI::App app_{"The Attention Workbook: learn attention by building it.", "./workbook"};
    Words words_;
    StatusOptions status_;
    CheckOptions check_;
    GradeOptions grade_;
    GradeClassOptions class_;
    GradeChunkOptions chunk_;
    GradebookOptions gradebook_;
    AutograderOptions autograder_;
    ScaffoldOptions scaffold_;
    RunOptions run_;
    ProfileOptions profile_;
    SimilarOptions similar_;
    SampleClassOptions sample_;
    ExportOptions export_;
    std::vector<std::string> bench_arguments_;
    DatasetOptions datasets_;
    DocsOptions docs_;
    bool yes_ = false, check_starter_ = false, told_ = false;
    Command command_;
};

}  // namespace
}  // namespace wb::grader

int main(int argc, char** argv) {
    try {
        if (argc == 3 && std::string_view(argv[1]) == wb::grader::read_archive_word)
            return wb::grader::read_archive_as_a_child(argv[2]);
        wb::grader::kill_children_when_interrupted();
        if (argc == 1 || (argc == 3 && std::string(argv[1]) == "--toolchain")) {
            char help[] = "--help", *arguments[] = {argv[0], help, nullptr};
            return wb::grader::CommandLine().run(2, arguments);
        }
        return wb::grader::CommandLine().run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "workbook: " << error.what() << "\n";
        return 2;
    }
}
