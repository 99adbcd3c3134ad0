#include "submission/object_cache.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <sstream>

#include "files/files.hpp"
#include "submission/diagnostics.hpp"

namespace wb::grader {
namespace fs = std::filesystem;

/// One compilation: of what, for what, and the name its object is kept under.
struct ObjectCache::Job {
    const Chapter& chapter;
    fs::path source, folder;  ///< folder: the submission's chapter folder, absolute
    Build build;
    bool kernel = false;
    std::string key = {};
};

namespace {

constexpr std::string_view here = "{submission}/";  // stands for the submission's folder in a list of headers

/// The files that a make rule "object: a b \ c" names.
std::vector<std::string> prerequisites(const std::string& rule) {
    std::vector<std::string> files;
    std::string word;
    const auto finish = [&] {
        if (!word.empty() && word.back() != ':') files.push_back(word);
        word.clear();
    };
    for (std::size_t i = 0; i < rule.size(); ++i) {
        const char c = rule[i];
        if (c == '\\' && i + 1 < rule.size() && (rule[i + 1] == ' ' || rule[i + 1] == '#' || rule[i + 1] == '\\')) {
            word += rule[++i];
        } else if (c == ' ' || c == '\n' || c == '\t' || (c == '\\' && i + 1 < rule.size() && rule[i + 1] == '\n')) {
            finish();
        } else {
            word += c;
        }
    }
    finish();
    return files;
}

/// What every compilation reads: the workbook's headers, precompiled ones among them, and the tools that the build made.
std::vector<fs::path> read_by_all(const Toolchain& toolchain) {
    std::vector<fs::path> paths{toolchain.compiler, toolchain.rewriter};
    for (const auto* folders : {&toolchain.include_dirs, &toolchain.system_include_dirs})
        paths.insert(paths.end(), folders->begin(), folders->end());
    for (const auto& [build, kernels] : toolchain.kernels)
        paths.insert(paths.end(), kernels.include_dirs.begin(), kernels.include_dirs.end());
    for (const auto* flags : {&toolchain.cxx, &toolchain.mutant_cxx}) {
        for (const std::string& word : flags->pch_flags) {
            if (word.starts_with("/")) paths.push_back(fs::path(word).parent_path());
        }
    }
    std::erase(paths, fs::path());
    return paths;
}

}  // namespace

ObjectCache::ObjectCache(const Toolchain& toolchain, bool mutants, const std::optional<SandboxSpec>& sandbox)
    : toolchain_(toolchain),
      cxx_(mutants ? toolchain.mutant_cxx : toolchain.cxx),
      builder_(sandbox, read_by_all(toolchain)),
      folder_(toolchain.work_dir / "objects") {}

std::string ObjectCache::stamp_of(const fs::path& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) return "absent";
    return std::to_string(info.st_size) + ":" + std::to_string(info.st_mtim.tv_sec) + "." +
           std::to_string(info.st_mtim.tv_nsec);
}

std::string ObjectCache::hash_of(const fs::path& path) {
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = hashes_.find(path); found != hashes_.end()) return found->second;
    }
    std::string hash;
    try {
        // A precompiled header is tens of megabytes; its time of change is as good.
        hash = path.extension() == ".gch" || path.extension() == ".pch" ? stamp_of(path) : sha256(read_text(path));
    } catch (const FileError&) {
        hash = "absent";
    }
    const std::lock_guard lock(mutex_);
    return hashes_[path] = hash;
}

std::vector<std::string> ObjectCache::command(const Job& job, const fs::path& input) const {
    std::vector<std::string> argv{toolchain_.compiler.string()};
    const auto add = [&](const std::vector<std::string>& flags) {
        argv.insert(argv.end(), flags.begin(), flags.end());
    };
    if (job.kernel) {
        const auto found = toolchain_.kernels.find(job.build);
        if (found == toolchain_.kernels.end()) {
            throw Error(std::string("toolchain.json has no \"") + name_of(job.build) +
                        "\" build of kernels. Run ./workbook once more: it configures the build anew.");
        }
        add(found->second.flags);
        for (const std::string& folder : found->second.include_dirs) argv.push_back("-I" + folder);
    } else {
        add(cxx_.flags);
        add(cxx_.pch_flags);
    }
    argv.push_back("-I" + (toolchain_.source_dir / "chapters" / job.chapter.id).string());
    for (const std::string& folder : toolchain_.include_dirs) argv.push_back("-I" + folder);
    for (const std::string& folder : toolchain_.system_include_dirs) add({"-isystem", folder});
    // What the object says about its source is chapter/file, wherever the submission lies: objects are shared between submissions.
    if (job.kernel) add({"-iquote", job.folder.string()});
    argv.push_back("-ffile-prefix-map=" + job.folder.string() + "/=" + job.chapter.id + "/");
    add({"-fdiagnostics-color=never", "-fmax-errors=20", "-c", input.string()});
    return argv;
}

