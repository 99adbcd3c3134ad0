/// @file
/// Parameters and what belongs to them, whose rank is known only at run time, in a safetensors file.
#pragma once

#include <string>
#include <vector>

#include "wb/autograd/shape.hpp"
#include "wb/safetensors.hpp"

namespace wb {

/// Adds a tensor, or replaces the one of that name.
template <class Real>
void store_numbers(SafeTensors& file, const std::string& name, const Shape& shape, const std::vector<Real>& numbers);

/// @throws FileError when there is no tensor of that name, type and shape; then `numbers` stays as it was
template <class Real>
void load_numbers(const SafeTensors& file, const std::string& name, const Shape& shape, std::vector<Real>& numbers);

}  // namespace wb
