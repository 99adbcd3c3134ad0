/// @file
/// What the engine tells AddressSanitizer: fiber switches, and which memory kernels and host may touch. In the plain and race
/// builds these are empty. The engine itself is never instrumented.
#pragma once

#include <cstddef>

#include "simt/fiber.hpp"

#ifdef WB_KERNELS_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace wb::simt::sanitizer {

#ifdef WB_KERNELS_ASAN

inline void start_switch(Fiber& from, const Fiber& to) {
    __sanitizer_start_switch_fiber(&from.fake_stack, to.stack, to.stack_bytes);
}

inline void finish_switch(Fiber& arrived) {
    __sanitizer_finish_switch_fiber(arrived.fake_stack, nullptr, nullptr);
}

/// The frames on this stack will never return: their redzones must not accuse the next user.
inline void forget_stack(Fiber& fiber) {
    fiber.fake_stack = nullptr;
    __asan_unpoison_memory_region(fiber.stack, fiber.stack_bytes);
}

/// Links our lines before ASan's reports into the program.
void install_reports();

/// Any instrumented access is an error from now on.
inline void forbid(const void* data, std::size_t bytes) {
    __asan_poison_memory_region(data, bytes);
}

inline void allow(const void* data, std::size_t bytes) {
    __asan_unpoison_memory_region(data, bytes);
}

#else

inline void start_switch(Fiber&, const Fiber&) {}
inline void finish_switch(Fiber&) {}
inline void forget_stack(Fiber&) {}
inline void install_reports() {}
inline void forbid(const void*, std::size_t) {}
inline void allow(const void*, std::size_t) {}

#endif

}  // namespace wb::simt::sanitizer
