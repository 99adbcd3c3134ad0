#include "scaffold/scaffold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

#include "scaffold/insertions.hpp"
#include "scaffold/templates.hpp"
#include "starter/markers.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// A probe's declaration with a longer name would not fit a line.
constexpr std::size_t longest_name = 24;

bool is_name(const std::string& text) {
    return !text.empty() && std::islower(static_cast<unsigned char>(text.front())) != 0 &&
           std::all_of(text.begin(), text.end(),
                       [](unsigned char c) { return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_'; });
}

/// "attention_span" is AttentionSpan.
std::string suite_of(const std::string& name, ExerciseKind kind) {
    std::string suite;
    bool upper = true;
    for (const char c : name) {
        if (c != '_') suite += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
        upper = c == '_';
    }
    return kind == ExerciseKind::kernel ? suite + "Kernel" : suite;
}

std::string kind_name(ExerciseKind kind) {
    return kind == ExerciseKind::function ? "function" : kind == ExerciseKind::kernel ? "kernel" : "theory";
}

void check_title(const std::string& title) {
    if (title.empty() || title.find_first_of("\"\\\n|`@") != std::string::npos)
        throw UsageError("the title must be one line without \" \\ | ` and @, got \"" + title + "\"");
}

/// The number behind the chapter's, "13" of "2.13".
void check_id(const Chapter& chapter, const std::string& id) {
    const std::string start = std::to_string(std::stoi(chapter.id.substr(0, 2))) + ".";
    const std::string number = id.starts_with(start) ? id.substr(start.size()) : "";
    int highest = 0;
    for (const Exercise& exercise : chapter.exercises)
        highest = std::max(highest, std::atoi(exercise.id.c_str() + start.size()));
    const std::string next = start + std::to_string(highest + 1);
    const bool digits = std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
    if (number.empty() || !digits || number.front() == '0')
        throw UsageError("an exercise of " + chapter.id + " is numbered " + start + "1, " + start + "2, .., got \"" +
                         id + "\". The next one is " + next);
    if (const Exercise* taken = chapter.find(id))
        throw UsageError("exercise " + id + " is there already: " + taken->title + ". The next one is " + next);
}

void check_name(const Course& course, const std::string& name, const std::string& suite) {
    static const std::set<std::string> words_of_cpp{
        "auto", "case", "class", "const",  "default", "delete", "do",     "double",  "enum",  "float",     "for",
        "if",   "int",  "new",   "return", "switch",  "this",   "union",  "using",   "while", "sum",       "mean",
        "max",  "full", "zeros", "matmul", "oracle",  "probes", "grader", "kernels", "char",  "namespace", "template"};
    if (!is_name(name) || name.size() > longest_name || words_of_cpp.contains(name))
        throw UsageError(fmt::format(
            "the exercise's files and function are called \"{}\"; a name is up to {} small letters, digits and _, "
            "and none that C++ or wb have. Give one: --name attention_span",
            name, longest_name));
    for (const Chapter& chapter : course.chapters)
        for (const Exercise& exercise : chapter.exercises) {
            for (const TestSpec& test : exercise.tests)
                if (test.name.starts_with(suite + "."))
                    throw UsageError("exercise " + exercise.id + " has tests called " + suite +
                                     " already. Give another name: --name");
        }
}

/// Changes the first of `files` in which `insert` finds a place.
template <class Insert>
void insert_into(Draft& draft, const std::vector<fs::path>& files, const std::string& what, Insert insert) {
    for (const fs::path& file : files) {
        if (!draft.has(file)) continue;
        if (const std::optional<std::string> text = insert(draft.text(file))) {
            draft.change(file, *text);
            return;
        }
    }
    throw UsageError(files.front().string() + " has no place for " + what +
                     " that this command knows, and nothing was written. Compare it with another chapter's");
}

class ExerciseDraft {
 public:
    ExerciseDraft(Draft& draft, const std::string& chapter, const NewExercise& exercise, TemplateWords words)
        : draft_(draft),
          chapter_(chapter),
          exercise_(exercise),
          words_(std::move(words)),
          templates_(draft.root(), kind_name(exercise.kind)) {}

    void make() {
        for (const auto& [path, text] : templates_.files(words_)) {
            draft_.create(path, text);
            if (*path.begin() == "solutions")
                draft_.create("starter" / path.lexically_relative("solutions"), starter_text(text, path.string()));
        }
        const fs::path chapter = fs::path("chapters") / chapter_;
        append(chapter / "chapter.toml", templates_.insertion("chapter.toml", words_));
        put_into_handout(chapter / "README.md");
        if (exercise_.kind == ExerciseKind::theory) {
            const fs::path key = fs::path("tests") / chapter_ / "answer_key.toml";
            if (!draft_.has(key)) draft_.create(key, "");
            append(key, templates_.insertion("answer_key.toml", words_));
        } else {
            put_into_cmake();
        }
    }

 private:
    void append(const fs::path& file, std::string text) {
        const std::string before = draft_.text(file);
        if (before.empty()) text.erase(0, text.find_first_not_of('\n'));
        draft_.change(file, before + (before.empty() || before.ends_with("\n") ? "" : "\n") + text);
    }

    void put_into_handout(const fs::path& page) {
        const std::string start = exercise_.id.substr(0, exercise_.id.find('.') + 1);
        const std::string file = exercise_.kind == ExerciseKind::theory   ? words_.at("ANSWERS") + ".toml"
                                 : exercise_.kind == ExerciseKind::kernel ? exercise_.name + ".cu"
                                                                          : exercise_.name + ".cpp";
        insert_into(draft_, {page}, "a row in its table of exercises", [&](const std::string& text) {
            return with_table_row(
                text, "| " + start, "| | exercise |",
                fmt::format("| {} | {} | {} | `{}` |", exercise_.id, exercise_.title, words_.at("ALL_POINTS"), file));
        });
        draft_.change(page, with_section(draft_.text(page), "### " + start, "## When a check fails",
                                         templates_.insertion("handout.md", words_)));
    }

    void put_into_cmake() {
        const auto entry = [&](const std::vector<fs::path>& files, const std::string& call, const std::string& first,
                               const std::string& keyword, const std::string& text) {
            insert_into(draft_, files, text,
                        [&](const std::string& cmake) { return with_cmake_entry(cmake, call, first, keyword, text); });
        };
        const fs::path tests = fs::path("tests") / chapter_;
        entry({fs::path("chapters") / chapter_ / "CMakeLists.txt"}, "wb_add_chapter", chapter_, "BINDINGS",
              exercise_.name + "_bindings.cpp");
        entry({tests / "CMakeLists.txt"}, "wb_add_judge", chapter_, "TESTS", exercise_.name + "_test.cpp");
        entry({tests / "cases.cmake"}, "wb_add_case_maker", chapter_, "SOURCES",
              "make_" + exercise_.name + "_cases.cpp");
        entry({"tests/oracles/CMakeLists.txt"}, "add_library", "oracles_" + chapter_, "STATIC",
              exercise_.name + "_oracle.cpp");
        if (exercise_.kind == ExerciseKind::kernel) {
            const std::string kernel = exercise_.name + ".cu";
            insert_into(draft_, {tests / "CMakeLists.txt"}, kernel, [&](const std::string& cmake) {
                const auto longer = with_cmake_entry(cmake, "wb_add_reference_kernels", chapter_, "", kernel);
                return longer ? longer
                              : with_block_before(cmake, "include(cases.cmake",
                                                  "wb_add_reference_kernels(" + chapter_ + " " + kernel + ")\n\n");
            });
        }
    }

    Draft& draft_;
    const std::string& chapter_;
    const NewExercise& exercise_;
    TemplateWords words_;
    Templates templates_;
};

/// @param points  of two of a function's three tests, and of the third
void add_exercise(Draft& draft, const Course& course, const std::string& chapter, NewExercise exercise, int points,
                  int rest) {
    check_title(exercise.title);
    if (exercise.name.empty()) exercise.name = name_from_title(exercise.title);
    const std::string suite = suite_of(exercise.name, exercise.kind);
    check_name(course, exercise.name, suite);
    const bool paper = exercise.kind == ExerciseKind::theory, kernel = exercise.kind == ExerciseKind::kernel;
    const bool taken = draft.has(fs::path("solutions") / chapter / "answers.toml");
    const TemplateWords words{{"CHAPTER", chapter},
                              {"ID", exercise.id},
                              {"NAME", exercise.name},
                              {"SUITE", suite},
                              {"TITLE", exercise.title},
                              {"ANSWERS", taken ? "answers_" + exercise.name : "answers"},
                              {"POINTS", std::to_string(points)},
                              {"REST", std::to_string(rest)},
                              {"ALL_POINTS", paper    ? "3"
                                             : kernel ? "4"
                                                      : std::to_string(2 * points + rest)}};
    ExerciseDraft(draft, chapter, exercise, words).make();
}

}  // namespace

std::string name_from_title(const std::string& title) {
    std::string name, word;
    for (const char c : title + " ") {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        } else if (!word.empty()) {
            const std::string longer = name.empty() ? word : name + "_" + word;
            if (longer.size() > longest_name) break;
            name = longer;
            word.clear();
        }
    }
    return name;
}

