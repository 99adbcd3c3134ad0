// NOTE: every entry of the table as one closed formula in the letters of the exercise.
#include "cost.hpp"

namespace wb {

AttentionCost dot_product_cost(const AttentionSizes& s) {
    const std::uint64_t BH = s.batch * s.heads, Tq = s.q_len, Tk = s.kv_len, D = s.head_dim;
    return {{{"scores", BH * Tq * Tk * (2 * D + 1), 4 * BH * D * (Tq + Tk), 4 * BH * Tq * Tk},
             {"softmax", 5 * BH * Tq * Tk, 4 * BH * Tq * Tk, 4 * BH * Tq * Tk},
             {"mix", 2 * BH * Tq * Tk * D, 4 * BH * Tk * (Tq + D), 4 * BH * Tq * D}},
            4 * BH * Tq * Tk};
}

AttentionCost additive_cost(const AttentionSizes& s, AdditiveMethod method) {
    const std::uint64_t BH = s.batch * s.heads, Tq = s.q_len, Tk = s.kv_len, D = s.head_dim, h = s.hidden;
    const std::uint64_t pairs = BH * Tq * Tk;
    const StageCost project{"project", 2 * BH * D * h * (Tq + Tk), 4 * BH * D * (Tq + Tk) + 8 * s.heads * h * D,
                            4 * BH * h * (Tq + Tk)};
    const StageCost softmax{"softmax", 5 * pairs, 4 * pairs, 4 * pairs};
    const StageCost mix{"mix", 2 * pairs * D, 4 * pairs + 4 * BH * Tk * D, 4 * BH * Tq * D};
    const std::uint64_t kept = 4 * BH * h * (Tq + Tk) + 4 * pairs;
    if (method == AdditiveMethod::streamed) {
        const StageCost scores{"scores", 4 * pairs * h, 4 * BH * h * (Tq + Tk) + 4 * s.heads * h, 4 * pairs};
        return {{project, scores, softmax, mix}, kept};
    }
    const StageCost add{"add", pairs * h, 4 * BH * h * (Tq + Tk), 4 * pairs * h};
    const StageCost tanh{"tanh", pairs * h, 4 * pairs * h, 4 * pairs * h};
    const StageCost reduce{"reduce", 2 * pairs * h, 4 * pairs * h + 4 * s.heads * h, 4 * pairs};
    return {{project, add, tanh, reduce, softmax, mix}, kept + 4 * pairs * h};
}

}  // namespace wb
