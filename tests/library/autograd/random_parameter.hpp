/// @file
/// Parameters for tests: normals of a fixed seed, named.
#pragma once

#include <memory>
#include <string>

#include "wb/autograd/parameter.hpp"
#include "wb/random.hpp"

namespace wb {

/// Adds a parameter of normals to a list, for a gradient check to move.
template <class Real = double>
Parameter<Real>& random_parameter(ParameterList<Real>& list, Random& random, const std::string& name,
                                  const Shape& shape) {
    auto parameter = std::make_shared<Parameter<Real>>(shape);
    for (Real& value : parameter->value) value = static_cast<Real>(random.normal());
    list.add("", name, parameter);
    return *parameter;
}

}  // namespace wb
