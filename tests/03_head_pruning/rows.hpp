/// @file
/// A case keeps tensors; probes take plain numbers.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "wb/tensor.hpp"

namespace wb {

inline Tensor<1, double> row_of(const std::vector<double>& numbers) {
    Tensor<1, double> row(std::array<std::size_t, 1>{numbers.size()});
    std::copy(numbers.begin(), numbers.end(), row.data());
    return row;
}

inline std::vector<double> numbers_of(const Tensor<1, double>& row) {
    return {row.begin(), row.end()};
}

}  // namespace wb
