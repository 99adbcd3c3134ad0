#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "commands/commands.hpp"
#include "files/files.hpp"
#include "intake/archive_child.hpp"
#include "intake/class_list.hpp"
#include "intake/submission_source.hpp"
#include "report/terminal.hpp"
#include "sandbox/machine.hpp"
#include "similarity/alike.hpp"
#include "starter/starter.hpp"
#include "submission/workers.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

constexpr const char* reference = "(the reference)";

/// Adds the sources below `folder`, NN_chapter/file each.
void add_sources(const Course& course, const fs::path& folder, const std::string& submission,
                 std::vector<SourceFile>& files) {
    std::error_code none;
    for (const Chapter& chapter : course.chapters) {
        for (const std::string& name : chapter.files()) {
            const fs::path file = folder / chapter.id / name;
            if (is_source(name) && fs::is_regular_file(file, none))
                files.push_back({submission, chapter.id + "/" + name, read_text(file)});
        }
    }
}

/// Archives are read in a sandbox where this machine has one: which it is, costs time to find out.
ArchiveReader reader_of(const ClassList& members) {
    const bool packed = std::any_of(members.members.begin(), members.members.end(),
                                    [](const ClassMember& member) { return fs::is_regular_file(member.source); });
    if (!packed) return read_archive_here;
    const Machine machine = probe_machine();
    return reader_in_a_child(machine.level == SandboxLevel::none ? std::optional<SandboxSpec>() : spec_for(machine));
}

/// Everything that a class has handed in; whoever cannot be read is said and left out.
std::vector<SourceFile> read_files(const Desk& desk, const ClassList& members) {
    std::vector<SourceFile> files;
    const ArchiveReader read_archive = reader_of(members);
    for (const ClassMember& member : members.members) {
        const ScratchFolder scratch(desk.toolchain.build_dir / "intake", "similar");
        try {
            take_in(desk.course, member.source, scratch.path() / "taken", read_archive);
        } catch (const Error& error) {
            std::cerr << "workbook: " << member.id << " is left out: " << error.what() << "\n";
            continue;
        }
        add_sources(desk.course, scratch.path() / "taken", member.id, files);
    }
    if (fs::is_directory(desk.root() / "solutions"))
        add_sources(desk.course, desk.root() / "solutions", reference, files);
    return files;
}

std::string lines_text(const LineRange& lines) {
    return lines.first == lines.last ? std::to_string(lines.first) : fmt::format("{}-{}", lines.first, lines.last);
}

void print(const AlikePair& pair, const Paint& paint) {
    std::cout << fmt::format("{:>4.0f} %  {:>4} fingerprints  {}  ", 100 * pair.share, pair.fingerprints, pair.place)
              << paint.bold(clean_text(pair.first) + " and " + clean_text(pair.second)) << "\n";
    std::string where;
    for (const auto& [a, b] : pair.where) where += (where.empty() ? "" : ", ") + lines_text(a) + " as " + lines_text(b);
    for (const std::string& part : folded("       lines " + where, std::max<std::size_t>(paint.style().width, 80)))
        std::cout << part << "\n";
}

}  // namespace

int similar_command(const Desk& desk, const SimilarOptions& options) {
    const ClassList members = read_class(options.members);
    std::map<std::string, std::string> given;
    for (const Chapter& chapter : desk.course.chapters) {
        for (const auto& [name, text] : starter_files(desk.course, chapter)) given[chapter.id + "/" + name] = text;
    }
    const std::vector<AlikePair> pairs =
        find_alike(read_files(desk, members), given, {.least_share = options.least_per_cent / 100.0});
    const Paint paint(style_of_stdout());
    for (const AlikePair& pair : pairs) print(pair, paint);
    std::cout << (pairs.empty() ? "Nobody's files are suspiciously alike.\n"
                                : "\nAlike is no proof: small exercises leave little room. Read both before you ask, "
                                  "and ask before you judge.\n");
    return 0;
}

}  // namespace wb::grader
