/// @file
/// Exercise 3.4: entropy of heads. The contract is chapters/03_head_pruning/entropy.hpp.
#include "entropy.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {

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
    throw wb::NotImplemented("3.4");
}

// TODO(3.4): sums over counts.
//   Ask:      a module's rows were never added. What would 0 / 0 look like in a table of entropies?
HeadEntropy HeadEntropies::mean() const {
    throw wb::NotImplemented("3.4");
}

// TODO(3.4): the live heads' differences.
//   Ask:      heads 1 and 3 of four are gone. Which number had the pruned model's head 1 before?
HeadEntropy entropy_shift(const HeadEntropy& before, const HeadEntropy& after, std::span<const std::size_t> live) {
    throw wb::NotImplemented("3.4");
}

}  // namespace wb
