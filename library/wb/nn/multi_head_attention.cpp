#include "wb/nn/multi_head_attention.hpp"

#include <cmath>
#include <stdexcept>

#include "wb/autograd/attention.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/layout.hpp"

namespace wb {

template <class Real>
MultiHeadAttention<Real>::MultiHeadAttention(std::size_t d_model, const Options& options, Random& random)
    : query(d_model, d_model, random),
      key(d_model, d_model, random),
      value(d_model, d_model, random),
      options_(options) {
    if (options.heads == 0 || d_model % options.heads != 0) {
        throw std::invalid_argument("MultiHeadAttention: " + std::to_string(options.heads) +
                                    " heads do not divide d_model " + std::to_string(d_model));
    }
    if (options.output_projection) output.emplace(d_model, d_model, random);
}

template <class Real>
Var<Real> MultiHeadAttention<Real>::operator()(Var<Real> x, Var<Real> memory, const AttentionMask& mask,
                                               Var<Real>* weights) const {
    const Var<Real> q = query(x), k = key(memory), v = value(memory);
    const std::size_t heads = options_.heads;
    Var<Real> heads_output;
    if (options_.dropout == 0 || x.tape().mode() != Mode::train) {
        heads_output = attention(q, k, v, heads, mask, weights);
    } else {  // dropout reaches between softmax and values, so step by step
        const Var<Real> qh = split_heads(q, heads), kh = split_heads(k, heads), vh = split_heads(v, heads);
        const std::size_t head_dim = q.shape()[-1] / heads;
        const Real scale = Real(1 / std::sqrt(static_cast<double>(head_dim)));
        const Var<Real> softened = softmax(matmul(qh * scale, kh, Transpose::no, Transpose::yes), mask);
        if (weights != nullptr) *weights = softened;
        heads_output = merge_heads(matmul(dropout(softened, options_.dropout), vh));
    }
    return output ? (*output)(heads_output) : heads_output;
}

template <class Real>
void MultiHeadAttention<Real>::list(ParameterList<Real>& out, const std::string& prefix) const {
    out.add_module(prefix, "query", query);
    out.add_module(prefix, "key", key);
    out.add_module(prefix, "value", value);
    if (output) out.add_module(prefix, "output", *output);
}

template class MultiHeadAttention<float>;
template class MultiHeadAttention<double>;

}  // namespace wb
