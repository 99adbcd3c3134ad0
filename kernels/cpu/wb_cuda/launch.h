/// @file
/// What kernel-rewriter makes of a launch: `f<64><<<grid, block, shared>>>(a, b)` becomes
/// `WB_SIMT_KERNEL("f<64>", f<64>).at(grid, block, shared)(a, b)`. The arguments are evaluated once, by the host, and copied, as CUDA
/// does; `f` is called with the copies by every thread, so its template arguments may be deduced from them.
#pragma once

#include <tuple>
#include <type_traits>
#include <utility>

#include "wb_cuda/runtime_api.h"
#include "wb_cuda/vector_types.h"

namespace wb::simt {

template <class... Parameters>
const void* kernel_address(int, void (*kernel)(Parameters...)) {
    return reinterpret_cast<const void*>(kernel);
}

/// A launch that waits for its arguments.
/// Call makes one thread's call of the kernel; Address says which kernel it is.
template <class Call, class Address>
class PendingLaunch {
 public:
    PendingLaunch(const char* name, Call call, Address address, Site site)
        : call_(call), request_{name, address(0), site, {1, 1, 1}, {1, 1, 1}, 0} {}

    /// What stands between <<< and >>>.
    PendingLaunch& at(dim3 grid, dim3 block, std::size_t shared_bytes = 0, cudaStream_t = nullptr) {
        request_.grid = {grid.x, grid.y, grid.z};
        request_.block = {block.x, block.y, block.z};
        request_.shared_bytes = shared_bytes;
        return *this;
    }

    template <class... Arguments>
    void operator()(Arguments&&... arguments) {
        using Values = std::tuple<std::decay_t<Arguments>...>;
        struct Package {
            const Call* call;
            Values values;
        };
        const Package package{&call_, Values(std::forward<Arguments>(arguments)...)};
        launch(
            request_,
            [](const void* data) {
                const Package& given = *static_cast<const Package*>(data);
                std::apply(*given.call, given.values);
            },
            &package, sizeof package);
    }

 private:
    Call call_;
    LaunchRequest request_;
};

template <class Call, class Address>
PendingLaunch<Call, Address> pending_launch(const char* name, Call call, Address address,
                                            const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {name, call, address, {file, line}};
}

}  // namespace wb::simt

#ifdef WB_PROFILE_BUILD
#define WB_SIMT_ENTER ::wb::simt::enter_kernel();
#else
#define WB_SIMT_ENTER
#endif

/// The second lambda finds the kernel's address unless it is a template whose arguments are still to be deduced.
#define WB_SIMT_KERNEL(name, ...)                                                               \
    ::wb::simt::pending_launch(                                                                 \
        name, [&](const auto&... wb_arguments) { WB_SIMT_ENTER __VA_ARGS__(wb_arguments...); }, \
        [&](auto wb_zero) -> const void* {                                                      \
            if constexpr (requires { ::wb::simt::kernel_address(wb_zero, __VA_ARGS__); }) {     \
                return ::wb::simt::kernel_address(wb_zero, __VA_ARGS__);                        \
            } else {                                                                            \
                return nullptr;                                                                 \
            }                                                                                   \
        })
