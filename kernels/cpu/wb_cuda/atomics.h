/// @file
/// Atomic operations. Threads take turns, so plain arithmetic is atomic; the race detector is told that it was meant to be.
#pragma once

#include <cstring>

#include "wb_cuda/keywords.h"

#ifdef __SANITIZE_THREAD__
#define WB_RACE_BUILD 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WB_RACE_BUILD 1
#endif
#endif

// In the race and profile builds nothing is to be heard between the load and the store.
#ifndef WB_RACE_BUILD
#define WB_UNHEARD
#elif defined(__clang__)
#define WB_UNHEARD __attribute__((no_sanitize("thread")))
#else
#define WB_UNHEARD __attribute__((no_sanitize("thread"), no_sanitize_coverage))
#endif

namespace wb::simt {

/// Replaces *target by change(*target).
/// @return what was there before
template <class T, class Change>
#ifdef WB_RACE_BUILD
__attribute__((noinline))
#endif
WB_UNHEARD T
atomic_update(T* target, Change change) {
#ifdef WB_RACE_BUILD
    note_atomic(target, sizeof(T), __builtin_return_address(0));
#endif
    const T before = *const_cast<const T*>(target);
    *target = change(before);
    return before;
}

}  // namespace wb::simt

#ifdef WB_RACE_BUILD
#define WB_ATOMIC      \
    template <class T> \
    __attribute__((always_inline, no_sanitize("thread"))) inline T
#else
#define WB_ATOMIC      \
    template <class T> \
    inline T
#endif

namespace wb::simt {
/// An argument that takes its type from the other one: atomicAdd(&some_float, 1) is fine.
template <class T>
struct Same {
    using type = T;
};
template <class T>
using SameT = typename Same<T>::type;
}  // namespace wb::simt

WB_ATOMIC atomicAdd(T* target, wb::simt::SameT<T> value) {
    return wb::simt::atomic_update(target, [value](T before) WB_UNHEARD { return static_cast<T>(before + value); });
}
WB_ATOMIC atomicSub(T* target, wb::simt::SameT<T> value) {
    return wb::simt::atomic_update(target, [value](T before) WB_UNHEARD { return static_cast<T>(before - value); });
}
WB_ATOMIC atomicExch(T* target, wb::simt::SameT<T> value) {
    return wb::simt::atomic_update(target, [value](T) WB_UNHEARD { return value; });
}
WB_ATOMIC atomicMin(T* target, wb::simt::SameT<T> value) {
    return wb::simt::atomic_update(target, [value](T before) WB_UNHEARD { return value < before ? value : before; });
}
WB_ATOMIC atomicMax(T* target, wb::simt::SameT<T> value) {
    return wb::simt::atomic_update(target, [value](T before) WB_UNHEARD { return value > before ? value : before; });
}
WB_ATOMIC atomicAnd(T* target, wb::simt::SameT<T> value) {
    return wb::simt::atomic_update(target, [value](T before) WB_UNHEARD { return static_cast<T>(before & value); });
}
WB_ATOMIC atomicOr(T* target, wb::simt::SameT<T> value) {
    return wb::simt::atomic_update(target, [value](T before) WB_UNHEARD { return static_cast<T>(before | value); });
}
WB_ATOMIC atomicXor(T* target, wb::simt::SameT<T> value) {
    return wb::simt::atomic_update(target, [value](T before) WB_UNHEARD { return static_cast<T>(before ^ value); });
}
WB_ATOMIC atomicCAS(T* target, wb::simt::SameT<T> expected, wb::simt::SameT<T> value) {
    return wb::simt::atomic_update(target, [=](T before) WB_UNHEARD { return before == expected ? value : before; });
}
/// Counts up to `limit`, then starts at 0.
WB_ATOMIC atomicInc(T* target, wb::simt::SameT<T> limit) {
    return wb::simt::atomic_update(target,
                                   [limit](T before) WB_UNHEARD { return before >= limit ? T{0} : before + 1; });
}
/// Counts down from `limit`, and again from there.
WB_ATOMIC atomicDec(T* target, wb::simt::SameT<T> limit) {
    return wb::simt::atomic_update(
        target, [limit](T before) WB_UNHEARD { return before == 0 || before > limit ? limit : before - 1; });
}

#define atomicAdd_block atomicAdd
#define atomicAdd_system atomicAdd
#define atomicSub_block atomicSub
#define atomicSub_system atomicSub
#define atomicExch_block atomicExch
#define atomicExch_system atomicExch
#define atomicMin_block atomicMin
#define atomicMin_system atomicMin
#define atomicMax_block atomicMax
#define atomicMax_system atomicMax
#define atomicAnd_block atomicAnd
#define atomicAnd_system atomicAnd
#define atomicOr_block atomicOr
#define atomicOr_system atomicOr
#define atomicXor_block atomicXor
#define atomicXor_system atomicXor
#define atomicCAS_block atomicCAS
#define atomicCAS_system atomicCAS

#undef WB_ATOMIC
#undef WB_UNHEARD
