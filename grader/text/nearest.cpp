#include "text/nearest.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace wb::grader {
namespace {

/// Edits from a to b (Damerau-Levenshtein, neighbours swapped at most once).
std::size_t edits(const std::string& a, const std::string& b) {
    std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
        }
    }
    return cost[a.size()][b.size()];
}

}  // namespace

std::string nearest(const std::string& got, const std::vector<std::string>& names) {
    std::string best;
    std::size_t fewest = 0;
    for (const std::string& name : names) {
        const std::size_t count = edits(got.substr(0, 100), name.substr(0, 100));
        if (2 * count > std::max(got.size(), name.size())) continue;
        if (best.empty() || count < fewest) {
            best = name;
            fewest = count;
        }
    }
    return best;
}

std::string did_you_mean(const std::string& got, const std::vector<std::string>& names) {
    const std::string name = nearest(got, names);
    return name.empty() ? "" : " Did you mean \"" + name + "\"?";
}

std::string listed(const std::vector<std::string>& names, const std::string& last) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text += i + 1 == names.size() ? " " + last + " " : ", ";
        text += names[i];
    }
    return text;
}

}  // namespace wb::grader
