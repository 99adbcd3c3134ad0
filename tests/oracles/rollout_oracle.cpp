#include "rollout_oracle.hpp"

#include <algorithm>
#include <cmath>

namespace wb::oracle {
namespace {

using Matrix = Tensor<2, double>;

Matrix matrix(std::size_t tokens) {
    return zeros<2, double>({tokens, tokens});
}

Tensor<3> heads_of(const Tensor<4>& layer, std::size_t picture) {
    const std::size_t heads = layer.shape(1), tokens = layer.shape(2);
    Tensor<3> weights(std::array<std::size_t, 3>{heads, tokens, tokens});
    for (std::size_t h = 0; h < heads; ++h) {
        for (std::size_t i = 0; i < tokens; ++i) {
            for (std::size_t j = 0; j < tokens; ++j) weights(h, i, j) = layer(picture, h, i, j);
        }
    }
    return weights;
}

Matrix of_layer(const Tensor<3>& weights, const RolloutOptions& options, const RolloutFlaws& flaws, double* gap) {
    Matrix fused = fused_heads(weights, options.fusion);
    if (flaws.columns_are_queries) {
        const Matrix upright = fused;
        for (std::size_t i = 0; i < fused.shape(0); ++i) {
            for (std::size_t j = 0; j < fused.shape(1); ++j) fused(i, j) = upright(j, i);
        }
    }
    if (flaws.cuts_after_identity) {
        RolloutFlaws sums_stay;
        sums_stay.rows_as_they_are = true;
        const Matrix cut = without_weakest(mixed_with_identity(fused, sums_stay), options.discard_ratio);
        Matrix divided = cut;
        for (std::size_t i = 0; i < cut.shape(0); ++i) {
            double total = 0;
            for (std::size_t j = 0; j < cut.shape(1); ++j) total += cut(i, j);
            for (std::size_t j = 0; j < cut.shape(1); ++j) divided(i, j) /= total;
        }
        return divided;
    }
    return mixed_with_identity(without_weakest(fused, options.discard_ratio, flaws, gap), flaws);
}

/// Row i of `factors[0] factors[1] ..`: from token i on, one factor after the other.
std::vector<double> followed(std::size_t i, const std::vector<const Matrix*>& factors) {
    const std::size_t tokens = factors[0]->shape(0);
    std::vector<double> share(tokens, 0.0);
    share[i] = 1;
    for (const Matrix* a : factors) {
        std::vector<double> next(tokens, 0.0);
        for (std::size_t from = 0; from < tokens; ++from) {
            for (std::size_t to = 0; to < tokens; ++to) next[to] += share[from] * (*a)(from, to);
        }
        share = next;
    }
    return share;
}

Tensor<3, double> products(const std::vector<Matrix>& a, const RolloutFlaws& flaws) {
    const std::size_t tokens = a[0].shape(0);
    Tensor<3, double> result = zeros<3, double>({a.size(), tokens, tokens});
    for (std::size_t layer = 0; layer < a.size(); ++layer) {
        std::vector<const Matrix*> factors;
        for (std::size_t n = 0; n <= layer; ++n) factors.push_back(&a[flaws.order_reversed ? n : layer - n]);
        if (flaws.one_layer_only) factors = {&a[layer]};
        for (std::size_t i = 0; i < tokens; ++i) {
            const std::vector<double> row = followed(i, factors);
            for (std::size_t j = 0; j < tokens; ++j) result(layer, i, j) = row[j];
        }
    }
    return result;
}

Tensor<3, double> fused_in_the_end(const std::vector<Tensor<4>>& attention, std::size_t picture,
                                   const RolloutOptions& options) {
    const std::size_t heads = attention[0].shape(1);
    Tensor<3, double> result;
    for (std::size_t h = 0; h < heads; ++h) {
        std::vector<Tensor<4>> alone;
        for (const Tensor<4>& layer : attention) {
            const std::size_t tokens = layer.shape(2);
            Tensor<4> one(std::array<std::size_t, 4>{1, 1, tokens, tokens});
            std::copy_n(&layer(picture, h, 0, 0), one.size(), one.data());
            alone.push_back(one);
        }
        const Tensor<3, double> rolled = rollout(alone, 0, options);
        if (h == 0) {
            result = rolled;
            continue;
        }
        for (std::size_t n = 0; n < result.size(); ++n) {
            double& entry = result.data()[n];
            const double other = rolled.data()[n];
            if (options.fusion == HeadFusion::average) entry += other;
            if (options.fusion == HeadFusion::minimum) entry = std::min(entry, other);
            if (options.fusion == HeadFusion::maximum) entry = std::max(entry, other);
        }
    }
    if (options.fusion == HeadFusion::average) result /= static_cast<double>(heads);
    return result;
}

}  // namespace

Matrix fused_heads(const Tensor<3>& weights, HeadFusion fusion) {
    Matrix fused = matrix(weights.shape(1));
    for (std::size_t i = 0; i < fused.shape(0); ++i) {
        for (std::size_t j = 0; j < fused.shape(1); ++j) {
            std::vector<double> of_heads;
            for (std::size_t h = 0; h < weights.shape(0); ++h) of_heads.push_back(weights(h, i, j));
            std::sort(of_heads.begin(), of_heads.end());
            double total = 0;
            for (const double weight : of_heads) total += weight;
            fused(i, j) = fusion == HeadFusion::average   ? total / static_cast<double>(of_heads.size())
                          : fusion == HeadFusion::minimum ? of_heads.front()
                                                          : of_heads.back();
        }
    }
    return fused;
}

Matrix without_weakest(const Matrix& weights, double discard_ratio, const RolloutFlaws& flaws, double* gap) {
    const std::size_t tokens = weights.shape(0);
    struct Link {
        double order;
        std::size_t i, j;
    };
    std::vector<std::vector<Link>> groups(1);
    for (std::size_t i = 0; i < tokens; ++i) {
        if (flaws.cuts_each_row && i > 0) groups.emplace_back();
        for (std::size_t j = 0; j < tokens; ++j) {
            const bool spared = flaws.spares_cls_row ? i == 0 : j == 0 && !flaws.cuts_cls;
            if (!spared) groups.back().push_back({flaws.cuts_largest ? -weights(i, j) : weights(i, j), i, j});
        }
    }
    Matrix kept = weights;
    for (std::vector<Link>& links : groups) {  // in order of place, which a stable sort keeps among equals
        std::stable_sort(links.begin(), links.end(), [](const Link& x, const Link& y) { return x.order < y.order; });
        double share = discard_ratio * static_cast<double>(links.size());
        const std::size_t of_a_row = links.size() / tokens;
        if (!flaws.cuts_each_row)  // multiplied from the left, as the contract has it
            share = discard_ratio * static_cast<double>(tokens) * static_cast<double>(of_a_row);
        const auto count = static_cast<std::size_t>(std::floor(share));
        for (std::size_t n = 0; n < count; ++n) kept(links[n].i, links[n].j) = 0;
        if (gap != nullptr && count > 0 && count < links.size() && links[count - 1].order != links[count].order)
            *gap = std::min(*gap, (links[count].order - links[count - 1].order) / links[count].order);
    }
    return kept;
}

Matrix mixed_with_identity(const Matrix& weights, const RolloutFlaws& flaws) {
    const std::size_t tokens = weights.shape(0);
    Matrix a = matrix(tokens);
    for (std::size_t i = 0; i < tokens; ++i) {
        for (std::size_t j = 0; j < tokens; ++j) {
            const double identity = i == j && !flaws.no_identity ? 1 : 0;
            a(i, j) = flaws.not_halved       ? weights(i, j) + identity
                      : flaws.whole_identity ? weights(i, j) / 2 + identity
                                             : (weights(i, j) + identity) / 2;
        }
    }
    std::vector<double> row(tokens, 0.0), column(tokens, 0.0);
    for (std::size_t i = 0; i < tokens; ++i) {
        for (std::size_t j = 0; j < tokens; ++j) {
            row[i] += a(i, j);
            column[j] += a(i, j);
        }
    }
    if (flaws.rows_as_they_are || flaws.not_halved) return a;
    for (std::size_t i = 0; i < tokens; ++i) {
        for (std::size_t j = 0; j < tokens; ++j)
            a(i, j) /= flaws.columns_divided ? row[j] : flaws.own_columns ? column[j] : row[i];
    }
    return a;
}

Tensor<3, double> rollout(const std::vector<Tensor<4>>& attention, std::size_t picture, const RolloutOptions& options,
                          const RolloutFlaws& flaws, double* gap) {
    if (flaws.fused_last) return fused_in_the_end(attention, picture, options);
    std::vector<Matrix> a;
    for (const Tensor<4>& layer : attention) a.push_back(of_layer(heads_of(layer, picture), options, flaws, gap));
    return products(a, flaws);
}

}  // namespace wb::oracle