std::string ObjectCache::key_of(const Job& job) {
    std::string recipe = "1\n" + job.source.filename().string() + "\n" + hash_of(job.source) + "\n" +
                         stamp_of(toolchain_.compiler) + "\n";
    if (job.kernel) {
        recipe += stamp_of(toolchain_.rewriter) + "\n";
    } else {  // g++ does not list the headers inside a precompiled one, so that one itself belongs to the recipe
        for (const std::string& word : cxx_.pch_flags) recipe += stamp_of(word) + " " + stamp_of(word + ".gch") + "\n";
    }
    std::vector<std::string> words = command(job, "input");
    for (std::string& word : words) {
        for (auto at = word.find(job.folder.string()); at != std::string::npos; at = word.find(job.folder.string())) {
            word.replace(at, job.folder.string().size(), here);
        }
        recipe += word + "\n";
    }
    // A header of the student's own can come before one of ours, so it is part of the recipe even when it was not there last time.
    std::vector<fs::path> others;
    const std::vector<std::string> expected = job.chapter.files();
    for (const auto& entry : fs::directory_iterator(job.folder)) {
        const std::string name = entry.path().filename().string();
        const bool listed = std::find(expected.begin(), expected.end(), name) != expected.end();
        if (!listed && entry.is_regular_file() && entry.path().extension() != ".bak") others.push_back(entry.path());
    }
    std::sort(others.begin(), others.end());
    for (const fs::path& other : others) recipe += other.filename().string() + " " + hash_of(other) + "\n";
    return sha256(recipe);
}

CompiledObject ObjectCache::lookup(const Job& job) {
    const fs::path list = folder_ / job.key.substr(0, 2) / (job.key + ".headers");
    if (!fs::exists(list)) return {};
    const std::string text = read_text(list);
    std::istringstream lines(text);
    CompiledObject kept;
    for (std::string line; std::getline(lines, line);) {
        const auto space = line.find(' ');
        if (space == std::string::npos) return {};
        std::string file = line.substr(space + 1);
        if (file.starts_with(here)) {
            kept.neighbours.push_back(file.substr(here.size()));
            file = (job.folder / file.substr(here.size())).string();
        } else {
            kept.headers.push_back(file);
        }
        if (hash_of(file) != line.substr(0, space)) return {};
    }
    kept.object = list.parent_path() / (job.key + "-" + sha256(text).substr(0, 16) + ".o");
    if (!fs::exists(kept.object)) return {};
    std::error_code none;
    fs::last_write_time(kept.object, fs::file_time_type::clock::now(), none);  // in use: trim_cache spares it
    return kept;
}

CompiledObject ObjectCache::store(const Job& job, const fs::path& object, const fs::path& deps) {
    std::string text;
    CompiledObject result;
    const std::string out = builder_.out(object.parent_path()) + "/";
    for (const std::string& file : prerequisites(read_text(deps))) {
        if (fs::path(file).filename() == object.filename() || fs::path(file) == job.source) continue;
        if (fs::path(file).lexically_normal().string().starts_with(out)) continue;  // rewritten .cu
        const std::string hash = hash_of(fs::absolute(file).lexically_normal());
        const std::string normal = fs::absolute(file).lexically_normal().string(), prefix = job.folder.string() + "/";
        const bool own = normal.starts_with(prefix);
        if (own) {
            result.neighbours.push_back(normal.substr(prefix.size()));
        } else {
            result.headers.push_back(normal);
        }
        text += hash + " " + (own ? std::string(here) + normal.substr(prefix.size()) : normal) + "\n";
    }
    const fs::path bin = folder_ / job.key.substr(0, 2);
    fs::create_directories(bin);
    result.object = bin / (job.key + "-" + sha256(text).substr(0, 16) + ".o");
    fs::rename(object, result.object);
    write_atomically(bin / (job.key + ".headers"), text);
    return result;
}

/// What {out} holds for a build: "plain.o" and "plain.d".
void ObjectCache::add_commands(const std::vector<Job>& jobs, BuildStep& step) const {
    const Job& any = jobs.front();  // they differ in their build only
    step.reads = {any.folder, toolchain_.source_dir / "chapters" / any.chapter.id};
    fs::path input = any.source;
    if (any.kernel) {
        input = "{out}" / any.source.filename().replace_extension(".cu.cpp");
        step.commands.push_back({toolchain_.rewriter.string(), any.source.string(), input.string()});
    }
    for (const Job& job : jobs) {
        const std::string name = name_of(job.build);
        step.commands.push_back(command(job, input));
        for (const std::string& word : {std::string("-o"), "{out}/" + name + ".o", std::string("-MMD"),
                                        std::string("-MF"), "{out}/" + name + ".d"})
            step.commands.back().push_back(word);
        step.made.insert(step.made.end(), {name + ".o", name + ".d"});
    }
}

