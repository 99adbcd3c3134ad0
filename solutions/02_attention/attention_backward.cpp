/// @file
/// Exercise 2.7: gradients of attention, by hand. The contract is chapters/02_attention/attention_backward.hpp.
/// One query at a time: its row of weights is computed again, used and forgotten. Nothing is kept of q_len * kv_len.
#include "attention_backward.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "attention.hpp"
#include "shape_checks.hpp"

namespace wb {

// SOLUTION BEGIN 2.7 removed
namespace {

double dot(const double* a, const double* b, std::size_t n) {
    double total = 0.0;
    for (std::size_t d = 0; d < n; ++d) total += a[d] * b[d];
    return total;
}

/// y += factor * x
void add_scaled(double* y, double factor, const double* x, std::size_t n) {
    for (std::size_t d = 0; d < n; ++d) y[d] += factor * x[d];
}

/// The keys that query i of head (b, h) sees.
std::vector<std::size_t> keys_seen(const Mask& mask, std::size_t b, std::size_t h, std::size_t i, std::size_t q_len,
                                   std::size_t kv_len) {
    std::vector<std::size_t> keys;
    const std::size_t visible = visible_keys(mask, b, i, q_len, kv_len);
    for (std::size_t j = 0; j < visible; ++j) {
        if (mask.allowed) {
            const Tensor<4, bool>& allowed = *mask.allowed;
            if (!allowed(allowed.shape(0) == 1 ? 0 : b, allowed.shape(1) == 1 ? 0 : h, i, j)) continue;
        }
        keys.push_back(j);
    }
    return keys;
}

/// Softmax in place. An empty row stays empty.
void softmax(std::vector<double>& row) {
    double largest = -std::numeric_limits<double>::infinity(), total = 0.0;
    for (const double s : row) largest = std::max(largest, s);
    for (double& s : row) total += s = std::exp(s - largest);
    for (double& s : row) s /= total;
}

}  // namespace
// SOLUTION END

// TODO(2.7): dq, dk and dv.
//   Equation: with P the weights and dP[i,j] = do[i] . v[j]:   dv[j] = sum_i P[i,j] do[i]
//             ds[i,j] = P[i,j] (dP[i,j] - sum_j' P[i,j'] dP[i,j'])     dq[i] = sum_j ds[i,j] k[j] / sqrt(head_dim)
//             dk[j] = sum_i ds[i,j] q[i] / sqrt(head_dim): Dao et al. 2022, appendix B.2.
//   Start:    take v = identity and one query: then dP is do itself, and ds is softmax's derivative alone.
//   Ask:      raising all scores of a row by one amount changes nothing. What must the ds of a row therefore sum to?
//   Traps:    the scale enters twice: once inside P, once in dq and dk. The subtracted sum runs over keys. Masked
//             pairs are left out, not multiplied by 0. Many queries add to one dk[j]: +=, and no two threads at once.
AttentionGradients scaled_dot_product_attention_backward(const Tensor<4, double>& q, const Tensor<4, double>& k,
                                                         const Tensor<4, double>& v, const Tensor<4, double>& d_output,
                                                         const Mask& mask) {
    // SOLUTION BEGIN 2.7
    const char* where = "attention_backward";
    const Named named_q{"q", q}, named_k{"k", k}, named_v{"v", v}, named_do{"d_output", d_output};
    require_same_axis(where, "batch", named_q, 0, named_k, 0);
    require_same_axis(where, "heads", named_q, 1, named_k, 1);
    require_same_axis(where, "head_dim", named_q, 3, named_k, 3);
    require_same_axis(where, "batch", named_k, 0, named_v, 0);
    require_same_axis(where, "heads", named_k, 1, named_v, 1);
    require_same_axis(where, "kv_len", named_k, 2, named_v, 2);
    require_same_axis(where, "batch", named_q, 0, named_do, 0);
    require_same_axis(where, "heads", named_q, 1, named_do, 1);
    require_same_axis(where, "q_len", named_q, 2, named_do, 2);
    require_same_axis(where, "v_dim", named_v, 3, named_do, 3);
    const std::size_t B = q.shape(0), H = q.shape(1), q_len = q.shape(2), head_dim = q.shape(3);
    const std::size_t kv_len = k.shape(2), v_dim = v.shape(3);
    require_mask_fits(where, mask, B, H, q_len, kv_len);
    const double scale = 1.0 / std::sqrt(static_cast<double>(head_dim));

    AttentionGradients gradients{Tensor<4, double>(q.shape(), 0.0), Tensor<4, double>(k.shape(), 0.0),
                                 Tensor<4, double>(v.shape(), 0.0)};
#pragma omp parallel for
    for (std::size_t head = 0; head < B * H; ++head) {
        const double* k_head = k.data() + head * kv_len * head_dim;
        const double* v_head = v.data() + head * kv_len * v_dim;
        double* dk_head = gradients.dk.data() + head * kv_len * head_dim;
        double* dv_head = gradients.dv.data() + head * kv_len * v_dim;
        for (std::size_t i = 0; i < q_len; ++i) {
            const double* q_row = q.data() + (head * q_len + i) * head_dim;
            const double* do_row = d_output.data() + (head * q_len + i) * v_dim;
            double* dq_row = gradients.dq.data() + (head * q_len + i) * head_dim;

            const std::vector<std::size_t> keys = keys_seen(mask, head / H, head % H, i, q_len, kv_len);
            std::vector<double> P, dP;  // of the keys seen, in their order
            for (const std::size_t j : keys) {
                P.push_back(scale * dot(q_row, k_head + j * head_dim, head_dim));
                dP.push_back(dot(do_row, v_head + j * v_dim, v_dim));
            }
            softmax(P);
            const double row_sum = dot(P.data(), dP.data(), P.size());
            for (std::size_t n = 0; n < keys.size(); ++n) {
                const double ds = P[n] * (dP[n] - row_sum);
                add_scaled(dq_row, scale * ds, k_head + keys[n] * head_dim, head_dim);
                add_scaled(dk_head + keys[n] * head_dim, scale * ds, q_row, head_dim);
                add_scaled(dv_head + keys[n] * v_dim, P[n], do_row, v_dim);
            }
        }
    }
    return gradients;
    // SOLUTION END
}

}  // namespace wb
