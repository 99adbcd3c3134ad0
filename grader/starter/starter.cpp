#include "starter/starter.hpp"

#include <algorithm>
#include <set>

#include "files/files.hpp"
#include "starter/markers.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        if (entry.is_regular_file() && entry.path().extension() != ".bak")
            names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

/// The first line, counted from 1, in which two texts differ.
int first_difference(const std::string& a, const std::string& b) {
    const auto stop = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
    return 1 + static_cast<int>(std::count(a.begin(), stop, '\n'));
}

}  // namespace

std::map<std::string, std::string> starter_files(const Course& course, const Chapter& chapter) {
    std::map<std::string, std::string> files;
    const fs::path solutions = course.root / "solutions" / chapter.id, kept = course.root / ".starter" / chapter.id;
    if (fs::is_directory(solutions)) {
        for (const std::string& name : names_in(solutions)) {
            const auto owns = [&](const std::string& id) {
                const Exercise* exercise = chapter.find(id);
                return exercise && std::count(exercise->files.begin(), exercise->files.end(), name) > 0;
            };
            const std::string shown = "solutions/" + chapter.id + "/" + name;
            files[name] = starter_text(read_text(solutions / name), shown, owns);
        }
    } else if (fs::is_directory(kept)) {
        for (const std::string& name : names_in(kept)) files[name] = read_text(kept / name);
    } else {
        throw FileError("chapter " + chapter.id + " has neither solutions/" + chapter.id + " nor .starter/" +
                        chapter.id + ", from which its starter comes");
    }
    return files;
}

std::vector<StarterDifference> check_starter(const Course& course) {
    std::vector<StarterDifference> differences;
    for (const Chapter& chapter : course.chapters) {
        const fs::path folder = fs::path("starter") / chapter.id;
        const auto expected = starter_files(course, chapter);
        for (const auto& [name, text] : expected) {
            if (!fs::exists(course.root / folder / name)) {
                differences.push_back({folder / name, "is missing"});
                continue;
            }
            const std::string actual = read_text(course.root / folder / name);
            if (actual != text) {
                const int line = first_difference(actual, text);
                differences.push_back(
                    {folder / name, "differs from what solutions/ generates, first in line " + std::to_string(line)});
            }
        }
        for (const std::string& name : names_in(course.root / folder)) {
            if (!expected.contains(name))
                differences.push_back({folder / name, "has no file in solutions/ to come from"});
        }
    }
    return differences;
}

std::vector<std::string> write_starter(const Course& course, const fs::path& backup) {
    std::vector<std::string> done;
    const auto differences = check_starter(course);  // reads every marker first: a broken solution changes nothing
    for (const Chapter& chapter : course.chapters) {
        const auto expected = starter_files(course, chapter);
        for (const StarterDifference& difference : differences) {
            if (difference.file.parent_path().filename() != chapter.id) continue;
            const fs::path target = course.root / difference.file;
            const auto text = expected.find(difference.file.filename().string());
            std::string line = difference.file.string() + (text == expected.end() ? ": deleted" : ": written");
            if (fs::exists(target)) {
                write_atomically(backup / difference.file, read_text(target));
                line += "; what it was lies in " + (backup / difference.file).lexically_relative(course.root).string();
            }
            if (text == expected.end()) {
                fs::remove(target);
            } else {
                write_atomically(target, text->second);
            }
            done.push_back(line);
        }
    }
    return done;
}

}  // namespace wb::grader
