/// @file
/// Writes the cases of exercise 3.7 that are about features, each with five pairs, so that a mistake is told by five numbers. Families:
///
///     3.7/drift  before and after      3.7/cka  two descriptions of the same samples      3.7/far  the same, far from 0
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "report_case.hpp"

namespace wb {
namespace {

constexpr std::size_t rows = 5;

double dot(const Tensor<2>& a, const Tensor<2>& b, std::size_t n, std::size_t m) {
    double total = 0;
    for (std::size_t c = 0; c < a.shape(1); ++c) total += static_cast<double>(a(n, c)) * static_cast<double>(b(m, c));
    return total;
}

void write_drift(Draw& draw, std::size_t samples, std::size_t columns) {
    CaseWriter writer("3.7/drift", shape_name({{"samples", samples}, {"columns", columns}}));
    std::vector<double> expected, cosines, unscaled, of_all, squared;
    for (std::size_t row = 0; row < rows; ++row) {
        const Tensor<2> before = draw.uniform<2>({samples, columns}, 3);
        Tensor<2> after = draw.uniform<2>({samples, columns}, 0.6 * static_cast<double>(row + 1));
        for (std::size_t n = 0; n < samples; ++n) {
            for (std::size_t c = 0; c < columns; ++c)
                after(n, c) += before(n, c) * static_cast<float>(n + 1) / 4;  // longer and longer
        }
        double cosine = 0, products = 0, product = 0, of_before = 0, of_after = 0, squares = 0;
        for (std::size_t n = 0; n < samples; ++n) {
            const double xy = dot(before, after, n, n), xx = dot(before, before, n, n), yy = dot(after, after, n, n);
            cosine += xy / std::sqrt(xx * yy) / static_cast<double>(samples);
            squares += xy / (xx * yy) / static_cast<double>(samples);
            products += xy / static_cast<double>(samples);
            product += xy;
            of_before += xx;
            of_after += yy;
        }
        writer.in("before_" + std::to_string(row), before).in("after_" + std::to_string(row), after);
        expected.push_back(1 - cosine);
        cosines.push_back(cosine);
        unscaled.push_back(1 - products);
        squared.push_back(1 - squares);
        of_all.push_back(1 - product / std::sqrt(of_before * of_after));
    }
    writer.expected("drift", row_of(expected));
    writer.mistake("the cosines; drift is 1 less that", "drift", row_of(cosines));
    writer.mistake("products that are not divided by the lengths", "drift", row_of(unscaled));
    writer.mistake("products divided by the squares of the lengths", "drift", row_of(squared));
    writer.mistake("one cosine of all features as a single row; each sample has its own, and counts alike", "drift",
                   row_of(of_all));
}

/// CKA from the samples' products with each other, [samples, samples], centred as matrices are: rows and columns.
struct Alignment {
    double centred = 0, uncentred = 0, without_square = 0, rows_centred = 0;
};

Alignment alignment(const Tensor<2>& x, const Tensor<2>& y) {
    const std::size_t samples = x.shape(0);
    using Gram = std::vector<std::vector<long double>>;
    const auto gram = [&](const Tensor<2>& of, bool centre_rows) {
        Gram products(samples, std::vector<long double>(samples));
        std::vector<long double> means(samples, 0);
        for (std::size_t n = 0; n < samples; ++n) {
            for (std::size_t c = 0; c < of.shape(1); ++c)
                means[n] +=
                    centre_rows ? static_cast<long double>(of(n, c)) / static_cast<long double>(of.shape(1)) : 0;
        }
        for (std::size_t n = 0; n < samples; ++n) {
            for (std::size_t m = 0; m < samples; ++m) {
                for (std::size_t c = 0; c < of.shape(1); ++c)
                    products[n][m] += (of(n, c) - means[n]) * (of(m, c) - means[m]);
            }
        }
        return products;
    };
    const auto centre = [&](Gram products) {
        const auto number = static_cast<long double>(samples);
        for (int both = 0; both < 2; ++both) {
            Gram turned = products;
            for (std::size_t n = 0; n < samples; ++n) {
                long double average = 0;
                for (const long double one : products[n]) average += one / number;
                for (std::size_t m = 0; m < samples; ++m) turned[m][n] = products[n][m] - average;
            }
            products = turned;
        }
        return products;
    };
    const auto inner = [&](const Gram& a, const Gram& b) {
        long double total = 0;
        for (std::size_t n = 0; n < samples; ++n) {
            for (std::size_t m = 0; m < samples; ++m) total += a[n][m] * b[n][m];
        }
        return total;
    };
    const auto aligned = [&](const Gram& a, const Gram& b) {
        return static_cast<double>(inner(a, b) / std::sqrt(inner(a, a) * inner(b, b)));
    };
    Alignment result;
    result.centred = aligned(centre(gram(x, false)), centre(gram(y, false)));
    result.uncentred = aligned(gram(x, false), gram(y, false));
    result.rows_centred = x.shape(1) > 1 && y.shape(1) > 1 ? aligned(gram(x, true), gram(y, true)) : 0;
    result.without_square = std::sqrt(result.centred);
    return result;
}

void write_cka(Draw& draw, const std::string& family, std::size_t samples, std::size_t x_columns, std::size_t y_columns,
               float far) {
    CaseWriter writer("3.7/" + family,
                      shape_name({{"samples", samples}, {"x_columns", x_columns}, {"y_columns", y_columns}}));
    std::vector<double> expected, uncentred, rows_centred, without_square;
    for (std::size_t row = 0; row < rows; ++row) {
        Tensor<2> x = draw.uniform<2>({samples, x_columns}, 1);
        Tensor<2> y = draw.uniform<2>({samples, y_columns}, 0.3 * static_cast<double>(row + 1));
        for (std::size_t n = 0; n < samples; ++n) {
            for (std::size_t c = 0; c < y_columns; ++c)
                y(n, c) += 2 * x(n, c % x_columns) - x(n, (c + 1) % x_columns) - far;
            for (std::size_t c = 0; c < x_columns; ++c) x(n, c) += far * static_cast<float>(c + 1);
        }
        writer.in("x_" + std::to_string(row), x).in("y_" + std::to_string(row), y);
        const Alignment of = alignment(x, y);
        expected.push_back(of.centred);
        uncentred.push_back(of.uncentred);
        rows_centred.push_back(of.rows_centred);
        without_square.push_back(of.without_square);
    }
    writer.expected("cka", row_of(expected));
    writer.mistake("features as they are; each column loses its mean first", "cka", row_of(uncentred));
    if (x_columns > 1 && y_columns > 1)
        writer.mistake("features whose rows have lost their means; it is the columns", "cka", row_of(rows_centred));
    writer.mistake("norms where the squared norm belongs: its square root", "cka", row_of(without_square));
}

WB_CASES(features) {
    Draw draw(seed + 371);
    write_drift(draw, 6, 4);
    write_drift(draw, 20, 9);
    write_cka(draw, "cka", 10, 3, 5, 0.5F);
    write_cka(draw, "cka", 6, 9, 8, 1);  // more columns than samples
    write_cka(draw, "cka", 12, 1, 2, 0.3F);
    write_cka(draw, "far", 15, 4, 3, 30000);
}

}  // namespace
}  // namespace wb
