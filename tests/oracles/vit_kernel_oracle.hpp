/// @file
/// What the kernels of exercise 4.11 should return, in float64 by plain loops over the definitions. Shares no code with solutions/.
/// Also what known mistakes return, one at a time; all flaws false: right.
#pragma once

#include <cstddef>

#include "wb/tensor.hpp"

namespace wb::oracle {

/// Mistakes in the order of a patch's numbers.
struct PatchifyFlaws {
    bool channels_last = false;  ///< (y, x, c) in place of (c, y, x)
    bool transposed = false;     ///< (c, x, y): a patch's columns in place of its rows
    bool columns_first = false;  ///< patches column by column
    bool counted_by_rows =
        false;  ///< patch / (H / P) and patch % (H / P) in place of W / P: the pixels that lie there, NaN beyond the last
    bool row_for_column =
        false;  ///< patch % (W / P) as its row, patch / (W / P) as its column; NaN beyond the last pixel
};
/// @param patch_size  divides height and width
Tensor<3, double> patchify_rows(const Tensor<4>& pixels, std::size_t patch_size, const PatchifyFlaws& flaws = {});

/// Mistakes in layer normalisation.
struct LayerNormFlaws {
    bool unbiased = false;         ///< the variance divided by hidden - 1
    bool epsilon_outside = false;  ///< sqrt(variance) + epsilon
    bool no_epsilon = false;       ///< a row of equal numbers is 0 / 0
    bool no_root = false;          ///< divided by the variance
    bool mean_kept = false;        ///< x in place of x - mean
    bool no_weight = false;        ///<
    bool no_bias = false;          ///<
};
Tensor<2, double> layer_norm_rows(const Tensor<2>& x, const Tensor<1>& weight, const Tensor<1>& bias, double epsilon,
                                  const LayerNormFlaws& flaws = {});

/// Mistakes in GELU and its way back.
struct BiasGeluFlaws {
    bool tanh_form = false;          ///< z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3)))
    bool sigmoid_form = false;       ///< z sigmoid(1.702 z)
    bool no_bias = false;            ///<
    bool bias_of_row = false;        ///< bias[r] in place of bias[c], r modulo hidden
    bool no_root = false;            ///< erf(z) in place of erf(z / sqrt(2))
    bool cdf_only = false;           ///< backward: Phi(z), without z phi(z)
    bool density_alone = false;      ///< backward: Phi(z) + phi(z)
    bool bias_of_d_out = false;      ///< backward: d_bias sums d_out
    bool bias_mean = false;          ///< backward: d_bias is the mean over rows
    bool bias_last_row = false;      ///< backward: d_bias is the last row alone
    bool bias_over_columns = false;  ///< backward: d_bias[r] sums row r, where there is such a row
};
Tensor<2, double> bias_gelu(const Tensor<2>& x, const Tensor<1>& bias, const BiasGeluFlaws& flaws = {});

struct BiasGeluGradients {
    Tensor<2, double> d_x;
    Tensor<1, double> d_bias;
};
BiasGeluGradients bias_gelu_backward(const Tensor<2>& x, const Tensor<1>& bias, const Tensor<2>& d_out,
                                     const BiasGeluFlaws& flaws = {});

/// Mistakes in rollout.
struct RolloutChainFlaws {
    bool reversed = false;            ///< A_1 A_2 .. A_L
    bool columns_divided = false;     ///< A[i, j] divided by the sum of row j
    bool not_normalised = false;      ///< 0.5 W + 0.5 I as it is
    bool normalised_before = false;   ///< the rows of W divided by their sums, before the identity comes in
    bool no_identity = false;         ///< W, rows divided by their sums
    bool whole_identity = false;      ///< 0.5 W + I, rows divided by their sums
    bool transposed = false;          ///< (A_L .. A_1)^T
    bool last_layer_missing = false;  ///< A_(L-1) .. A_1
};
/// @param weights  [layers, batch, tokens, tokens]
/// @return         [batch, tokens, tokens]
Tensor<3, double> rollout_chain(const Tensor<4>& weights, const RolloutChainFlaws& flaws = {});

}  // namespace wb::oracle
