#include "gradebook/gradebook.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <random>

#include "files/files.hpp"
#include "gradebook/schema.hpp"
#include "text/nearest.hpp"

namespace wb::grader {
namespace {

std::vector<std::string> parts_of(const std::string& list) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        parts.push_back(list.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

}  // namespace

std::string edition_of(const std::vector<Selection>& selection) {
    std::string all = "1\n";
    for (const Selection& part : selection) {
        for (const Exercise* exercise : part.exercises) {
            all += fmt::format("{} {}\n", part.chapter->id, exercise->id);
            for (const TestSpec& test : exercise->tests) all += fmt::format("test {} {}\n", test.name, test.points);
            for (const Question& question : exercise->questions)
                all += fmt::format("question {} {} {}\n", question.id, question.points, question.manual_points);
        }
    }
    return sha256(all);
}

Gradebook::Gradebook(const std::filesystem::path& file, Database::Missing missing) : database_(file, missing) {
    bring_up_to_date(database_);
}

std::int64_t Gradebook::now() {
    return std::time(nullptr);
}

std::optional<std::string> Gradebook::value(const std::string& key) const {
    Statement statement = database_.prepare("SELECT value FROM book WHERE key = ?");
    if (!statement.bind(key).step()) return std::nullopt;
    return statement.text(0);
}

void Gradebook::set_value(const std::string& key, const std::string& value) {
    database_.prepare("INSERT INTO book VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value")
        .bind(key)
        .bind(value)
        .run();
}

std::optional<BookPurpose> Gradebook::purpose() const {
    const auto guard = lock();
    const auto edition = value("edition");
    if (!edition) return std::nullopt;
    return BookPurpose{parts_of(value("chapters").value_or("")), *edition, number<std::uint64_t>("seed").value_or(1),
                       number<double>("seconds").value_or(0)};
}

void Gradebook::dedicate(const std::vector<Selection>& selection, std::uint64_t seed, double seconds) {
    const auto guard = lock();
    Transaction transaction(database_);
    std::vector<std::string> chapters;
    for (const Selection& part : selection) chapters.push_back(part.chapter->id);
    const std::string book = "the gradebook " + database_.file().string();
    if (const auto has = purpose()) {
        if (has->chapters != chapters)
            throw UsageError(book + " is for " + listed(has->chapters) + ", and this is " + listed(chapters) +
                             ". Leave --chapters out, or name another book");
        if (has->edition != edition_of(selection))
            throw UsageError(book +
                             " is for another edition of the course: its exercises, tests or points differ from "
                             "those in chapters/. Use that edition, or begin another book");
        if (has->seed != seed)
            throw UsageError(fmt::format("{} is for --seed {}, got {}. Leave --seed out, or name another book", book,
                                         has->seed, seed));
        if (has->seconds != seconds)
            throw UsageError(
                fmt::format("{} is for --seconds {:g} (0: the chapters' own), got {:g}. Leave --seconds "
                            "out, or name another book",
                            book, has->seconds, seconds));
        return;
    }
    std::string list;
    for (const std::string& chapter : chapters) list += (list.empty() ? "" : ",") + chapter;
    set_value("chapters", list);
    set_value("edition", edition_of(selection));
    set_value("seed", std::to_string(seed));
    set_value("seconds", fmt::format("{}", seconds));
    int position = 0;
    for (const Selection& part : selection) {
        for (const Exercise* exercise : part.exercises) {
            database_.prepare("INSERT INTO exercises VALUES (?, ?, ?, ?, ?, ?)")
                .bind(exercise->id)
                .bind(part.chapter->id)
                .bind(part.chapter->title)
                .bind(exercise->title)
                .bind(position++)
                .bind(exercise->max_points())
                .run();
            for (const Question& question : exercise->questions) {
                if (question.kind != Question::Kind::text) continue;
                database_.prepare("INSERT INTO questions VALUES (?, ?, ?)")
                    .bind(exercise->id)
                    .bind(question.id)
                    .bind(question.manual_points)
                    .run();
            }
        }
    }
    transaction.commit();
}

void Gradebook::enrol(const std::vector<ClassMember>& members) {
    const auto guard = lock();
    Transaction transaction(database_);
    for (const ClassMember& member : members) {
        database_
            .prepare(
                "INSERT INTO submissions (id, name) VALUES (?, ?) "
                "ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE excluded.name <> ''")
            .bind(member.id)
            .bind(member.name)
            .run();
    }
    transaction.commit();
}

std::vector<std::string> Gradebook::all_exercises() const {
    return database_.prepare("SELECT id FROM exercises ORDER BY position").texts();
}

std::string Gradebook::cluster_name() {
    const auto guard = lock();
    Transaction transaction(database_);
    if (const auto name = value("cluster_name")) return *name;
    std::random_device chance;
    const std::string name = fmt::format("wb-{:08x}{:08x}", chance(), chance());
    set_value("cluster_name", name);
    transaction.commit();
    return name;
}

}  // namespace wb::grader
