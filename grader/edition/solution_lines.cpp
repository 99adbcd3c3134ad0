#include "edition/solution_lines.hpp"

#include <deque>
#include <sstream>
#include <unordered_map>

#include "files/files.hpp"
#include "files/tree.hpp"
#include "text/trimmed.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t shortest = 8;  ///< of a line that says something
constexpr std::size_t in_a_row = 3;

/// The last lines that say something, and where the first of them stands.
class Passage {
 public:
    /// @return the passage that ends here, when it is long enough; else empty
    std::string add(const std::string& line, int number) {
        const std::string text(trimmed(line));
        if (text.size() < shortest) return "";
        last_.emplace_back(number, text);
        if (last_.size() > in_a_row) last_.pop_front();
        if (last_.size() < in_a_row) return "";
        std::string passage;
        for (const auto& [n, words] : last_) passage += words + "\n";
        return passage;
    }
    void clear() { last_.clear(); }
    [[nodiscard]] int first_line() const { return last_.front().first; }

 private:
    std::deque<std::pair<int, std::string>> last_;
};

/// Every passage between the markers of all solutions, and where it stands.
std::unordered_map<std::string, std::string> passages_of_solutions(const Course& course) {
    std::unordered_map<std::string, std::string> passages;
    for (const Chapter& chapter : course.chapters) {
        const fs::path folder = fs::path("solutions") / chapter.id;
        if (!fs::is_directory(course.root / folder)) continue;
        for (const fs::path& file : files_below(course.root / folder, is_local)) {
            std::istringstream lines(read_text(file));
            Passage passage;
            bool inside = false;
            int number = 0;
            for (std::string line; std::getline(lines, line);) {
                ++number;
                if (const bool begin = line.find("SOLUTION BEGIN") != std::string::npos;
                    begin || line.find("SOLUTION END") != std::string::npos) {
                    inside = begin;
                    passage.clear();
                } else if (inside) {
                    if (const std::string text = passage.add(line, number); !text.empty())
                        passages.try_emplace(
                            text, (folder / file.filename()).string() + ":" + std::to_string(passage.first_line()));
                }
            }
        }
    }
    return passages;
}

bool is_text(const std::string& bytes) {
    return bytes.find('\0') == std::string::npos;
}

}  // namespace

std::vector<SolutionLines> find_solution_lines(const Course& course, const EditionFiles& files) {
    const auto secrets = passages_of_solutions(course);
    std::vector<SolutionLines> found;
    for (const auto& [name, file] : files) {
        if (name.ends_with(".safetensors") || name.ends_with(".csv")) continue;  // numbers
        const std::string bytes = file.bytes();
        if (!is_text(bytes)) continue;
        std::istringstream lines(bytes);
        Passage passage;
        int number = 0;
        for (std::string line; std::getline(lines, line);) {
            const std::string text = passage.add(line, ++number);
            if (const auto secret = secrets.find(text); !text.empty() && secret != secrets.end())
                found.push_back({name, passage.first_line(), secret->second});
        }
    }
    return found;
}

}  // namespace wb::grader
