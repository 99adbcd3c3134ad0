/// @file
/// Exercise 3.6: heads taken out for good. The contract is chapters/03_head_pruning/removal.hpp.
#include "removal.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 3.6 removed
namespace {

/// The rows of live heads, and their part of the bias.
void copy_rows(const Linear<float>& from, Linear<float>& to, std::span<const std::size_t> live, std::size_t head_dim) {
    const std::size_t row = from.weight->shape[1];
    for (std::size_t n = 0; n < live.size(); ++n) {
        const auto first = static_cast<std::ptrdiff_t>(live[n] * head_dim);
        const auto place = static_cast<std::ptrdiff_t>(n * head_dim);
        const auto row_size = static_cast<std::ptrdiff_t>(row);
        std::copy_n(from.weight->value.begin() + first * row_size, head_dim * row,
                    to.weight->value.begin() + place * row_size);
        std::copy_n(from.bias->value.begin() + first, head_dim, to.bias->value.begin() + place);
    }
}

/// The columns of live heads, and the whole bias.
void copy_columns(const Linear<float>& from, Linear<float>& to, std::span<const std::size_t> live,
                  std::size_t head_dim) {
    const std::size_t rows = from.weight->shape[0], columns = from.weight->shape[1], left = live.size() * head_dim;
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < left; ++c)
            to.weight->value[r * left + c] =
                from.weight->value[r * columns + live[c / head_dim] * head_dim + c % head_dim];
    }
    to.bias->value = from.bias->value;
}

}  // namespace
// SOLUTION END

// TODO(3.6): a new module, and the live heads' numbers copied into it.
//   Equation: with heads 0 .. 3 and live {0, 2}: W_q' = [W_q^(0); W_q^(2)] (rows), W_o' = [W_o^(0) W_o^(2)] (columns), b_o' = b_o.
//   Start:    check `live` and sort a copy of it. A PrunableAttention(d_model, live.size(), head_dim, random) has parameters of the right
//             shapes, and of its own; what it has drawn is overwritten. A module does not store d_model: output.bias has d_model numbers.
//             weight->value is row-major.
//   Ask:      a head's rows lie side by side in memory, so one copy moves them all. And its columns?
//   Traps:    Linear's bias of query, key and value has a part of each head; output's has not. `heads` counts, `head_dim` stays.
//             A copy of a ParameterPtr shares: train the small module, and the large one has changed, too.
PrunableAttention remove_heads(const PrunableAttention& module, std::span<const std::size_t> live) {
    // SOLUTION BEGIN 3.6
    std::vector<std::size_t> sorted(live.begin(), live.end());
    std::sort(sorted.begin(), sorted.end());
    if (!sorted.empty() && sorted.back() >= module.heads)
        throw std::invalid_argument("remove_heads: head " + std::to_string(sorted.back()) + " of a module with " +
                                    std::to_string(module.heads) + " heads");
    if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end())
        throw std::invalid_argument("remove_heads: head " + std::to_string(*twice) + " is live twice");
    Random random(0);  // every number that it draws is replaced
    PrunableAttention rest(module.output.weight->shape[0], sorted.size(), module.head_dim, random);
    copy_rows(module.query, rest.query, sorted, module.head_dim);
    copy_rows(module.key, rest.key, sorted, module.head_dim);
    copy_rows(module.value, rest.value, sorted, module.head_dim);
    copy_columns(module.output, rest.output, sorted, module.head_dim);
    return rest;
    // SOLUTION END
}

// TODO(3.6): remove what is closed, and scale what is left.
//   Start:    collect the heads whose gate is not 0; remove_heads does the rest but for a factor.
//   Ask:      which of the columns of the small module belong to its n-th head, and which gate is that head's?
//   Traps:    the gates are numbered by the old heads; output's bias stays as it is.
PrunableAttention fold_gates(const PrunableAttention& module, const Tensor<1>& gates) {
    // SOLUTION BEGIN 3.6
    if (gates.size() != module.heads)
        throw ShapeError("fold_gates: gates " + shape_text(gates) + " for a module with " +
                         std::to_string(module.heads) + " heads");
    std::vector<std::size_t> live;
    for (std::size_t h = 0; h < module.heads; ++h) {
        if (gates(h) != 0) live.push_back(h);
    }
    PrunableAttention rest = remove_heads(module, live);
    const std::size_t columns = live.size() * module.head_dim;
    std::vector<float>& weight = rest.output.weight->value;
    for (std::size_t n = 0; n < weight.size(); ++n) weight[n] *= gates(live[n % columns / module.head_dim]);
    return rest;
    // SOLUTION END
}

// TODO(3.6): seven stages, each with its FLOPs, the numbers it reads and the numbers it writes.
//   Start:    W = heads * head_dim. One stage at a time: query makes batch * q_len rows of W numbers from rows of d_model.
//   Ask:      which of the stages have work in proportion to q_len * kv_len? Which numbers are read however few heads are left?
//   Traps:    key and value have kv_len rows; parameters do not come once for each entry of the batch; without heads x is not read.
ModuleCost attention_cost(const ModuleSizes& sizes) {
    // SOLUTION BEGIN 3.6
    const auto [batch, heads, head_dim, d_model, q_len, kv_len] = sizes;
    const std::uint64_t width = heads * head_dim, queries = batch * q_len, keys = batch * kv_len;
    const std::uint64_t scores = batch * heads * q_len * kv_len;
    ModuleCost cost;
    std::uint64_t numbers = 0;  // read and written
    const auto linear = [&](std::uint64_t rows, std::uint64_t in, std::uint64_t out) {
        cost.parameters += (in + 1) * out;
        cost.flops += rows * out * (2 * in + 1);
        numbers += rows * in + (in + 1) * out + rows * out;
    };
    if (heads > 0) {
        linear(queries, d_model, width);
        linear(keys, d_model, width);
        linear(keys, d_model, width);
        cost.flops += scores * (2 * head_dim + 1) + 5 * scores + 2 * scores * head_dim;
        numbers += queries * width + keys * width + scores;  // scores
        numbers += 2 * scores;                               // softmax
        numbers += scores + keys * width + queries * width;  // mix
    }
    linear(queries, width, d_model);
    cost.bytes = 4 * numbers;
    return cost;
    // SOLUTION END
}

}  // namespace wb
