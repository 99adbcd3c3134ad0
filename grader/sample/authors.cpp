#include "sample/authors.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "files/files.hpp"
#include "starter/starter.hpp"
#include "submission/workers.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

template <class Item>
const Item& one_of(const std::vector<Item>& items, Random& random) {
    return items[random.below(items.size())];
}

void add_word(std::string& list, const std::string& word) {
    list += (list.empty() ? "" : "; ") + word;  // it becomes a cell of a CSV file
}

/// Spoils a source as typing does.
std::string spoilt(const std::string& text, std::uint64_t how, std::string& what) {
    if (how == 0) {
        what = "cut off";
        return text.substr(0, text.size() * 3 / 4);
    }
    if (const std::size_t at = text.rfind("return "); how == 1 && at != std::string::npos) {
        what = "retrun";
        return text.substr(0, at) + "retrun " + text.substr(at + 7);
    }
    what = "an undeclared name";
    return text + "\nint forgotten() { return not_declared_anywhere; }\n";
}

}  // namespace

Authors::Authors(const Course& course, const std::vector<Selection>& selection, fs::path scratch)
    : selection_(selection),
      scratch_(std::move(scratch)),
      mutants_(read_mutants(course, selection)),
      alternates_(read_alternates(course, selection)) {
    for (const Selection& part : selection) {
        const std::string& chapter = part.chapter->id;
        const fs::path solutions = course.root / "solutions" / chapter;
        if (!fs::is_directory(solutions))
            throw FileError("there is no " + solutions.string() + ": this edition has no solutions to make a class of");
        const auto starter = starter_files(course, *part.chapter);
        for (const std::string& file : part.chapter->files()) {
            solved_[chapter + "/" + file] = read_text(solutions / file);
            starter_[chapter + "/" + file] = starter.at(file);
        }
    }
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(course.root / "tests/attacks/submissions", none))
        attacks_.push_back(entry.path());
    std::sort(attacks_.begin(), attacks_.end());
}

std::vector<std::string> Authors::places(const Selection& part, const char* ending) const {
    std::vector<std::string> places;
    for (const std::string& file : part.chapter->files()) {
        if (is_source(file) && file.ends_with(ending)) places.push_back(part.chapter->id + "/" + file);
    }
    return places;
}

Authored Authors::alternate(Random& random) const {
    Authored made{solved_, ""};
    for (const Selection& part : selection_) {
        std::set<std::string> taken;
        for (const std::size_t at : random.permutation(alternates_.size())) {
            const Alternate& one = alternates_[at];
            if (one.chapter != part.chapter) continue;
            std::vector<fs::path> files;
            for (const auto& entry : fs::directory_iterator(one.folder)) files.push_back(entry.path());
            const auto name_of = [](const fs::path& file) { return file.filename().string(); };
            if (std::any_of(files.begin(), files.end(),
                            [&](const auto& file) { return taken.contains(name_of(file)); }))
                continue;
            for (const fs::path& file : files) {
                taken.insert(name_of(file));
                made.files[part.chapter->id + "/" + name_of(file)] = read_text(file);
            }
            add_word(made.what, one.name);
        }
    }
    if (made.what.empty()) made.what = "the solutions (there are no alternates)";
    return made;
}

bool Authors::apply(const Mutant& mutant, SubmissionFiles& files) const {
    const ScratchFolder folder(scratch_, "patching");
    const std::string chapter = mutant.chapter->id + "/";
    for (const auto& [place, bytes] : files) {
        if (place.starts_with(chapter)) write_atomically(folder.path() / place, bytes);
    }
    if (apply_patch(mutant, folder.path())) return false;  // two mistakes at one place
    for (auto& [place, bytes] : files) {
        if (place.starts_with(chapter)) bytes = read_text(folder.path() / place);
    }
    return true;
}

Authored Authors::wrong(Random& random) const {
    Authored made{solved_, ""};
    for (const Selection& part : selection_) {
        std::set<std::string> spoilt;
        const std::size_t most = 1 + random.below(5);
        for (const std::size_t at : random.permutation(mutants_.size())) {
            const Mutant& one = mutants_[at];
            if (one.chapter != part.chapter || spoilt.size() == most || spoilt.contains(one.exercise)) continue;
            if (!apply(one, made.files)) continue;
            spoilt.insert(one.exercise);
            add_word(made.what, one.name);
        }
    }
    if (made.what.empty()) made.what = "the solutions (there are no mutants)";
    return made;
}

Authored Authors::half_done(Random& random) const {
    Authored made{starter_, ""};
    for (const Selection& part : selection_) {
        const auto& exercises = part.chapter->exercises;
        const std::size_t done = 1 + random.below(exercises.size());
        for (std::size_t e = 0; e < done; ++e) {
            for (const std::string& file : exercises[e].files)
                made.files[part.chapter->id + "/" + file] = solved_.at(part.chapter->id + "/" + file);
        }
        add_word(made.what, "done up to " + exercises[done - 1].id);
    }
    return made;
}

Authored Authors::broken(Random& random) const {
    Authored made = random.below(2) == 0 ? good() : half_done(random);
    made.what.clear();
    for (const Selection& part : selection_) {
        std::vector<std::string> sources = places(part);
        for (std::uint64_t spoil = 1 + random.below(2); spoil > 0 && !sources.empty(); --spoil) {
            const auto at = sources.begin() + static_cast<std::ptrdiff_t>(random.below(sources.size()));
            std::string how;
            made.files[*at] = spoilt(made.files[*at], random.below(3), how);
            add_word(made.what, *at + " (" + how + ")");
            sources.erase(at);
        }
    }
    return made;
}

Authored Authors::hostile(Random& random, std::size_t turn) const {
    Authored made = good();
    if (attacks_.empty()) return {made.files, "the solutions (there are no attacks)"};
    const fs::path& attack = attacks_[turn % attacks_.size()];
    const std::vector<std::string> sources = places(one_of(selection_, random), ".cpp");
    if (sources.empty()) return {made.files, "the solutions (no chapter has a .cpp file)"};
    const std::string& place = one_of(sources, random);
    made.files[place] += "\n" + read_text(attack);
    made.what = attack.stem().string() + " in " + place;
    return made;
}

void Authors::sign(SubmissionFiles& files, const std::string& author) const {
    for (auto& [place, bytes] : files) {
        if (is_source(place) && bytes != starter_.at(place)) bytes += "\n// " + author + "\n";
    }
}

}  // namespace wb::grader
