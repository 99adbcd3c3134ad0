#include "gradebook/costs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <ostream>

#include "text/quantity.hpp"

namespace wb::grader {
namespace {

/// Length of the union of [end - seconds, end].
double covered(const Database& database) {
    Statement rows = database.prepare("SELECT ended_at - seconds, ended_at FROM costs ORDER BY 1");
    double length = 0, until = 0;
    while (rows.step()) {
        length += std::max(0.0, rows.real(1) - std::max(rows.real(0), until));
        until = std::max(until, rows.real(1));
    }
    return length;
}

std::int64_t bytes_of(const Database& database) {
    Statement size = database.prepare("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
    return size.step() ? size.integer(0) : 0;
}

template <class Value>
std::vector<double> values_of(const ClassCosts& costs, const Value& value) {
    std::vector<double> values;
    for (const SubmissionCost& one : costs.submissions) values.push_back(static_cast<double>(value(one)));
    return values;
}

double sum(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
}

template <class Value>
double mean(const ClassCosts& costs, const Value& value) {
    return sum(values_of(costs, value)) / static_cast<double>(costs.submissions.size());
}

template <class Value>
void row(const ClassCosts& costs, const char* what, std::ostream& out, const Value& value) {
    const std::vector<double> values = values_of(costs, value);
    out << fmt::format("| {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} | {:.0f} % |\n", what, percentile(values, 0.5),
                       percentile(values, 0.95), percentile(values, 1),
                       sum(values) / static_cast<double>(values.size()), 100 * sum(values) / costs.total_seconds());
}

}  // namespace

double ClassCosts::total_seconds() const {
    return sum(values_of(*this, [](const SubmissionCost& one) { return one.seconds; }));
}

double ClassCosts::stored_bytes() const {
    if (submissions.empty()) return 0;
    return mean(*this, [](const SubmissionCost& one) { return one.file_bytes; }) +
           static_cast<double>(book_bytes) / static_cast<double>(submissions.size());
}

ClassCosts costs_of(const Gradebook& book) {
    const auto guard = book.lock();
    const Database& database = book.database();
    ClassCosts costs{{}, covered(database), bytes_of(database)};
    Statement rows = database.prepare(
        "SELECT submissions.id, max(ended_at) AS ended, sum(seconds), sum(build_steps), sum(build_seconds), "
        "sum(build_cpu_seconds), sum(made_bytes), sum(judge_seconds), sum(judge_cpu_seconds), sum(worker_starts), "
        "sum(worker_seconds), sum(questions), sum(question_bytes), max(versions.bytes), max(grader_kib) "
        "FROM costs JOIN attempts ON attempts.key = attempt JOIN versions ON versions.key = version "
        "JOIN submissions ON submissions.key = submission WHERE attempts.number = 1 AND attempts.state = 'done' "
        "GROUP BY attempt ORDER BY ended");
    while (rows.step()) {
        const auto whole = [&](int column) { return static_cast<int>(rows.integer(column)); };
        const auto bytes = [&](int column) { return static_cast<std::uint64_t>(rows.integer(column)); };
        costs.submissions.push_back({rows.text(0),
                                     rows.real(1),
                                     rows.real(2),
                                     {{whole(3), rows.real(4), rows.real(5), bytes(6)},
                                      rows.real(7),
                                      rows.real(8),
                                      {whole(9), rows.real(10), 0, whole(11), bytes(12)}},
                                     rows.integer(13),
                                     rows.integer(14)});
    }
    return costs;
}

double percentile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    const double rank = std::ceil(share * static_cast<double>(values.size()) - 1e-9);
    const auto nth = values.begin() + static_cast<std::ptrdiff_t>(std::max(rank, 1.0)) - 1;
    std::nth_element(values.begin(), nth, values.end());
    return *nth;
}

void write_costs(const ClassCosts& costs, std::ostream& out) {
    if (costs.submissions.empty()) {
        out << "No submission of this book has been graded to its end since costs are written down.\n";
        return;
    }
    const std::size_t count = costs.submissions.size();
    using Cost = SubmissionCost;
    out << "| seconds a submission | median | 95 % | worst | mean | share |\n|---|---|---|---|---|---|\n";
    row(costs, "all", out, [](const Cost& one) { return one.seconds; });
    row(costs, "building (rewriter, compiler, linker)", out,
        [](const Cost& one) { return one.grading.builds.seconds; });
    row(costs, "... of it processor time", out, [](const Cost& one) { return one.grading.builds.cpu_seconds; });
    row(costs, "tests (judge and workers)", out, [](const Cost& one) { return one.grading.judge_seconds; });
    row(costs, "... of it processor time", out, [](const Cost& one) { return one.grading.judge_cpu_seconds; });
    row(costs, "... of it starting and ending workers", out,
        [](const Cost& one) { return one.grading.workers.seconds; });
    row(costs, "the rest (files, cases, this book)", out, [](const Cost& one) { return one.other_seconds(); });
    out << fmt::format("\n{} submissions in {}, {:.2f} at once: {:.1f} an hour.\n", count,
                       duration_text(costs.busy_seconds), costs.at_once(), costs.per_hour());
    out << fmt::format(
        "A submission takes {:.0f} build steps, starts {:.0f} workers, and is asked {:.0f} questions of {}.\n",
        mean(costs, [](const Cost& one) { return one.grading.builds.steps; }),
        mean(costs, [](const Cost& one) { return one.grading.workers.starts; }),
        mean(costs, [](const Cost& one) { return one.grading.workers.questions; }),
        bytes_text(mean(costs, [](const Cost& one) { return one.grading.workers.bytes; })));
    out << fmt::format(
        "Kept of a submission: {} of files and {} in the book. Built for it, and thrown away in time: {}.\n",
        bytes_text(mean(costs, [](const Cost& one) { return one.file_bytes; })),
        bytes_text(static_cast<double>(costs.book_bytes) / static_cast<double>(count)),
        bytes_text(mean(costs, [](const Cost& one) { return one.grading.builds.made_bytes; })));
    out << "The grader's memory at its highest: ";
    const auto memory_after = [&](std::size_t graded) {
        return bytes_text(1024.0 * static_cast<double>(costs.submissions[graded - 1].grader_kib)) +
               fmt::format(" after {}", graded);
    };
    out << (count > 20 ? memory_after(20) + ", " : "") << memory_after(count) << ".\n";
}

}  // namespace wb::grader
