/// @file
/// Layers: what holds parameters, called like functions. Each draws its parameters as PyTorch's layer of that name does, from
/// a seeded Random, and lists them under PyTorch's names ("weight", "bias"). A copy shares its parameters.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "wb/autograd/parameter.hpp"
#include "wb/autograd/products.hpp"
#include "wb/autograd/tape.hpp"
#include "wb/random.hpp"

namespace wb {

/// x weight^T + bias. Weight [out, in] and bias [out] are drawn uniformly from +-1 / sqrt(in); without inputs the bias is 0.
template <class Real>
class Linear {
 public:
    /// Draws its parameters.
    Linear(std::size_t in, std::size_t out, Random& random, bool with_bias = true);

    /// @param x  [.., in]
    /// @return   [.., out]
    Var<Real> operator()(Var<Real> x, Activation activation = Activation::none) const;
    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<Real>& out, const std::string& prefix) const;

    ParameterPtr<Real> weight;  ///< [out, in]
    ParameterPtr<Real> bias;    ///< [out], or null
};

/// A table with a row for each token, of standard normals.
template <class Real>
class Embedding {
 public:
    Embedding(std::size_t rows, std::size_t d_model, Random& random);  ///< Draws its parameters.

    /// @param tokens  as many as `shape` says
    /// @param shape   e.g. {batch, length}
    /// @return        [shape.., d_model]
    Var<Real> operator()(Tape<Real>& tape, std::span<const int> tokens, const Shape& shape) const;
    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<Real>& out, const std::string& prefix) const;

    ParameterPtr<Real> weight;  ///< [rows, d_model]
};

/// Normalises the innermost axis; weight 1 and bias 0 to begin with, neither of which decays.
template <class Real>
class LayerNorm {
 public:
    explicit LayerNorm(std::size_t d_model, double epsilon = 1e-5);  ///< no draws: see above

    /// @param x  [.., d_model]
    Var<Real> operator()(Var<Real> x) const;
    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<Real>& out, const std::string& prefix) const;

    ParameterPtr<Real> weight, bias;  ///< [d_model]
    double epsilon;                   ///< added to the variance
};

/// A parameter by itself, e.g. a class token or learnt positions, of normals with the given deviation.
template <class Real>
ParameterPtr<Real> normal_parameter(const Shape& shape, Random& random, double deviation);

/// The two layers of a transformer's block: outer(activation(inner(x))), with dropout between.
template <class Real>
class FeedForward {
 public:
    /// What stands between the two products.
    enum class Nonlinearity { relu, gelu };
    /// Draws its parameters.
    FeedForward(std::size_t d_model, std::size_t hidden, Random& random, Nonlinearity nonlinearity = Nonlinearity::relu,
                double dropout = 0);

    /// @param x  [.., d_model]
    /// @return   [.., d_model]
    Var<Real> operator()(Var<Real> x) const;
    /// Adds its parameters to `out`; their names begin with `prefix`.
    void list(ParameterList<Real>& out, const std::string& prefix) const;

    Linear<Real> linear1, linear2;  ///< into the inner part and out of it

 private:
    Nonlinearity nonlinearity_;
    double dropout_;
};

}  // namespace wb
