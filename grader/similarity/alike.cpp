#include "similarity/alike.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace wb::grader {
namespace {

/// A submission's fingerprints at one place.
struct Prints {
    const SourceFile* file;
    std::vector<Fingerprint> all;
};

/// Hashes that say nothing: of the given text, and those that much of the class has.
std::unordered_set<std::uint64_t> meaningless(const std::vector<Prints>& prints, const std::string& given,
                                              const AlikeOptions& options) {
    constexpr std::size_t smallest_class = 6;
    std::unordered_set<std::uint64_t> hashes;
    // Every hash of the given text, not only winnowed ones: beside other neighbours a window chooses others.
    for (const Fingerprint& print : fingerprints(given, {options.winnowing.gram, 1})) hashes.insert(print.hash);
    if (prints.size() < smallest_class) return hashes;
    std::unordered_map<std::uint64_t, std::size_t> owners;
    for (const Prints& one : prints) {
        std::unordered_set<std::uint64_t> own;
        for (const Fingerprint& print : one.all) own.insert(print.hash);
        for (const std::uint64_t hash : own) ++owners[hash];
    }
    for (const auto& [hash, count] : owners) {
        if (static_cast<double>(count) > options.common_share * static_cast<double>(prints.size()) && count > 2)
            hashes.insert(hash);
    }
    return hashes;
}

/// Neighbouring stretches as one.
std::vector<std::pair<LineRange, LineRange>> joined(std::vector<std::pair<LineRange, LineRange>> stretches) {
    constexpr int gap = 2;  // lines in between that are shown with them
    std::vector<std::pair<LineRange, LineRange>> result;
    for (const auto& [a, b] : stretches) {
        if (!result.empty() && a.first <= result.back().first.last + gap &&
            b.first <= result.back().second.last + gap && b.first + gap >= result.back().second.first) {
            result.back().first.last = std::max(result.back().first.last, a.last);
            result.back().second.last = std::max(result.back().second.last, b.last);
        } else {
            result.emplace_back(a, b);
        }
    }
    return result;
}

AlikePair compare(const Prints& a, const Prints& b) {
    std::unordered_map<std::uint64_t, const Fingerprint*> in_b;
    for (const Fingerprint& print : b.all) in_b.emplace(print.hash, &print);
    AlikePair pair{a.file->place, a.file->submission, b.file->submission, 0, 0, {}};
    std::set<std::uint64_t> shared;
    std::vector<std::pair<LineRange, LineRange>> stretches;
    for (const Fingerprint& print : a.all) {
        const auto found = in_b.find(print.hash);
        if (found == in_b.end() || !shared.insert(print.hash).second) continue;
        stretches.push_back(
            {{print.first_line, print.last_line}, {found->second->first_line, found->second->last_line}});
    }
    std::unordered_set<std::uint64_t> in_a;
    for (const Fingerprint& print : a.all) in_a.insert(print.hash);
    pair.fingerprints = shared.size();
    const std::size_t shorter = std::min(in_a.size(), in_b.size());
    pair.share = shorter == 0 ? 0 : static_cast<double>(shared.size()) / static_cast<double>(shorter);
    pair.where = joined(std::move(stretches));
    return pair;
}

}  // namespace

std::vector<AlikePair> find_alike(const std::vector<SourceFile>& files, const std::map<std::string, std::string>& given,
                                  const AlikeOptions& options) {
    std::map<std::string, std::vector<Prints>> by_place;
    for (const SourceFile& file : files)
        by_place[file.place].push_back({&file, fingerprints(file.text, options.winnowing)});
    std::vector<AlikePair> pairs;
    for (auto& [place, prints] : by_place) {
        std::sort(prints.begin(), prints.end(),
                  [](const Prints& a, const Prints& b) { return a.file->submission < b.file->submission; });
        const auto handed_out = given.find(place);
        const auto ignored = meaningless(prints, handed_out == given.end() ? "" : handed_out->second, options);
        for (Prints& one : prints)
            std::erase_if(one.all, [&](const Fingerprint& print) { return ignored.contains(print.hash); });
        for (std::size_t a = 0; a < prints.size(); ++a) {
            for (std::size_t b = a + 1; b < prints.size(); ++b) {
                AlikePair pair = compare(prints[a], prints[b]);
                if (pair.share >= options.least_share && pair.fingerprints >= options.least_fingerprints)
                    pairs.push_back(std::move(pair));
            }
        }
    }
    std::stable_sort(pairs.begin(), pairs.end(), [](const AlikePair& a, const AlikePair& b) {
        return a.share != b.share ? a.share > b.share : a.fingerprints > b.fingerprints;
    });
    return pairs;
}

}  // namespace wb::grader
