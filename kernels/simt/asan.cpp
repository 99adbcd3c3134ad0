/// @file
/// The asan build: AddressSanitizer's options, and one line of ours before its report, which names kernel, block and thread, and
/// what lies at the address: which buffer or array, and how far out. Also the handler of -fsanitize=bounds, for an index
/// that leaves a dimension of an array but not the array.
#include <sanitizer/asan_interface.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "simt/block.hpp"
#include "simt/device_memory.hpp"
#include "simt/diagnosis.hpp"
#include "simt/sanitizer.hpp"
#include "simt/shared_memory.hpp"

namespace wb::simt {
namespace {

std::string describe(const void* address) {
    std::string what = describe_shared(address, block.request ? block.request->shared_bytes : 0);
    if (what.empty()) what = describe_device(address);
    return what.empty() ? "memory that is neither a device buffer nor shared memory" : what;
}

/// Who is running, for the beginning of a sentence.
std::string subject() {
    return block.request && block.current ? block.who(*block.current) : "the host";
}

}  // namespace

void sanitizer::install_reports() {}

}  // namespace wb::simt

extern "C" {

/// Fibers keep no fake stacks, and an abandoned launch's frames are not leaks. Whoever sets ASAN_OPTIONS still decides.
__attribute__((visibility("default"))) const char* __asan_default_options() {
    return "detect_stack_use_after_return=0:detect_leaks=0:allocator_may_return_null=1";
}

__attribute__((visibility("default"))) void __asan_on_error() {
    const void* const address = __asan_get_report_address();
    const std::string what = wb::simt::describe(address);
    const bool host = wb::simt::block.request == nullptr;
    std::string line = "wb: " + wb::simt::subject() + (__asan_get_report_access_type() ? " writes " : " reads ") +
                       std::to_string(__asan_get_report_access_size()) + " bytes at " + what;
    line += host ? ". Device memory is not the host's: copy it with cudaMemcpy." : ".";
    std::fprintf(stderr, "%s\n", line.c_str());
}

#ifndef __clang__

// Layouts of GCC's libubsan, whose handlers these replace: kernels are compiled with -fsanitize=bounds, but not linked with it.
struct WbUbsanType {
    std::uint16_t kind, info;
    char name[1];
};
struct WbUbsanOutOfBounds {
    const char* file;
    std::uint32_t line, column;
    const WbUbsanType *array, *index;
};

__attribute__((visibility("default"))) void __ubsan_handle_out_of_bounds(const WbUbsanOutOfBounds* data,
                                                                         std::uintptr_t index) {
    const std::string line = "wb: " + wb::simt::subject() + ": index " +
                             std::to_string(static_cast<std::intptr_t>(index)) + " is outside of the array type " +
                             data->array->name + ".";
    std::fprintf(stderr, "%s\n", line.c_str());
    std::fprintf(stderr, "==0==ERROR: AddressSanitizer: index-out-of-bounds\n    #0 0x0 in index %s:%u:%u\n",
                 data->file, data->line, data->column);
    std::abort();
}

__attribute__((visibility("default"))) void __ubsan_handle_out_of_bounds_abort(const WbUbsanOutOfBounds* data,
                                                                               std::uintptr_t index) {
    __ubsan_handle_out_of_bounds(data, index);
}

#endif

}  // extern "C"
