/// Finds and reads the patches and the alternates.
#include <algorithm>
#include <sstream>

#include "course/toml_file.hpp"
#include "files/files.hpp"
#include "mutants/mutant.hpp"
#include "text/nearest.hpp"
#include "text/trimmed.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// In place of the names of all tests of the exercise but those that kill.
constexpr std::string_view all_others = "all others";

std::vector<std::string> names_in(const std::string& list) {
    std::vector<std::string> names;
    std::istringstream words(list);
    for (std::string word; std::getline(words, word, ',');) {
        if (!trimmed(word).empty()) names.push_back(trimmed(word));
    }
    return names;
}

std::vector<fs::path> sorted_entries(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder, none)) entries.push_back(entry.path());
    // Numbers inside names count as numbers: 2.10 comes after 2.9.
    std::sort(entries.begin(), entries.end(), [](const fs::path& a, const fs::path& b) {
        const auto key = [](const fs::path& path) {
            const std::string name = path.filename().string();
            const auto dot = name.find('.');
            return std::pair(dot == std::string::npos ? 0 : std::atoi(name.c_str() + dot + 1), name);
        };
        return key(a) < key(b);
    });
    return entries;
}

bool selected(const Selection& part, const std::string& exercise) {
    return std::any_of(part.exercises.begin(), part.exercises.end(),
                       [&](const Exercise* one) { return one->id == exercise; });
}

}  // namespace

Mutant read_mutant(const Course& course, const Chapter& chapter, const fs::path& patch) {
    const std::string shown = patch.lexically_relative(course.root).string();
    const auto fail = [&](int line, const std::string& sentence) {
        throw CourseFileError(shown + ":" + std::to_string(line) + ": " + sentence);
    };
    Mutant mutant{patch, patch.stem().string(), "", "", {}, {}, &chapter, ""};
    mutant.exercise = mutant.name.substr(0, mutant.name.find('_'));
    if (!chapter.find(mutant.exercise))
        fail(1, "a mutant's file is named <exercise>_<slug>.patch; chapter " + chapter.id + " has no exercise \"" +
                    mutant.exercise + "\".");

    std::istringstream lines(read_text(patch));
    std::string killed_by, spares, *current = nullptr;
    int number = 0, killed_line = 1;
    bool has_diff = false;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (line.starts_with("--- ") || line.starts_with("diff ")) {
            has_diff = true;
            break;
        }
        const auto field = [&](const std::string& name, std::string& value) {
            if (!line.starts_with(name)) return false;
            value = trimmed(line.substr(name.size()));
            current = &value;
            if (name == "Killed by:") killed_line = number;
            return true;
        };
        if (field("Mutant:", mutant.what) || field("Plausible:", mutant.plausible) || field("Killed by:", killed_by) ||
            field("Spares:", spares))
            continue;
        if (trimmed(line).empty()) {
            current = nullptr;
        } else if (current && (line[0] == ' ' || line[0] == '\t')) {
            *current += " " + trimmed(line);
        } else {
            fail(number, "a mutant's header has the lines Mutant:, Plausible:, Killed by: and Spares:, got \"" +
                             line.substr(0, 60) + "\".");
        }
    }
    if (!has_diff) fail(number, "no diff follows the header.");
    if (mutant.what.empty()) fail(1, "the header lacks its `Mutant:` line.");
    if (mutant.plausible.empty()) fail(1, "the header lacks its `Plausible:` line.");
    mutant.killed_by = names_in(killed_by);
    mutant.spares = names_in(spares);
    if (spares == all_others) {
        mutant.spares.clear();
        for (const TestSpec& test : chapter.find(mutant.exercise)->tests) {
            if (std::count(mutant.killed_by.begin(), mutant.killed_by.end(), test.name) == 0)
                mutant.spares.push_back(test.name);
        }
    }
    if (mutant.killed_by.empty()) fail(1, "the header lacks its `Killed by:` line.");
    std::vector<std::string> tests;
    for (const Exercise& exercise : chapter.exercises) {
        for (const TestSpec& test : exercise.tests) tests.push_back(test.name);
    }
    for (const auto* list : {&mutant.killed_by, &mutant.spares}) {
        for (const std::string& test : *list) {
            if (!chapter.owner_of_test(test))
                fail(killed_line,
                     "chapter " + chapter.id + " has no test \"" + test + "\"." + did_you_mean(test, tests));
        }
    }
    return mutant;
}

std::vector<Mutant> read_mutants(const Course& course, const std::vector<Selection>& selection) {
    std::vector<Mutant> mutants;
    for (const Selection& part : selection) {
        for (const fs::path& entry : sorted_entries(course.root / "tests" / "mutants" / part.chapter->id)) {
            if (entry.extension() != ".patch") continue;
            Mutant mutant = read_mutant(course, *part.chapter, entry);
            if (selected(part, mutant.exercise)) mutants.push_back(std::move(mutant));
        }
    }
    return mutants;
}

std::vector<Alternate> read_alternates(const Course& course, const std::vector<Selection>& selection) {
    std::vector<Alternate> alternates;
    for (const Selection& part : selection) {
        for (const fs::path& entry : sorted_entries(course.root / "tests" / "alternates" / part.chapter->id)) {
            if (!fs::is_directory(entry)) continue;
            Alternate alternate{part.chapter, entry.filename().string(), entry, {}};
            bool any = false;
            for (const Exercise& exercise : part.chapter->exercises) {
                const bool here = std::any_of(exercise.files.begin(), exercise.files.end(),
                                              [&](const std::string& file) { return fs::exists(entry / file); });
                any = any || here;
                if (here && selected(part, exercise.id)) alternate.exercises.push_back(&exercise);
            }
            if (!any)
                throw CourseFileError(entry.lexically_relative(course.root).string() +
                                      ":1: this alternate holds no file of an exercise of " + part.chapter->id + ".");
            if (!alternate.exercises.empty()) alternates.push_back(std::move(alternate));
        }
    }
    return alternates;
}

}  // namespace wb::grader
