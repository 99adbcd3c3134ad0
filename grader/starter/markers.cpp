#include "starter/markers.hpp"

#include <optional>
#include <sstream>
#include <vector>

namespace wb::grader {
namespace {

/// A line that is nothing but a marker, taken apart.
struct Marker {
    bool begin = false;
    bool removed = false;
    std::string exercise, indent;
};

class Converter {
 public:
    Converter(const std::string& shown, const std::function<bool(const std::string&)>& owns)
        : shown_(shown), owns_(owns), toml_(shown.ends_with(".toml")) {}

    std::string run(std::string_view solution) {
        while (!solution.empty()) {
            const auto end = solution.find('\n');
            ++line_;
            take(std::string(solution.substr(0, end)));
            solution.remove_prefix(end == std::string_view::npos ? solution.size() : end + 1);
        }
        if (open_) {
            line_ = opened_at_;
            fail("this SOLUTION BEGIN has no SOLUTION END below it.");
        }
        return std::move(result_);
    }

 private:
    [[noreturn]] void fail(const std::string& sentence) const {
        throw MarkerError(shown_ + ":" + std::to_string(line_) + ": " + sentence);
    }

    std::optional<Marker> marker(const std::string& text) const {
        const auto first = text.find_first_not_of(" \t");
        if (first == std::string::npos) return std::nullopt;
        std::istringstream words(text.substr(first));
        std::string comment, solution, what, word;
        words >> comment >> solution >> what;
        if ((comment != "//" && comment != "#") || solution != "SOLUTION") return std::nullopt;
        if ((comment == "#") != toml_) fail(std::string("markers of this file start with ") + (toml_ ? "#." : "//."));
        Marker found{what == "BEGIN", false, "", text.substr(0, first)};
        if (!found.begin && what != "END") fail("a marker is SOLUTION BEGIN or SOLUTION END, got \"" + what + "\".");
        if (found.begin && !(words >> found.exercise))
            fail("SOLUTION BEGIN must name its exercise, such as SOLUTION BEGIN 2.1.");
        if (words >> word) {
            if (!found.begin || word != "removed")
                fail("a marker ends here or with \"removed\", got \"" + word + "\".");
            found.removed = true;
            if (words >> word) fail("nothing follows \"removed\", got \"" + word + "\".");
        }
        return found;
    }

    void take(const std::string& text) {
        const std::optional<Marker> found = marker(text);
        if (!found) {
            if (!open_) keep(text);
            return;
        }
        if (!found->begin) {
            if (!open_) fail("this SOLUTION END has no SOLUTION BEGIN above it.");
            open_ = false;
            return;
        }
        if (open_) fail("SOLUTION BEGIN inside the one of line " + std::to_string(opened_at_) + ": end that first.");
        if (owns_ && !owns_(found->exercise)) {
            fail("exercise " + found->exercise + " does not name this file in its chapter.toml.");
        }
        open_ = true;
        opened_at_ = line_;
        if (found->removed) {
            removed_ = true;
        } else if (toml_) {
            keep(found->indent + "answer = \"\"");
        } else {
            keep(found->indent + "throw wb::NotImplemented(\"" + found->exercise + "\");");
        }
    }

    /// Appends a line; where lines were removed, two blank lines in a row become one, and none opens the file.
    void keep(const std::string& text) {
        const bool blank = text.find_first_not_of(" \t\r") == std::string::npos;
        if (removed_ && blank && last_blank_) return;
        if (!blank) removed_ = false;
        last_blank_ = blank;
        result_ += text + "\n";
    }

    const std::string& shown_;
    const std::function<bool(const std::string&)>& owns_;
    bool toml_;
    std::string result_;
    int line_ = 0, opened_at_ = 0;
    bool open_ = false, removed_ = false, last_blank_ = true;
};

}  // namespace

std::string starter_text(std::string_view solution, const std::string& shown,
                         const std::function<bool(const std::string&)>& owns) {
    return Converter(shown, owns).run(solution);
}

}  // namespace wb::grader
