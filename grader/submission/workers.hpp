/// @file
/// From a submission's chapter folder to worker programs, one an exercise and build.
/// A worker holds the exercise's own files, the files of the exercises it needs, and the starter's for all the rest: no exercise can be
/// spoilt by the file of another that it does not need, and `check 2.1` gives the verdict that `grade` gives.
/// Who does not compile or link is told apart here: an exercise answers for its own files; a needed exercise that is broken is
/// replaced by its starter, and a note says so. Safe to call from several threads.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "report/report.hpp"
#include "submission/object_cache.hpp"

namespace wb::grader {

/// The workers of one exercise, or why there are none.
struct ExerciseWorkers {
    std::optional<TestStatus> refused;  ///< compile_error, or not_implemented when a file is not handed in
    std::string message;                ///< then: what the student should read
    std::map<Build, std::filesystem::path> workers;
    std::string note;  ///< about needed exercises that are broken; empty when all is well
};

class WorkerMaker {
 public:
    /// @param folder  the submission's chapter folder; it may be missing
    /// @throws Error  when the chapter's tools or its starter are not there
    /// @param workers  where linked programs are kept; empty: build/<preset>/workers
    WorkerMaker(const Course& course, const Chapter& chapter, const Toolchain& toolchain, ObjectCache& objects,
                const std::filesystem::path& folder, const std::filesystem::path& workers = {});

    /// The builds that a worker of this exercise can be asked for, by its tests (or those named) and its files.
    [[nodiscard]] std::vector<Build> builds_for(const Exercise& exercise,
                                                const std::vector<std::string>& tests = {}) const;

    /// A source that workers_for(exercise, builds) is going to compile, and builds of it that belong in one step.
    struct Compilation {
        std::filesystem::path source;
        std::vector<Build> builds;
    };
    [[nodiscard]] std::vector<Compilation> compilations(const Exercise& exercise,
                                                        const std::vector<Build>& builds) const;
    /// Compiles it now, so that workers_for finds it done.
    void compile_ahead(const Compilation& compilation);

    ExerciseWorkers workers_for(const Exercise& exercise, const std::vector<Build>& builds);

    /// A program of the chapter's demo and the submission's files, all of them, in the plain build.
    /// @throws Error  with the compiler's or the linker's words when a file does not build
    std::filesystem::path demo(const std::vector<std::string>& demo_objects);

 private:
    struct Linked {
        std::filesystem::path worker;  ///< empty when it did not link
        std::string output;
    };
    [[nodiscard]] std::optional<std::string> missing_file(const Exercise& exercise) const;
    [[nodiscard]] std::string unwelcome_header(const Exercise& exercise, const std::string& file,
                                               const CompiledObject& object) const;
    std::string compile_errors(const Exercise& exercise, const std::vector<Build>& builds);
    std::vector<std::string> functions_of(const Exercise& exercise, Build build);
    bool stands_alone(const Exercise& exercise, const std::vector<Build>& builds);
    struct Link {
        std::vector<std::string> argv;  ///< without -o
        std::filesystem::path worker;   ///< that it makes
    };
    Link link_of(const std::vector<std::string>& heads, const std::vector<const Exercise*>& from_submission,
                 Build build);
    Linked link(const std::vector<std::string>& heads, const std::vector<const Exercise*>& from_submission,
                Build build);
    BuildEnd run(const std::vector<Link>& links);
    void link_ahead(const std::vector<const Exercise*>& from_submission, const std::vector<Build>& builds);

    const Chapter& chapter_;
    const Toolchain& toolchain_;
    const ChapterTools& tools_;
    ObjectCache& objects_;
    std::filesystem::path folder_, stubs_, workers_;
};

/// Whether the grader compiles this file (.cpp or .cu).
bool is_source(const std::string& file);

}  // namespace wb::grader
