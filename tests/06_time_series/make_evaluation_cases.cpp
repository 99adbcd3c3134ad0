/// @file
/// Writes the cases of exercise 6.13: lists of single errors, one for each number of a report, and means over them. Families:
///
///     6.13/one_batch  all windows at once        6.13/batches  of any size, the last short, some empty
///     6.13/totals     the two means over everything: of each batch alone, and of all so far after each
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "evaluation_case.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"

namespace wb {
namespace {

/// One number's error, and the batch that it came in.
struct Error {
    std::size_t batch;
    double difference;
};
using Errors = std::vector<Error>;
using OfError = std::function<double(const Error&)>;
using OfList = std::function<double(const Errors&)>;

double square(const Error& error) {
    return error.difference * error.difference;
}

double distance(const Error& error) {
    return std::abs(error.difference);
}

double total(const Errors& errors, const OfError& of) {
    double sum = 0;
    for (const Error& error : errors) sum += of(error);
    return sum;
}

/// NaN of no errors.
double mean_of(const Errors& errors, const OfError& of) {
    return total(errors, of) / static_cast<double>(errors.size());
}

Errors of_batch(const Errors& errors, std::size_t batch) {
    Errors chosen;
    std::copy_if(errors.begin(), errors.end(), std::back_inserter(chosen),
                 [=](const Error& error) { return error.batch == batch; });
    return chosen;
}

/// Those of the largest batches.
Errors of_full_batches(const Errors& errors) {
    std::map<std::size_t, std::size_t> sizes;
    for (const Error& error : errors) ++sizes[error.batch];
    std::size_t largest = 0;
    for (const auto& [batch, size] : sizes) largest = std::max(largest, size);
    Errors chosen;
    std::copy_if(errors.begin(), errors.end(), std::back_inserter(chosen),
                 [&](const Error& error) { return sizes[error.batch] == largest; });
    return chosen;
}

double mean_of_means(const Errors& errors, const OfError& of) {
    std::set<std::size_t> batches;
    for (const Error& error : errors) batches.insert(error.batch);
    double sum = 0;
    for (const std::size_t batch : batches) sum += mean_of(of_batch(errors, batch), of);
    return sum / static_cast<double>(batches.size());
}

/// Writes a list of means and its mistakes, twice: of squares and of distances.
/// @param lists       what each mean is over
/// @param per_window  how many numbers of each list are from one window
void write_means(CaseWriter& writer, const std::string& suffix, const std::vector<Errors>& lists, double per_window) {
    for (const bool squares : {true, false}) {
        const OfError of = squares ? square : distance, other = squares ? distance : square;
        const std::string key = (squares ? "mse" : "mae") + suffix;
        const auto each = [&](const OfList& f) {
            Tensor<1, double> result(std::array<std::size_t, 1>{lists.size()});
            std::transform(lists.begin(), lists.end(), result.begin(), f);
            return result;
        };
        const auto mistake = [&](const char* words, const OfList& f) { writer.mistake(words, key, each(f)); };
        writer.expected(key, each([&](const Errors& e) { return mean_of(e, of); }));
        mistake("the mean of the batches' means: every window counts alike",
                [&](const Errors& e) { return mean_of_means(e, of); });
        mistake("the result without the batches that are short: they are not dropped",
                [&](const Errors& e) { return mean_of(of_full_batches(e), of); });
        mistake("the last batch's errors alone",
                [&](const Errors& e) { return mean_of(of_batch(e, e.back().batch), of); });
        mistake("sums, not means", [&](const Errors& e) { return total(e, of); });
        mistake("sums over windows: divide by how many there were",
                [&](const Errors& e) { return total(e, of) / per_window; });
        mistake("means over windows alone: steps and variates were summed up",
                [&](const Errors& e) { return mean_of(e, of) * per_window; });
        mistake(squares ? "mean distances, where squares belong" : "mean squares, where distances belong",
                [&](const Errors& e) { return mean_of(e, other); });
        mistake("the roots of the mean squares", [](const Errors& e) { return std::sqrt(mean_of(e, square)); });
        if (squares) continue;
        mistake("mean differences, whose signs cancel: |forecast - truth|",
                [](const Errors& e) { return mean_of(e, [](const Error& error) { return error.difference; }); });
    }
}

/// Calls `visit(error, batch, step, variate)` for every number.
template <class Visit>
void each_error(const std::vector<probes::ForecastBatch>& batches, const Visit& visit) {
    for (std::size_t n = 0; n < batches.size(); ++n) {
        const Tensor<3>&forecast = batches[n].forecast, &truth = batches[n].truth;
        for (std::size_t w = 0; w < forecast.shape(0); ++w) {
            for (std::size_t t = 0; t < forecast.shape(1); ++t) {
                for (std::size_t v = 0; v < forecast.shape(2); ++v)
                    visit(Error{n, static_cast<double>(forecast(w, t, v)) - static_cast<double>(truth(w, t, v))}, n, t,
                          v);
            }
        }
    }
}

void write_question(const std::string& family, const std::string& name,
                    const std::vector<probes::ForecastBatch>& batches) {
    CaseWriter writer(family, name);
    write_batches(writer, batches);
    const std::size_t horizon = batches[0].forecast.shape(1), variates = batches[0].forecast.shape(2);
    std::vector<Errors> by_step(horizon), by_variate(variates), alone(batches.size()), so_far(batches.size());
    each_error(batches, [&](const Error& error, std::size_t n, std::size_t t, std::size_t v) {
        by_step[t].push_back(error);
        by_variate[v].push_back(error);
        alone[n].push_back(error);
        for (std::size_t later = n; later < batches.size(); ++later) so_far[later].push_back(error);
    });
    const auto steps = static_cast<double>(horizon), columns = static_cast<double>(variates);
    if (family == "6.13/totals") {
        write_means(writer, "_alone", alone, steps * columns);
        write_means(writer, "_so_far", so_far, steps * columns);
        return;
    }
    write_means(writer, "_by_step", by_step, columns);
    write_means(writer, "_by_variate", by_variate, steps);
}

/// Forecasts that are worse with every step and variate, and too high more often than too low; batches differ as well.
std::vector<probes::ForecastBatch> draw_batches(Draw& draw, std::size_t horizon, std::size_t variates,
                                                const std::vector<std::size_t>& windows) {
    std::vector<probes::ForecastBatch> batches;
    for (std::size_t n = 0; n < windows.size(); ++n) {
        const std::array<std::size_t, 3> shape{windows[n], horizon, variates};
        probes::ForecastBatch batch{draw.uniform<3>(shape, 1), draw.uniform<3>(shape, 3)};
        for (std::size_t w = 0; w < shape[0]; ++w) {
            for (std::size_t t = 0; t < horizon; ++t) {
                for (std::size_t v = 0; v < variates; ++v) {
                    const double size = (1 + 0.5 * static_cast<double>(t)) * (2 + static_cast<double>(v)) *
                                        (1 + 0.25 * static_cast<double>(n));
                    const double moved = size * (static_cast<double>(batch.forecast(w, t, v)) + 0.25);
                    batch.forecast(w, t, v) = static_cast<float>(static_cast<double>(batch.truth(w, t, v)) + moved);
                }
            }
        }
        batches.push_back(batch);
    }
    return batches;
}

WB_CASES(evaluation) {
    Draw draw(seed + 613);
    const auto write = [&](const std::string& family, std::size_t horizon, std::size_t variates,
                           const std::vector<std::size_t>& windows) {
        std::string name = shape_name({{"horizon", horizon}, {"variates", variates}}) + "_windows";
        for (const std::size_t size : windows) name += "_" + std::to_string(size);
        write_question(family, name, draw_batches(draw, horizon, variates, windows));
    };
    write("6.13/one_batch", 5, 4, {3});
    write("6.13/one_batch", 4, 7, {1});
    write("6.13/one_batch", 6, 6, {2});
    write("6.13/one_batch", 24, 5, {11});
    write("6.13/batches", 4, 5, {4, 4, 1});
    write("6.13/batches", 5, 4, {1, 7, 3, 2});
    write("6.13/batches", 7, 6, {0, 2, 0, 5, 0});
    write("6.13/totals", 3, 2, {2, 9, 1, 3, 6});
    write("6.13/totals", 1, 5, {4, 4, 4, 4, 4, 1});
    write("6.13/totals", 4, 1, {1, 1, 2, 3, 5, 8});
}

}  // namespace
}  // namespace wb
