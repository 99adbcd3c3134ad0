/// @file
/// Contracts of the tiny chapter.
#pragma once

#include "wb/errors.hpp"

namespace wb {

int twice(int x);       ///< exercise 1.1
int four_times(int x);  ///< exercise 1.2
int row_sum(int n);     ///< exercise 1.3: 1 + 2 + ... + n

}  // namespace wb
