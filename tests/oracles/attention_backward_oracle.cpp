/// @file
/// The gradients of attention through the full Jacobian of softmax, dP_j / ds_m = P_j (delta_jm - P_m), which no one
/// would build in earnest: O(kv_len^2) for each query. See attention_oracle.hpp.
#include <cmath>

#include "attention_oracle.hpp"

namespace wb::oracle {

AttentionGradients attention_backward(const Tensor<4, double>& q, const Tensor<4, double>& k,
                                      const Tensor<4, double>& v, const Tensor<4, double>& d_output, const Mask& mask,
                                      const Flaws& flaws) {
    const std::size_t B = q.shape(0), H = q.shape(1), Tq = q.shape(2), D = q.shape(3), Tk = k.shape(2), V = v.shape(3);
    const Tensor<4, double> P = attention(q, k, v, mask, flaws).weights;
    double scale = 1.0 / std::sqrt(static_cast<double>(D));
    if (flaws.backward_no_scale) scale = 1.0;
    if (flaws.backward_scale_twice) scale *= scale;

    AttentionGradients g{Tensor<4, double>(q.shape(), 0.0), Tensor<4, double>(k.shape(), 0.0),
                         Tensor<4, double>(v.shape(), 0.0)};
    for (std::size_t b = 0; b < B; ++b)
        for (std::size_t h = 0; h < H; ++h) {
            Tensor<2, double> dP(Tensor<2, double>::shape_type{Tq, Tk}, 0.0);
            for (std::size_t i = 0; i < Tq; ++i)
                for (std::size_t j = 0; j < Tk; ++j) {
                    if (P(b, h, i, j) == 0.0) continue;
                    for (std::size_t d = 0; d < V; ++d) {
                        dP(i, j) += d_output(b, h, i, d) * v(b, h, j, d);
                        g.dv(b, h, j, d) += P(b, h, i, j) * d_output(b, h, i, d);
                    }
                }
            for (std::size_t i = 0; i < Tq; ++i)
                for (std::size_t m = 0; m < Tk; ++m) {
                    if (P(b, h, i, m) == 0.0) continue;
                    double ds = 0.0;
                    for (std::size_t j = 0; j < Tk; ++j) {
                        double jacobian = P(b, h, i, j) * ((j == m ? 1.0 : 0.0) - P(b, h, i, m));
                        if (flaws.backward_no_row_term) jacobian = j == m ? P(b, h, i, j) : 0.0;
                        ds += jacobian * dP(i, j);
                    }
                    if (flaws.backward_column_term) {
                        ds = dP(i, m);
                        for (std::size_t n = 0; n < Tq; ++n) ds -= P(b, h, n, m) * dP(n, m);
                        ds *= P(b, h, i, m);
                    }
                    for (std::size_t d = 0; d < D; ++d) {
                        g.dq(b, h, i, d) += scale * ds * k(b, h, m, d);
                        g.dk(b, h, m, d) += scale * ds * q(b, h, i, d);
                    }
                }
        }
    return g;
}

}  // namespace wb::oracle
