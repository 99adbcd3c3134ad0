/// @file
/// What -fsanitize=thread makes of loads, stores and atomics, by the names that compilers call: GCC's and clang's.
/// Host code in a .cu file comes here too; without a running kernel nothing is noted.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "simt/access.hpp"
#include "simt/api.hpp"

using wb::simt::access;
using Kind = wb::simt::AccessKind;

#define WB_ADDRESS reinterpret_cast<std::uintptr_t>(address)
#define WB_PC reinterpret_cast<std::uintptr_t>(__builtin_return_address(0))

#define WB_ACCESS_HOOKS(bytes)                                          \
    void __tsan_read##bytes(void* address) {                            \
        access(WB_ADDRESS, bytes, bytes, Kind::read, WB_PC);            \
    }                                                                   \
    void __tsan_write##bytes(void* address) {                           \
        access(WB_ADDRESS, bytes, bytes, Kind::write, WB_PC);           \
    }                                                                   \
    void __tsan_unaligned_read##bytes(void* address) {                  \
        access(WB_ADDRESS, bytes, (bytes + 1) / 2, Kind::read, WB_PC);  \
    }                                                                   \
    void __tsan_unaligned_write##bytes(void* address) {                 \
        access(WB_ADDRESS, bytes, (bytes + 1) / 2, Kind::write, WB_PC); \
    }                                                                   \
    void __tsan_volatile_read##bytes(void* address) {                   \
        access(WB_ADDRESS, bytes, bytes, Kind::read, WB_PC);            \
    }                                                                   \
    void __tsan_volatile_write##bytes(void* address) {                  \
        access(WB_ADDRESS, bytes, bytes, Kind::write, WB_PC);           \
    }

#define WB_FETCH_HOOK(bits, name, operation)                                                             \
    Bits##bits __tsan_atomic##bits##_fetch_##name(volatile Bits##bits* address, Bits##bits value, int) { \
        wb::simt::note_atomic(address, bits / 8, __builtin_return_address(0));                           \
        const Bits##bits before = *address;                                                              \
        *address = static_cast<Bits##bits>(operation);                                                   \
        return before;                                                                                   \
    }

#define WB_ATOMIC_HOOKS(bits)                                                                                \
    Bits##bits __tsan_atomic##bits##_load(const volatile Bits##bits* address, int) {                         \
        wb::simt::note_atomic(address, bits / 8, __builtin_return_address(0));                               \
        return *address;                                                                                     \
    }                                                                                                        \
    void __tsan_atomic##bits##_store(volatile Bits##bits* address, Bits##bits value, int) {                  \
        wb::simt::note_atomic(address, bits / 8, __builtin_return_address(0));                               \
        *address = value;                                                                                    \
    }                                                                                                        \
    Bits##bits __tsan_atomic##bits##_exchange(volatile Bits##bits* address, Bits##bits value, int) {         \
        wb::simt::note_atomic(address, bits / 8, __builtin_return_address(0));                               \
        const Bits##bits before = *address;                                                                  \
        *address = value;                                                                                    \
        return before;                                                                                       \
    }                                                                                                        \
    Bits##bits __tsan_atomic##bits##_compare_exchange_val(volatile Bits##bits* address, Bits##bits expected, \
                                                          Bits##bits value, int, int) {                      \
        wb::simt::note_atomic(address, bits / 8, __builtin_return_address(0));                               \
        const Bits##bits before = *address;                                                                  \
        if (before == expected) *address = value;                                                            \
        return before;                                                                                       \
    }                                                                                                        \
    int __tsan_atomic##bits##_compare_exchange_strong(volatile Bits##bits* address, Bits##bits* expected,    \
                                                      Bits##bits value, int, int) {                          \
        wb::simt::note_atomic(address, bits / 8, __builtin_return_address(0));                               \
        const Bits##bits before = *address;                                                                  \
        const bool equal = before == *expected;                                                              \
        if (equal) {                                                                                         \
            *address = value;                                                                                \
        } else {                                                                                             \
            *expected = before;                                                                              \
        }                                                                                                    \
        return equal;                                                                                        \
    }                                                                                                        \
    int __tsan_atomic##bits##_compare_exchange_weak(volatile Bits##bits* address, Bits##bits* expected,      \
                                                    Bits##bits value, int success, int failure) {            \
        return __tsan_atomic##bits##_compare_exchange_strong(address, expected, value, success, failure);    \
    }                                                                                                        \
    WB_FETCH_HOOK(bits, add, before + value)                                                                 \
    WB_FETCH_HOOK(bits, sub, before - value)                                                                 \
    WB_FETCH_HOOK(bits, and, before& value)                                                                  \
    WB_FETCH_HOOK(bits, or, before | value)                                                                  \
    WB_FETCH_HOOK(bits, xor, before ^ value)                                                                 \
    WB_FETCH_HOOK(bits, nand, ~(before & value))

/// What a GPU's widest load or store moves.
constexpr std::size_t widest = 16;

using Bits8 = std::uint8_t;
using Bits16 = std::uint16_t;
using Bits32 = std::uint32_t;
using Bits64 = std::uint64_t;

extern "C" {

WB_ACCESS_HOOKS(1)
WB_ACCESS_HOOKS(2)
WB_ACCESS_HOOKS(4)
WB_ACCESS_HOOKS(8)
WB_ACCESS_HOOKS(16)

WB_ATOMIC_HOOKS(8)
WB_ATOMIC_HOOKS(16)
WB_ATOMIC_HOOKS(32)
WB_ATOMIC_HOOKS(64)

void __tsan_read_range(void* address, std::size_t bytes) {
    access(WB_ADDRESS, bytes, widest, Kind::read, WB_PC);
}
void __tsan_write_range(void* address, std::size_t bytes) {
    access(WB_ADDRESS, bytes, widest, Kind::write, WB_PC);
}

void* __tsan_memcpy(void* to, const void* from, std::size_t bytes) {
    access(reinterpret_cast<std::uintptr_t>(from), bytes, widest, Kind::read, WB_PC);
    access(reinterpret_cast<std::uintptr_t>(to), bytes, widest, Kind::write, WB_PC);
    return std::memcpy(to, from, bytes);
}
void* __tsan_memmove(void* to, const void* from, std::size_t bytes) {
    access(reinterpret_cast<std::uintptr_t>(from), bytes, widest, Kind::read, WB_PC);
    access(reinterpret_cast<std::uintptr_t>(to), bytes, widest, Kind::write, WB_PC);
    return std::memmove(to, from, bytes);
}
void* __tsan_memset(void* to, int byte, std::size_t bytes) {
    access(reinterpret_cast<std::uintptr_t>(to), bytes, widest, Kind::write, WB_PC);
    return std::memset(to, byte, bytes);
}

void __tsan_atomic_thread_fence(int) {
    wb::simt::memory_fence();
}
void __tsan_atomic_signal_fence(int) {}
void __tsan_init() {}
void __tsan_ignore_thread_begin() {}
void __tsan_ignore_thread_end() {}
void __tsan_vptr_read(void**) {}
void __tsan_vptr_update(void**, void*) {}

}  // extern "C"
