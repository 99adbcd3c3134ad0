/// @file
/// Exercise 3.7 another way: F1 as the harmonic mean of precision and recall, the whole table of changes in two rows from the ends of the
/// words, cosines of normalised rows, and similarity from the samples' products with each other.
#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <vector>

#include "wb/errors.hpp"

namespace wb {
namespace {

void need(bool fits, const std::string& otherwise) {
    if (!fits) throw std::invalid_argument(otherwise);
}

std::string both(std::size_t a, std::size_t b) {
    return std::to_string(a) + " and " + std::to_string(b) + " must be as many, and some";
}

/// The samples' products with each other, of columns less their means.
Tensor<2, double> centred_products(const Tensor<2>& features, const std::string& which) {
    const std::size_t samples = features.shape(0), columns = features.shape(1);
    bool varies = false;
    for (std::size_t n = 1; n < samples; ++n) {
        for (std::size_t c = 0; c < columns; ++c) varies = varies || features(n, c) != features(0, c);
    }
    need(varies, which + " says nothing of the samples");
    Tensor<2, double> products = zeros<2, double>({samples, samples});
    std::vector<double> means(columns, 0);
    for (std::size_t c = 0; c < columns; ++c) {
        for (std::size_t n = 0; n < samples; ++n) means[c] += static_cast<double>(features(n, c));
        means[c] /= static_cast<double>(samples);
    }
    for (std::size_t n = 0; n < samples; ++n) {
        for (std::size_t m = 0; m < samples; ++m) {
            for (std::size_t c = 0; c < columns; ++c)
                products(n, m) +=
                    (static_cast<double>(features(n, c)) - means[c]) * (static_cast<double>(features(m, c)) - means[c]);
        }
    }
    return products;
}

double inner(const Tensor<2, double>& a, const Tensor<2, double>& b) {
    double total = 0;
    for (std::size_t n = 0; n < a.size(); ++n) total += a.data()[n] * b.data()[n];
    return total;
}

/// Length 1, or 0.
std::vector<double> direction_of(const Tensor<2>& features, std::size_t sample) {
    std::vector<double> row;
    double squares = 0;
    for (std::size_t c = 0; c < features.shape(1); ++c) {
        row.push_back(static_cast<double>(features(sample, c)));
        squares += row.back() * row.back();
    }
    for (double& one : row) one /= squares > 0 ? std::sqrt(squares) : 1;
    return row;
}

}  // namespace

double accuracy(std::span<const int> predicted, std::span<const int> labels) {
    need(!labels.empty() && predicted.size() == labels.size(), both(predicted.size(), labels.size()));
    double share = 0;
    for (std::size_t n = 0; n < labels.size(); ++n)
        share += predicted[n] == labels[n] ? 1 / static_cast<double>(labels.size()) : 0;
    return share;
}

Tensor<2, std::size_t> confusion(std::span<const int> predicted, std::span<const int> labels, std::size_t classes) {
    need(predicted.size() == labels.size(), both(predicted.size(), labels.size()));
    Tensor<2, std::size_t> counts = zeros<2, std::size_t>({classes, classes});
    for (std::size_t n = 0; n < labels.size(); ++n) {
        for (const int one : {labels[n], predicted[n]}) {
            if (one < 0 || !(static_cast<std::size_t>(one) < classes))
                throw std::out_of_range(std::to_string(one) + " at sample " + std::to_string(n) + " is no class");
        }
        counts(static_cast<std::size_t>(labels[n]), static_cast<std::size_t>(predicted[n])) += 1;
    }
    return counts;
}

double macro_f1(std::span<const int> predicted, std::span<const int> labels, std::size_t classes) {
    need(!labels.empty() || !predicted.empty(), "no samples");
    static_cast<void>(confusion(predicted, labels, classes));  // refuses what is no class
    struct Class {
        double hits = 0, called = 0, have = 0;
    };
    std::map<int, Class> occurring;
    for (std::size_t n = 0; n < labels.size(); ++n) {
        occurring[labels[n]].have += 1;
        occurring[predicted[n]].called += 1;
        if (labels[n] == predicted[n]) occurring[labels[n]].hits += 1;
    }
    double total = 0;
    for (const auto& [number, one] : occurring) {
        if (one.hits == 0) continue;
        const double precision = one.hits / one.called, recall = one.hits / one.have;
        total += 2 / (1 / precision + 1 / recall);
    }
    return total / static_cast<double>(occurring.size());
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> below(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) below[j] = b.size() - j;
    for (std::size_t i = a.size(); i-- > 0;) {
        row[b.size()] = a.size() - i;
        for (std::size_t j = b.size(); j-- > 0;)
            row[j] = a[i] == b[j] ? below[j + 1] : 1 + std::min({below[j + 1], below[j], row[j + 1]});
        std::swap(row, below);
    }
    return below[0];
}

double mean_edit_distance(std::span<const std::string> written, std::span<const std::string> right) {
    need(!right.empty() && written.size() == right.size(), both(written.size(), right.size()));
    double average = 0;
    for (std::size_t n = 0; n < right.size(); ++n) {
        const auto longer = static_cast<double>(std::max({written[n].size(), right[n].size(), std::size_t{1}}));
        average +=
            (static_cast<double>(edit_distance(written[n], right[n])) / longer - average) / static_cast<double>(n + 1);
    }
    return average;
}

double perplexity(std::span<const double> losses, std::span<const std::size_t> tokens) {
    need(losses.size() == tokens.size(), both(losses.size(), tokens.size()));
    double all = 0, loss = 0;
    for (const std::size_t count : tokens) all += static_cast<double>(count);
    need(all > 0, "no tokens");
    for (const double one : losses) loss += one / all;
    return std::exp(loss);
}

double cosine_drift(const Tensor<2>& before, const Tensor<2>& after) {
    if (before.shape(0) != after.shape(0) || before.shape(1) != after.shape(1))
        throw ShapeError(shape_text(before) + " and " + shape_text(after) + " differ");
    need(before.shape(0) > 0, "no samples");
    double drift = 0;
    for (std::size_t n = 0; n < before.shape(0); ++n) {
        const std::vector<double> x = direction_of(before, n), y = direction_of(after, n);
        double squares = 0;  // |x - y|^2 = 2 - 2 cos for rows of length 1; 1 and 0 where one or none has a length
        for (std::size_t c = 0; c < x.size(); ++c) squares += (x[c] - y[c]) * (x[c] - y[c]);
        const auto zero = [](const std::vector<double>& row) {
            return std::all_of(row.begin(), row.end(), [](double one) { return one == 0; });
        };
        drift += zero(x) == zero(y) ? squares / 2 : squares;
    }
    return drift / static_cast<double>(before.shape(0));
}

double linear_cka(const Tensor<2>& x, const Tensor<2>& y) {
    if (x.shape(0) != y.shape(0))
        throw ShapeError("samples of " + shape_text(x) + " and of " + shape_text(y) + " are not as many");
    const Tensor<2, double> of_x = centred_products(x, "x"), of_y = centred_products(y, "y");
    return inner(of_x, of_y) / std::sqrt(inner(of_x, of_x)) / std::sqrt(inner(of_y, of_y));
}

}  // namespace wb
