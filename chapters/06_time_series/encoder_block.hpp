/// @file
/// Given: a transformer's encoder block, as the papers of this chapter use it. You have built one in 5.4; this one has several heads, layer
/// norms behind each sum (post-norm), GELU and dropout.
///
///     x = norm1(x + dropout(attention(x, x)))        x = norm2(x + dropout(feed_forward(x)))
///
/// What its tokens *are* is the question of the exercises that use it: rows (6.7, 6.8), stretches of time (6.10) or whole variates (6.11).
/// Source: Vaswani et al. 2017, section 3.1.
#pragma once

#include <cstddef>
#include <string>
#include <tuple>

#include "wb/autograd/autograd.hpp"
#include "wb/nn/nn.hpp"

namespace wb {

/// How large a stack of blocks is.
struct BlockOptions {
    std::size_t d_model = 128;  ///< width of the model
    std::size_t heads = 8;      ///< divides d_model
    std::size_t layers = 2;     ///< blocks, one behind the other
    std::size_t d_ff = 128;     ///< inside the feed-forward
    double dropout = 0.1;       ///< on what each sublayer adds
};

/// The members, in wire order.
inline auto fields(BlockOptions& options) {
    return std::tie(options.d_model, options.heads, options.layers, options.d_ff, options.dropout);
}

/// One block.
class EncoderBlock {
 public:
    /// Draws its parameters.
    EncoderBlock(const BlockOptions& options, Random& random)
        : attention(options.d_model, {.heads = options.heads, .output_projection = true, .dropout = options.dropout},
                    random),
          feed_forward(options.d_model, options.d_ff, random, FeedForward<float>::Nonlinearity::gelu, options.dropout),
          norm1(options.d_model),
          norm2(options.d_model),
          dropout_(options.dropout) {}

    /// @param x        [batch, tokens, d_model]
    /// @param weights  where not null, is set to the attention's weights, [batch, heads, tokens, tokens]
    /// @return         as x
    Var<float> operator()(Var<float> x, Var<float>* weights = nullptr) const {
        x = norm1(x + dropout(attention(x, x, {}, weights), dropout_));
        return norm2(x + dropout(feed_forward(x), dropout_));
    }

    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<float>& out, const std::string& prefix) const {
        out.add_module(prefix, "attention", attention);
        out.add_module(prefix, "feed_forward", feed_forward);
        out.add_module(prefix, "norm1", norm1);
        out.add_module(prefix, "norm2", norm2);
    }

    MultiHeadAttention<float> attention;  ///< of all rows to all rows
    FeedForward<float> feed_forward;      ///< of each row by itself
    LayerNorm<float> norm1, norm2;        ///< behind attention, behind feed_forward

 private:
    double dropout_;
};

}  // namespace wb
