/// @file
/// Exercise 3.4: entropy of heads. The contract is chapters/03_head_pruning/entropy.hpp.
#include "entropy.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 3.4 removed
namespace {

/// What one row adds.
struct RowEntropy {
    double nats = 0, share = 0;
    bool counts = false;
};

/// @param place  of the row, for the message
RowEntropy entropy_of(std::span<const float> weights, const std::string& place) {
    RowEntropy row;
    double sum = 0;
    std::size_t seen = 0;
    for (const float weight : weights) {
        if (!(weight >= 0) || std::isinf(weight))
            throw std::invalid_argument("HeadEntropies: a weight of " + std::to_string(weight) + " in " + place +
                                        ". Are these scores, from before the softmax?");
        if (weight == 0) continue;
        const double p = weight;
        row.nats -= p * std::log(p);
        sum += p;
        ++seen;
    }
    if (seen == 0) return row;
    if (std::abs(sum - 1) > 1e-3)
        throw std::invalid_argument("HeadEntropies: the weights in " + place + " sum to " + std::to_string(sum) +
                                    ", not to 1. Were they multiplied by a gate?");
    row.counts = true;
    row.share = seen == 1 ? 0 : row.nats / std::log(static_cast<double>(seen));
    return row;
}

void require_weights(const HeadSet& set, std::size_t module, const Tensor<4>& weights,
                     std::span<const int> query_lengths) {
    if (module >= set.modules())
        throw std::out_of_range("HeadEntropies: module " + std::to_string(module) + " of a model with " +
                                std::to_string(set.modules()));
    if (weights.shape(1) != set.heads[module])
        throw ShapeError("HeadEntropies: weights " + shape_text(weights) + " of module " + std::to_string(module) +
                         ", which has " + std::to_string(set.heads[module]) + " heads");
    if (query_lengths.empty()) return;
    if (query_lengths.size() != weights.shape(0))
        throw ShapeError("HeadEntropies: " + std::to_string(query_lengths.size()) + " query lengths for weights " +
                         shape_text(weights));
    for (const int length : query_lengths) {
        if (length < 0 || static_cast<std::size_t>(length) > weights.shape(2))
            throw ShapeError("HeadEntropies: a query length of " + std::to_string(length) + " for weights " +
                             shape_text(weights));
    }
}

}  // namespace
// SOLUTION END

// TODO(3.4): the rows of one batch.
//   Equation: H = - sum_j p_j ln p_j; its share is H / ln k, when the row sees k keys.
//   Start:    check shapes; then rows: entry, head, query below the entry's length. Sum nats, shares and rows a head, in double.
//             The head's number in the set is set_.first(module) + head.
//   Ask:      p ln p for p -> 0 goes to 0. What does 0 * std::log(0) give?
//             Under a causal mask row 0 sees one key and row 9 ten. Why is nats / ln(kv_len) unfair to the early rows?
//             A batch of 2 short sentences and one of 64 long ones: what would the mean of the two batches' means say?
//   Traps:    padding queries attend to something, too, and would be counted. Do not look at them at all: they may hold NaN.
//             A row that is refused at the end of a batch must not leave half the batch added: sum up first, add at the end.
void HeadEntropies::add(std::size_t module, const Tensor<4>& weights, std::span<const int> query_lengths) {
    // SOLUTION BEGIN 3.4
    require_weights(set_, module, weights, query_lengths);
    const std::size_t heads = weights.shape(1), q_len = weights.shape(2), kv_len = weights.shape(3);
    std::vector<double> nats(heads), share(heads);
    std::vector<std::size_t> rows(heads);
    for (std::size_t b = 0; b < weights.shape(0); ++b) {
        const std::size_t queries = query_lengths.empty() ? q_len : static_cast<std::size_t>(query_lengths[b]);
        for (std::size_t h = 0; h < heads; ++h) {
            for (std::size_t q = 0; q < queries; ++q) {
                const RowEntropy row = entropy_of({weights.data() + ((b * heads + h) * q_len + q) * kv_len, kv_len},
                                                  "module " + std::to_string(module) + ", entry " + std::to_string(b) +
                                                      ", head " + std::to_string(h) + ", query " + std::to_string(q));
                if (!row.counts) continue;
                nats[h] += row.nats;
                share[h] += row.share;
                ++rows[h];
            }
        }
    }
    const std::size_t first = set_.first(module);
    for (std::size_t h = 0; h < heads; ++h) {
        nats_[first + h] += nats[h];
        share_[first + h] += share[h];
        rows_[first + h] += rows[h];
    }
    // SOLUTION END
}

// TODO(3.4): sums over counts.
//   Ask:      a module's rows were never added. What would 0 / 0 look like in a table of entropies?
HeadEntropy HeadEntropies::mean() const {
    // SOLUTION BEGIN 3.4
    const std::size_t heads = rows_.size();
    HeadEntropy result{zeros<1, double>({heads}), zeros<1, double>({heads})};
    for (std::size_t h = 0; h < heads; ++h) {
        if (rows_[h] == 0)
            throw std::logic_error("HeadEntropies: no row of head " + std::to_string(h) + " (module " +
                                   std::to_string(set_.module_of(h)) + ") has counted yet");
        result.nats(h) = nats_[h] / static_cast<double>(rows_[h]);
        result.share(h) = share_[h] / static_cast<double>(rows_[h]);
    }
    return result;
    // SOLUTION END
}

// TODO(3.4): the live heads' differences.
//   Ask:      heads 1 and 3 of four are gone. Which number had the pruned model's head 1 before?
HeadEntropy entropy_shift(const HeadEntropy& before, const HeadEntropy& after, std::span<const std::size_t> live) {
    // SOLUTION BEGIN 3.4
    const std::size_t heads = before.nats.size();
    if (before.share.size() != heads || after.nats.size() != live.size() || after.share.size() != live.size())
        throw ShapeError("entropy_shift: " + std::to_string(live.size()) + " live heads, before nats " +
                         shape_text(before.nats) + " and shares " + shape_text(before.share) + ", after nats " +
                         shape_text(after.nats) + " and shares " + shape_text(after.share));
    HeadEntropy shift = after;
    for (std::size_t n = 0; n < live.size(); ++n) {
        if (live[n] >= heads)
            throw std::out_of_range("entropy_shift: head " + std::to_string(live[n]) + " of " + std::to_string(heads) +
                                    " that there were before");
        shift.nats(n) -= before.nats(live[n]);
        shift.share(n) -= before.share(live[n]);
    }
    return shift;
    // SOLUTION END
}

}  // namespace wb
