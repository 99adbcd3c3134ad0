/// @file
/// A gradebook for other programs. What submissions say cannot do harm there: no spreadsheet takes a cell of it for a formula, no terminal
/// an escape. An export says what was judged, not when or how long it took, so that two gradings of one class can be compared.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "gradebook/gradebook.hpp"
#include "gradebook/standing.hpp"

namespace wb::grader {

/// One cell of a CSV file (RFC 4180): one line without escapes; in quotes where it must be; and behind an apostrophe where a spreadsheet
/// would take it for a formula (=, +, -, @, tab or CR at its start, blanks aside).
std::string csv_cell(std::string_view text);

/// A line for each submission: id, name, state, time, exercises, sums.
void write_csv(const Gradebook& book, std::ostream& out);

/// Everything: each submission's report (schema 1 of `--json`, without seconds), marks, lateness, sums.
void write_json(const Gradebook& book, std::ostream& out);

/// JUnit XML of the whole class: a testsuite for each submission and exercise, "ann 2.1 Attention". A submission that could not be taken in
/// has only skipped tests.
void write_junit(const Gradebook& book, std::ostream& out);

/// Gradescope's results.json of one submission: the tests as they ended, the marked answers, and as score the whole sum less lateness.
std::string gradescope_text(const Standing& standing);

}  // namespace wb::grader
