#include "intake/roster.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>

#include "files/csv_rows.hpp"
#include "files/files.hpp"
#include "intake/submission_source.hpp"
#include "text/nearest.hpp"
#include "text/trimmed.hpp"
#include "text/utf8.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

struct Student {
    std::string identifier, name;
};
using Students = std::map<std::string, Student>;  // by user name, in small letters

std::string small_letters(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
}

/// One roster. @param absent  gets those who have no user name yet
Students read_roster(const fs::path& file, std::vector<std::string>& absent) {
    const auto rows = csv_rows(read_text(file), file.string());
    const std::vector<std::string> head = rows.empty() ? std::vector<std::string>{} : rows[0];
    const auto column = [&](const char* name) -> std::optional<std::size_t> {
        const auto found =
            std::find_if(head.begin(), head.end(), [&](const std::string& cell) { return trimmed(cell) == name; });
        if (found == head.end()) return std::nullopt;
        return found - head.begin();
    };
    const auto identifier = column("identifier"), username = column("github_username"), name = column("name");
    if (!identifier || !username)
        throw FileError(file.string() +
                        ": this is no roster of GitHub Classroom's: expected the columns identifier and "
                        "github_username. Download it there (Students, Download)");
    Students students;
    std::set<std::string> identifiers;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const auto cell = [&](std::optional<std::size_t> at) {
            return at && *at < rows[i].size() ? trimmed(rows[i][*at]) : std::string();
        };
        const Student student{cell(identifier), is_utf8(cell(name)) ? cell(name) : ""};
        const std::string who = "\"" + shown_name(student.identifier) + "\"",
                          where = file.string() + ": student " + std::to_string(i) + ": ";
        if (const std::string reason = why_no_id(student.identifier); !reason.empty())
            throw FileError(where + "identifier: " + reason + ", got " + who + ". Change it in the roster");
        if (!identifiers.insert(student.identifier).second)
            throw FileError(where + "identifier: " + who + " is that of another student too");
        if (cell(username).empty()) {
            absent.push_back(shown_name(student.identifier));
        } else if (!students.emplace(small_letters(cell(username)), student).second) {
            throw FileError(where + "github_username: \"" + shown_name(cell(username)) +
                            "\" is that of another student too");
        }
    }
    return students;
}

/// "attention-" of "attention-ann" and "attention-bob": the beginning that leaves most clones a user name. Of several the longest.
std::string assignment_of(const std::vector<ClassMember>& members, const Students& students) {
    std::map<std::string, int> votes;
    for (const ClassMember& member : members) {
        const std::string id = small_letters(member.id);
        for (std::size_t begin = 1; begin < id.size(); ++begin) {
            if (id[begin - 1] == '-' && students.contains(id.substr(begin))) ++votes[id.substr(0, begin)];
        }
    }
    const auto most = std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) {
        return std::pair(a.second, a.first.size()) < std::pair(b.second, b.first.size());
    });
    return most == votes.end() ? "" : most->first;
}

}  // namespace

ClassList by_roster(ClassList list, const fs::path& folder, const fs::path& roster) {
    if (!fs::is_directory(folder))
        throw UsageError("--roster: with it --class is a folder of clones, got \"" + folder.string() + "\"");
    ClassList result;
    result.left_out = std::move(list.left_out);
    Students students = read_roster(roster, result.absent);
    const std::string assignment = assignment_of(list.members, students);
    if (assignment.empty())
        throw FileError(folder.string() + ": no folder in it is called ASSIGNMENT-USERNAME with a github_username of " +
                        roster.string() + "; the first is \"" + shown_name(list.members.front().id) + "\"");
    for (ClassMember& member : list.members) {
        const std::string id = small_letters(member.id);
        if (!id.starts_with(assignment)) {
            result.left_out.push_back({shown_name(member.id), "not of the assignment " + shown_name(assignment)});
            continue;
        }
        const auto student = students.find(id.substr(assignment.size()));
        if (student == students.end()) {
            result.left_out.push_back({shown_name(member.id), "nobody on the roster has this user name"});
            continue;
        }
        result.members.push_back({student->second.identifier, student->second.name, std::move(member.source), {}});
        students.erase(student);
    }
    for (const auto& [username, student] : students) result.absent.push_back(shown_name(student.identifier));
    std::sort(result.absent.begin(), result.absent.end());
    std::sort(result.members.begin(), result.members.end(),
              [](const ClassMember& a, const ClassMember& b) { return a.id < b.id; });
    return result;
}

}  // namespace wb::grader
