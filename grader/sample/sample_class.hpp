/// @file
/// A class of made-up submissions, to try grading and to measure it: right, wrong, half-done, broken and hostile ones, in folders and archives,
/// in shares that do not depend on chance. The same course and options give the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "course/course.hpp"

namespace wb::grader {

enum class SampleKind { good, alternate, wrong, half_done, broken, untouched, hostile, unusable };
inline constexpr int sample_kinds = 8;
/// "good", "alternate", "wrong", "half-done", "broken", "untouched", "hostile", "unusable".
std::string_view name_of(SampleKind kind);

struct SampleOptions {
    int submissions = 40;
    std::uint64_t seed = 1;
    bool honest = false;  ///< neither hostile nor unusable ones: for where there is no sandbox
    /// Part of a comment in each file: two classes that differ in it alone are the same submissions, of which no object is the same.
    std::string mark = "sample";
};

struct SampleMember {
    std::string id, path;  ///< path: relative to the class's folder
    SampleKind kind = SampleKind::good;
    std::string what;
};

/// The kinds of so many submissions, in a random order: of each kind as many as its share of the class, rounded.
std::vector<SampleKind> sample_mix(const SampleOptions& options);

/// Writes folder/class.csv (id, name, path, kind, what: what `grade --class` takes) last, and the submissions before it.
/// @throws UsageError  when something is in the folder already
std::vector<SampleMember> write_sample_class(const Course& course, const std::vector<Selection>& selection,
                                             const std::filesystem::path& folder, const SampleOptions& options);

}  // namespace wb::grader
