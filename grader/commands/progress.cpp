#include "commands/progress.hpp"

#include <nlohmann/json.hpp>

#include "files/files.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

json load_file(const fs::path& memory) {
    std::error_code none;
    if (!fs::exists(memory / "progress.json", none)) return json::object();
    json all = json::parse(read_text(memory / "progress.json"), nullptr, false);
    return all.is_object() ? all : json::object();
}

}  // namespace

std::string files_hash(const Submission& submission, const Chapter& chapter, const Exercise& exercise) {
    std::string text;
    for (const std::string& file : exercise.files) {
        const fs::path path = submission.chapter_folder(chapter) / file;
        std::error_code none;
        text += file + (fs::is_regular_file(path, none) ? sha256(read_text(path)) : "absent") + "\n";
    }
    return sha256(text).substr(0, 16);
}

std::map<std::string, Progress> load_progress(const fs::path& memory, const Submission& submission) {
    std::map<std::string, Progress> result;
    const json all = load_file(memory);
    const auto mine = all.find(submission.folder.string());
    if (mine == all.end() || !mine->is_object()) return result;
    for (const auto& [id, entry] : mine->items()) {
        try {
            result[id] = {entry.at("score").get<double>(), entry.at("max_score").get<double>(),
                          entry.at("outcome").get<std::string>(), entry.at("files").get<std::string>()};
        } catch (const json::exception&) {  // written by another version: forget it
        }
    }
    return result;
}

void save_progress(const fs::path& memory, const Course& course, const Submission& submission, const Report& report) {
    json all = load_file(memory);
    json& mine = all[submission.folder.string()];
    for (const ChapterReport& part : report.chapters) {
        const Chapter* chapter = course.find_chapter(part.id);
        for (const ExerciseReport& done : part.exercises) {
            const Exercise* exercise = chapter ? chapter->find(done.id) : nullptr;
            if (!exercise) continue;
            mine[done.id] = {{"score", done.score()},
                             {"max_score", done.max_score()},
                             {"outcome", name_of(done.outcome())},
                             {"files", files_hash(submission, *chapter, *exercise)}};
        }
    }
    write_atomically(memory / "progress.json", all.dump(1) + "\n");
}

void forget_progress(const fs::path& memory, const Submission& submission, const std::vector<std::string>& exercises) {
    json all = load_file(memory);
    const auto mine = all.find(submission.folder.string());
    if (mine == all.end() || !mine->is_object()) return;
    for (const std::string& id : exercises) mine->erase(id);
    write_atomically(memory / "progress.json", all.dump(1) + "\n");
}

}  // namespace wb::grader
