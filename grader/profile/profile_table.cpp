#include "profile/profile_table.hpp"

#include <fmt/format.h>

namespace wb::grader {
namespace {

using kernels::GlobalCount;
using kernels::KernelProfile;
using kernels::SharedCount;

std::string sectors(const GlobalCount& count) {
    return count.requests == 0 ? "–" : fmt::format("{:.3g}", count.sectors_per_request());
}

std::string row_of(const KernelProfile& kernel) {
    SharedCount shared = kernel.total.shared_loads;
    shared += kernel.total.shared_stores;
    const std::uint64_t moved = kernel.bytes_moved();
    return fmt::format(
        "| `{}` | {} | {:.2f} × | {} | {} | {} | {:.0f} % | {:.3g} | {} |\n", kernel.kernel,
        moved < 10'000       ? fmt::format("{} B", moved)
        : moved < 10'000'000 ? fmt::format("{:.1f} kB", static_cast<double>(moved) / 1e3)
                             : fmt::format("{:.1f} MB", static_cast<double>(moved) / 1e6),
        kernel.traffic(), sectors(kernel.total.loads), sectors(kernel.total.stores),
        shared.requests == 0 ? "–" : fmt::format("{:.2f} ×", shared.bank_conflicts()), 100 * kernel.total.flow.idle(),
        kernels::detail::ratio(kernel.total.barriers, kernel.blocks, 0),
        kernel.flops_known ? fmt::format("{:.2g}", kernels::detail::ratio(kernel.total.flops, moved, 0)) : "–");
}

}  // namespace

std::string profile_table(const std::vector<KernelProfile>& kernels) {
    std::string text =
        "| kernel | moved | of the least | load sectors | store sectors | bank conflicts | idle lanes | barriers | "
        "FLOP/byte |\n"
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|\n";
    for (const KernelProfile& kernel : kernels) text += row_of(kernel);
    return text;
}

}  // namespace wb::grader
