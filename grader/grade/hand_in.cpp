#include "grade/hand_in.hpp"

#include "course/toml_file.hpp"
#include "files/files.hpp"
#include "intake/submission_source.hpp"
#include "text/utf8.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// A sum of the files that were taken, by place and bytes.
std::string hash_of(const TakenIn& taken, const fs::path& folder) {
    std::string list;
    for (const std::string& place : taken.files) list += sha256_of_file(folder / place) + " " + place + "\n";
    return sha256(list);
}

/// What a person will want to read. A file that is not TOML has no answers; the judge says so in the report.
std::vector<WrittenAnswer> answers_in(const fs::path& folder, const std::vector<Selection>& selection) {
    std::vector<WrittenAnswer> answers;
    for (const Selection& part : selection) {
        for (const Exercise* exercise : part.exercises) {
            if (!exercise->is_theory()) continue;
            const fs::path file = folder / part.chapter->id / exercise->files.front();
            std::error_code error;
            if (!fs::is_regular_file(file, error)) continue;
            try {
                const TomlFile toml(file, file.filename().string());
                for (const Question& question : exercise->questions) {
                    if (question.kind != Question::Kind::text) continue;
                    const auto table = toml.root().members.find(question.id);
                    if (table == toml.root().members.end()) continue;
                    const auto answer = table->second.members.find("answer");
                    if (answer == table->second.members.end() || answer->second.kind != TomlValue::Kind::text) continue;
                    answers.push_back({exercise->id, question.id, clean_text(answer->second.text)});
                }
            } catch (const FileError&) {
            }
        }
    }
    return answers;
}

/// What the student reads: the submission's name, and not where it lies on this machine.
std::string without_path(std::string message, const ClassMember& member) {
    const std::string name = member.source.has_filename() ? member.source.filename().string() : member.id;
    for (const std::string& path : {member.source.string(), shown_name(member.source.string())}) {
        for (auto at = message.find(path); at != std::string::npos; at = message.find(path, at + name.size()))
            message.replace(at, path.size(), name);
    }
    return message;
}

}  // namespace

HandedIn hand_in(const Course& course, const std::vector<Selection>& selection, const ClassMember& member,
                 const ArchiveReader& read_archive, const fs::path& folder) {
    HandedIn handed_in{member, "", "", "", {}};
    TakenIn taken;
    try {
        taken = take_in(course, member.source, folder, read_archive);
        if (taken.files.empty())
            handed_in.refused = "it holds no file of an exercise: expected a path such as " + Places(course).example() +
                                " in it, or the same in one folder";
    } catch (const FileError& error) {
        handed_in.refused = clean_text(without_path(error.what(), member));
    }
    handed_in.left_out = clean_text(left_out_in_words(member.id, taken.left_out));
    if (!handed_in.refused.empty()) {
        handed_in.hash = sha256("refused: " + handed_in.refused);
        return handed_in;
    }
    handed_in.hash = hash_of(taken, folder);
    for (const std::string& place : taken.files) handed_in.bytes += fs::file_size(folder / place);
    handed_in.answers = answers_in(folder, selection);
    return handed_in;
}

}  // namespace wb::grader
