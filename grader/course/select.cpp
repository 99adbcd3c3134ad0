#include <algorithm>
#include <cctype>
#include <set>

#include "course/course.hpp"
#include "text/nearest.hpp"

namespace wb::grader {
namespace {

/// "2", "02" and "02_attention" all name chapter 02_attention.
const Chapter* chapter_by_word(const Course& course, const std::string& word) {
    const bool digits = !word.empty() && word.size() <= 2 &&
                        std::all_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c); });
    for (const Chapter& chapter : course.chapters) {
        if (chapter.id == word || chapter.id.substr(3) == word) return &chapter;
        if (digits && std::stoi(word) == std::stoi(chapter.id.substr(0, 2))) return &chapter;
    }
    return nullptr;
}

[[noreturn]] void refuse(const Course& course, const std::string& word) {
    std::vector<std::string> exercises, chapters;
    for (const Chapter& chapter : course.chapters) {
        chapters.push_back(chapter.id);
        for (const Exercise& exercise : chapter.exercises) exercises.push_back(exercise.id);
    }
    if (chapters.empty()) throw UsageError("there is no exercise \"" + word + "\": no chapter has a chapter.toml yet");
    const bool like_exercise = word.find('.') != std::string::npos;
    const std::string hint = did_you_mean(word, like_exercise ? exercises : chapters);
    throw UsageError("there is no " + std::string(like_exercise ? "exercise" : "chapter") + " \"" + word + "\"." +
                     (hint.empty() ? " Try: ./workbook list" : hint));
}

}  // namespace

std::vector<Selection> select(const Course& course, const std::vector<std::string>& words) {
    std::set<std::string> wanted;
    for (const std::string& word : words) {
        bool found = false;
        if (const Chapter* chapter = chapter_by_word(course, word)) {
            for (const Exercise& exercise : chapter->exercises) wanted.insert(exercise.id);
            found = true;
        }
        for (const Chapter& chapter : course.chapters) {
            if (chapter.find(word)) {
                wanted.insert(word);
                found = true;
            }
        }
        if (!found) refuse(course, word);
    }
    std::vector<Selection> result;
    for (const Chapter& chapter : course.chapters) {
        Selection selection{&chapter, {}};
        for (const Exercise& exercise : chapter.exercises) {
            if (words.empty() || wanted.contains(exercise.id)) selection.exercises.push_back(&exercise);
        }
        if (!selection.exercises.empty()) result.push_back(std::move(selection));
    }
    if (result.empty()) throw UsageError("the course has no exercise yet: chapters/ holds no chapter.toml");
    return result;
}

std::vector<Selection> select_whole_chapters(const Course& course, const std::vector<std::string>& words,
                                             const std::string& who) {
    std::vector<Selection> selection = select(course, words);
    for (const Selection& part : selection) {
        if (part.exercises.size() != part.chapter->exercises.size())
            throw UsageError("--chapters: " + who + " by whole chapters, and " + part.chapter->id +
                             " is named in part. Try: --chapters " + part.chapter->id.substr(0, 2));
    }
    return selection;
}

Selection select_exercise(const Course& course, const std::string& id) {
    for (const Chapter& chapter : course.chapters) {
        if (const Exercise* exercise = chapter.find(id)) return {&chapter, {exercise}};
    }
    if (chapter_by_word(course, id))
        throw UsageError("\"" + id + "\" is a whole chapter; this command takes one exercise. Try: ./workbook list");
    refuse(course, id);
}

}  // namespace wb::grader