Draft draft_exercise(const Course& course, const Chapter& chapter, const NewExercise& exercise) {
    check_id(chapter, exercise.id);
    Draft draft(course.root);
    add_exercise(draft, course, chapter.id, exercise, 1, 1);
    return draft;
}

Draft draft_chapter(const Course& course, const std::string& folder, const std::string& title, NewExercise first) {
    check_title(title);
    const bool numbered = folder.size() > 3 && std::isdigit(static_cast<unsigned char>(folder[0])) != 0 &&
                          std::isdigit(static_cast<unsigned char>(folder[1])) != 0 && folder[2] == '_';
    const int number = numbered ? std::stoi(folder.substr(0, 2)) : 0;
    if (number == 0 || !is_name(folder.substr(3)))
        throw UsageError("a chapter is called by two digits, _ and small letters, got \"" + folder +
                         "\". Try: ./workbook new-chapter " +
                         fmt::format("{:02}_rotary_embeddings", course.chapters.size() + 1) + " \"Rotary embeddings\"");
    for (const Chapter& chapter : course.chapters)
        if (std::stoi(chapter.id.substr(0, 2)) == number || chapter.id.substr(3) == folder.substr(3))
            throw UsageError("chapter " + folder + ": its number or its name is taken by " + chapter.id);
    if (fs::exists(course.root / "chapters" / folder))
        throw UsageError("chapters/" + folder + " is there already, and nothing is overwritten");

    Draft draft(course.root);
    first.id = std::to_string(number) + ".1";
    const Templates templates(course.root, "chapter");
    const TemplateWords words{{"CHAPTER", folder}, {"NUMBER", std::to_string(number)}, {"TITLE", title}};
    for (const auto& [path, text] : templates.files(words)) draft.create(path, text);
    insert_into(draft, {"tests/oracles/CMakeLists.txt"}, "a library of oracles", [&](const std::string& text) {
        return with_block_before(text, "# The oracles against", templates.insertion("oracles.cmake", words));
    });
    insert_into(draft, {"docs/site/pages.toml"}, "the handout", [&](const std::string& text) {
        return with_listed_text(text, "chapters/", "/README.md", "chapters/" + folder + "/README.md");
    });
    for (const char* page : {"README.md", "docs/edition/README.md"})
        insert_into(draft, {page}, "a row in its table of chapters", [&](const std::string& text) {
            return with_table_row(text, "| 1 |", "| | you build |",
                                  fmt::format("| {} | [{}](chapters/{}/README.md): TODO(author) what they build |",
                                              number, title, folder));
        });
    add_exercise(draft, course, folder, std::move(first), 40, 20);
    return draft;
}

}  // namespace wb::grader
