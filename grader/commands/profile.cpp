#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <iterator>

#include "commands/commands.hpp"
#include "files/files.hpp"
#include "grade/cases.hpp"
#include "grade/grading.hpp"
#include "grade/judge_run.hpp"
#include "process/process.hpp"
#include "profile/chosen_lines.hpp"
#include "profile/gpu_estimates.hpp"
#include "profile/profile_file.hpp"
#include "profile/profile_page.hpp"
#include "profile/profile_table.hpp"
#include "profile/profile_text.hpp"
#include "submission/workers.hpp"
#include "text/lines.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// Tells programs started from now on where to leave their counters, and how large an L2 to think of.
void ask_for_profiles(const fs::path& file, int l2_kib) {
    ::setenv("WB_PROFILE", file.c_str(), 1);
    if (l2_kib > 0)
        ::setenv("WB_PROFILE_L2", std::to_string(std::uint64_t{1024} * static_cast<unsigned>(l2_kib)).c_str(), 1);
}

const KernelFlags& profile_build(const Toolchain& toolchain) {
    const auto found = toolchain.kernels.find(Build::profile);
    if (found == toolchain.kernels.end())
        throw Error("kernels are profiled by g++, and this workbook is built with " +
                    toolchain.compiler.filename().string() + ". Run ./workbook with CXX unset in a fresh build.");
    return found->second;
}

/// "fused_attention_kernel" of "fused_attention_kernel<64>"; by its symbol, for what is launched may be a pointer.
std::string template_name(const kernels::KernelProfile& kernel) {
    const std::string name = kernel.symbol.empty() ? kernel.kernel : nvcc::readable_name(kernel.symbol);
    return name.substr(0, name.find('<'));
}

/// What is to be shown of a run, or of one before and one after a change.
struct Profiled {
    std::string title, side;
    std::vector<ProfiledKernel> kernels;
    std::vector<std::string> left_out;    ///< kernels launched too
    std::string footnote, page_footnote;  ///< what estimates rest on, for the terminal and the page
};

/// @param source_of  a file's text by its name without folders
/// @param folder     of these files
template <class SourceOf>
void add(Profiled& profiled, std::vector<kernels::KernelProfile> profiles, const ProfileOptions& options,
         GpuEstimates& estimates, const fs::path& folder, SourceOf source_of) {
    const Paint paint(style_of_stdout());
    std::vector<std::string> shown;
    for (const kernels::KernelProfile& kernel : largest_of_each(std::move(profiles))) {
        const std::string name = template_name(kernel);
        if (!options.all && std::find(shown.begin(), shown.end(), name) != shown.end()) {
            profiled.left_out.push_back(kernel.kernel);
            continue;
        }
        shown.push_back(name);
        ProfiledKernel& added = profiled.kernels.emplace_back(ProfiledKernel{kernel, {}, profiled.side, ""});
        added.sources[source_name(kernel.file)];
        for (const kernels::LineProfile& line : kernel.lines) added.sources[source_name(line.file)];
        for (auto& [file, lines] : added.sources) {
            if (!file.empty()) lines = lines_of(source_of(file));
        }
        if (!options.table) added.estimates = estimates.text(kernel, folder / source_name(kernel.file), paint);
    }
    profiled.footnote = estimates.footnote(paint);
    profiled.page_footnote = estimates.footnote(Paint(TerminalStyle{}));
}

/// Prints the kernels, or the lines asked for, and writes the page.
void show(Profiled shown, const ProfileOptions& options) {
    const Paint paint(style_of_stdout());
    if (options.table) {
        std::vector<kernels::KernelProfile> kernels;
        for (const ProfiledKernel& kernel : shown.kernels) kernels.push_back(kernel.profile);
        std::cout << profile_table(kernels);
        return;
    }
    std::vector<ChosenLine> chosen;
    if (!options.lines.empty()) chosen = choose_lines(shown.kernels, options.lines);
    std::string names;
    for (const std::string& kernel : shown.left_out) names += (names.empty() ? "" : ", ") + kernel;
    const std::string note = names.empty() ? "" : "Launched too, with less to do: " + names + ". --all shows them.";
    if (!chosen.empty()) {
        std::cout << chosen_text(chosen, paint);
    } else {
        for (const ProfiledKernel& kernel : shown.kernels) {
            const std::vector<std::string>& source = kernel.sources.at(source_name(kernel.profile.file));
            std::cout << (kernel.side.empty() ? "" : paint.bold(kernel.side) + "\n")
                      << profile_text(kernel.profile, source, paint) << "\n"
                      << kernel.estimates << "\n";
        }
        if (!note.empty()) std::cout << paint.dim(note) << "\n";
        std::cout << shown.footnote;
    }
    if (options.html.empty()) return;
    write_atomically(options.html, profile_page({shown.title, std::move(shown.kernels), std::move(chosen), note,
                                                 shown.page_footnote}));
    std::cout << "The page is in " << options.html.string() << "\n";
}

