/// @file
/// Which launches a GPU would refuse, and the settings of launches.
#pragma once

#include <cstddef>
#include <string>

#include "simt/api.hpp"

namespace wb::simt {

/// cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes).
/// @return false if no GPU gives that much
bool allow_shared_bytes(const void* kernel, long long bytes);

/// The threads and blocks of later launches run last to first.
void set_reversed(bool reversed);

/// Blocks of all grids that were launched so far; refused launches have none.
std::size_t blocks_in_all();

}  // namespace wb::simt
