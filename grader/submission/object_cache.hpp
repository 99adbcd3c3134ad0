/// @file
/// Compiles one source of a submission at a time, and never twice: build/<preset>/objects holds objects by what they were made from.
/// An object is found again when source bytes, command, compiler, the folder's other files and every header it included are the same.
/// Failures are not kept. Safe to call from several threads; two that ask for the same object share one compilation.
#pragma once

#include <chrono>
#include <filesystem>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "submission/build_step.hpp"
#include "submission/toolchain.hpp"

namespace wb::grader {

struct CompiledObject {
    std::filesystem::path object;  ///< empty when it did not compile
    std::string errors;            ///< then: the compiler's first errors, for the student
    /// What it included, with whole paths, but for what the precompiled header holds and what lies in the submission.
    std::vector<std::string> headers = {};
    std::vector<std::string> neighbours = {};  ///< what of the submission's chapter folder it included, by names there

    [[nodiscard]] bool ok() const { return !object.empty(); }
};

class ObjectCache {
 public:
    /// @param mutants  compile .cpp files with the toolchain's quick mutant_cxx instead of cxx
    /// @param sandbox  in which compilers run; none: as we do
    explicit ObjectCache(const Toolchain& toolchain, bool mutants = false,
                         const std::optional<SandboxSpec>& sandbox = {});

    /// What compiles, for whoever links.
    [[nodiscard]] const Builder& builder() const { return builder_; }

    /// Compiles chapter file `source` (a .cpp, or a .cu through the rewriter for `build`); waits for it.
    /// @throws Error  when the compiler or the rewriter cannot be started: no fault of the submission
    CompiledObject compile(const Chapter& chapter, const std::filesystem::path& source, Build build);
    /// The same for several builds, in one step unless one of them fails: a sandbox is dear to start.
    std::vector<CompiledObject> compile(const Chapter& chapter, const std::filesystem::path& source,
                                        const std::vector<Build>& builds);

    /// SHA-256 of a file, asked once a process.
    std::string hash_of(const std::filesystem::path& path);
    /// Size and time of change: enough for what our own build made.
    static std::string stamp_of(const std::filesystem::path& path);

    static constexpr std::chrono::seconds time_limit{120};  ///< of one compilation

 private:
    struct Job;
    void add_commands(const std::vector<Job>& jobs, BuildStep& step) const;
    CompiledObject compile_now(const Job& job);
    std::vector<CompiledObject> compile_in_one_step(const std::vector<Job>& jobs);
    void settle(std::vector<std::pair<Job, std::promise<CompiledObject>>>& promised);
    std::vector<std::string> command(const Job& job, const std::filesystem::path& input) const;
    std::string key_of(const Job& job);
    CompiledObject lookup(const Job& job);
    CompiledObject store(const Job& job, const std::filesystem::path& object, const std::filesystem::path& deps);

    const Toolchain& toolchain_;
    const CompilerFlags& cxx_;
    Builder builder_;
    std::filesystem::path folder_;
    std::mutex mutex_;
    std::map<std::string, std::shared_future<CompiledObject>> running_;
    std::map<std::filesystem::path, std::string> hashes_;
};

/// Deletes what was used longest ago of objects/ and workers/ in the build folder, down to half a gigabyte each, once one has grown past a gigabyte.
void trim_cache(const Toolchain& toolchain);

}  // namespace wb::grader