/// The kernels of an exercise, by the questions that its efficiency points are of.
int profile_exercise(const Desk& desk, const ProfileOptions& options, Profiled& shown) {
    const Selection selection = select_exercise(desk.course, options.what);
    const Chapter& chapter = *selection.chapter;
    const Exercise& exercise = *selection.exercises.front();
    if (!exercise.has_kernels())
        throw UsageError("exercise " + exercise.id + " has no kernel. Try: ./workbook profile 2.10");
    const Submission submission = open_submission(desk.course, desk.submission(options.submission));
    profile_build(desk.toolchain);
    check_compiler(desk.toolchain);
    std::vector<std::string> include_dirs{(desk.toolchain.source_dir / "chapters" / chapter.id).string()};
    include_dirs.insert(include_dirs.end(), desk.toolchain.include_dirs.begin(), desk.toolchain.include_dirs.end());
    GpuEstimates estimates(options.gpu, include_dirs, desk.toolchain.build_dir / "runs");

    ObjectCache objects(desk.toolchain);
    WorkerMaker maker(desk.course, chapter, desk.toolchain, objects, submission.chapter_folder(chapter));
    const ExerciseWorkers built = maker.workers_for(exercise, {Build::profile});
    if (built.refused) {
        std::cerr << "workbook: exercise " << exercise.id << " does not build, so there is nothing to profile yet:\n"
                  << built.message << "\n";
        return 1;
    }
    const ScratchFolder scratch(desk.toolchain.build_dir / "runs", "profile");
    const fs::path counted = scratch.path() / "profile.jsonl";
    ask_for_profiles(counted, options.l2_kib);
    for (const std::string& file : exercise.files) {
        if (file.ends_with(".cu") && !options.table) estimates.start(submission.chapter_folder(chapter) / file);
    }
    JudgeRun run;
    run.judge = tools_of(desk.toolchain, chapter).judge;
    run.cases = prepare_cases(desk.toolchain, chapter, desk_seed(desk.toolchain));
    run.scratch = desk.toolchain.build_dir / "runs";
    // Of an exercise without efficiency points, the questions for the plain build.
    run.workers[Build::plain] = run.workers[Build::profile] = built.workers.at(Build::profile);
    std::copy_if(exercise.tests.begin(), exercise.tests.end(), std::back_inserter(run.tests),
                 [](const TestSpec& test) { return !test.limits.empty(); });
    if (run.tests.empty()) run.tests = exercise.tests;
    const JudgeLog log = run_judge(run);

    const std::vector<kernels::KernelProfile> profiles = read_profiles(counted);
    if (profiles.empty()) {
        std::cerr << "workbook: no kernel of exercise " << exercise.id
                  << " was launched. Is it written yet? ./workbook check " << exercise.id << "\n";
        for (const auto& [test, end] : log.ends) {
            if (!end.message.empty()) {
                std::cerr << "  " << test << ": " << end.message << "\n";
                break;
            }
        }
        return 1;
    }
    shown.title = exercise.id + " " + exercise.title;
    add(shown, profiles, options, estimates, submission.chapter_folder(chapter), [&](const std::string& file) {
        const fs::path path = submission.chapter_folder(chapter) / file;
        return fs::is_regular_file(path) ? read_text(path) : std::string();
    });
    return 0;
}

/// Runs one step of the way from a .cu file to a program. @throws Error with the tool's own words
void step(const char* what, const std::vector<std::string>& argv) {
    ProcessOptions options{.argv = argv, .environment = {{"LC_ALL", "C.UTF-8"}}};
    const ProcessResult result = run_process(options);
    if (!result.ok())
        throw Error(std::string(what) + ":\n" + (result.output.empty() ? result.how_it_ended() : result.output));
}

