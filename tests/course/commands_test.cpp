// Every command of the pages is run as it is written there, in the order of the page, on a copy of the workbook with a small made-up
// class; or commands_not_run.toml says why not, and which test runs what it does.
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "course.hpp"
#include "course/toml_file.hpp"
#include "files/files.hpp"
#include "files/zip_writer.hpp"
#include "process/process.hpp"
#include "site/site.hpp"

namespace wb::course {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A line that a reader is to type, and where it stands.
struct TypedLine {
    std::string text, place;
};

/// The command of a line in a fenced block, without comment and prompt; empty when it is none.
std::string command_of(std::string line) {
    if (line.starts_with("$ ")) line.erase(0, 2);
    static const std::regex is_command(R"(^(\./workbook|git|tar|cmake|ninja|docs/make_\w+|for) .*)");
    if (!std::regex_match(line, is_command)) return "";
    line = line.substr(0, std::min(line.find("  "), line.find(" #")));
    return line.substr(0, line.find_last_not_of(' ') + 1);
}

std::vector<TypedLine> typed_lines(const fs::path& page) {
    std::vector<TypedLine> lines;
    std::istringstream in(grader::read_text(root() / page));
    bool inside = false;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.starts_with("```")) {
            inside = !inside;
        } else if (const std::string command = inside ? command_of(line) : ""; !command.empty()) {
            lines.push_back({command, page.string() + ":" + std::to_string(number)});
        }
    }
    return lines;
}

std::vector<std::string> pages() {
    std::vector<std::string> files{"docs/edition/README.md"};
    for (const auto& section : grader::read_site_plan(root()).sections)
        for (const auto& entry : section.entries)
            if (!entry.file.empty() && !typed_lines(entry.file).empty()) files.push_back(entry.file.string());
    return files;
}

/// What commands_not_run.toml says of a command.
struct NotRun {
    std::string why, test, instead;
    int line = 0;
};

std::map<std::string, NotRun> not_run() {
    const grader::TomlFile file(root() / "tests/course/commands_not_run.toml", "tests/course/commands_not_run.toml");
    std::map<std::string, NotRun> entries;
    for (const grader::TomlValue* entry : file.tables_or_none(file.root(), "command")) {
        file.only(*entry, {"typed", "why", "test", "instead"}, "a command");
        for (const std::string& typed : file.texts_or_none(*entry, "typed"))
            entries[typed] = {.why = file.text(*entry, "why", "a command"),
                              .test = file.text(*entry, "test", "a command"),
                              .instead = file.text_or(*entry, "instead", ""),
                              .line = entry->line};
    }
    return entries;
}

/// A kernel whose line 9 reads a row of 256 bytes by each thread, as kernels/README.md draws it.
constexpr const char* rows_cu = R"(#include <cuda_runtime.h>

constexpr int rows = 32, cols = 64;

__global__ void row_sums(const float* x, float* sums) {
    const int r = threadIdx.x;
    float sum = 0;
    for (int c = 0; c < cols; ++c)
        sum += x[r * cols + c];
    sums[r] = sum;
}

void run() {
    float *x = nullptr, *sums = nullptr;
    cudaMalloc(&x, rows * cols * sizeof(float));
    cudaMalloc(&sums, rows * sizeof(float));
    cudaMemset(x, 0, rows * cols * sizeof(float));
    row_sums<<<1, rows>>>(x, sums);
    cudaDeviceSynchronize();
    cudaFree(x);
    cudaFree(sums);
}
)";

/// A copy of the workbook with this build's judges; `./workbook` is this build's program. Ann's and Bob's work lies around in every form.
class Desk {
 public:
    /// @param chapter_2_only  so that a class is graded in little time
    explicit Desk(bool chapter_2_only) : folder_(scratch_folder() / "desk") {
        fs::remove_all(folder_);
        fs::create_directories(folder_);
        for (const auto& entry : fs::directory_iterator(root())) {
            const std::string name = entry.path().filename().string();
            if (name != "build" && name != ".git") fs::copy(entry.path(), folder_ / name, fs::copy_options::recursive);
        }
        if (chapter_2_only)
            for (const auto& entry : fs::directory_iterator(root() / "chapters"))
                if (entry.path().filename() != "02_attention")
                    fs::remove_all(folder_ / "chapters" / entry.path().filename());
        auto toolchain = nlohmann::json::parse(grader::read_text(WB_TOOLCHAIN));
        toolchain["source_dir"] = folder_.string();
        for (auto& chapter : toolchain["chapters"])
            for (auto& source : chapter["edition_sources"])
                source = (folder_ / fs::path(source.get<std::string>()).lexically_relative(root())).string();
        grader::write_atomically(folder_ / "build/toolchain.json", toolchain.dump());
        grader::write_atomically(folder_ / "workbook", "#!/bin/sh\nexec '" WB_CLI "' --toolchain '" +
                                                           (folder_ / "build/toolchain.json").string() + "' \"$@\"\n");
        fs::permissions(folder_ / "workbook", fs::perms::owner_all);
        fill();
    }

