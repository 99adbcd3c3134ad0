#include "profile/ptxas.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "course/course.hpp"
#include "files/files.hpp"
#include "process/process.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::seconds time_limit{120};  // of one compilation

std::string variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

bool is_program(const fs::path& file) {
    std::error_code none;
    return fs::is_regular_file(file, none) && ::access(file.c_str(), X_OK) == 0;
}

/// The first line with an error in it, or else the first.
std::string first_complaint(const std::string& output) {
    std::istringstream lines(output);
    std::string first;
    for (std::string line; std::getline(lines, line);) {
        if (line.find("error") != std::string::npos || line.find("fatal") != std::string::npos) return line;
        if (first.empty()) first = line;
    }
    return first;
}

/// "tile<float,64>" of "wb::tile<float, 64>": without blanks and without the function's own namespaces.
std::string bare(std::string name) {
    std::erase(name, ' ');
    const std::size_t template_begin = std::min(name.find('<'), name.size());
    const std::size_t colon = name.rfind(':', template_begin);
    return colon == std::string::npos ? name : name.substr(colon + 1);
}

std::string function_of(const std::string& bare_name) {
    return bare_name.substr(0, bare_name.find('<'));
}

}  // namespace

fs::path find_nvcc() {
    const fs::path named = variable("NVCC"), program = named.empty() ? "nvcc" : named;
    if (program.has_parent_path()) return is_program(program) ? program : fs::path();
    std::istringstream path(variable("PATH"));
    std::vector<fs::path> folders;
    for (std::string folder; std::getline(path, folder, ':');) folders.emplace_back(folder);
    if (const std::string home = variable("CUDA_HOME"); !home.empty()) folders.push_back(fs::path(home) / "bin");
    folders.emplace_back("/usr/local/cuda/bin");
    for (const fs::path& folder : folders) {
        if (!folder.empty() && is_program(folder / program)) return folder / program;
    }
    return {};
}

Instance instance_of(const kernels::KernelProfile& kernel, const PtxasReport& report, const std::string& arch) {
    if (!report.fault.empty()) return {nullptr, report.fault};
    const std::string symbol = kernel.symbol.empty() ? "" : nvcc::readable_name(kernel.symbol),
                      launched = bare(kernel.kernel);
    std::vector<const nvcc::KernelUse*> alike;
    for (const nvcc::KernelUse& use : report.kernels) {
        if (use.gpu != arch || !use.complete) continue;
        if (use.name == symbol || (symbol.empty() && bare(use.name) == launched)) return {&use, ""};
        if (function_of(bare(use.name)) == function_of(symbol.empty() ? launched : bare(symbol))) alike.push_back(&use);
    }
    if (alike.size() == 1) return {alike.front(), ""};
    if (alike.empty()) return {nullptr, "ptxas reports no kernel of this name for " + arch};
    return {nullptr, "ptxas compiled " + std::to_string(alike.size()) + " instances of " +
                         function_of(bare(alike.front()->name)) + ", and " + kernel.kernel +
                         "<<<..>>> does not say which one runs. Name its template arguments there"};
}

Ptxas::Ptxas(fs::path nvcc, std::vector<std::string> archs, std::vector<std::string> include_dirs, fs::path scratch)
    : nvcc_(std::move(nvcc)),
      archs_(std::move(archs)),
      include_dirs_(std::move(include_dirs)),
      scratch_(std::move(scratch)) {}

void Ptxas::start(const fs::path& file) {
    std::shared_future<PtxasReport>& report = reports_[fs::absolute(file).lexically_normal()];
    if (!report.valid())
        report = std::async(std::launch::async, [this, path = fs::absolute(file).lexically_normal()] {
                     return compile(path);
                 }).share();
}

const PtxasReport& Ptxas::of(const fs::path& file) {
    start(file);
    return reports_.at(fs::absolute(file).lexically_normal()).get();
}

PtxasReport Ptxas::compile(const fs::path& file) const {
    try {
        const ScratchFolder scratch(scratch_, "nvcc");
        const std::map<std::string, std::string> environment{{"LC_ALL", "C.UTF-8"},
                                                             {"TMPDIR", scratch.path().string()}};
        // nvcc 11, which is Debian 12's, does not know C++20 yet.
        const ProcessResult help = run_process({.argv = {nvcc_.string(), "--help"}, .environment = environment});
        const bool new_enough = help.output.find("c++20") != std::string::npos;
        ProcessOptions options{
            .argv = {nvcc_.string(), new_enough ? "-std=c++20" : "-std=c++17", "-O3", "-Xptxas", "-v", "-fatbin"},
            .environment = environment,
            .time_limit = time_limit};
        for (const std::string& arch : archs_) {
            const std::string number = arch.substr(arch.find('_') + 1);
            options.argv.insert(options.argv.end(), {"-gencode", "arch=compute_" + number + ",code=" + arch});
        }
        for (const std::string& folder : include_dirs_) options.argv.push_back("-I" + folder);
        options.argv.insert(options.argv.end(), {"-o", (scratch.path() / "kernels.fatbin").string(), file.string()});
        const ProcessResult result = run_process(options);
        if (!result.ok()) {
            const std::string complaint = first_complaint(result.output);
            return {{},
                    "nvcc does not compile " + file.filename().string() + ": " +
                        (complaint.empty() || result.timed_out ? "it " + result.how_it_ended() : complaint)};
        }
        return {nvcc::read_ptxas(result.output), ""};
    } catch (const Error& error) {
        return {{}, error.what()};
    }
}

}  // namespace wb::grader
