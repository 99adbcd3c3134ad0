#include <algorithm>
#include <cctype>
#include <fstream>
#include <optional>
#include <sstream>

#include "submission/diagnostics.hpp"
#include "submission/readable_types.hpp"

namespace wb::grader {
namespace {

constexpr std::size_t shown_errors = 3, shown_notes = 2, shown_quotes = 3, most_lines = 11, fallback_lines = 12,
                      longest_line = 400;

/// "file:line:col: error: words" or "file:line: error: words".
struct Location {
    std::string file, position;  ///< position: ":14:21"
    enum class Kind { error, warning, note, required } kind = Kind::note;
    std::string words;

    [[nodiscard]] int line() const { return number(1); }
    [[nodiscard]] int column() const {
        const auto colon = position.find(':', 1);
        return colon == std::string::npos ? 0 : number(colon + 1);
    }

 private:
    [[nodiscard]] int number(std::size_t from) const { return std::atoi(position.substr(from).c_str()); }
};

/// By hand, not by std::regex, whose recursion overflows the stack on the longest template names.
std::optional<Location> parse_location(const std::string& line) {
    using Kind = Location::Kind;
    static constexpr std::pair<const char*, Kind> marks[] = {
        {": error: ", Kind::error}, {": fatal error: ", Kind::error},  {": warning: ", Kind::warning},
        {": note: ", Kind::note},   {":   required ", Kind::required}, {":   recursively required ", Kind::required}};
    for (const auto& [mark, kind] : marks) {
        const auto at = line.find(mark);
        if (at == std::string::npos || at == 0 || line[0] == ' ') continue;
        auto digits = at;
        while (digits > 0 && (std::isdigit(static_cast<unsigned char>(line[digits - 1])) || line[digits - 1] == ':'))
            --digits;
        if (digits == at || line[digits] != ':') continue;
        return Location{line.substr(0, digits), line.substr(digits, at - digits), kind,
                        line.substr(at + std::string(mark).size())};
    }
    return std::nullopt;
}

/// One error, and what was said around it.
struct Complaint {
    Location at;
    std::optional<Location> led_here;  ///< the student's line that instantiated what fails in a header
    std::string inside;                ///< the function in which the compiler believes to be: ‘void f()’
    std::vector<std::string> quotes;   ///< the source line, and what is marked in it
    std::vector<Location> notes;
};

/// What the compiler said, error by error.
class Complaints {
 public:
    explicit Complaints(const std::filesystem::path& folder) : prefix_(folder.string() + "/") {}

    void read(const std::string& output) {
        std::istringstream stream(output);
        for (std::string line; std::getline(stream, line);) {
            if (const auto location = parse_location(line)) {
                take(*location);
            } else if (quoting_ && line.starts_with(" ") && line.find(" | ") != std::string::npos) {
                if (all.back().quotes.size() < shown_quotes) all.back().quotes.push_back(line);
            } else if (const auto in = line.find("unction "); in != std::string::npos && line.ends_with(":")) {
                inside_ = line.substr(in + 8, line.size() - in - 9);
            } else if (line.ends_with("At global scope:")) {
                inside_.clear();
            }
        }
    }
    [[nodiscard]] bool mine(const std::string& file) const {
        return file.starts_with(prefix_) || file.find('/') == std::string::npos;
    }

    std::vector<Complaint> all;

 private:
    void take(const Location& location) {
        using Kind = Location::Kind;
        if (location.kind == Kind::required) {
            if (mine(location.file) && !led_here_) led_here_ = location;
            return;
        }
        quoting_ = location.kind == Kind::error;
        if (location.kind == Kind::error) all.push_back({location, led_here_, inside_, {}, {}});
        // clang tells afterwards what led to a header's error.
        if (location.kind == Kind::note && !all.empty()) {
            Complaint& last = all.back();
            if (!last.led_here && !mine(last.at.file) && mine(location.file)) last.led_here = location;
            last.notes.push_back(location);
        }
        led_here_.reset();
    }

