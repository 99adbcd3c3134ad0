#include "intake/class_list.hpp"

#include <algorithm>
#include <map>

#include "gradebook/late_policy.hpp"
#include "intake/submission_source.hpp"
#include "text/utf8.hpp"
#include "wb/byte_source.hpp"
#include "wb/csv.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

ClassList class_in_folder(const fs::path& folder) {
    ClassList list;
    std::map<std::string, std::string> entries;  // id to the entry that has it
    std::vector<fs::path> paths;
    std::error_code error;
    for (auto entry = fs::directory_iterator(folder, error); !error && entry != fs::directory_iterator();
         entry.increment(error))
        paths.push_back(entry->path());
    if (error) throw FileError("cannot read " + folder.string() + ": " + error.message());
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
        const std::string entry = path.filename().string();
        const auto leave_out = [&](std::string reason) {
            list.left_out.push_back({shown_name(entry), std::move(reason)});
        };
        const fs::file_status status = fs::symlink_status(path, error);
        if (fs::is_symlink(status)) {
            leave_out("a symbolic link, which could lead anywhere; list it in a CSV file if it is meant");
            continue;
        }
        if (entry.starts_with('.')) {
            leave_out("hidden");
            continue;
        }
        if (!fs::is_directory(status) && !(fs::is_regular_file(status) && has_archive_name(path))) {
            leave_out("neither a folder nor an archive (.zip, .tar.gz or .tar.xz)");
            continue;
        }
        const std::string id = submission_id(path);
        if (const std::string reason = why_no_id(id); !reason.empty())
            throw FileError(folder.string() + ": \"" + shown_name(entry) +
                            "\" cannot be a submission's name: " + reason + ". Rename it");
        const auto [before, is_new] = entries.emplace(id, entry);
        if (!is_new)
            throw FileError(folder.string() + ": \"" + shown_name(before->second) + "\" and \"" + shown_name(entry) +
                            "\" are both submissions of \"" + id + "\". Rename one, or move it away");
        list.members.push_back({id, "", path, {}});
    }
    if (list.members.empty())
        throw FileError(folder.string() +
                        ": no submission in it: expected a folder or an archive (.zip, .tar.gz or .tar.xz) for each");
    std::sort(list.members.begin(), list.members.end(),
              [](const ClassMember& a, const ClassMember& b) { return a.id < b.id; });
    return list;
}

ClassList class_in_csv(const fs::path& file) {
    const CsvTable table = read_csv(file);
    const std::size_t id = table.column("id"), name = table.column("name"), path = table.column("path");
    const auto& columns = table.columns();
    const bool timed = std::find(columns.begin(), columns.end(), "submitted_at") != columns.end();
    ClassList list;
    std::map<std::string, std::size_t> ids, paths;  // to the number of the submission, from 1
    for (std::size_t row = 0; row < table.num_rows(); ++row) {
        ClassMember member{std::string(table.text(row, id)), std::string(table.text(row, name)), {}, {}};
        member.is_timed = timed;
        const std::string given(table.text(row, path));
        if (const std::string reason = why_no_id(member.id); !reason.empty())
            table.refuse(row, "id: " + reason + ", got " + in_quotes(member.id));
        if (const auto [before, is_new] = ids.emplace(member.id, row + 1); !is_new)
            table.refuse(row, "id: " + in_quotes(member.id) + " is that of submission " +
                                  std::to_string(before->second) + " too");
        if (!is_utf8(member.name)) table.refuse(row, "name: not UTF-8, got " + in_quotes(shown_name(member.name)));
        if (const std::string_view when = timed ? table.text(row, table.column("submitted_at")) : ""; !when.empty()) {
            member.submitted_at = time_of(when);
            if (!member.submitted_at)
                table.refuse(
                    row, "submitted_at: expected a time such as 2026-11-30 23:59 or 2026-11-30T23:59:00+01:00, got " +
                             in_quotes(when));
        }
        if (given.empty()) table.refuse(row, "path: empty; expected a folder or an archive");
        member.source = (file.parent_path() / given).lexically_normal();
        std::error_code error;
        const fs::file_status status = fs::status(member.source, error);
        if (!fs::exists(status))
            table.refuse(row, "path: there is no " + in_quotes(member.source.string()) +
                                  "; it is taken from the folder of this file on");
        if (!fs::is_directory(status) && !(fs::is_regular_file(status) && has_archive_name(member.source)))
            table.refuse(row,
                         "path: expected a folder or an archive (.zip, .tar.gz or .tar.xz), got " + in_quotes(given));
        const std::string real = fs::canonical(member.source, error).string();
        if (const auto [before, is_new] = paths.emplace(real, row + 1); !is_new)
            table.refuse(
                row, "path: " + in_quotes(given) + " is that of submission " + std::to_string(before->second) + " too");
        list.members.push_back(std::move(member));
    }
    if (list.members.empty())
        throw FileError(file.string() + ": no submission in it: expected a line for each after the first");
    return list;
}

}  // namespace

std::string why_no_id(std::string_view id) {
    constexpr std::size_t longest = 100;
    if (id.empty()) return "an id may not be empty";
    if (id.size() > longest) return "an id has at most " + std::to_string(longest) + " bytes";
    if (!is_utf8(id)) return "an id must be UTF-8";
    if (id.front() == '.' || id.front() == '-') return "an id may not begin with a dot or a minus";
    const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0x20 && byte != 0x7F && c != '/' && c != '\\';
    });
    return plain && shown_name(id) == id ? "" : "an id may not hold slashes, backslashes or control characters";
}

ClassList read_class(const fs::path& folder_or_csv) {
    std::error_code error;
    const fs::file_status status = fs::status(folder_or_csv, error);
    if (fs::is_directory(status)) return class_in_folder(folder_or_csv);
    if (!fs::exists(status))
        throw FileError("there is no \"" + folder_or_csv.string() +
                        "\". A class is a folder with a submission in each of its folders and "
                        "archives, or a CSV file with the columns id, name and path");
    if (has_archive_name(folder_or_csv))
        throw FileError(folder_or_csv.string() +
                        ": this is an archive, and a class is a folder or a CSV file. Unpack it first, or grade it as "
                        "one submission");
    return class_in_csv(folder_or_csv);
}

}  // namespace wb::grader
