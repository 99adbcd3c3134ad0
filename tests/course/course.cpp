#include "course.hpp"

#include <cstdlib>
#include <fstream>

#include "process/process.hpp"

namespace wb::course {

Outcome workbook(const std::vector<std::string>& words) {
    grader::ProcessOptions options;
    options.argv = {WB_CLI, "--toolchain", WB_TOOLCHAIN};
    options.argv.insert(options.argv.end(), words.begin(), words.end());
    options.environment = {{"NO_COLOR", "1"}};
    options.time_limit = std::chrono::minutes(40);
    options.output_cap = 4 << 20;
    const grader::ProcessResult result = grader::run_process(options);
    return {result.exit_status, result.output, {}};
}

Outcome workbook_with_report(std::vector<std::string> words) {
    const std::filesystem::path file = scratch_folder() / "report.json";
    words.insert(words.end(), {"--json", file.string()});
    Outcome outcome = workbook(words);
    std::ifstream in(file);
    if (in) outcome.report = nlohmann::json::parse(in, nullptr, false);
    EXPECT_TRUE(outcome.report.is_object()) << outcome.output;
    return outcome;
}

nlohmann::json exercise(const nlohmann::json& report, const std::string& id) {
    for (const auto& chapter : report.value("chapters", nlohmann::json::array())) {
        for (const auto& one : chapter["exercises"]) {
            if (one["id"] == id) return one;
        }
    }
    ADD_FAILURE() << "the report has no exercise " << id;
    return nlohmann::json::object();
}

std::filesystem::path scratch_folder() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    std::string name = std::string(test->test_suite_name()) + "." + test->name();
    for (char& c : name) {
        if (c == '/') c = '_';
    }
    static std::string cleaned;
    const std::filesystem::path folder = std::filesystem::path(WB_SCRATCH) / name;
    if (cleaned != name) std::filesystem::remove_all(folder);
    cleaned = name;
    std::filesystem::create_directories(folder);
    return folder;
}

std::filesystem::path root() {
    return WB_ROOT;
}

}  // namespace wb::course
