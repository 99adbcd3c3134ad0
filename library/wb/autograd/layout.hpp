/// @file
/// Operations that move numbers and change none: rows of a table, other shapes, pieces.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "wb/autograd/tape.hpp"

namespace wb {

/// Rows of a table: result[.., :] = table[indices[..], :]. Backward, each row's gradient is added to its row of the table.
/// @param table    [rows, d_model]
/// @param indices  as many as `shape` says, each 0 .. rows - 1
/// @param shape    of the indices, e.g. {batch, length}
/// @return         [shape.., d_model]
/// @throws ShapeError when the extents do not fit; std::out_of_range naming an index that the table does not have
template <class Real>
Var<Real> embedding(Var<Real> table, std::span<const int> indices, const Shape& shape);

/// The same numbers in another shape. @throws ShapeError when they are not as many
template <class Real>
Var<Real> reshape(Var<Real> x, const Shape& shape);

/// Two axes exchanged, copied. @throws ShapeError when an axis is not there
template <class Real>
Var<Real> transpose(Var<Real> x, std::ptrdiff_t axis_a, std::ptrdiff_t axis_b);

/// Entries begin .. end - 1 of an axis, copied. @throws ShapeError when they are not there
template <class Real>
Var<Real> slice(Var<Real> x, std::ptrdiff_t axis, std::size_t begin, std::size_t end);

/// One behind the other along an axis. @throws ShapeError when another axis differs, or there is nothing to join
template <class Real>
Var<Real> concat(const std::vector<Var<Real>>& parts, std::ptrdiff_t axis);

/// [batch, length, heads * head_dim] -> [batch, heads, length, head_dim]. @throws ShapeError when heads do not divide it
template <class Real>
Var<Real> split_heads(Var<Real> x, std::size_t heads);

/// [batch, heads, length, head_dim] -> [batch, length, heads * head_dim]. @throws ShapeError when it has not 4 axes
template <class Real>
Var<Real> merge_heads(Var<Real> x);

}  // namespace wb