/// A program of one CUDA file: with its own main, or one that calls `entry`.
fs::path program_of(const Desk& desk, const fs::path& file, const std::string& entry, const fs::path& scratch) {
    const KernelFlags& build = profile_build(desk.toolchain);
    const std::string rewritten = (scratch / (file.filename().string() + ".cpp")).string(), object = rewritten + ".o",
                      program = (scratch / "program").string();
    step("kernel-rewriter", {desk.toolchain.rewriter.string(), file.string(), rewritten});
    std::vector<std::string> compile{desk.toolchain.compiler.string()};
    const auto add = [](std::vector<std::string>& to, const std::vector<std::string>& words) {
        to.insert(to.end(), words.begin(), words.end());
    };
    add(compile, build.flags);
    for (const std::string& folder : build.include_dirs) compile.push_back("-I" + folder);
    for (const std::string& folder : desk.toolchain.include_dirs) compile.push_back("-I" + folder);
    add(compile, {"-iquote", fs::absolute(file).parent_path().string(), "-c", rewritten, "-o", object});
    step("the compiler", compile);

    std::vector<std::string> link{desk.toolchain.compiler.string(), object};
    if (!entry.empty()) {
        const fs::path main = scratch / "main.cpp";
        write_atomically(main, "void " + entry + "();\nint main() { " + entry + "(); }\n");
        link.push_back(main.string());
    }
    add(link, build.libraries);
    add(link, desk.toolchain.link_flags);
    add(link, build.link_flags);
    add(link, {"-o", program});
    try {
        step("the linker", link);
    } catch (const Error& error) {
        if (!entry.empty() || std::string(error.what()).find("main") == std::string::npos) throw;
        throw UsageError(file.string() +
                         " has no main. Name a function without arguments that launches: ./workbook profile " +
                         file.string() + " --entry run");
    }
    return program;
}

int profile_file(const Desk& desk, const ProfileOptions& options, Profiled& shown) {
    const fs::path file = options.what;
    if (!fs::is_regular_file(file))
        throw UsageError("\"" + options.what + "\" is no file. Try: ./workbook profile my_kernel.cu");
    check_compiler(desk.toolchain);
    GpuEstimates estimates(options.gpu, desk.toolchain.include_dirs, desk.toolchain.build_dir / "runs");
    const ScratchFolder scratch(desk.toolchain.build_dir / "runs", "profile");
    const fs::path counted = scratch.path() / "profile.jsonl";
    const fs::path program = program_of(desk, file, options.entry, scratch.path());
    ask_for_profiles(counted, options.l2_kib);
    if (!options.table) estimates.start(file);
    const ProcessResult result = run_process({.argv = {program.string()}});
    std::cout << result.output;
    const std::vector<kernels::KernelProfile> profiles = read_profiles(counted);
    if (!result.ok()) std::cerr << "workbook: the program " << result.how_it_ended() << "\n";
    if (profiles.empty()) {
        if (result.ok())
            std::cerr
                << "workbook: the program launched no kernel. Was each launch accepted? cudaGetLastError() tells.\n";
        return 1;
    }
    shown.title = file.filename().string();
    add(shown, profiles, options, estimates, fs::absolute(file).parent_path(), [&](const std::string& name) {
        const fs::path path = fs::absolute(file).parent_path() / name;
        return fs::is_regular_file(path) ? read_text(path) : std::string();
    });
    return result.ok() ? 0 : 1;
}

int profile_one(const Desk& desk, const ProfileOptions& options, Profiled& shown) {
    if (options.what.ends_with(".cu")) return profile_file(desk, options, shown);
    if (!options.entry.empty())
        throw UsageError("--entry belongs to a CUDA file. Try: ./workbook profile my_kernel.cu --entry run");
    return profile_exercise(desk, options, shown);
}

}  // namespace

int profile_command(const Desk& desk, const ProfileOptions& options) {
    if (options.table && (!options.html.empty() || !options.lines.empty() || !options.against.empty()))
        throw UsageError("--table prints a table and nothing else: leave out --html, --line and --against.");
    Profiled shown;
    if (!options.against.empty()) shown.side = "before";
    int status = profile_one(desk, options, shown);
    if (!options.against.empty() && !shown.kernels.empty()) {
        ProfileOptions after = options;
        if (options.against.ends_with(".cu")) {
            after.what = options.against;
        } else {
            after.submission = options.against;
        }
        const std::string title = shown.title;
        const std::size_t before = shown.kernels.size();
        shown.side = "after";
        status = std::max(status, profile_one(desk, after, shown));
        if (shown.kernels.size() == before) return status;  // it has been said why
        shown.title = title == shown.title ? title : title + " and " + shown.title;
    }
    if (!shown.kernels.empty()) show(std::move(shown), options);
    return status;
}

}  // namespace wb::grader
