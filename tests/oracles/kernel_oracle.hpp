/// @file
/// What chapter 2's kernels should return where attention_oracle.hpp does not say it yet: row softmax and matrix product
/// in float64 by plain loops, and what known mistakes of kernels return. Of attention itself only the mistakes are here:
/// the right answer is attention_oracle.hpp's, so that the online algorithm is not checked by the online algorithm.
#pragma once

#include <cstddef>

#include "mask.hpp"
#include "wb/tensor.hpp"

namespace wb::oracle {

/// Mistakes in a softmax by rows, one at a time.
struct RowSoftmaxFlaws {
    bool not_divided = false;            ///< exp(s - m), without the division by the sum
    bool sum_of_each_warp = false;       ///< columns 0-31, 32-63, .. each sum to 1: warps never met
    bool whole_warps_only = false;       ///< columns from 32 * floor(cols / 32) on are missing from the sum
    bool masked_row_uniform = false;     ///< 1 / cols in a row of -inf throughout (a finite -1e9 as the mask)
    bool maximum_of_each_warp = false;   ///< s - the maximum of the own 32 columns, over a sum of all columns
    bool maximum_left_on = false;        ///< exp(s) / sum exp(s); NaN where exp overflows
    std::size_t first_columns_only = 0;  ///< not 0: a softmax of so many columns; NaN past them, where anything may be
};

/// exp(s - m) / sum exp(s - m) of each row; zeros in a row of -inf throughout. [rows, cols]
Tensor<2, double> row_softmax(const Tensor<2>& scores, const RowSoftmaxFlaws& flaws = {});

/// Mistakes in a matrix product by tiles, one at a time.
struct MatmulFlaws {
    std::size_t whole_tiles_of = 0;     ///< not 0: the last k % whole_tiles_of products of each sum are missing
    std::size_t last_tile_only_of = 0;  ///< not 0: the sum starts again at each tile, so only the last one is in it
    std::size_t stale_tile_of = 0;      ///< not 0: what lies past k in the last tiles is still the step's before
    bool a_transposed = false;          ///< a[t, i] in place of a[i, t]; a must be square
    bool b_transposed = false;          ///< b[j, t] in place of b[t, j]; b must be square
};

/// sum_t a[i, t] b[t, j]. [m, n]
Tensor<2, double> matmul(const Tensor<2>& a, const Tensor<2>& b, const MatmulFlaws& flaws = {});

/// Mistakes in an online softmax, one at a time.
struct OnlineFlaws {
    std::size_t tile = 32;           ///< keys folded at a time
    bool acc_not_rescaled = false;   ///< l is made relative to the new maximum, acc is not
    bool l_not_rescaled = false;     ///< acc is made relative to the new maximum, l is not
    bool neither_rescaled = false;   ///< neither is
    bool last_tile_only = false;     ///< every tile starts again with l = 0 and acc = 0
    bool divided_each_tile = false;  ///< acc is divided by l after every tile, not once at the end
};

/// The output of attention by an online softmax with one of these mistakes. [batch, heads, q_len, head_dim]
Tensor<4, double> flawed_online_attention(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v, const Mask& mask,
                                          const OnlineFlaws& flaws);

}  // namespace wb::oracle
