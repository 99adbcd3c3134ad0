/// @file
/// Parameters and what belongs to them, whose rank is known only at run time, in a safetensors file.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "wb/autograd/shape.hpp"
#include "wb/errors.hpp"
#include "wb/safetensors.hpp"

namespace wb {

/// Adds a tensor, or replaces the one of that name.
template <class Real>
void store_numbers(SafeTensors& file, const std::string& name, const Shape& shape, const std::vector<Real>& numbers);

/// @param stored  what a file has under that name: a RawTensor, or a SafeTensorsReader's Entry
/// @throws FileError saying what is stored and what was wanted, when type or shape differ
template <class Real, class Stored>
void require_stored(const std::string& source, const Stored& stored, const std::string& name, const Shape& shape) {
    const std::span<const std::size_t> extents = shape;
    const std::vector<std::size_t> wanted(extents.begin(), extents.end());
    if (stored.dtype == dtype_of<Real>() && stored.shape == wanted) return;
    throw FileError(source + ": tensor \"" + name + "\" is " + dtype_name(stored.dtype) + " " +
                    shape_text(stored.shape) + ", but the model has " + dtype_name(dtype_of<Real>()) + " " +
                    shape_text(wanted) + ". Is this another model's checkpoint?");
}

/// @throws FileError when there is no tensor of that name, type and shape; then `numbers` stays as it was
template <class Real>
void load_numbers(const SafeTensors& file, const std::string& name, const Shape& shape, std::vector<Real>& numbers);

}  // namespace wb
