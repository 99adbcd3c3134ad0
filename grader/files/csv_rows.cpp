#include "files/csv_rows.hpp"

#include "wb/errors.hpp"

namespace wb::grader {

std::vector<std::vector<std::string>> csv_rows(std::string_view text, const std::string& name) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::vector<std::vector<std::string>> rows;
    std::size_t at = 0;
    int line = 1;
    const auto here = [&] { return at < text.size() ? text[at] : '\n'; };
    const auto at_line_end = [&] {
        return here() == '\n' || (here() == '\r' && (at + 1 == text.size() || text[at + 1] == '\n'));
    };
    while (at < text.size()) {
        std::vector<std::string> row;
        for (bool more = true; more;) {
            std::string cell;
            if (at < text.size() && text[at] == '"') {
                const int opened = line;
                for (++at;; ++at) {
                    if (at >= text.size())
                        throw FileError(name + ":" + std::to_string(opened) + ": a quote is never closed");
                    if (text[at] == '"' && (at + 1 == text.size() || text[at + 1] != '"')) break;
                    if (text[at] == '"') ++at;
                    line += text[at] == '\n';
                    cell += text[at];
                }
                ++at;
                if (here() != ',' && !at_line_end())
                    throw FileError(name + ":" + std::to_string(line) + ": text follows a closed quote");
            } else {
                while (here() != ',' && !at_line_end()) cell += text[at++];
            }
            row.push_back(std::move(cell));
            more = at < text.size() && text[at] == ',';
            if (more) ++at;
        }
        if (here() == '\r') ++at;
        ++at;
        ++line;
        if (row.size() > 1 || !row[0].empty()) rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace wb::grader
