#include "submission/workers.hpp"

#include <algorithm>
#include <set>

#include "files/files.hpp"
#include "starter/starter.hpp"
#include "submission/diagnostics.hpp"
#include "text/nearest.hpp"

namespace wb::grader {
namespace fs = std::filesystem;

bool is_source(const std::string& file) {
    return file.ends_with(".cpp") || file.ends_with(".cu");
}

namespace {

/// What a linker is shown for a file. Of what the build and the graders make, whole folders: a sandbox can show some dozens of places, and there
/// are more objects.
fs::path shown_for(const Toolchain& toolchain, const fs::path& file) {
    for (const fs::path& folder : {toolchain.work_dir, toolchain.build_dir}) {  // the former may lie in the latter
        const fs::path below = file.lexically_relative(folder);
        if (!below.empty() && *below.begin() != "..") return folder / *below.begin();
    }
    return file;
}

}  // namespace

WorkerMaker::WorkerMaker(const Course& course, const Chapter& chapter, const Toolchain& toolchain, ObjectCache& objects,
                         const fs::path& folder, const fs::path& workers)
    : chapter_(chapter),
      toolchain_(toolchain),
      tools_(tools_of(toolchain, chapter)),
      objects_(objects),
      folder_(fs::absolute(folder).lexically_normal()),
      stubs_(toolchain.work_dir / "stubs" / chapter.id),
      workers_(workers.empty() ? toolchain.work_dir / "workers" : workers) {
    const auto starter = starter_files(course, chapter);
    for (const std::string& file : chapter_.files()) {
        if (!is_source(file)) continue;
        const auto found = starter.find(file);
        if (found == starter.end()) {
            throw Error("chapters/" + chapter.id + "/chapter.toml names " + file + ", but solutions/" + chapter.id +
                        " has no such file");
        }
        std::error_code none;
        if (!fs::exists(stubs_ / file, none) || read_text(stubs_ / file) != found->second)
            write_atomically(stubs_ / file, found->second);
    }
}

std::vector<Build> WorkerMaker::builds_for(const Exercise& exercise, const std::vector<std::string>& tests) const {
    if (!exercise.has_kernels()) return {Build::plain};
    std::set<Build> wanted;
    for (const TestSpec& test : exercise.tests) {
        if (!tests.empty() && std::find(tests.begin(), tests.end(), test.name) == tests.end()) continue;
        if (test.builds.empty()) wanted.insert(std::begin(usual_builds), std::end(usual_builds));
        wanted.insert(test.builds.begin(), test.builds.end());
    }
    if (!toolchain_.kernels.contains(Build::profile)) wanted.erase(Build::profile);  // its tests are skipped then
    return {wanted.begin(), wanted.end()};
}

std::vector<WorkerMaker::Compilation> WorkerMaker::compilations(const Exercise& exercise,
                                                                const std::vector<Build>& builds) const {
    std::set<std::string> own(exercise.files.begin(), exercise.files.end());
    for (const Exercise* need : chapter_.needs_of(exercise)) own.insert(need->files.begin(), need->files.end());
    std::vector<Compilation> result;
    for (const std::string& file : chapter_.files()) {
        if (!is_source(file)) continue;
        const fs::path source = (own.contains(file) && fs::exists(folder_ / file) ? folder_ : stubs_) / file;
        if (!file.ends_with(".cu")) {
            result.push_back({source, {Build::plain}});
        } else if (objects_.builder().holds()) {  // one sandbox for all
            result.push_back({source, builds});
        } else {  // side by side
            for (const Build build : builds) result.push_back({source, {build}});
        }
    }
    return result;
}

void WorkerMaker::compile_ahead(const Compilation& compilation) {
    objects_.compile(chapter_, compilation.source, compilation.builds);
}

std::optional<std::string> WorkerMaker::missing_file(const Exercise& exercise) const {
    std::error_code error;
    for (const std::string& file : exercise.files) {
        if (!fs::is_regular_file(folder_ / file, error)) return file;
    }
    return std::nullopt;
}

/// What the student is told when the file includes what the exercise asks for, or what is not handed in with it; empty when it does not.
std::string WorkerMaker::unwelcome_header(const Exercise& exercise, const std::string& file,
                                          const CompiledObject& object) const {
    const std::vector<std::string> graded = chapter_.files();
    for (const std::string& header : object.neighbours) {
        if (std::find(graded.begin(), graded.end(), header) != graded.end()) continue;
        return file + " includes " + header +
               ", which is not among the files that are graded. Put what you need of it into " + file + ".";
    }
    for (const std::string& header : exercise.withheld) {
        for (const std::string& folder : toolchain_.include_dirs) {
            const std::string path = (fs::path(folder) / header).lexically_normal().string();
            if (std::find(object.headers.begin(), object.headers.end(), path) == object.headers.end()) continue;
            return file + " includes " + header +
                   ", which does what this exercise asks for. Build it from what the exercise's own header includes.";
        }
    }
    return "";
}

std::string WorkerMaker::compile_errors(const Exercise& exercise, const std::vector<Build>& builds) {
    std::string errors;
    for (const std::string& file : exercise.files) {
        if (!is_source(file)) continue;
        for (const Build build : builds) {
            const CompiledObject object = objects_.compile(chapter_, folder_ / file, build);
            const std::string fault = object.ok() ? unwelcome_header(exercise, file, object) : object.errors;
            if (fault.empty()) continue;
            errors += (errors.empty() ? "" : "\n") + fault;
            break;  // the other builds say the same
        }
    }
    return errors;
}

WorkerMaker::Link WorkerMaker::link_of(const std::vector<std::string>& heads,
                                       const std::vector<const Exercise*>& from_submission, Build build) {
    std::set<std::string> own;
    for (const Exercise* exercise : from_submission) own.insert(exercise->files.begin(), exercise->files.end());
    std::vector<std::string> argv{toolchain_.compiler.string()};
    const auto add = [&](const std::vector<std::string>& words) {
        argv.insert(argv.end(), words.begin(), words.end());
    };
    add(heads);
    bool kernels = false;
    for (const std::string& file : chapter_.files()) {
        if (!is_source(file)) continue;
        kernels = kernels || file.ends_with(".cu");
        const bool stub = !own.contains(file);
        const CompiledObject object = objects_.compile(chapter_, (stub ? stubs_ : folder_) / file, build);
        if (!object.ok()) {
            const std::string what =
                "the starter of " + chapter_.id + "/" + file + " does not compile, which is a fault of the course:\n";
            throw Error(stub ? what + object.errors : object.errors);
        }
        argv.push_back(object.object.string());
    }
    add(tools_.libraries);
    const auto engine = toolchain_.kernels.find(build);
    if (kernels && engine != toolchain_.kernels.end()) add(engine->second.libraries);
    add(toolchain_.link_flags);
    if (kernels && engine != toolchain_.kernels.end()) add(engine->second.link_flags);

    std::string recipe;
    for (const std::string& word : argv)
        recipe += word + " " + (word.starts_with("/") ? ObjectCache::stamp_of(word) : "") + "\n";
    return {argv, workers_ / (sha256(recipe).substr(0, 24) + "-" + name_of(build))};
}

/// All workers, or none.
BuildEnd WorkerMaker::run(const std::vector<Link>& links) {
    const ScratchFolder scratch(workers_, "linking");
    BuildStep step;
    for (const Link& link : links) {
        step.made.push_back(link.worker.filename().string());
        step.commands.push_back(link.argv);
        step.commands.back().insert(step.commands.back().end(), {"-o", "{out}/" + step.made.back()});
        for (const std::string& word : link.argv) {
            if (word.starts_with("/")) step.reads.push_back(shown_for(toolchain_, word));
        }
    }
    BuildEnd end = objects_.builder().run(step, scratch.path());
    if (!end.ok) return end;
    for (const Link& link : links) {
        const fs::path made = scratch.path() / link.worker.filename();
        fs::permissions(made, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                                  fs::perms::others_read | fs::perms::others_exec);
        fs::rename(made, link.worker);
    }
    return end;
}

WorkerMaker::Linked WorkerMaker::link(const std::vector<std::string>& heads,
                                      const std::vector<const Exercise*>& from_submission, Build build) {
    const Link link = link_of(heads, from_submission, build);
    if (fs::exists(link.worker)) {
        std::error_code none;
        fs::last_write_time(link.worker, fs::file_time_type::clock::now(), none);  // in use: trim_cache spares it
        return {link.worker, ""};
    }
    const BuildEnd end = run({link});
    if (!end.ok) return {{}, end.output.empty() ? "the linker " + end.how_it_ended : end.output};
    return {link.worker, ""};
}

/// Links what is missing in one sandbox. Where that fails, link() does it one by one and says what is wrong.
void WorkerMaker::link_ahead(const std::vector<const Exercise*>& from_submission, const std::vector<Build>& builds) {
    if (!objects_.builder().holds()) return;
    std::vector<Link> missing;
    for (const Build build : builds) {
        Link link = link_of(tools_.worker_objects, from_submission, build);
        if (!fs::exists(link.worker)) missing.push_back(std::move(link));
    }
    if (missing.size() > 1) (void)run(missing);
}

/// The functions that the exercise's own files define; none when nobody can tell.
std::vector<std::string> WorkerMaker::functions_of(const Exercise& exercise, Build build) {
    const fs::path lister = toolchain_.compiler.parent_path() / "nm";
    BuildStep step;
    for (const std::string& file : exercise.files) {
        if (!is_source(file)) continue;
        const CompiledObject object = objects_.compile(chapter_, folder_ / file, build);
        if (!object.ok()) continue;
        step.commands.push_back({lister.string(), "-C", "--defined-only", object.object.string()});
        step.reads.push_back(shown_for(toolchain_, object.object));
    }
    std::error_code none;
    if (step.commands.empty() || !fs::exists(lister, none)) return {};
    const ScratchFolder scratch(workers_, "listing");
    return defined_functions(objects_.builder().run(step, scratch.path()).output);
}

/// Compiles and links with the starter of everything it needs.
bool WorkerMaker::stands_alone(const Exercise& exercise, const std::vector<Build>& builds) {
    return !missing_file(exercise) && compile_errors(exercise, builds).empty() &&
           !link(tools_.worker_objects, {&exercise}, builds.front()).worker.empty();
}

ExerciseWorkers WorkerMaker::workers_for(const Exercise& exercise, const std::vector<Build>& builds) {
    ExerciseWorkers result;
    const auto refuse = [&](TestStatus status, std::string message) {
        result.refused = status;
        result.message = std::move(message);
        return result;
    };
    if (const auto missing = missing_file(exercise)) {
        return refuse(TestStatus::not_implemented, "the submission has no " + chapter_.id + "/" + *missing);
    }
    if (const std::string errors = compile_errors(exercise, builds); !errors.empty())
        return refuse(TestStatus::compile_error, errors);

    std::vector<const Exercise*> used{&exercise};
    std::vector<std::string> broken;
    for (const Exercise* need : chapter_.needs_of(exercise)) {
        if (!missing_file(*need) && compile_errors(*need, builds).empty()) {
            used.push_back(need);
        } else {
            broken.push_back(need->id);
        }
    }
    link_ahead(used, builds);
    bool retried = false;
    for (std::size_t i = 0; i < builds.size();) {
        const Linked linked = link(tools_.worker_objects, used, builds[i]);
        if (!linked.worker.empty()) {
            result.workers[builds[i++]] = linked.worker;
            continue;
        }
        // Is a needed exercise at fault? Then its starter takes its place, once.
        const std::size_t before = used.size();
        if (!retried) {
            std::erase_if(used, [&](const Exercise* need) {
                if (need == &exercise || stands_alone(*need, builds)) return false;
                broken.push_back(need->id);
                return true;
            });
        }
        retried = true;
        if (used.size() == before)
            return refuse(TestStatus::compile_error, link_message(link_fault(linked.output), linked.output,
                                                                  exercise.files, functions_of(exercise, builds[i])));
    }
    if (!broken.empty()) {
        result.note = "This exercise calls the code of " + listed(broken) +
                      ", which does not build; the starter's stands in for it.";
    }
    return result;
}

fs::path WorkerMaker::demo(const std::vector<std::string>& demo_objects) {
    std::vector<const Exercise*> all;
    for (const Exercise& exercise : chapter_.exercises) {
        if (!exercise.is_theory() && !missing_file(exercise)) all.push_back(&exercise);
    }
    const Linked linked = link(demo_objects, all, Build::plain);
    if (linked.worker.empty())
        throw Error("the demo does not link:\n" +
                    link_message(link_fault(linked.output), linked.output, chapter_.files()));
    return linked.worker;
}

}  // namespace wb::grader
