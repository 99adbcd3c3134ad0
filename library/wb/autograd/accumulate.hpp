/// @file
/// The loop at the heart of most backward passes: put numbers where an input's gradient belongs, or add them to it.
#pragma once

#include <cstddef>

#include "wb/autograd/tape.hpp"

namespace wb::detail {

/// slot[i] = f(i), or += where there is a gradient already; nothing when no gradient is wanted.
template <class Real, class Function>
inline void accumulate(GradientSlot<Real> slot, std::size_t count, const Function& f) {
    if (slot.data == nullptr) return;
    Real* into = slot.data;
    if (slot.fresh) {
#pragma omp simd
        for (std::size_t i = 0; i < count; ++i) into[i] = f(i);
    } else {
#pragma omp simd
        for (std::size_t i = 0; i < count; ++i) into[i] += f(i);
    }
}

/// What a BLAS product does with the memory it writes to.
template <class Real>
Real beta(GradientSlot<Real> slot) {
    return slot.fresh ? Real{0} : Real{1};
}

}  // namespace wb::detail
