/// @file
/// The builds without a race detector.
#include "simt/api.hpp"

namespace wb::simt {

void memory_fence() {}
void note_atomic(const volatile void*, std::size_t, const void*) {}

}  // namespace wb::simt
