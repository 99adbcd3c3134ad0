// An editor finds every file that a student edits in the compilation database that .clangd points to, and can read it as that says.
#include <set>

#include "course.hpp"
#include "files/files.hpp"
#include "process/process.hpp"

namespace wb::course {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

json database() {
    return json::parse(grader::read_text(fs::path(WB_TOOLCHAIN).parent_path() / "editor" / "compile_commands.json"));
}

TEST(Editor, EveryFileOfTheStarterIsInTheDatabase) {
    std::set<std::string> known;
    for (const json& entry : database()) known.insert(entry["file"].get<std::string>());
    int sources = 0;
    for (const auto& file : fs::recursive_directory_iterator(root() / "starter")) {
        if (file.path().extension() != ".cpp" && file.path().extension() != ".cu") continue;
        ++sources;
        EXPECT_THAT(known, testing::Contains(file.path().string()));
    }
    EXPECT_GT(sources, 70) << "the starter was not read";
}

TEST(Editor, ClangReadsEveryKernelOfTheSolutionsAsCudaWithoutAnError) {
    const std::string clang = "clang++-14";
    if (grader::run_process({.argv = {"sh", "-c", "command -v " + clang}}).exit_status != 0)
        GTEST_SKIP() << clang << " is not installed";
    int kernels = 0;
    for (const json& entry : database()) {
        const std::string file = entry["file"];
        if (!file.ends_with(".cu") || file.find("/solutions/") == std::string::npos) continue;
        std::vector<std::string> argv = entry["arguments"];
        argv[0] = clang;
        argv.insert(argv.begin() + 1, {"-fsyntax-only", "-Wno-unknown-cuda-version"});
        const auto result = grader::run_process({.argv = argv, .directory = entry["directory"].get<std::string>()});
        EXPECT_EQ(result.exit_status, 0) << file << "\n" << result.output;
        ++kernels;
    }
    EXPECT_GT(kernels, 15);
}

TEST(Editor, ClangSeesAWrongCallOfAKernel) {
    const fs::path file = scratch_folder() / "wrong.cu";
    for (const json& entry : database()) {
        if (!entry["file"].get<std::string>().ends_with("starter/02_attention/tiled_matmul.cu")) continue;
        std::vector<std::string> argv = entry["arguments"];
        argv[0] = "clang++-14";
        argv.back() = file.string();
        argv.insert(argv.begin() + 1, "-fsyntax-only");
        if (grader::run_process({.argv = {"sh", "-c", "command -v clang++-14"}}).exit_status != 0)
            GTEST_SKIP() << "clang++-14 is not installed";
        grader::write_atomically(file,
                                 "#include <cuda_runtime.h>\n"
                                 "__global__ void f(int n) { extern __shared__ float s[]; s[threadIdx.x] = n; }\n"
                                 "void run() { f<<<1, 32, 128>>>(1, 2); }\n");
        const auto result = grader::run_process({.argv = argv});
        EXPECT_THAT(result.output, testing::HasSubstr("wrong.cu:3:35: error: too many arguments to function call"));
        EXPECT_THAT(result.output, testing::HasSubstr("1 error generated"));
    }
}

TEST(Editor, SettingsOfVsCodeAreJson) {
    for (const char* name : {"settings.json", "tasks.json", "extensions.json"})
        EXPECT_TRUE(json::accept(grader::read_text(root() / ".vscode" / name))) << name;
}

}  // namespace
}  // namespace wb::course
