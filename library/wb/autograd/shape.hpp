/// @file
/// The extents of a tensor whose rank is known only at run time: up to four axes, held in place (no memory is taken).
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>

namespace wb {

/// Extents, e.g. Shape{batch, q_len, d_model}; Shape{} is a scalar's. Row-major, contiguous.
class Shape {
 public:
    static constexpr std::size_t max_rank = 4;  ///< more axes are refused

    Shape() = default;
    /// @throws ShapeError for more than four axes
    Shape(std::initializer_list<std::size_t> extents) : Shape(std::span(extents.begin(), extents.size())) {}
    explicit Shape(std::span<const std::size_t> extents);  ///< one for each axis

    [[nodiscard]] std::size_t rank() const { return rank_; }  ///< how many axes
    /// Number of elements: 1 for a scalar.
    [[nodiscard]] std::size_t size() const;
    /// @param axis  from 0, or negative from the end: shape[-1] is the innermost extent
    /// @throws ShapeError when there is no such axis
    std::size_t operator[](std::ptrdiff_t axis) const { return extents_[axis_from_front(axis)]; }
    /// The axis counted from the front. @throws ShapeError when there is no such axis
    [[nodiscard]] std::size_t axis_from_front(std::ptrdiff_t axis) const;
    /// The same shape but for one extent. @throws ShapeError when there is no such axis
    [[nodiscard]] Shape with(std::ptrdiff_t axis, std::size_t extent) const;
    /// Product of the extents from one axis to before another, counted from the front; 1 when there is none between.
    [[nodiscard]] std::size_t product(std::size_t first, std::size_t last) const;
    /// Elements over the innermost extent: [batch, length, d_model] seen as rows has batch * length of them.
    [[nodiscard]] std::size_t rows() const { return product(0, rank_ == 0 ? 0 : rank_ - 1); }

    operator std::span<const std::size_t>() const {
        return {extents_.data(), rank_};
    }  ///< the extents, outermost first
    bool operator==(const Shape& other) const = default;

 private:
    std::array<std::size_t, max_rank> extents_{};
    std::size_t rank_ = 0;
};

}  // namespace wb