    std::string prefix_;
    std::optional<Location> led_here_;
    std::string inside_;
    bool quoting_ = false;
};

/// A line of a file, counted from 1; nothing when it is not there.
std::optional<std::string> source_line(const std::filesystem::path& file, int number) {
    std::ifstream stream(file);
    std::string line;
    for (int i = 0; i < number; ++i) {
        if (!std::getline(stream, line)) return std::nullopt;
    }
    return number > 0 ? std::optional(line) : std::nullopt;
}

/// As g++ quotes a line: "   14 |     return 1".
std::string as_gcc_quotes(int number, const std::string& line) {
    std::string digits = std::to_string(number);
    return std::string(5 - std::min<std::size_t>(5, digits.size()), ' ') + digits + " | " + line;
}

/// The student's line that led to an error in a header, marked as g++ does.
std::vector<std::string> quotes_of(const Location& at, const std::filesystem::path& file) {
    const auto line = source_line(file, at.line());
    if (!line) return {};
    std::vector<std::string> quotes{as_gcc_quotes(at.line(), *line)};
    const auto column = static_cast<std::size_t>(std::max(0, at.column()));
    if (column > 0 && column <= line->size() && line->find('\t') == std::string::npos)
        quotes.push_back("      | " + std::string(column - 1, ' ') + "^");
    return quotes;
}

/// The line above, where an error at the first word of a line speaks of what is missing before it.
std::optional<std::string> line_above(const Location& at, const std::filesystem::path& file) {
    if (!at.words.starts_with("expected ")) return std::nullopt;
    const auto line = source_line(file, at.line());
    if (!line || line->find_first_not_of(" \t") + 1 != static_cast<std::size_t>(at.column())) return std::nullopt;
    for (int above = at.line() - 1; above > std::max(0, at.line() - 10); --above) {
        const auto candidate = source_line(file, above);
        if (!candidate) return std::nullopt;
        const auto first = candidate->find_first_not_of(" \t");
        if (first == std::string::npos || candidate->compare(first, 2, "//") == 0) continue;
        return as_gcc_quotes(above, *candidate);
    }
    return std::nullopt;
}

/// A header's path from the folder that #include starts in, or the course's: "wb/tensor.hpp", "chapters/02_attention/mask.hpp".
std::string header_name(const std::string& file) {
    if (const auto at = file.rfind("/chapters/"); at != std::string::npos) return file.substr(at + 1);
    for (const std::string folder : {"/library/", "/kernels/cpu/", "/kernels/"}) {
        if (const auto at = file.rfind(folder); at != std::string::npos) return file.substr(at + folder.size());
    }
    return file;
}

/// Whether a note says something about what the student called, and not how the compiler tried.
bool worth_reading(const Location& note) {
    if (note.file.starts_with("/usr/") || note.words.starts_with("in instantiation of")) return false;
    return note.words.find("template argument deduction") == std::string::npos &&
           note.words.find("constraints not satisfied") == std::string::npos &&
           note.words.find("in expansion of macro ‘WB_") == std::string::npos;
}

/// A file's own name: chapters have no folders in them.
std::string file_only(const std::string& file) {
    return std::filesystem::path(file).filename().string();
}

/// Where and what an error is, and the lines that show it.
std::vector<std::string> head_of(const Complaint& error, bool mine, const std::filesystem::path& folder) {
    const Location& at = !mine && error.led_here ? *error.led_here : error.at;
    const std::string name = file_only(at.file), words = "error: " + readable_types(error.at.words);
    const std::string inside = "    (inside " + header_name(error.at.file) + error.at.position + ")";
    if (!mine && !error.led_here) return {words, inside};
    std::vector<std::string> lines = mine ? error.quotes : quotes_of(at, folder / name);
    // The rewriter keeps a launch's line, and not its columns.
    const bool launch = !lines.empty() && lines.front().find("<<<") != std::string::npos;
    if (launch) lines.resize(1);
    if (const auto above = mine && !lines.empty() ? line_above(at, folder / name) : std::nullopt)
        lines.insert(lines.begin(), *above);
    lines.insert(lines.begin(), name + (launch ? ":" + std::to_string(at.line()) : at.position) + ": " + words);
    if (!mine) lines.push_back(inside);
    return lines;
}

std::vector<std::string> notes_of(const Complaint& error, const Complaints& said) {
    std::vector<std::string> lines;
    for (const Location& note : error.notes) {
        if (!worth_reading(note) || (error.led_here && note.position == error.led_here->position)) continue;
        if (lines.size() == shown_notes) break;
        const std::string file = said.mine(note.file) ? file_only(note.file) : header_name(note.file);
        lines.push_back("    " + file + note.position + ": " + readable_types(note.words));
    }
    return lines;
}

}  // namespace

std::string compiler_errors(const std::string& output, const std::filesystem::path& folder) {
    Complaints said(folder);
    said.read(output);
    std::vector<std::string> shown, lines_named;
    std::size_t told = 0, more = 0;
    std::string unclosed;  // the function whose brace is missing
    for (const Complaint& error : said.all) {
        if (error.at.words.starts_with("a function-definition is not allowed here")) {
            if (unclosed.empty()) unclosed = error.inside;
            if (!unclosed.empty() && told > 0) continue;  // each function below says so again
        }
        const bool mine = said.mine(error.at.file);
        const Location& at = !mine && error.led_here ? *error.led_here : error.at;
        const std::string line = file_only(at.file) + ":" + std::to_string(at.line());
        if (std::find(lines_named.begin(), lines_named.end(), line) != lines_named.end()) continue;
        lines_named.push_back(line);
        // In a header, and nobody's line led there: what an earlier error has left behind.
        const bool follows = !mine && !error.led_here && told > 0;
        std::vector<std::string> lines = follows ? std::vector<std::string>() : head_of(error, mine, folder);
        const std::vector<std::string> notes = follows ? std::vector<std::string>() : notes_of(error, said);
        if (follows || told == shown_errors || (told > 0 && shown.size() + lines.size() > most_lines)) {
            ++more;
            continue;
        }
        shown.insert(shown.end(), lines.begin(), lines.end());
        if (told++ == 0 || shown.size() + notes.size() <= most_lines)
            shown.insert(shown.end(), notes.begin(), notes.end());
    }
    if (!unclosed.empty()) shown.push_back("a } is missing above: to the compiler this is still inside " + unclosed);
    if (more > 0) shown.push_back("... and " + std::to_string(more) + " more error" + (more == 1 ? "" : "s"));
    if (said.all.empty()) {
        std::istringstream stream(output);
        for (std::string line; shown.size() < fallback_lines && std::getline(stream, line);) shown.push_back(line);
    }
    std::string text;
    for (const std::string& line : shown) text += (text.empty() ? "" : "\n") + line.substr(0, longest_line);
    return text;
}

}  // namespace wb::grader
