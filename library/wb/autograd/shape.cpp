#include "wb/autograd/shape.hpp"

#include <algorithm>

#include "wb/errors.hpp"
#include "wb/tensor.hpp"

namespace wb {

Shape::Shape(std::span<const std::size_t> extents) : rank_(extents.size()) {
    if (extents.size() > max_rank) {
        throw ShapeError("Shape: " + shape_text(extents) + " has " + std::to_string(extents.size()) +
                         " axes; the tape takes up to 4. Merge axes that are not needed apart.");
    }
    std::copy(extents.begin(), extents.end(), extents_.begin());
}

std::size_t Shape::size() const {
    return product(0, rank_);
}

std::size_t Shape::axis_from_front(std::ptrdiff_t axis) const {
    const std::ptrdiff_t front = axis < 0 ? axis + static_cast<std::ptrdiff_t>(rank_) : axis;
    if (front < 0 || front >= static_cast<std::ptrdiff_t>(rank_)) {
        throw ShapeError("Shape: " + shape_text(*this) + " has no axis " + std::to_string(axis));
    }
    return static_cast<std::size_t>(front);
}

Shape Shape::with(std::ptrdiff_t axis, std::size_t extent) const {
    Shape other = *this;
    other.extents_[axis_from_front(axis)] = extent;
    return other;
}

std::size_t Shape::product(std::size_t first, std::size_t last) const {
    std::size_t result = 1;
    for (std::size_t axis = first; axis < last; ++axis) result *= extents_[axis];
    return result;
}

}  // namespace wb
