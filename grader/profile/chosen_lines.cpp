#include "profile/chosen_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "course/course.hpp"
#include "profile/address_picture.hpp"
#include "profile/profile_file.hpp"
#include "profile/profile_text.hpp"
#include "text/trimmed.hpp"
#include "text/utf8.hpp"

namespace wb::grader {
namespace {

using kernels::LaneAddresses;
using kernels::LineProfile;

/// Whether the line lies in the file that was launched from and has requests.
bool can_be_chosen(const ProfiledKernel& kernel, const LineProfile& line) {
    return !line.addresses.empty() && source_name(line.file) == source_name(kernel.profile.file);
}

/// Loads before stores, global before shared memory: so that a line's load is drawn beside the other's.
std::vector<LaneAddresses> by_kind(std::vector<LaneAddresses> all) {
    std::stable_sort(all.begin(), all.end(), [](const LaneAddresses& a, const LaneAddresses& b) {
        return std::pair(a.shared, a.kind) < std::pair(b.shared, b.kind);
    });
    return all;
}

ChosenLine choose(const std::vector<ProfiledKernel>& kernels, int number, const std::string& side) {
    std::string file;
    std::set<int> others;
    for (const ProfiledKernel& kernel : kernels) {
        if (kernel.side != side) continue;
        file = source_name(kernel.profile.file);
        for (const LineProfile& line : kernel.profile.lines) {
            if (!can_be_chosen(kernel, line)) continue;
            others.insert(line.line);
            if (line.line != number) continue;
            const std::string title = fmt::format("{}{}:{}  {}", side.empty() ? "" : side + "  ", shown_name(file),
                                                  number, shown_name(kernel.profile.kernel));
            return {title, shown_text(kernel.code(file, number)), by_kind(line.addresses)};
        }
    }
    std::string list;
    for (const int other : others) list += (list.empty() ? "" : ", ") + std::to_string(other);
    throw UsageError(fmt::format("--line {}: no kernel that is shown loads or stores there in {}. Lines that do: {}",
                                 number, shown_name(file), list.empty() ? "none" : list));
}

/// What is said of a line, and then of each picture its caption and its grid.
std::vector<std::vector<std::string>> parts_of(const ChosenLine& line) {
    std::vector<std::vector<std::string>> parts{folded(line.title, picture_columns)};
    for (const std::string& code : folded(trimmed(line.code), picture_columns)) parts[0].push_back(code);
    for (const LaneAddresses& addresses : line.addresses) {
        parts.push_back(folded(caption_of(addresses), picture_columns));
        parts.back().insert(parts.back().begin(), "");
        parts.push_back(picture_text(addresses));
    }
    return parts;
}

}  // namespace

std::string ProfiledKernel::code(const std::string& file, int number) const {
    const auto found = sources.find(file);
    const auto at = static_cast<std::size_t>(number) - 1;
    return found == sources.end() || number < 1 || at >= found->second.size() ? "" : found->second[at];
}

std::vector<ChosenLine> choose_lines(const std::vector<ProfiledKernel>& kernels, const std::vector<int>& numbers) {
    const bool both =
        std::any_of(kernels.begin(), kernels.end(), [](const ProfiledKernel& k) { return k.side == "after"; });
    if (both) return {choose(kernels, numbers.front(), "before"), choose(kernels, numbers.back(), "after")};
    std::vector<ChosenLine> chosen;
    for (const int number : numbers) chosen.push_back(choose(kernels, number, ""));
    return chosen;
}

std::string chosen_text(const std::vector<ChosenLine>& lines, const Paint& paint) {
    constexpr std::size_t gap = 4;
    const std::size_t width = paint.style().width;
    std::string out;
    bool title = true;
    const auto print = [&](const std::string& left, const std::string& right) {
        const std::string first = right.empty() ? left : padded(left, picture_columns + gap);
        out += (title ? paint.bold(first) + paint.bold(right) : first + right) + "\n";
        title = false;
    };
    if (lines.size() == 2 && (width == 0 || width >= 2 * picture_columns + gap)) {
        auto left = parts_of(lines[0]), right = parts_of(lines[1]);
        left.resize(std::max(left.size(), right.size()));
        right.resize(left.size());
        for (std::size_t part = 0; part < left.size(); ++part) {  // each begins beside the other's
            const std::size_t rows = std::max(left[part].size(), right[part].size());
            left[part].resize(rows);
            right[part].resize(rows);
            for (std::size_t row = 0; row < rows; ++row) print(left[part][row], right[part][row]);
        }
        out += "\n";
    } else {
        for (const ChosenLine& line : lines) {
            title = true;
            for (const auto& part : parts_of(line)) {
                for (const std::string& row : part) print(row, "");
            }
            out += "\n";
        }
    }
    for (const std::string& part : folded(key_of_pictures(), std::max<std::size_t>(width, 100)))
        out += paint.dim(part) + "\n";
    return out;
}

}  // namespace wb::grader
