#include <algorithm>
#include <iostream>

#include "commands/commands.hpp"
#include "commands/progress.hpp"
#include "files/files.hpp"
#include "grade/grading.hpp"
#include "starter/starter.hpp"
#include "text/nearest.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// The other exercises that have one of its files.
std::vector<std::string> exercises_sharing(const Chapter& chapter, const Exercise& exercise) {
    std::vector<std::string> sharing;
    for (const Exercise& other : chapter.exercises) {
        const bool shares = std::find_first_of(other.files.begin(), other.files.end(), exercise.files.begin(),
                                               exercise.files.end()) != other.files.end();
        if (shares && other.id != exercise.id) sharing.push_back(other.id);
    }
    return sharing;
}

}  // namespace

int reset_command(const Desk& desk, const std::string& id, bool yes, const fs::path& given) {
    const Selection selection = select_exercise(desk.course, id);
    const Chapter& chapter = *selection.chapter;
    const Exercise& exercise = *selection.exercises.front();
    const auto starter = starter_files(desk.course, chapter);
    const Submission submission = open_submission(desk.course, desk.submission(given));
    const fs::path folder = submission.chapter_folder(chapter);
    const std::string shown = submission.name + "/" + chapter.id + "/";
    std::vector<std::string> changed;
    for (const std::string& file : exercise.files) {
        const fs::path path = folder / file;
        if (!starter.contains(file)) throw Error("the starter of chapter " + chapter.id + " has no " + file);
        if (!fs::exists(path) || read_text(path) != starter.at(file)) changed.push_back(file);
    }
    const std::vector<std::string> sharing = exercises_sharing(chapter, exercise);
    const auto forget = [&] {  // what the files that were there earned
        std::vector<std::string> all = sharing;
        all.push_back(id);
        forget_progress(desk.memory(), submission, all);
    };
    if (changed.empty()) {
        forget();
        std::cout << "Exercise " << id << " is as it was handed out; nothing to do.\n";
        return 0;
    }
    if (!yes) {
        std::cerr << "workbook: this puts " << shown << listed(changed) << " back as handed out"
                  << (sharing.empty() ? "" : ", your work on " + listed(sharing) + " in it included")
                  << ". Your version is kept beside it as .bak. Go ahead: ./workbook reset " << id
                  << (given.empty() ? "" : " --submission " + given.string()) << " --yes\n";
        return 2;
    }
    for (const std::string& file : changed) {
        const fs::path path = folder / file;
        if (fs::exists(path)) {
            // An older .bak may hold the better work: it stays.
            fs::path backup = path.string() + ".bak";
            for (int n = 2; fs::exists(backup); ++n) backup = path.string() + "." + std::to_string(n) + ".bak";
            fs::rename(path, backup);
            std::cout << shown << file << " is as handed out again; your version is " << shown
                      << backup.filename().string() << "\n";
        } else {
            std::cout << shown << file << " is there again, as handed out\n";
        }
        write_atomically(path, starter.at(file));
    }
    forget();
    return 0;
}

}  // namespace wb::grader
