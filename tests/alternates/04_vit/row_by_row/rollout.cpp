/// @file
/// Exercise 4.7 another way: doubles, sorting, loops over indices, and each row followed down through the layers on its own.
#include "rollout.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "attention_checks.hpp"

namespace wb {
namespace {

void require_square(const char* where, const Tensor<2>& matrix) {
    if (matrix.shape(0) != matrix.shape(1)) throw ShapeError(std::string(where) + ": " + shape_text(matrix));
}

}  // namespace

Tensor<2> fuse_heads(const Tensor<3>& weights, HeadFusion fusion) {
    const std::size_t heads = weights.shape(0), tokens = weights.shape(1);
    if (heads == 0 || weights.shape(2) != tokens) throw ShapeError("fuse_heads: " + shape_text(weights));
    Tensor<2> fused = zeros<2>({tokens, tokens});
    for (std::size_t i = 0; i < tokens; ++i) {
        for (std::size_t j = 0; j < tokens; ++j) {
            double smallest = weights(0, i, j), largest = smallest, total = 0;
            for (std::size_t h = 0; h < heads; ++h) {
                smallest = std::min<double>(smallest, weights(h, i, j));
                largest = std::max<double>(largest, weights(h, i, j));
                total += weights(h, i, j) / static_cast<double>(heads);
            }
            fused(i, j) = static_cast<float>(fusion == HeadFusion::average   ? total
                                             : fusion == HeadFusion::minimum ? smallest
                                                                             : largest);
        }
    }
    return fused;
}

Tensor<2> discard_weakest(const Tensor<2>& weights, double discard_ratio) {
    require_square("discard_weakest", weights);
    if (discard_ratio < 0 || discard_ratio >= 1 || discard_ratio != discard_ratio)
        throw std::invalid_argument("discard_weakest: the ratio is from 0 to less than 1");
    const std::size_t tokens = weights.shape(0);
    std::vector<std::pair<float, std::size_t>> links;
    for (std::size_t i = 0; i < tokens; ++i) {
        for (std::size_t j = 1; j < tokens; ++j) links.emplace_back(weights(i, j), i * tokens + j);
    }
    std::sort(links.begin(), links.end());
    links.resize(static_cast<std::size_t>(discard_ratio * static_cast<double>(links.size())));
    Tensor<2> kept = weights;
    for (const auto& link : links) kept(link.second / tokens, link.second % tokens) = 0;
    return kept;
}

Tensor<2> with_residual(const Tensor<2>& weights) {
    require_square("with_residual", weights);
    Tensor<2> mixed = weights;
    for (std::size_t i = 0; i < mixed.shape(0); ++i) {  // a half on both sides of the division is none
        mixed(i, i) += 1;
        double total = 0;
        for (std::size_t j = 0; j < mixed.shape(1); ++j) total += mixed(i, j);
        for (std::size_t j = 0; j < mixed.shape(1); ++j) mixed(i, j) = static_cast<float>(mixed(i, j) / total);
    }
    return mixed;
}

Tensor<3> attention_rollout(const std::vector<Tensor<4>>& attention, std::size_t picture,
                            const RolloutOptions& options) {
    require_layers("attention_rollout", attention, picture);
    const std::size_t heads = attention[0].shape(1), tokens = attention[0].shape(2);
    std::vector<Tensor<2>> a;
    for (const Tensor<4>& layer : attention) {
        Tensor<3> weights = zeros<3>({heads, tokens, tokens});
        std::copy_n(layer.data() + picture * weights.size(), weights.size(), weights.data());
        a.push_back(with_residual(discard_weakest(fuse_heads(weights, options.fusion), options.discard_ratio)));
    }
    Tensor<3> rollout = zeros<3>({attention.size(), tokens, tokens});
    for (std::size_t top = 0; top < a.size(); ++top) {
        for (std::size_t i = 0; i < tokens; ++i) {
            std::vector<double> share(tokens, 0.0);
            share[i] = 1;
            for (std::size_t layer = top + 1; layer-- > 0;) {
                std::vector<double> below(tokens, 0.0);
                for (std::size_t from = 0; from < tokens; ++from) {
                    for (std::size_t to = 0; to < tokens; ++to) below[to] += share[from] * a[layer](from, to);
                }
                share = below;
            }
            for (std::size_t j = 0; j < tokens; ++j) rollout(top, i, j) = static_cast<float>(share[j]);
        }
    }
    return rollout;
}

Tensor<2> rollout_map(const Tensor<2>& rollout) {
    require_square("rollout_map", rollout);
    const std::size_t grid = grid_of_tokens("rollout_map", rollout.shape(0));
    Tensor<2> map = zeros<2>({grid, grid});
    double total = 0;
    for (std::size_t patch = 1; patch <= grid * grid; ++patch) total += rollout(0, patch);
    if (total == 0) return map;
    for (std::size_t patch = 0; patch < grid * grid; ++patch)
        map(patch / grid, patch % grid) = static_cast<float>(rollout(0, patch + 1) / total);
    return map;
}

}  // namespace wb
