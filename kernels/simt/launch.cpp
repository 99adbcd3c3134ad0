#include "simt/launch.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>

#include "simt/block.hpp"
#include "simt/device_memory.hpp"
#include "simt/diagnosis.hpp"
#include "simt/shared_memory.hpp"
#include "simt/watcher.hpp"

namespace wb::simt {
namespace {

constexpr unsigned max_grid_x = 0x7fffffff, max_grid_yz = 65535, max_block_z = 64;

struct Settings {
    std::mutex one_kernel_at_a_time;
    std::map<const void*, std::size_t> shared_bytes;  // by kernel
    bool reversed = false;
    std::size_t blocks = 0;
};

Settings& settings() {
    static Settings all;
    return all;
}

/// Dynamic shared memory that this kernel may ask for. Where its address is not known: what any kernel may.
std::size_t allowed_shared_bytes(const void* kernel) {
    std::size_t most = shared_bytes_by_default;
    for (const auto& [address, bytes] : settings().shared_bytes) {
        if ((address == kernel || kernel == nullptr) && bytes > most) most = bytes;
    }
    return most;
}

struct Refusal {
    ErrorCode code = ErrorCode::success;
    std::string why;
};

Refusal check_extent(const char* what, Index3 extent, Index3 most) {
    const auto check = [&](char axis, unsigned size, unsigned limit) -> std::string {
        if (size == 0)
            return std::string(what) + "." + axis + " is 0; a launch without threads is an error, so return before it";
        if (size > limit) {
            return std::string(what) + "." + axis + " is " + std::to_string(size) + ", the limit is " +
                   std::to_string(limit);
        }
        return "";
    };
    for (const std::string& why :
         {check('x', extent.x, most.x), check('y', extent.y, most.y), check('z', extent.z, most.z)}) {
        if (!why.empty()) return {ErrorCode::invalid_configuration, why};
    }
    return {};
}

Refusal check(const LaunchRequest& request) {
    const Refusal grid = check_extent("grid", request.grid, {max_grid_x, max_grid_yz, max_grid_yz});
    if (!grid.why.empty()) return grid;
    const Refusal extent = check_extent("block", request.block, {max_threads, max_threads, max_block_z});
    if (!extent.why.empty()) return extent;
    const std::uint64_t threads = static_cast<std::uint64_t>(request.block.x) * request.block.y * request.block.z;
    if (threads > max_threads) {
        return {ErrorCode::invalid_configuration,
                std::to_string(threads) + " threads per block, the limit is " + std::to_string(max_threads)};
    }
    if (request.shared_bytes > shared_bytes_at_most) {
        return {ErrorCode::invalid_value, std::to_string(request.shared_bytes) +
                                              " bytes of dynamic shared memory, a block has " +
                                              std::to_string(shared_bytes_at_most)};
    }
    if (request.shared_bytes > allowed_shared_bytes(request.address)) {
        return {
            ErrorCode::invalid_value,
            std::to_string(request.shared_bytes) + " bytes of dynamic shared memory, the limit is " +
                std::to_string(allowed_shared_bytes(request.address)) +
                " unless cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes) raises it"};
    }
    return {};
}

}  // namespace

void launch(const LaunchRequest& request, ThreadBody body, const void* arguments, std::size_t argument_bytes) {
    if (block.request != nullptr && block.current != nullptr) {
        block.fail(static_cast<int>(ErrorCode::not_supported),
                   block.who(*block.current) + " launches " + request.kernel + " at " + text(request.site) +
                       ". Kernels that launch kernels are not part of this course: launch both from the host.");
    }
    const std::lock_guard lock(settings().one_kernel_at_a_time);
    if (diagnoses().device_failed()) return;
    if (const Refusal refusal = check(request); refusal.code != ErrorCode::success) {
        const int code = static_cast<int>(refusal.code);
        diagnoses().refuse(refusal.code, "kernel " + std::string(request.kernel) + "<<<" + text(request.grid) + ", " +
                                             text(request.block) + ">>> (launched at " + text(request.site) +
                                             ") was refused: " + error_name(code) + " (" + error_text(code) +
                                             "): " + refusal.why + ".");
        return;
    }
    settings().blocks += static_cast<std::size_t>(request.grid.x) * request.grid.y * request.grid.z;
    open_device_memory();
    watcher::start_launch(request, arguments, argument_bytes);
    block.run(request, body, arguments, settings().reversed);
    watcher::finish_launch();
    close_device_memory();
}

bool allow_shared_bytes(const void* kernel, long long bytes) {
    if (bytes < 0 || bytes > static_cast<long long>(shared_bytes_at_most)) return false;
    settings().shared_bytes[kernel] = static_cast<std::size_t>(bytes);
    return true;
}

void set_reversed(bool reversed) {
    settings().reversed = reversed;
}

std::size_t blocks_in_all() {
    return settings().blocks;
}

void kernel_trap(const char* what, Site site) {
    Block& here = running_block(what);
    here.fail(static_cast<int>(ErrorCode::assert), here.who(*here.current) + ": " + what + " at " + text(site) + ".");
}

}  // namespace wb::simt

/// assert() of kernels ends the kernel, as a GPU's does; of host code, the program.
extern "C" void __assert_fail(const char* condition, const char* file, unsigned line, const char* function) noexcept {
    const std::string what = "assertion \"" + std::string(condition) + "\" failed";
    if (wb::simt::block.current != nullptr) wb::simt::kernel_trap(what.c_str(), {file, static_cast<int>(line)});
    std::fprintf(stderr, "%s:%u: %s: %s\n", file, line, function, what.c_str());
    std::abort();
}
