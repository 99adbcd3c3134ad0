/// @file
/// What a class's standings have in common: how the points lie, which mistakes are common, how long the tests took.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gradebook/standing.hpp"

namespace wb::grader {

/// How many have which share of the points: none, under a quarter, half, three quarters, all; all.
using PointBins = std::array<int, 6>;
/// Where a share belongs; nothing can be had: all of it is there.
std::size_t bin_of(double score, double max_score);

struct ExerciseFigures {
    std::string chapter, id, title;
    double max_score = 0;
    std::vector<double> scores;   ///< of each graded submission, with a person's marks
    std::vector<double> seconds;  ///< that its tests took
    PointBins bins{};
    int not_begun = 0, not_graded = 0, to_be_marked = 0;
};

/// A failure's message without what differs from one submission to the next: its sentence "The numbers equal ..." if it has one, else its
/// first line; numbers become #; a status other than `failed` comes first. At most 200 bytes.
std::string signature_of(const TestReport& test);

/// Failures with one signature: in any exercises if it is a known mistake ("The numbers equal ..."), else in one.
struct Mistake {
    std::string signature;
    std::vector<std::string> ids;      ///< of the submissions with it, in the order they came
    std::map<std::string, int> tests;  ///< "2.1 Dot.Adds", and in how many submissions
};

struct ClassFigures {
    /// One submission, for the list of all.
    struct Row {
        std::string id, name;
        StandingState state = StandingState::waiting;
        double total = 0, max_total = 0;
        std::string remark;
    };
    std::vector<Row> rows;
    std::map<StandingState, int> states;
    std::vector<ExerciseFigures> exercises;  ///< in the course's order
    std::vector<double> totals;              ///< of what was graded or partly graded, less lateness
    std::array<int, 10> total_bins{};        ///< by tenths of the points; all points are in the last
    int late = 0, to_be_marked = 0;
    double seconds = 0;                    ///< of all tests together
    std::map<std::string, int> sandboxes;  ///< that held them, and how many

    void add(const Standing& standing);
    /// The most common first; what is not begun is no mistake.
    [[nodiscard]] std::vector<Mistake> mistakes() const;

 private:
    void add_exercise(ExerciseFigures& figures, const Standing& standing, const ExerciseReport& exercise);
    std::map<std::string, Mistake> mistakes_;
};

/// 0 of nothing.
double mean_of(const std::vector<double>& numbers);
double median_of(std::vector<double> numbers);

}  // namespace wb::grader
