#include "edition/edition.hpp"

#include <algorithm>
#include <set>
#include <sstream>

#include "edition/judge_sources.hpp"
#include "edition/page_links.hpp"
#include "edition/solution_lines.hpp"
#include "files/files.hpp"
#include "files/tree.hpp"
#include "files/zip_writer.hpp"
#include "grade/cases.hpp"
#include "starter/starter.hpp"
#include "text/lines.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// What every edition holds, whatever its chapters. Not here, and so in none: solutions, what makes cases, the workbook's own checks of
/// its tests, pages for instructors; nor the engine's tests, whose kernels are those that any tutorial has: a product by tiles, a reduction.
constexpr const char* given_files[] = {".clang-format",
                                       ".clangd",
                                       ".gitignore",
                                       "CMakeLists.txt",
                                       "CMakePresets.json",
                                       "LICENSE",
                                       "workbook",
                                       "tests/CMakeLists.txt",
                                       "docs/kernel_lab.md",
                                       "docs/results.md",
                                       "docs/students_guide.md",
                                       "docs/three_kernels.md"};
constexpr const char* given_folders[] = {
    ".vscode", "cmake",   "datasets", "docs/pictures", "docs/site",    "docs/three_kernels",
    "grader",  "kernels", "library",  "tests/judge",   "tests/library"};
constexpr const char* not_given = "grader/scaffold/templates/";  // what an author fills in holds a solution of its own
constexpr const char* own_folder = "docs/edition";               // what lies there is for the edition's root

/// dependencies.txt without what only the workbook's own tests need.
std::string without_section(const std::string& list, const std::string& section) {
    std::istringstream lines(list);
    std::string result;
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("[")) inside = line == "[" + section + "]";
        if (!inside) result += line + "\n";
    }
    return result;
}

/// A line of pages.toml without the pages that the edition has not; empty when it named none but those.
std::string pages_of(std::string line, const EditionFiles& files) {
    bool kept = false, dropped = false;
    for (std::size_t open = line.find('"'); open != std::string::npos;) {
        const std::size_t close = line.find('"', open + 1);
        if (close == std::string::npos) break;
        const std::string word = line.substr(open + 1, close - open - 1);
        if (word.ends_with(".md") && !files.contains(word)) {
            line.erase(open, std::min(line.find_first_not_of(", ", close + 1), line.size()) - open);
            dropped = true;
            open = line.find('"', open);
        } else {
            kept = true;
            open = line.find('"', close + 1);
        }
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return dropped && !kept && line.find_first_not_of(' ') == std::string::npos ? "" : line + "\n";
}

/// pages.toml without the pages that the edition has not.
std::string pages_toml(const std::string& text, const EditionFiles& files) {
    std::string result;
    for (const std::string& line : lines_of(text)) result += pages_of(line, files);
    return result;
}

class Gathering {
 public:
    Gathering(const Course& course, const Toolchain& toolchain, const EditionPlan& plan)
        : course_(course), toolchain_(toolchain), plan_(plan) {}

    EditionFiles run() {
        for (const char* file : given_files) {
            if (fs::exists(course_.root / file)) take(file);
        }
        for (const char* folder : given_folders) take_folder(folder);
        if (fs::is_directory(course_.root / own_folder)) {
            for (const fs::path& file : files_below(course_.root / own_folder, is_local))
                put(file.lexically_relative(course_.root / own_folder).generic_string(), read_text(file));
        }
        for (const Chapter* chapter : plan_.chapters) take_chapter(*chapter);
        put("dependencies.txt", without_section(read_text(course_.root / "dependencies.txt"), "develop"));
        if (const auto pages = files_.find("docs/site/pages.toml"); pages != files_.end())
            pages->second = {.text = pages_toml(pages->second.bytes(), files_)};
        for (auto& [name, file] : files_)
            if (name.ends_with(".md")) file = {.text = with_links_that_lead(file.bytes(), name, files_)};
        return std::move(files_);
    }

 private:
    void put(const std::string& name, std::string text) { files_[name] = {.text = std::move(text)}; }
    void take(const fs::path& name) {
        const fs::path from = course_.root / name;
        files_[name.generic_string()] = {.text = {}, .source = from, .executable = is_executable(from)};
    }
    void take_folder(const fs::path& folder) {
        if (!fs::is_directory(course_.root / folder)) return;  // a course need not have all
        for (const fs::path& file : files_below(course_.root / folder, is_local)) {
            const fs::path name = file.lexically_relative(course_.root);
            if (!name.generic_string().starts_with(not_given)) take(name);
        }
    }

    void take_chapter(const Chapter& chapter) {
        const fs::path contracts = fs::path("chapters") / chapter.id, tests = fs::path("tests") / chapter.id;
        take_folder(contracts);
        const fs::path toml = contracts / "chapter.toml";
        put(toml.generic_string(), without_hidden_entries(chapter, read_text(course_.root / toml)));
        for (const auto& [name, text] : starter_files(course_, chapter)) {
            for (const char* folder : {"starter/", ".starter/"}) put(folder + chapter.id + "/" + name, text);
        }

        std::vector<fs::path> sources, dropped;
        for (const std::string& source : tools_of(toolchain_, chapter).edition_sources)
            sources.push_back(fs::path(source).lexically_relative(course_.root));
        const std::vector<fs::path> shown = without_hidden(course_, chapter, sources);
        for (const fs::path& source : sources) {
            if (std::find(shown.begin(), shown.end(), source) == shown.end()) dropped.push_back(source);
        }
        for (const fs::path& file : judge_files(course_, chapter, shown)) take(file);
        const fs::path lists = tests / "CMakeLists.txt";
        put(lists.generic_string(), without_lines_of(read_text(course_.root / lists), dropped));

        const fs::path cases = prepare_cases(toolchain_, chapter, plan_.seed);
        if (cases.empty()) return;
        for (const fs::path& file : files_below(cases, is_local)) {
            const fs::path name = tests / "cases" / std::to_string(plan_.seed) / file.lexically_relative(cases);
            files_[name.generic_string()] = {.text = {}, .source = file};
        }
    }

    const Course& course_;
    const Toolchain& toolchain_;
    const EditionPlan& plan_;
    EditionFiles files_;
};

}  // namespace

std::string EditionFile::bytes() const {
    return source.empty() ? text : read_text(source);
}

EditionFiles edition_files(const Course& course, const Toolchain& toolchain, const EditionPlan& plan) {
    EditionFiles files = Gathering(course, toolchain, plan).run();
    if (const auto found = find_solution_lines(course, files); !found.empty()) {
        std::string places;
        for (const SolutionLines& place : found)
            places += "\n  " + place.file + ":" + std::to_string(place.line) + " says what " + place.solution + " says";
        throw Error(
            "what an edition hands out would give away solutions. Write these places otherwise, or take them "
            "out of what is asked:" +
            places);
    }
    return files;
}

void write_edition(const EditionFiles& files, const fs::path& out) {
    if (out.extension() == ".zip") {
        const std::string top = out.stem().string() + "/";
        ZipWriter zip(out);
        for (const auto& [name, file] : files) zip.add(top + name, file.bytes(), file.executable);
        zip.finish();
        return;
    }
    std::error_code none;
    if (fs::exists(out) && (!fs::is_directory(out) || !fs::is_empty(out, none)))
        throw Error(out.string() + " is there already and not an empty folder. Name a new one");
    for (const auto& [name, file] : files) {
        const fs::path path = out / name;
        write_atomically(path, file.bytes());
        if (file.executable)
            fs::permissions(path, fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                            fs::perm_options::add);
    }
}

}  // namespace wb::grader
