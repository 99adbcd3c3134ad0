#include "gradebook/canvas.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include "files/csv_rows.hpp"
#include "gradebook/export.hpp"
#include "gradebook/standing.hpp"
#include "report/terminal.hpp"
#include "text/nearest.hpp"
#include "text/trimmed.hpp"

namespace wb::grader {
namespace {

/// "Attention (123456)" without the number that Canvas gives an assignment.
std::string without_number(const std::string& head) {
    const std::size_t open = head.rfind(" (");
    const bool numbered = open != std::string::npos && head.ends_with(')') && open + 3 < head.size() &&
                          std::all_of(head.begin() + static_cast<std::ptrdiff_t>(open) + 2, head.end() - 1,
                                      [](char c) { return c >= '0' && c <= '9'; });
    return numbered ? head.substr(0, open) : head;
}

std::optional<double> number_of(const std::string& cell) {
    double value = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

/// A number may begin with a minus; everything else is as harmless as csv_cell makes it.
std::string cell_of(const std::string& cell) {
    return number_of(cell) ? cell : csv_cell(cell);
}

std::size_t column_of(const std::vector<std::string>& head, const std::string& wanted, const std::string& name) {
    std::vector<std::string> names;
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < head.size(); ++i) {
        const std::string here = trimmed(head[i]);
        if (here == wanted) return i;
        if (without_number(here) == wanted) {
            if (found) throw FileError(name + ": two columns are called \"" + wanted + "\". Name one with its number");
            found = i;
        }
        if (!here.empty()) names.push_back(clean_text(here, 200));
    }
    if (!found)
        throw FileError(name + ": there is no column \"" + wanted + "\"." + did_you_mean(wanted, names) + " It has " +
                        listed(names));
    return *found;
}

}  // namespace

CanvasMerge merge_into_canvas(const Gradebook& book, std::string_view exported, const std::string& name,
                              const std::string& column, const std::string& match) {
    auto rows = csv_rows(exported, name);
    if (rows.empty() || rows[0].empty() || trimmed(rows[0][0]) != "Student")
        throw FileError(name +
                        ": this is no gradebook of Canvas's: its first column would be called Student. Export one "
                        "there (Grades, Export)");
    const std::size_t fill = column_of(rows[0], column, name), key = column_of(rows[0], match, name);
    std::map<std::string, std::string> points;
    double maximum = 0;
    for_each_standing(book, [&](const Standing& standing) {
        maximum = standing.max_total();
        if (standing.state == StandingState::graded || standing.state == StandingState::refused)
            points[standing.id] = points_text(standing.total());
    });
    CanvasMerge merge;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& row = rows[i];
        row.resize(std::max(row.size(), rows[0].size()));
        const std::string id = trimmed(row[key]);
        if (trimmed(row[0]) == "Points Possible") {
            const auto possible = number_of(trimmed(row[fill]));
            if (possible && std::abs(*possible - maximum) > 1e-9)
                merge.remark = "Canvas has " + points_text(*possible) + " points for \"" + column +
                               "\", and the book " + points_text(maximum);
        } else if (i > 0 && !id.empty()) {
            if (const auto found = points.find(id); found != points.end()) {
                row[fill] = found->second;
                points.erase(found);
            } else {
                merge.without.push_back(clean_text(id, 200));
            }
        }
        for (std::size_t c = 0; c < row.size(); ++c) merge.csv += (c == 0 ? "" : ",") + cell_of(row[c]);
        merge.csv += "\r\n";
    }
    for (const auto& [id, left] : points) merge.unknown.push_back(id);
    return merge;
}

}  // namespace wb::grader
