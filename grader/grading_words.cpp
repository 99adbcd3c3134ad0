#include "grading_words.hpp"

#include "grade/cases.hpp"
#include "grade/task_queue.hpp"

namespace wb::grader {
namespace {

/// What check and grade share: the report's files, the seed, the limits.
/// @param example  of a command line, to which an option is added
void add_how_to_grade(CLI::App* command, ReportFiles& files, GradingWords& words, const std::string& example) {
    command->add_option("--json", files.json, "the report as JSON (several submissions: FILE-name.json)")
        ->type_name("FILE");
    command->add_option("--gradescope", files.gradescope, "the report as Gradescope's results.json")->type_name("FILE");
    command->add_option("--junit", files.junit, "the report as JUnit XML")->type_name("FILE");
    command->add_option("--classroom", files.classroom, "the report as GitHub Classroom's reporter reads it")
        ->type_name("FILE");
    add_whole_number<std::uint64_t>(command, "--seed", words.seed, 0, example + " --seed 1",
                                    "of the cases (default: 1, or an edition's own)");
    add_whole_number<int>(command, "--seconds", words.seconds, 1, example + " --seconds 5",
                          "time limit of every test (default: the chapter's)");
    add_whole_number<int>(command, "--jobs", words.jobs, 1, example + " --jobs 2",
                          "how much runs at once (default: the processors)");
}

/// What was said of it, or what goes without saying. @param options  of check or of grade
template <class Options>
void take_how_to_grade(const Desk& desk, const GradingWords& words, Options& options) {
    options.seed = desk_seed(desk.toolchain, words.seed);
    options.jobs = words.jobs.value_or(default_jobs());
    options.seconds = words.seconds.value_or(0);
}

/// Whether grade is asked for a class, whose options it then completes. @throws UsageError  when it is asked for something between
bool is_class(GradingWords& words) {
    const std::string example = "./workbook grade --class submissions/ --book class.book";
    const GradeOptions& grade = words.grade;
    GradeClassOptions& of_class = words.of_class;
    if (grade.sandbox && of_class.no_sandbox) throw UsageError("--sandbox and --no-sandbox: which of them?");
    of_class.slurm = words.executor == "slurm";
    if (!of_class.slurm && words.chunk_size)
        throw UsageError("--chunk belongs to --executor slurm. Try: " + example + " --executor slurm --chunk 5");
    if (of_class.class_list.empty()) {
        if (of_class.slurm)
            throw UsageError("--executor slurm belongs to --class. Try: " + example + " --executor slurm");
        if (!of_class.book.empty() || of_class.resume || !of_class.roster.empty())
            throw UsageError("--book, --roster and --resume belong to --class. Try: " + example);
        if (grade.submissions.empty())
            throw UsageError("grade: expected a submission or a class. Try: ./workbook grade starter, or " + example);
        return false;
    }
    if (!grade.submissions.empty())
        throw UsageError(
            "grade: expected either submissions or --class, got both. A class is all that is in its folder");
    if (of_class.book.empty()) throw UsageError("--class: expected --book FILE too. Try: " + example);
    if (const ReportFiles& files = grade.files;
        !files.json.empty() || !files.gradescope.empty() || !files.junit.empty() || !files.classroom.empty())
        throw UsageError(
            "--json, --gradescope, --junit and --classroom are for single submissions. For a class, afterwards: "
            "./workbook gradebook export " +
            of_class.book.string() + " json");
    if (words.chunk_size) of_class.chunk = *words.chunk_size;
    if (of_class.slurm && words.jobs) of_class.at_once = grade.jobs;
    of_class.chapters = grade.chapters;
    of_class.jobs = grade.jobs;
    if (words.seed) of_class.seed = grade.seed;
    of_class.seconds = words.seconds;
    return true;
}

void add_class(CLI::App* grade, GradeClassOptions& of_class) {
    grade
        ->add_option("--class", of_class.class_list,
                     "a class instead: a folder with a submission in each folder and archive, or a CSV file with the "
                     "columns id, name, path and, if you like, submitted_at")
        ->type_name("FOLDER|CSV");
    grade->add_option("--book", of_class.book, "the class's gradebook: see ./workbook gradebook --help")
        ->type_name("FILE");
    grade->add_option("--roster", of_class.roster, "of GitHub Classroom: the class is a folder of its students' clones")
        ->type_name("CSV");
    grade->add_flag("--resume", of_class.resume,
                    "go on with a gradebook: what is new, was not finished or is marked for a regrade");
}

/// What a task of a cluster runs, not for people.
void add_grade_chunk(CLI::App& app, GradingWords& words, const OnCommand& on) {
    auto* chunk = app.add_subcommand("grade-chunk", "what a task of grade --executor slurm runs")->group("");
    chunk->add_option("order", words.chunk.order)->required();
    chunk
        ->add_option_function<std::string>("chunk",
                                           [&words](const std::string& text) {
                                               words.chunk.chunk = whole_number<int>(
                                                   "grade-chunk", text, 0, "./workbook grade --class, which runs it");
                                           })
        ->required();
    on(chunk, [&words](const Desk& desk) { return grade_chunk_command(desk, words.chunk); });
}

void add_similar(CLI::App& app, SimilarOptions& options, const OnCommand& on) {
    auto* similar = app.add_subcommand("similar", "whose submissions are suspiciously alike: a list for a person");
    similar->add_option("class", options.members, "a folder of submissions, or a CSV file with id, name, path")
        ->required()
        ->type_name("CLASS");
    add_whole_number<int>(similar, "--least", options.least_per_cent, 1, "./workbook similar class/ --least 60",
                          "how much of the shorter file, in per cent (default: 50)");
    on(similar, [&options](const Desk& desk) { return similar_command(desk, options); });
}

}  // namespace

void add_check(CLI::App& app, GradingWords& words, const OnCommand& on) {
    auto* check = app.add_subcommand("check", "grade my starter/, or only the exercises named");
    check->add_option("exercises", words.check.words, "such as 2.1, or 2 for a whole chapter")
        ->type_name("EXERCISE|CHAPTER");
    check->add_option("--submission", words.check.submission, "instead of starter/")->type_name("DIR");
    check->add_flag("--watch", words.check.watch, "check again whenever a file is saved");
    add_how_to_grade(check, words.check.files, words, "./workbook check 2.1");
    on(check, [&words](const Desk& desk) {
        take_how_to_grade(desk, words, words.check);
        return check_command(desk, words.check);
    });
}

void add_grade(CLI::App& app, GradingWords& words, const OnCommand& on) {
    auto* grade = app.add_subcommand("grade", "grade whole submissions, such as starter or ann.zip");
    grade
        ->add_option("submissions", words.grade.submissions,
                     "folders with chapter folders in them, a chapter folder, or a .zip, .tar.gz or .tar.xz of them")
        ->type_name("DIR|ARCHIVE");
    add_class(grade, words.of_class);
    add_chapters(grade, words.grade.chapters);
    grade
        ->add_option("--executor", words.executor,
                     "where a class is graded: local (this machine, the default) or slurm (a cluster, by array jobs)")
        ->type_name("NAME");
    add_whole_number<int>(grade, "--chunk", words.chunk_size, 1,
                          "./workbook grade --class submissions/ --book class.book --executor slurm --chunk 5",
                          "slurm: how many submissions a task grades (default: 5)");
    grade->add_flag("--sandbox", words.grade.sandbox,
                    "run submissions without network, files or rights, and within limits (needs bubblewrap); a class "
                    "always is");
    grade->add_flag("--no-sandbox", words.of_class.no_sandbox, "run a class as you run your own programs");
    add_how_to_grade(grade, words.grade.files, words, "./workbook grade starter");
    on(grade, [&words](const Desk& desk) {
        take_how_to_grade(desk, words, words.grade);
        if (words.executor != "local" && words.executor != "slurm")
            throw UsageError("--executor: expected local or slurm, got \"" + words.executor +
                             "\". Try: ./workbook grade starter --executor local");
        return is_class(words) ? grade_class_command(desk, words.of_class) : grade_command(desk, words.grade);
    });
    add_grade_chunk(app, words, on);
    add_similar(app, words.similar, on);
}

}  // namespace wb::grader
