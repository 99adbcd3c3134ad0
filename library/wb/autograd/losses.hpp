/// @file
/// Operations that end a model: losses, sums and means.
#pragma once

#include <cstddef>
#include <limits>
#include <span>

#include "wb/autograd/tape.hpp"

namespace wb {

/// No target has this number: cross_entropy then counts every row.
inline constexpr int ignore_none = std::numeric_limits<int>::min();

/// Mean over the counted rows of -log softmax(logits)[target]: torch.nn.functional.cross_entropy.
/// @param logits   [.., classes], taken as rows
/// @param targets  [rows]: 0 .. classes - 1, or `ignore`: such a row counts nothing (padding)
/// @return         []; 0 when no row counts
/// @throws ShapeError when there are not as many targets as rows; std::out_of_range naming a target that is no class
template <class Real>
Var<Real> cross_entropy(Var<Real> logits, std::span<const int> targets, int ignore = ignore_none);

/// The same of each row by itself, where samples must not be mixed: their spread, or one's own gradient.
/// @return  [rows]: -log softmax(logits)[target]; 0, and no gradient, where the row does not count
/// @throws  as cross_entropy
template <class Real>
Var<Real> cross_entropy_rows(Var<Real> logits, std::span<const int> targets, int ignore = ignore_none);

/// How many targets cross_entropy counts: the weight of its mean among the means of other shards of a batch.
std::size_t counted_targets(std::span<const int> targets, int ignore = ignore_none);

/// Mean of (x - target)^2 over all numbers. @return []
/// @throws ShapeError when there are not as many targets as numbers, or none
template <class Real>
Var<Real> mse(Var<Real> x, std::span<const std::type_identity_t<Real>> targets);

/// Sum or mean of all numbers. @return [] @throws ShapeError for a mean of nothing
template <class Real>
Var<Real> sum_all(Var<Real> x);
template <class Real>
Var<Real> mean_all(Var<Real> x);  ///< The mean of all numbers.

/// Mean over one axis, which goes: [batch, tokens, d_model] over axis 1 is [batch, d_model].
/// @param axis  from 0, or negative from the end
/// @throws ShapeError when there is no such axis, or it is empty
template <class Real>
Var<Real> mean_over(Var<Real> x, std::ptrdiff_t axis);

}  // namespace wb
