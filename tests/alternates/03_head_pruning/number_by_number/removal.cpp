/// @file
/// Exercise 3.6 another way: every matrix by one function that asks of each number whether its row and column stay, parameters made by
/// hand, gates folded into a copy of the whole module before anything is removed, and costs as closed formulas.
#include "removal.hpp"

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "wb/errors.hpp"

namespace wb {
namespace {

/// Numbers of a matrix (or of a bias, of one column) whose row and column stay.
ParameterPtr<float> sifted(const Parameter<float>& from, const std::vector<bool>& rows,
                           const std::vector<bool>& columns) {
    std::vector<float> left;
    std::size_t stay = 0;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        if (!rows[r]) continue;
        ++stay;
        for (std::size_t c = 0; c < columns.size(); ++c) {
            if (columns[c]) left.push_back(from.value[r * columns.size() + c]);
        }
    }
    std::size_t width = 0;
    for (const bool stays : columns) width += stays ? 1 : 0;
    auto result =
        std::make_shared<Parameter<float>>(from.shape.rank() == 1 ? Shape{stay} : Shape{stay, width}, from.decay);
    result->value = left;
    return result;
}

}  // namespace

PrunableAttention remove_heads(const PrunableAttention& module, std::span<const std::size_t> live) {
    std::vector<bool> inside(module.heads * module.head_dim), seen(module.heads);
    for (const std::size_t head : live) {
        if (head >= module.heads) throw std::invalid_argument("there is no head " + std::to_string(head));
        if (seen[head]) throw std::invalid_argument("head " + std::to_string(head) + " is listed again");
        seen[head] = true;
        for (std::size_t d = 0; d < module.head_dim; ++d) inside[head * module.head_dim + d] = true;
    }
    const std::vector<bool> model(module.output.bias->value.size(), true), one(1, true);
    PrunableAttention rest = module;
    for (Linear<float>* part : {&rest.query, &rest.key, &rest.value}) {
        part->weight = sifted(*part->weight, inside, model);
        part->bias = sifted(*part->bias, inside, one);
    }
    rest.output.weight = sifted(*rest.output.weight, model, inside);
    rest.output.bias = sifted(*rest.output.bias, model, one);
    rest.heads = live.size();
    return rest;
}

PrunableAttention fold_gates(const PrunableAttention& module, const Tensor<1>& gates) {
    if (gates.size() != module.heads)
        throw ShapeError("gates " + shape_text(gates) + ", but " + std::to_string(module.heads) + " heads");
    std::vector<std::size_t> live, all;
    for (std::size_t h = 0; h < module.heads; ++h) {
        all.push_back(h);
        if (gates(h) != 0) live.push_back(h);
    }
    PrunableAttention scaled = remove_heads(module, all);
    const std::size_t columns = module.heads * module.head_dim;
    for (std::size_t n = 0; n < scaled.output.weight->value.size(); ++n)
        scaled.output.weight->value[n] *= gates(n % columns / module.head_dim);
    return remove_heads(scaled, live);
}

ModuleCost attention_cost(const ModuleSizes& s) {
    const std::uint64_t b = s.batch, h = s.heads, D = s.head_dim, d = s.d_model, q = s.q_len, k = s.kv_len, W = h * D;
    ModuleCost cost{4 * d * W + 3 * W + d, b * q * d, 4 * (d + b * q * d)};
    if (h == 0) return cost;
    cost.flops += b * (q + 2 * k) * W * (2 * d + 1) + b * h * q * k * (4 * D + 6) + 2 * b * q * W * d;
    cost.bytes += 4 * (b * d * (q + 2 * k) + 3 * W * (d + 1) + b * W * (q + 2 * k));  // projections
    cost.bytes += 4 * (2 * b * W * (q + k) + 4 * b * h * q * k);                      // scores, softmax, mix
    cost.bytes += 4 * (b * q * W + W * d);                                            // output
    return cost;
}

}  // namespace wb
