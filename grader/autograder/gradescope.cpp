#include "autograder/gradescope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "files/files.hpp"
#include "files/tree.hpp"
#include "files/zip_writer.hpp"
#include "starter/starter.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

constexpr const char* setup_script = R"sh(#!/usr/bin/env bash
# Gradescope runs this once, as root, when it makes the autograder's image. Before it does anything, ./workbook grade installs the packages
# that dependencies.txt requires and builds what grading needs.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
"${AUTOGRADER_ROOT:-/autograder}/source/workbook" grade --help
)sh";

// A class of one: a submission that cannot be taken in then has results, which say why, and a fault of the course or the machine has none.
constexpr const char* run_script = R"sh(#!/usr/bin/env bash
# Gradescope runs this for each submission, as root. It writes results/results.json, last of all and whatever lies there. When the
# course or the container is at fault it writes none, and says so on standard output, which instructors see: that is no zero.
set -uo pipefail
home=${{AUTOGRADER_ROOT:-/autograder}}
workbook=$home/source/workbook
trusted={trusted}  # grade without a sandbox where there is none
umask 022  # what is taken in must be readable by whom the sandbox becomes
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
printf 'id,name,path\nsubmission,,%s\n' "$home/submission" >"$work/class.csv"
rm -rf "$home/results/results.json"

grade() {{
    "$workbook" grade --class "$work/class.csv" --book "$work/grading.book" --chapters {chapters} --seed {seed} "$@" 2>&1
}}
grade
status=$?
if [ "$status" = 2 ] && [ "$trusted" = yes ] && [ ! -e "$work/grading.book" ]; then
    grade --no-sandbox
    status=$?
fi
if [ "$status" -gt 1 ]; then
    echo "run_autograder: nothing was graded (status $status), and this submission is not to blame."
    exit 2
fi
"$workbook" gradebook export "$work/grading.book" gradescope "$work/results" 2>&1 || exit 2
mkdir -p "$home/results" && cp "$work/results/submission.json" "$work/results.json" && chmod 644 "$work/results.json" &&
    mv -fT "$work/results.json" "$home/results/results.json" || exit 2
)sh";

constexpr const char* root_files[] = {"CMakeLists.txt", "CMakePresets.json", "LICENSE", "dependencies.txt", "workbook"};
/// Of tests/ what judges and case makers are built from. Not the workbook's own tests, nor mutants and alternates.
constexpr const char* root_folders[] = {"chapters", "cmake",   "datasets",      "grader",
                                        "kernels",  "library", "tests/goldens", "tests/oracles"};

/// Not for grading: what is only read by people.
bool is_passed_over(const fs::path& name) {
    return is_local(name) || name == "pictures" || name == "README.md";
}

}  // namespace

std::string gradescope_setup_script() {
    return setup_script;
}

std::string gradescope_run_script(const GradescopeAutograder& autograder) {
    std::string chapters;
    for (const Chapter* chapter : autograder.chapters) chapters += (chapters.empty() ? "" : ",") + chapter->id;
    return fmt::format(run_script, fmt::arg("trusted", autograder.no_sandbox ? "yes" : "no"),
                       fmt::arg("chapters", chapters), fmt::arg("seed", autograder.seed));
}

int write_gradescope_autograder(const Course& course, const GradescopeAutograder& autograder, const fs::path& zip) {
    ZipWriter out(zip);
    int count = 0;
    const auto add = [&](const std::string& name, const std::string& bytes, bool executable) {
        out.add(name, bytes, executable);
        ++count;
    };
    const auto add_file = [&](const fs::path& file) {
        add(file.lexically_relative(course.root).generic_string(), read_text(file), is_executable(file));
    };
    add("setup.sh", gradescope_setup_script(), true);
    add("run_autograder", gradescope_run_script(autograder), true);
    for (const char* name : root_files) add_file(course.root / name);
    std::vector<fs::path> folders(std::begin(root_folders), std::end(root_folders));
    add_file(course.root / "tests/CMakeLists.txt");
    for (const Chapter& chapter : course.chapters) folders.push_back(fs::path("tests") / chapter.id);
    // Other chapters stay to be included from, but are neither built nor graded: a chapter is what has these files.
    std::vector<std::string> not_built;
    for (const Chapter& chapter : course.chapters) {
        const auto& wanted = autograder.chapters;
        if (std::find(wanted.begin(), wanted.end(), &chapter) == wanted.end()) {
            for (const char* file : {"chapter.toml", "CMakeLists.txt"}) {
                not_built.push_back("chapters/" + chapter.id + "/" + file);
                not_built.push_back("tests/" + chapter.id + "/" + file);
            }
            continue;
        }
        for (const auto& [name, text] : starter_files(course, chapter))
            add(".starter/" + chapter.id + "/" + name, text, false);
    }
    for (const fs::path& folder : folders) {
        std::error_code none;
        if (!fs::is_directory(course.root / folder, none)) continue;  // a course need not have all
        for (const fs::path& file : files_below(course.root / folder, is_passed_over)) {
            const std::string name = file.lexically_relative(course.root).generic_string();
            if (std::find(not_built.begin(), not_built.end(), name) == not_built.end()) add_file(file);
        }
    }
    out.finish();
    return count;
}

}  // namespace wb::grader
