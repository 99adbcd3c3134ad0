// Who copied is found after renaming and moving things about; who had the same idea, or kept the starter, is not.
#include <gmock/gmock.h>

#include <set>

#include "similarity/alike.hpp"

namespace wb::grader {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* mean_of_rows = R"(
float mean(const float* x, int n) {
    float sum = 0;
    for (int i = 0; i < n; ++i) sum += x[i];
    return sum / static_cast<float>(n);
}
void mean_of_rows(const float* x, float* y, int rows, int columns) {
    if (rows <= 0 || columns <= 0) throw std::invalid_argument("no rows or no columns");
    for (int r = 0; r < rows; ++r) {
        const float* row = x + r * columns;
        y[r] = mean(row, columns);
        if (y[r] != y[r]) y[r] = 0;
    }
    std::vector<float> sorted(y, y + rows);
    std::sort(sorted.begin(), sorted.end(), [](float a, float b) { return a > b; });
    while (!sorted.empty() && sorted.back() < 0) sorted.pop_back();
}
)";

/// The same, renamed, with comments and another layout, its functions in another order.
constexpr const char* disguised = R"(
// My own work!
void averages(const float* in, float* out, int height, int width)
{
    if (height <= 0 || width <= 0) throw std::invalid_argument("bad size");
    for (int k = 0; k < height; ++k)
    {
        const float* line = in + k * width;   /* the line */
        out[k] = average(line, width);
        if (out[k] != out[k]) out[k] = 0;
    }
    std::vector<float> s(out, out + height);
    std::sort(s.begin(), s.end(), [](float p, float q) { return p > q; });
    while (!s.empty() && s.back() < 0) s.pop_back();
}
float average(const float* v, int count)
{
    float total = 0;
    for (int j = 0; j < count; ++j) total += v[j];
    return total / static_cast<float>(count);
}
)";

/// Another way to the same end.
constexpr const char* independent = R"(
void mean_of_rows(const float* x, float* y, int rows, int columns) {
    const std::size_t n = columns;
    std::fill(y, y + rows, 0.0f);
    for (std::size_t at = 0; at != rows * n; at++) y[at / n] += x[at];
    std::transform(y, y + rows, y, [n](float s) { return s / n; });
    std::replace_if(y, y + rows, [](float v) { return std::isnan(v); }, 0.0f);
    auto copy = std::vector<float>(y, y + rows);
    std::ranges::sort(copy, std::greater<>{});
    copy.erase(std::find_if(copy.begin(), copy.end(), [](float v) { return v < 0; }), copy.end());
}
)";

SourceFile from(const std::string& who, const std::string& text) {
    return {who, "01_numbers/mean.cpp", text};
}

TEST(Alike, ACopyIsFoundUnderNewNamesAndInANewOrder) {
    const auto pairs = find_alike({from("bob", disguised), from("ann", mean_of_rows)}, {});
    ASSERT_THAT(pairs, SizeIs(1));
    EXPECT_EQ(pairs[0].first, "ann");
    EXPECT_EQ(pairs[0].second, "bob");
    EXPECT_GT(pairs[0].share, 0.8);
    ASSERT_FALSE(pairs[0].where.empty());
    bool body = false;  // line 8 of the one is line 5 of the other
    for (const auto& [a, b] : pairs[0].where)
        body = body || (a.first <= 8 && a.last >= 8 && b.first <= 5 && b.last >= 5);
    EXPECT_TRUE(body);
}

TEST(Alike, AnotherWayToTheSameEndIsNotFound) {
    EXPECT_THAT(find_alike({from("ann", mean_of_rows), from("cid", independent)}, {}), IsEmpty());
}

TEST(Alike, WhatWasHandedOutDoesNotCount) {
    EXPECT_THAT(
        find_alike({from("ann", mean_of_rows), from("bob", mean_of_rows)}, {{"01_numbers/mean.cpp", mean_of_rows}}),
        IsEmpty());
    const std::string given = std::string(mean_of_rows).substr(0, 150);
    EXPECT_THAT(
        find_alike({from("ann", given + independent), from("bob", given + "int x;")}, {{"01_numbers/mean.cpp", given}}),
        IsEmpty());
}

