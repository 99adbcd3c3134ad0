#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "commands/commands.hpp"
#include "files/files.hpp"
#include "process/process.hpp"
#include "report/terminal.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// What CTest's JUnit file says of its tests.
struct Summary {
    int passed = 0;
    std::vector<std::string> failed, skipped;
};

/// The value of an attribute of the tag that starts at `tag`; entities are left as they are.
std::string attribute(const std::string& xml, std::size_t tag, const std::string& name) {
    const auto end = xml.find('>', tag), at = xml.find(" " + name + "=\"", tag);
    if (at == std::string::npos || at > end) return "";
    const auto first = at + name.size() + 3;
    return xml.substr(first, xml.find('"', first) - first);
}

Summary read_summary(const fs::path& file) {
    Summary summary;
    const std::string xml = read_text(file);
    for (auto tag = xml.find("<testcase "); tag != std::string::npos; tag = xml.find("<testcase ", tag + 1)) {
        const std::string name = attribute(xml, tag, "name"), status = attribute(xml, tag, "status");
        if (status == "run") {
            ++summary.passed;
        } else if (status == "fail") {
            summary.failed.push_back(name);
        } else {
            summary.skipped.push_back(name);
        }
    }
    return summary;
}

}  // namespace

int test_command(const Desk& desk, const std::vector<std::string>& ctest_arguments, int jobs) {
    const Paint paint(style_of_stdout());
    const fs::path results = desk.toolchain.build_dir / "ctest.xml";
    std::error_code none;
    fs::remove(results, none);
    ProcessOptions options;
    options.argv = {"ctest",
                    "--test-dir",
                    desk.toolchain.build_dir.string(),
                    "--output-on-failure",
                    "--no-tests=error",
                    "--output-junit",
                    results.string(),
                    "-j",
                    std::to_string(jobs)};
    options.argv.insert(options.argv.end(), ctest_arguments.begin(), ctest_arguments.end());
    options.time_limit = std::chrono::hours(3);
    options.output_cap = 0;
    options.on_output = [](std::string_view bytes) { std::cout << bytes << std::flush; };
    const ProcessResult ran = run_process(options);
    if (!fs::exists(results)) throw Error("ctest " + ran.how_it_ended() + " without a result; its own words are above");

    const Summary summary = read_summary(results);
    std::cout << "\n"
              << paint.bold(fmt::format("{} passed, {} failed, {} skipped", summary.passed, summary.failed.size(),
                                        summary.skipped.size()))
              << fmt::format(" in {:.0f} s\n", ran.seconds);
    for (const std::string& name : summary.failed)
        std::cout << "  " << paint.mark(TestStatus::failed) << " " << name << "\n";
    for (const std::string& name : summary.skipped)
        std::cout << "  " << paint.mark(TestStatus::skipped) << " " << name << paint.dim("  skipped") << "\n";
    return ran.ok() && summary.failed.empty() ? 0 : 1;
}

}  // namespace wb::grader
