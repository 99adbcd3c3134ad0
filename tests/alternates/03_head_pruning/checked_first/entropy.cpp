/// @file
/// Exercise 3.4 another way: a first pass over the weights that only checks, and a second that adds to the members as it goes, head by head.
#include "entropy.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {
namespace {

std::size_t queries_of(const Tensor<4>& weights, std::span<const int> lengths, std::size_t entry) {
    return lengths.empty() ? weights.shape(2) : static_cast<std::size_t>(lengths[entry]);
}

template <class Visit>
void each_row(const Tensor<4>& weights, std::span<const int> lengths, const Visit& visit) {
    const std::size_t kv_len = weights.shape(3);
    for (std::size_t h = 0; h < weights.shape(1); ++h) {
        for (std::size_t b = 0; b < weights.shape(0); ++b) {
            for (std::size_t q = 0; q < queries_of(weights, lengths, b); ++q) {
                const std::size_t row = (b * weights.shape(1) + h) * weights.shape(2) + q;
                visit(b, h, q, std::span<const float>(weights.data() + row * kv_len, kv_len));
            }
        }
    }
}

}  // namespace

void HeadEntropies::add(std::size_t module, const Tensor<4>& weights, std::span<const int> query_lengths) {
    if (module >= set_.modules()) throw std::out_of_range("there is no module " + std::to_string(module));
    const bool right_lengths = query_lengths.empty() ||
                               (query_lengths.size() == weights.shape(0) &&
                                std::all_of(query_lengths.begin(), query_lengths.end(),
                                            [&](int n) { return n >= 0 && n <= static_cast<int>(weights.shape(2)); }));
    if (weights.shape(1) != set_.heads[module] || !right_lengths)
        throw ShapeError("weights " + shape_text(weights) + ": other heads, or query lengths that do not fit");
    each_row(weights, query_lengths, [](std::size_t b, std::size_t h, std::size_t q, std::span<const float> row) {
        const bool valid = std::all_of(row.begin(), row.end(), [](float p) { return p >= 0 && p < 2; });
        const double sum = std::accumulate(row.begin(), row.end(), 0.0);
        if (!valid || (sum != 0 && std::abs(sum - 1) > 1e-3))
            throw std::invalid_argument("no distribution: entry " + std::to_string(b) + ", head " + std::to_string(h) +
                                        ", query " + std::to_string(q));
    });
    each_row(weights, query_lengths, [&](std::size_t, std::size_t h, std::size_t, std::span<const float> row) {
        const auto seen = row.size() - static_cast<std::size_t>(std::count(row.begin(), row.end(), 0.0F));
        if (seen == 0) return;
        double nats = 0;
        for (const float p : row) nats -= p > 0 ? double{p} * std::log(double{p}) : 0;
        const std::size_t head = set_.first(module) + h;
        nats_[head] += nats;
        if (seen > 1) share_[head] += nats / std::log(static_cast<double>(seen));
        rows_[head] += 1;
    });
}

HeadEntropy HeadEntropies::mean() const {
    const auto none = std::find(rows_.begin(), rows_.end(), 0U);
    if (none != rows_.end())
        throw std::logic_error("head " + std::to_string(none - rows_.begin()) + " has no rows to take a mean of");
    HeadEntropy result{zeros<1, double>({rows_.size()}), zeros<1, double>({rows_.size()})};
    const auto divide = [](double sum, std::size_t rows) { return sum / static_cast<double>(rows); };
    std::transform(nats_.begin(), nats_.end(), rows_.begin(), result.nats.begin(), divide);
    std::transform(share_.begin(), share_.end(), rows_.begin(), result.share.begin(), divide);
    return result;
}

HeadEntropy entropy_shift(const HeadEntropy& before, const HeadEntropy& after, std::span<const std::size_t> live) {
    const auto shift = [&](const Tensor<1, double>& old, const Tensor<1, double>& now) {
        if (old.size() != before.nats.size() || now.size() != live.size())
            throw ShapeError("entropy_shift: before " + shape_text(old) + ", after " + shape_text(now) +
                             ", live heads " + std::to_string(live.size()));
        Tensor<1, double> difference = zeros<1, double>({live.size()});
        for (std::size_t n = 0; n < live.size(); ++n) {
            if (live[n] >= old.size()) throw std::out_of_range("there was no head " + std::to_string(live[n]));
            difference(n) = now(n) - old(live[n]);
        }
        return difference;
    };
    return {shift(before.nats, after.nats), shift(before.share, after.share)};
}

}  // namespace wb
