#include "workshop.hpp"

#include <sstream>

#include "files/files.hpp"

namespace wb::grader {
namespace fs = std::filesystem;

fs::path scratch_folder() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string(test->test_suite_name()) + "." + test->name();
    for (char& c : name) {
        if (c == '/') c = '_';
    }
    const fs::path folder = fs::path(WB_SCRATCH) / name;
    fs::remove_all(folder);
    fs::create_directories(folder);
    return folder;
}

Workshop::Workshop() : root(scratch_folder() / "course") {
    fs::copy(WB_MINI_COURSE, root, fs::copy_options::recursive);
    const std::string tools = (root / "tools").string();
    const std::string flags = R"({"flags": ["-std=c++20", "-O0", "-Wall"]})";
    write("build/dev/toolchain.json",
          R"({"schema": 1, "source_dir": ")" + root.string() + R"(", "build_dir": ")" + (root / "build/dev").string() +
              R"(", "compiler": ")" WB_COMPILER R"(", "rewriter": ")" + tools +
              R"(/rewriter.sh", "include_dirs": [")" WB_LIBRARY R"("],
        "cxx": )" +
              flags + R"(, "kernels": {"plain": )" + flags + R"(, "asan": )" + flags + R"(, "race": )" + flags +
              R"(}, "chapters": {"01_numbers": {"judge": ")" + tools + R"(/judge.sh", "case_maker": ")" + tools +
              R"(/make_cases.sh", "worker_objects": [")" WB_MINI_WORKER R"("]}}})");
}

std::string Workshop::text(const std::string& path) const {
    return read_text(at(path));
}

void Workshop::write(const std::string& path, const std::string& bytes) const {
    const bool script = path.ends_with(".sh");
    write_atomically(at(path), bytes);
    if (script) fs::permissions(at(path), fs::perms::owner_all);
}

void Workshop::replace(const std::string& path, const std::string& from, const std::string& to) const {
    std::string bytes = text(path);
    const auto found = bytes.find(from);
    ASSERT_NE(found, std::string::npos) << path << " has no \"" << from << "\"";
    write(path, bytes.replace(found, from.size(), to));
}

void Workshop::submit() const {
    fs::copy(at("solutions"), at("mine"), fs::copy_options::recursive);
}

Report Workshop::graded(const std::vector<std::string>& exercises, const std::string& folder) const {
    const Course all = course();
    std::vector<std::string> faults;
    const Report report =
        grade(all, toolchain(), open_submission(all, at(folder)), select(all, exercises), {.jobs = 2}, faults);
    EXPECT_THAT(faults, testing::IsEmpty());
    return report;
}

ProcessResult Workshop::cli(std::vector<std::string> words) const {
    words.insert(words.begin(), {WB_CLI, "--toolchain", at("build/dev/toolchain.json").string()});
    ProcessOptions options{.argv = words, .directory = root};
    options.environment = {{"LC_ALL", "C"}};
    return run_process(options);
}

std::set<std::string> Workshop::commands() const {
    const std::string help = cli({"--help"}).output;
    std::istringstream lines(help.substr(help.find("Subcommands:")));
    std::set<std::string> names;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("  ") && line[2] != ' ') names.insert(line.substr(2, line.find(' ', 2) - 2));
    }
    return names;
}

ExerciseReport exercise_of(const Report& report, const std::string& id) {
    for (const ChapterReport& chapter : report.chapters) {
        for (const ExerciseReport& exercise : chapter.exercises) {
            if (exercise.id == id) return exercise;
        }
    }
    ADD_FAILURE() << "the report has no exercise " << id;
    return {};
}

}  // namespace wb::grader
