#include "edition/judge_sources.hpp"

#include <algorithm>
#include <map>
#include <regex>
#include <sstream>

#include "files/files.hpp"
#include "text/lines.hpp"
#include "text/nearest.hpp"
#include "text/trimmed.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// What a line `#include "judge/judge.hpp"` names; empty for any other line.
std::string quoted_include(const std::string& line) {
    const auto hash = line.find_first_not_of(" \t");
    if (hash == std::string::npos || !line.substr(hash).starts_with("#include \"")) return "";
    const auto begin = line.find('"') + 1, end = line.find('"', begin);
    return end == std::string::npos ? "" : line.substr(begin, end - begin);
}

/// What tells the answers, by where it lies and what it is called.
bool is_secret(const fs::path& file) {
    const std::string name = file.filename().string();
    for (const char* folder : {"tests/oracles", "tests/goldens", "tests/mutants", "tests/alternates", "solutions"}) {
        if (file.string().starts_with(std::string(folder) + "/")) return true;
    }
    return name.starts_with("make_") || name.starts_with("trusted_") || name == "answer_key.toml";
}

/// "Suite.Test" of every test that a source defines.
std::set<std::string> tests_in(const std::string& source) {
    static const std::regex definition(R"(\bTEST(?:_F|_P)?\s*\(\s*(\w+)\s*,\s*(\w+)\s*\))");
    std::set<std::string> names;
    for (std::sregex_iterator at(source.begin(), source.end(), definition), end; at != end; ++at)
        names.insert((*at)[1].str() + "." + (*at)[2].str());
    return names;
}

}  // namespace

std::set<fs::path> judge_files(const Course& course, const Chapter& chapter, const std::vector<fs::path>& sources) {
    std::map<fs::path, fs::path> included_by;  // file, and who was the first to include it
    std::vector<fs::path> open;
    const auto reach = [&](const fs::path& file, const fs::path& by) {
        if (!included_by.try_emplace(file, by).second) return;
        open.push_back(file);
        if (!is_secret(file)) return;
        std::string chain = file.string();
        for (fs::path at = by; !at.empty(); at = included_by.at(at)) chain = at.string() + " -> " + chain;
        throw Error("an edition must not hold " + file.string() + ", and the judge of chapter " + chapter.id +
                    " includes it: " + chain);
    };
    for (const fs::path& source : sources) reach(source.lexically_normal(), {});
    const std::vector<fs::path> elsewhere = {fs::path("chapters") / chapter.id, "grader", "library", "kernels"};
    while (!open.empty()) {
        const fs::path file = open.back();
        open.pop_back();
        for (const std::string& line : lines_of(read_text(course.root / file))) {
            const std::string name = quoted_include(line);
            if (name.empty()) continue;
            const auto found_in = [&](const fs::path& folder) {
                return fs::is_regular_file(course.root / folder / name);
            };
            const auto in_tests = {file.parent_path(), fs::path("tests"), fs::path("tests/oracles")};
            const auto* const here = std::find_if(in_tests.begin(), in_tests.end(), found_in);
            if (here != in_tests.end()) {
                if (const fs::path next = (*here / name).lexically_normal(); next.string().starts_with("tests/"))
                    reach(next, file);
            } else if (std::none_of(elsewhere.begin(), elsewhere.end(), found_in)) {
                throw Error(file.string() + " includes " + name + ", which is nowhere that an edition has");
            }
        }
    }
    std::set<fs::path> files;
    for (const auto& [file, by] : included_by) files.insert(file);
    return files;
}

std::set<std::string> hidden_tests(const Chapter& chapter) {
    std::set<std::string> hidden;
    for (const Exercise& exercise : chapter.exercises) {
        for (const TestSpec& test : exercise.tests) {
            if (test.visibility != "visible") hidden.insert(test.name);
        }
    }
    return hidden;
}

std::vector<fs::path> without_hidden(const Course& course, const Chapter& chapter,
                                     const std::vector<fs::path>& sources) {
    const std::set<std::string> hidden = hidden_tests(chapter);
    std::vector<fs::path> kept;
    for (const fs::path& source : sources) {
        std::vector<std::string> secret, shown;
        for (const std::string& test : tests_in(read_text(course.root / source)))
            (hidden.contains(test) ? secret : shown).push_back(test);
        if (!secret.empty() && !shown.empty())
            throw Error(source.string() + " holds hidden tests (" + listed(secret) +
                        ") beside visible ones. Put the hidden ones into a file of their own");
        if (secret.empty()) kept.push_back(source);
    }
    return kept;
}

std::string without_hidden_entries(const Chapter& chapter, const std::string& chapter_toml) {
    const std::set<std::string> hidden = hidden_tests(chapter);
    std::string result, entry;
    bool drop = false;
    const auto flush = [&] {
        if (!drop) result += entry;
        entry.clear();
        drop = false;
    };
    for (const std::string& line : lines_of(chapter_toml)) {
        if (line.starts_with("[")) flush();
        entry += line + "\n";
        if (!entry.starts_with("[[exercise.test]]") || !line.starts_with("name = \"")) continue;
        drop = hidden.contains(line.substr(8, line.find('"', 8) - 8));
    }
    flush();
    return result;
}

std::string without_lines_of(const std::string& cmake_lists, const std::vector<fs::path>& dropped) {
    std::string result;
    for (const std::string& line : lines_of(cmake_lists)) {
        std::string name = trimmed(line);
        const bool last = name.ends_with(')');  // of a call, which still ends here
        if (last) name.pop_back();
        const auto is_name = [&](const fs::path& path) { return path.filename() == name; };
        if (std::none_of(dropped.begin(), dropped.end(), is_name)) {
            result += line + "\n";
        } else if (last) {
            result += ")\n";
        }
    }
    return result;
}

}  // namespace wb::grader