    [[nodiscard]] grader::ProcessResult run(const std::string& line) const {
        return grader::run_process({.argv = {"bash", "-c", line},
                                    .directory = folder_,
                                    .environment = {{"NO_COLOR", "1"}},
                                    .time_limit = std::chrono::minutes(4)});
    }

 private:
    void fill() const {
        const fs::path chapter = root() / "solutions/02_attention";
        std::string wrong = grader::read_text(chapter / "attention.cpp");
        wrong = std::regex_replace(wrong, std::regex("1\\.0[fF]? / std::sqrt"), "2.0F / std::sqrt");
        const std::string right = grader::read_text(chapter / "attention.cpp");
        const std::string answers = grader::read_text(chapter / "answers.toml");
        for (const auto& [submission, attention] : {std::pair{"ann", right},
                                                    {"submissions/ann", right},
                                                    {"submissions/bob", wrong},
                                                    {"attention-submissions/attention-ann/starter", right},
                                                    {"attention-submissions/attention-bob/starter", wrong}}) {
            grader::write_atomically(folder_ / submission / "02_attention/attention.cpp", attention);
            grader::write_atomically(folder_ / submission / "02_attention/answers.toml", answers);
        }
        grader::write_atomically(folder_ / "starter/02_attention/attention.cpp", wrong);
        for (const char* kernel : {"row_softmax.cu", "fused_attention.cu"})
            fs::copy_file(chapter / kernel, folder_ / "starter/02_attention" / kernel,
                          fs::copy_options::overwrite_existing);
        grader::write_atomically(
            folder_ / "classroom_roster.csv",
            "\"identifier\",\"github_username\",\"github_id\",\"name\"\n\"a1\",\"ann\",\"1\",\"Ann\"\n"
            "\"b2\",\"bob\",\"2\",\"Bob\"\n");
        for (const char* name : {"ann", "bob"}) {
            grader::ZipWriter zip(folder_ / (std::string(name) + ".zip"));
            zip.add("02_attention/attention.cpp", wrong);
            zip.finish();
        }
        fs::copy_file(root() / "docs/three_kernels/drift.cu", folder_ / "my_kernel.cu");
        grader::write_atomically(folder_ / "rows.cu", rows_cu);
        EXPECT_TRUE(run("tar -czf ann.tar.gz -C ann 02_attention").ok());
    }

    fs::path folder_;
};

class PagesCommands : public testing::TestWithParam<std::string> {};

TEST_P(PagesCommands, RunAsTheyAreWritten) {
    const std::string& page = GetParam();
    const std::set<std::string> of_a_class{"README.md",    "docs/instructors_guide.md", "docs/class.md",
                                           "docs/cost.md", "docs/autograders.md",       "docs/sandbox.md"};
    const Desk desk(of_a_class.contains(page));
    const std::map<std::string, NotRun> exempt = not_run();
    const bool has_sandbox =
        desk.run("./workbook grade ann --chapters 2.12 --sandbox").output.find("nothing was graded") ==
        std::string::npos;
    for (const TypedLine& line : typed_lines(page)) {
        std::string command = line.text;
        if (const auto found = exempt.find(command); found != exempt.end()) command = found->second.instead;
        if (command.empty()) continue;
        if (!has_sandbox && command.find("--class") != std::string::npos) command += " --no-sandbox";
        if (!has_sandbox && command.find("--sandbox") != std::string::npos) continue;
        const grader::ProcessResult ran = desk.run(command);
        // 0 and 1 are answers; 2 is a command that is not understood, or that needs what is not there.
        EXPECT_TRUE(ran.exit_status == 0 || (ran.exit_status == 1 && command.starts_with("./workbook ")))
            << line.place << ": " << command << "\n"
            << ran.how_it_ended() << "\n"
            << ran.output;
        std::cout << line.place << ": " << command << "  (" << ran.how_it_ended() << ", " << ran.seconds << " s)\n";
    }
}

INSTANTIATE_TEST_SUITE_P(Course, PagesCommands, testing::ValuesIn(pages()), [](const auto& page) {
    return std::regex_replace(page.param, std::regex("[^A-Za-z0-9]"), "_");
});

TEST(CommandsNotRun, AreOnAPageAndNameATestThatThereIs) {
    std::set<std::string> typed;
    for (const std::string& page : pages())
        for (const TypedLine& line : typed_lines(page)) typed.insert(line.text);
    EXPECT_GT(typed.size(), 80U) << "the pages were not read";
    std::string tests;
    for (const auto& file : fs::recursive_directory_iterator(root() / "tests"))
        if (file.path().extension() == ".cpp" || file.path().filename() == "CMakeLists.txt")
            tests += grader::read_text(file.path());
    for (const auto& [command, entry] : not_run()) {
        const std::string where = "commands_not_run.toml:" + std::to_string(entry.line) + ": ";
        EXPECT_TRUE(typed.contains(command)) << where << "no page says " << command;
        const std::size_t dot = entry.test.find('.');  // TEST(Suite, Test), or an add_test(NAME ..
        std::string written = entry.test;
        if (!written.starts_with("NAME ") && dot != std::string::npos) written = written.replace(dot, 1, ", ") + ")";
        EXPECT_THAT(tests, HasSubstr(written)) << where << "there is no such test";
    }
}

}  // namespace
}  // namespace wb::course
