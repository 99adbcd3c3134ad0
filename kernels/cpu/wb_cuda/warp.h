/// @file
/// Barriers and warp functions. Each notes the line of its caller, for the engine's diagnoses.
#pragma once

#include <cstring>
#include <type_traits>

#include "wb_cuda/keywords.h"

#define WB_HERE const char *wb_file = __builtin_FILE(), int wb_line = __builtin_LINE()

inline void __syncthreads(WB_HERE) {
    wb::simt::block_barrier(wb::simt::BlockOp::sync, 0, {wb_file, wb_line});
}
inline int __syncthreads_count(int predicate, WB_HERE) {
    return wb::simt::block_barrier(wb::simt::BlockOp::count, predicate, {wb_file, wb_line});
}
inline int __syncthreads_and(int predicate, WB_HERE) {
    return wb::simt::block_barrier(wb::simt::BlockOp::all, predicate, {wb_file, wb_line});
}
inline int __syncthreads_or(int predicate, WB_HERE) {
    return wb::simt::block_barrier(wb::simt::BlockOp::any, predicate, {wb_file, wb_line});
}

inline void __syncwarp(unsigned mask = 0xffffffffu, WB_HERE) {
    wb::simt::warp_collective(wb::simt::WarpOp::sync, mask, 0, 0, 32, {wb_file, wb_line});
}

namespace wb::simt {

/// A lane's value of up to 8 bytes, carried as bits.
template <class T>
std::uint64_t to_bits(const T& value) {
    static_assert(sizeof(T) <= 8 && std::is_trivially_copyable_v<T>, "warp functions exchange values of up to 8 bytes");
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof value);
    return bits;
}

template <class T>
T from_bits(std::uint64_t bits) {
    T value;
    std::memcpy(static_cast<void*>(&value), &bits, sizeof value);
    return value;
}

template <class T>
T shuffle(WarpOp op, unsigned mask, T value, int argument, int width, Site site) {
    return from_bits<T>(warp_collective(op, mask, to_bits(value), argument, width, site));
}

/// The 32-bit vote or reduction of the lanes in `mask`.
inline unsigned vote(WarpOp op, unsigned mask, unsigned value, Site site) {
    return static_cast<unsigned>(warp_collective(op, mask, value, 0, 32, site));
}

}  // namespace wb::simt

template <class T>
T __shfl_sync(unsigned mask, T value, int source_lane, int width = 32, WB_HERE) {
    return wb::simt::shuffle(wb::simt::WarpOp::shfl, mask, value, source_lane, width, {wb_file, wb_line});
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned distance, int width = 32, WB_HERE) {
    return wb::simt::shuffle(wb::simt::WarpOp::shfl_up, mask, value, static_cast<int>(distance), width,
                             {wb_file, wb_line});
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned distance, int width = 32, WB_HERE) {
    return wb::simt::shuffle(wb::simt::WarpOp::shfl_down, mask, value, static_cast<int>(distance), width,
                             {wb_file, wb_line});
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lane_mask, int width = 32, WB_HERE) {
    return wb::simt::shuffle(wb::simt::WarpOp::shfl_xor, mask, value, lane_mask, width, {wb_file, wb_line});
}

inline unsigned __ballot_sync(unsigned mask, int predicate, WB_HERE) {
    return wb::simt::vote(wb::simt::WarpOp::ballot, mask, predicate != 0, {wb_file, wb_line});
}
inline int __any_sync(unsigned mask, int predicate, WB_HERE) {
    return static_cast<int>(wb::simt::vote(wb::simt::WarpOp::any, mask, predicate != 0, {wb_file, wb_line}));
}
inline int __all_sync(unsigned mask, int predicate, WB_HERE) {
    return static_cast<int>(wb::simt::vote(wb::simt::WarpOp::all, mask, predicate != 0, {wb_file, wb_line}));
}

inline unsigned __reduce_add_sync(unsigned mask, unsigned value, WB_HERE) {
    return wb::simt::vote(wb::simt::WarpOp::reduce_add, mask, value, {wb_file, wb_line});
}
inline int __reduce_add_sync(unsigned mask, int value, WB_HERE) {
    return static_cast<int>(
        wb::simt::vote(wb::simt::WarpOp::reduce_add, mask, static_cast<unsigned>(value), {wb_file, wb_line}));
}
inline unsigned __reduce_min_sync(unsigned mask, unsigned value, WB_HERE) {
    return wb::simt::vote(wb::simt::WarpOp::reduce_min, mask, value, {wb_file, wb_line});
}
inline int __reduce_min_sync(unsigned mask, int value, WB_HERE) {
    return static_cast<int>(
        wb::simt::vote(wb::simt::WarpOp::reduce_min_signed, mask, static_cast<unsigned>(value), {wb_file, wb_line}));
}
inline unsigned __reduce_max_sync(unsigned mask, unsigned value, WB_HERE) {
    return wb::simt::vote(wb::simt::WarpOp::reduce_max, mask, value, {wb_file, wb_line});
}
inline int __reduce_max_sync(unsigned mask, int value, WB_HERE) {
    return static_cast<int>(
        wb::simt::vote(wb::simt::WarpOp::reduce_max_signed, mask, static_cast<unsigned>(value), {wb_file, wb_line}));
}
inline unsigned __reduce_and_sync(unsigned mask, unsigned value, WB_HERE) {
    return wb::simt::vote(wb::simt::WarpOp::reduce_and, mask, value, {wb_file, wb_line});
}
inline unsigned __reduce_or_sync(unsigned mask, unsigned value, WB_HERE) {
    return wb::simt::vote(wb::simt::WarpOp::reduce_or, mask, value, {wb_file, wb_line});
}
inline unsigned __reduce_xor_sync(unsigned mask, unsigned value, WB_HERE) {
    return wb::simt::vote(wb::simt::WarpOp::reduce_xor, mask, value, {wb_file, wb_line});
}

/// The lanes of `mask` whose value is this lane's.
template <class T>
unsigned __match_any_sync(unsigned mask, T value, WB_HERE) {
    return static_cast<unsigned>(wb::simt::warp_collective(wb::simt::WarpOp::match_any, mask, wb::simt::to_bits(value),
                                                           0, 32, {wb_file, wb_line}));
}

inline void __threadfence() {
    wb::simt::memory_fence();
}
inline void __threadfence_system() {
    wb::simt::memory_fence();
}
inline void __threadfence_block() {}

[[noreturn]] inline void __trap(WB_HERE) {
    wb::simt::kernel_trap("__trap()", {wb_file, wb_line});
}
inline void __nanosleep(unsigned) {}
inline long long clock64() {
    return wb::simt::clock_ticks();
}
