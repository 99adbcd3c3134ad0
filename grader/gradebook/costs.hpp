/// @file
/// What a class took to grade, out of its book: time of building and testing, workers, memory, bytes. Costs say nothing about points.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "gradebook/gradebook.hpp"
#include "report/cost.hpp"

namespace wb::grader {

/// One submission, graded whole: the sums of its exercises.
struct SubmissionCost {
    std::string id;
    double ended_at = 0;  ///< seconds since 1970
    double seconds =
        0;  ///< of the clock, from opening its files to its last result in the book, less what lay between two graders
    GradingCost grading;
    std::int64_t file_bytes = 0;  ///< of the files that were taken in
    std::int64_t grader_kib = 0;  ///< the grader's memory at its highest until then

    /// Neither building nor judging: opening archives, making cases, writing the book.
    [[nodiscard]] double other_seconds() const { return seconds - grading.builds.seconds - grading.judge_seconds; }
};

struct ClassCosts {
    std::vector<SubmissionCost> submissions;  ///< first attempts that are done, in the order in which they ended
    double busy_seconds = 0;                  ///< time in which at least one of them was being graded
    std::int64_t book_bytes = 0;              ///< of the book's file

    [[nodiscard]] double total_seconds() const;  ///< of all submissions together
    [[nodiscard]] double at_once() const { return busy_seconds > 0 ? total_seconds() / busy_seconds : 0; }
    [[nodiscard]] double per_hour() const {
        return busy_seconds > 0 ? 3600 * static_cast<double>(submissions.size()) / busy_seconds : 0;
    }
    /// Of a submission for good: its files, and its part of the book.
    [[nodiscard]] double stored_bytes() const;
};

ClassCosts costs_of(const Gradebook& book);

/// The smallest of the values that at least this share of them does not exceed; 0 when there is none.
double percentile(std::vector<double> values, double share);

/// A table and some sentences, in Markdown.
void write_costs(const ClassCosts& costs, std::ostream& out);

}  // namespace wb::grader