CompiledObject ObjectCache::compile_now(const Job& job) {
    const ScratchFolder scratch(folder_, "compiling");
    BuildStep step{.time_limit = time_limit};
    add_commands({job}, step);
    const BuildEnd end = builder_.run(step, scratch.path());
    if (end.timed_out) {
        return {{},
                job.source.filename().string() + " was still compiling after " + std::to_string(time_limit.count()) +
                    " s."};
    }
    if (!end.ok) {
        const std::string errors = compiler_errors(end.output, job.folder);
        return {{}, errors.empty() ? "the compiler " + end.how_it_ended + " without a word" : errors};
    }
    return store(job, scratch.path() / step.made.at(0), scratch.path() / step.made.at(1));
}

/// All of them or, when one fails, none: then each is compiled by itself, which says what is wrong with which.
std::vector<CompiledObject> ObjectCache::compile_in_one_step(const std::vector<Job>& jobs) {
    const ScratchFolder scratch(folder_, "compiling");
    BuildStep step{.time_limit = time_limit / 2};  // templates without end are met again, one by one
    add_commands(jobs, step);
    if (!builder_.run(step, scratch.path()).ok) return {};
    std::vector<CompiledObject> objects;
    for (std::size_t i = 0; i < jobs.size(); ++i)
        objects.push_back(
            store(jobs[i], scratch.path() / step.made.at(2 * i), scratch.path() / step.made.at(2 * i + 1)));
    return objects;
}

std::vector<CompiledObject> ObjectCache::compile(const Chapter& chapter, const fs::path& source,
                                                 const std::vector<Build>& builds) {
    const fs::path absolute = fs::absolute(source).lexically_normal();
    std::vector<std::shared_future<CompiledObject>> results;
    std::vector<std::pair<Job, std::promise<CompiledObject>>> mine;
    for (const Build build : builds) {
        Job job{chapter, absolute, absolute.parent_path(), build, absolute.extension() == ".cu"};
        if (!job.kernel) job.build = Build::plain;
        job.key = key_of(job);
        const std::lock_guard lock(mutex_);
        // Same key, other folder: a header that is part of the submission may differ, so the folder belongs to the name here.
        const auto [place, fresh] = running_.try_emplace(job.key + job.folder.string());
        if (fresh) {
            mine.emplace_back(std::move(job), std::promise<CompiledObject>());
            place->second = mine.back().second.get_future().share();
        }
        results.push_back(place->second);
    }
    settle(mine);
    std::vector<CompiledObject> objects;
    for (const auto& result : results) objects.push_back(result.get());
    return objects;
}

void ObjectCache::settle(std::vector<std::pair<Job, std::promise<CompiledObject>>>& promised) {
    try {
        std::vector<Job> missing;
        for (auto& [job, promise] : promised) {
            if (CompiledObject kept = lookup(job); kept.ok()) {
                promise.set_value(std::move(kept));
            } else {
                missing.push_back(job);
            }
        }
        std::vector<CompiledObject> together;
        if (missing.size() > 1) together = compile_in_one_step(missing);
        std::size_t next = 0;
        for (auto& [job, promise] : promised) {
            if (next == missing.size() || job.key != missing[next].key) continue;
            promise.set_value(together.empty() ? compile_now(job) : together[next]);
            ++next;
        }
    } catch (...) {
        for (auto& [job, promise] : promised) {
            try {
                promise.set_exception(std::current_exception());
            } catch (const std::future_error&) {  // it has its object already
            }
        }
    }
}

CompiledObject ObjectCache::compile(const Chapter& chapter, const fs::path& source, Build build) {
    return compile(chapter, source, std::vector{build}).front();
}

namespace {

/// Adds a folder's files, and those of its folders with names of two letters: where objects are kept. Others are what graders that
/// run at this time build in; their folders come and go, and an iterator that goes into one would throw.
void list_kept(const fs::path& folder, std::vector<fs::directory_entry>& files) {
    std::error_code none;
    for (fs::directory_iterator at(folder, none), end; at != end; at.increment(none)) {
        if (at->is_regular_file(none)) files.push_back(*at);
        if (at->path().filename().string().size() == 2 && at->is_directory(none)) list_kept(at->path(), files);
    }
}

}  // namespace

void trim_cache(const Toolchain& toolchain) {
    constexpr std::uintmax_t limit = std::uintmax_t{1} << 30;
    struct File {
        fs::file_time_type used;
        fs::path path;
        std::uintmax_t size;
    };
    for (const char* name : {"objects", "workers"}) {
        std::vector<fs::directory_entry> kept;
        list_kept(toolchain.work_dir / name, kept);
        std::vector<File> files;
        std::uintmax_t total = 0;
        std::error_code none;
        for (const fs::directory_entry& entry : kept) {
            const std::uintmax_t size = entry.file_size(none);
            if (none) continue;  // another grader has trimmed it
            files.push_back({entry.last_write_time(none), entry.path(), size});
            total += size;
        }
        if (total <= limit) continue;
        std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.used < b.used; });
        for (const File& file : files) {
            if (total <= limit / 2) break;
            if (fs::remove(file.path, none)) total -= file.size;
        }
    }
}

}  // namespace wb::grader
