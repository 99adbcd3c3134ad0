#include "sample/sample_class.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <tuple>
#include <utility>

#include "files/files.hpp"
#include "sample/authors.hpp"
#include "sample/packing.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

struct Share {
    SampleKind kind;
    double share;
};
/// A guess at a class, with more enemies than one has: most make mistakes, some stop half-way, and one in twelve means harm.
constexpr std::array<Share, sample_kinds> shares{{{SampleKind::good, 0.14},
                                                  {SampleKind::wrong, 0.36},
                                                  {SampleKind::half_done, 0.18},
                                                  {SampleKind::broken, 0.08},
                                                  {SampleKind::hostile, 0.08},
                                                  {SampleKind::alternate, 0.08},
                                                  {SampleKind::unusable, 0.04},
                                                  {SampleKind::untouched, 0.04}}};
constexpr std::array<const char*, 3> archives{".zip", ".tar.gz", ".tar.xz"};
constexpr double packed_share = 0.4;  ///< of submissions that are archives

/// An archive of which nothing can be graded, the `turn`-th kind of them. @return its file's name and what it is
std::pair<std::string, std::string> write_unusable(const fs::path& folder, const std::string& id, std::size_t turn,
                                                   const SubmissionFiles& files) {
    const auto& [place, bytes] = *files.begin();
    const auto file = [&](const char* ending) { return folder / (id + ending); };
    switch (turn % 4) {
        case 0: {
            write_archive(file(".zip"), {{place, bytes}});
            const std::string whole = read_text(file(".zip"));
            write_atomically(file(".zip"), whole.substr(0, whole.size() / 2));
            return {id + ".zip", "a zip file of which half is missing"};
        }
        case 1:
            write_archive(file(".zip"), {{place, "", std::size_t{600} << 20U}});
            return {id + ".zip", "a zip bomb: 600 MB of zeros for a source"};
        case 2:
            write_archive(file(".tar.xz"), {{"notes.txt", "my computer broke\n"}});
            return {id + ".tar.xz", "no file of an exercise"};
        default:
            write_archive(file(".tar.gz"), {{place, "", 0, "/etc/passwd"}, {"../../" + place, bytes}});
            return {id + ".tar.gz", "links and paths that lead out of it"};
    }
}

std::string write_submission(const fs::path& folder, const std::string& id, const SubmissionFiles& files,
                             Random& random) {
    if (random.uniform() >= packed_share) {
        for (const auto& [place, bytes] : files) write_atomically(folder / id / place, bytes);
        return id;
    }
    std::vector<ArchiveEntry> entries;
    for (const auto& [place, bytes] : files) entries.push_back({id + "/" + place, bytes});
    const std::string name = id + archives[random.below(archives.size())];
    write_archive(folder / name, entries);
    return name;
}

Authored authored(const Authors& authors, SampleKind kind, std::size_t turn, Random& random) {
    switch (kind) {
        case SampleKind::alternate:
            return authors.alternate(random);
        case SampleKind::wrong:
            return authors.wrong(random);
        case SampleKind::half_done:
            return authors.half_done(random);
        case SampleKind::broken:
            return authors.broken(random);
        case SampleKind::untouched:
            return authors.untouched();
        case SampleKind::hostile:
            return authors.hostile(random, turn);
        default:
            return authors.good();
    }
}

}  // namespace

std::string_view name_of(SampleKind kind) {
    constexpr std::array<std::string_view, sample_kinds> names{"good",   "alternate", "wrong",   "half-done",
                                                               "broken", "untouched", "hostile", "unusable"};
    return names[static_cast<std::size_t>(kind)];
}

std::vector<SampleKind> sample_mix(const SampleOptions& options) {
    std::vector<SampleKind> kinds;
    const auto wanted = [&](const Share& one) {
        return !options.honest || (one.kind != SampleKind::hostile && one.kind != SampleKind::unusable);
    };
    double all = 0, until = 0;
    for (const Share& one : shares) all += wanted(one) ? one.share : 0;
    for (const Share& one : shares) {
        until += wanted(one) ? one.share / all * options.submissions : 0;
        while (static_cast<double>(kinds.size()) < std::round(until)) kinds.push_back(one.kind);
    }
    Random random(options.seed);
    std::vector<SampleKind> mixed;
    for (const std::size_t at : random.permutation(kinds.size())) mixed.push_back(kinds[at]);
    return mixed;
}

std::vector<SampleMember> write_sample_class(const Course& course, const std::vector<Selection>& selection,
                                             const fs::path& folder, const SampleOptions& options) {
    std::error_code none;
    if (fs::exists(folder) && !fs::is_empty(folder, none))
        throw UsageError("there is something in " + folder.string() + " already. Name a folder that is new or empty");
    fs::create_directories(folder / "submissions");
    const ScratchFolder scratch(folder, "authors");
    const Authors authors(course, selection, scratch.path());
    const std::vector<SampleKind> kinds = sample_mix(options);
    std::array<std::size_t, sample_kinds> turns{};
    std::vector<SampleMember> members;
    std::string csv = "id,name,path,kind,what\n";
    for (std::size_t n = 0; n < kinds.size(); ++n) {
        SampleMember member{fmt::format("s{:03}", n + 1), "", kinds[n], ""};
        // Of its own numbers: what one student writes does not depend on how many there are.
        Random random(options.seed * 1'000'003 + n);
        const std::size_t turn = turns[static_cast<std::size_t>(member.kind)]++;
        Authored made = authored(authors, member.kind, turn, random);
        authors.sign(made.files, fmt::format("{} of the {} class, seed {}", member.id, options.mark, options.seed));
        if (member.kind == SampleKind::unusable) {
            std::tie(member.path, member.what) = write_unusable(folder / "submissions", member.id, turn, made.files);
        } else {
            member.path = write_submission(folder / "submissions", member.id, made.files, random);
            member.what = made.what;
        }
        member.path = "submissions/" + member.path;
        csv +=
            fmt::format("{},Student {},{},{},{}\n", member.id, n + 1, member.path, name_of(member.kind), member.what);
        members.push_back(std::move(member));
    }
    write_atomically(folder / "class.csv", csv);
    return members;
}

}  // namespace wb::grader