TEST(Alike, WhatMuchOfTheClassWritesIsHowOneWritesIt) {
    std::vector<SourceFile> files;
    for (int i = 0; i < 6; ++i) files.push_back(from("student" + std::to_string(i), mean_of_rows));
    EXPECT_THAT(find_alike(files, {}), IsEmpty());
    files.resize(2);
    for (int i = 0; i < 4; ++i) files.push_back(from("other" + std::to_string(i), independent + std::to_string(i)));
    EXPECT_THAT(find_alike(files, {}), SizeIs(1)) << "two of six are two of six";
}

TEST(Alike, FilesOfDifferentExercisesAreNotCompared) {
    EXPECT_THAT(find_alike({{"ann", "01_numbers/a.cpp", mean_of_rows}, {"bob", "01_numbers/b.cpp", mean_of_rows}}, {}),
                IsEmpty());
}

TEST(Alike, TheMostAlikeComeFirst) {
    const std::string half = std::string(mean_of_rows) + independent;
    const auto pairs = find_alike({from("ann", mean_of_rows), from("bob", disguised), from("eve", mean_of_rows)}, {},
                                  {.least_share = 0.1});
    ASSERT_THAT(pairs, SizeIs(3));
    EXPECT_EQ(pairs[0].first + pairs[0].second, "anneve");
    EXPECT_EQ(pairs[0].share, 1);
}

/// Tokens that are all different: "a0 [ 0" would be alike, so brackets and operators tell them apart.
std::string different_tokens(int count, int salt) {
    constexpr const char* words[] = {"(", ")", "[", "]", "{", "}", "+", "-", "*", "%",
                                     "&", "|", "^", "!", "=", "<", ">", "?", ";", ","};
    std::string text;
    unsigned state = static_cast<unsigned>(salt) * 2654435761U + 1;
    for (int i = 0; i < count; ++i) {
        state = state * 1664525U + 1013904223U;
        text += std::string(words[(state >> 16U) % 20]) + "\n";
    }
    return text;
}

TEST(Fingerprints, AStretchAsLongAsTheGuaranteeIsAlwaysFound) {
    const Winnowing winnowing{10, 8};
    for (int salt = 0; salt < 50; ++salt) {
        const std::string shared = different_tokens(17, 1000 + salt);  // window + gram - 1
        const auto a =
            fingerprints(different_tokens(31 + salt, salt) + shared + different_tokens(40, salt + 200), winnowing);
        const auto b = fingerprints(different_tokens(55, salt + 300) + shared + different_tokens(12 + salt, salt + 400),
                                    winnowing);
        std::set<std::uint64_t> of_a;
        for (const Fingerprint& print : a) of_a.insert(print.hash);
        int common = 0;
        for (const Fingerprint& print : b) common += static_cast<int>(of_a.contains(print.hash));
        EXPECT_GT(common, 0) << salt;
    }
}

TEST(Fingerprints, FewerTokensThanAGramHaveNone) {
    EXPECT_THAT(fingerprints(different_tokens(9, 1), {10, 8}), IsEmpty());
    EXPECT_THAT(fingerprints("", {10, 8}), IsEmpty());
    EXPECT_THAT(fingerprints(different_tokens(10, 1), {10, 8}), SizeIs(1));
}

TEST(Fingerprints, SayInWhichLinesTheyStand) {
    const auto prints = fingerprints("// a comment\n\n" + different_tokens(10, 1), {10, 1});
    ASSERT_THAT(prints, SizeIs(1));
    EXPECT_EQ(prints[0].first_line, 3);
    EXPECT_EQ(prints[0].last_line, 12);
}

}  // namespace
}  // namespace wb::grader
