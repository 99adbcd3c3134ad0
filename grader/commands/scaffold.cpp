#include "scaffold/scaffold.hpp"

#include <fmt/format.h>

#include <iostream>

#include "commands/commands.hpp"
#include "report/terminal.hpp"
#include "text/nearest.hpp"

namespace wb::grader {
namespace {

ExerciseKind kind_of(const ScaffoldOptions& options) {
    if (options.kind != "function" && options.kind != "kernel" && options.kind != "theory")
        throw UsageError("--kind: expected function, kernel or theory, got \"" + options.kind + "\"");
    if (options.kernel && options.kind == "theory") throw UsageError("--kernel and --kind theory: which of them?");
    if (options.kernel || options.kind == "kernel") return ExerciseKind::kernel;
    return options.kind == "theory" ? ExerciseKind::theory : ExerciseKind::function;
}

/// What was done, where the author goes on, and what to run meanwhile.
void tell(const Draft& draft, const std::string& id, ExerciseKind kind, bool dry_run, const std::string& points) {
    const Paint paint(style_of_stdout());
    std::cout << paint.bold(dry_run ? "This would be written:" : "Written:") << "\n";
    for (const auto& file : draft.created()) std::cout << "  new      " << file.string() << "\n";
    for (const auto& file : draft.changed()) std::cout << "  changed  " << file.string() << "\n";
    if (dry_run) return;
    std::cout << paint.bold("It builds and is graded as it stands. To change, in any order:") << "\n";
    for (const AuthorsPlace& place : draft.authors_places())
        std::cout << "  " << place.file.string() << ":" << place.line << ": " << place.text << "\n";
    if (!points.empty()) std::cout << points << "\n";
    std::cout << paint.bold("Run as you go:") << "\n";
    const auto command = [](const std::string& words, const std::string& what) {
        std::cout << fmt::format("  ./workbook {:<36}# {}\n", words, what);
    };
    command("check " + id + " --submission solutions", "all points");
    command("starter", "starter/ from solutions/, after every change there");
    command("check " + id, "not implemented");
    if (kind != ExerciseKind::theory) {
        command("mutants " + id, "each caught by the test that it names");
        command("alternates " + id, "all points again");
    }
    command("docs", "contract and handout, on the site");
}

}  // namespace

int new_exercise_command(const Desk& desk, const ScaffoldOptions& options) {
    const std::vector<Selection> named = select(desk.course, {options.chapter});
    const Chapter& chapter = *named.front().chapter;
    if (named.front().exercises.size() != chapter.exercises.size())
        throw UsageError("new-exercise: expected a chapter such as 2, got \"" + options.chapter +
                         "\". Try: ./workbook new-exercise " + chapter.id.substr(0, 2) + " " + options.id +
                         " \"Title\"");
    const ExerciseKind kind = kind_of(options);
    const Draft draft = draft_exercise(desk.course, chapter,
                                       {.id = options.id, .title = options.title, .name = options.name, .kind = kind});
    if (!options.dry_run) draft.write();
    const Course now = options.dry_run ? desk.course : load_course(desk.root());
    tell(draft, options.id, kind, options.dry_run,
         fmt::format("Chapter {} has {:g} points now, and 100 are wanted: take them from other exercises, in "
                     "chapter.toml and in the "
                     "handout's table.{}",
                     chapter.id, now.find_chapter(chapter.id)->max_points(),
                     kind == ExerciseKind::kernel
                         ? " The kernel's counters go into docs/kernel_lab.md: docs/make_kernel_tables"
                         : ""));
    return 0;
}

int new_chapter_command(const Desk& desk, const ScaffoldOptions& options) {
    const ExerciseKind kind = kind_of(options);
    if (kind != ExerciseKind::function)
        throw UsageError("a new chapter begins with a function; then: ./workbook new-exercise " +
                         options.chapter.substr(0, 2) + " .. --kind " + (options.kernel ? "kernel" : options.kind));
    const Draft draft = draft_chapter(desk.course, options.chapter, options.title,
                                      {.id = "",
                                       .title = options.exercise.empty() ? options.title : options.exercise,
                                       .name = options.name,
                                       .kind = kind});
    if (!options.dry_run) draft.write();
    tell(draft, std::to_string(std::stoi(options.chapter)) + ".1", kind, options.dry_run, "");
    return 0;
}

}  // namespace wb::grader
