#include "profile/roofline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace wb::grader {

Roofline roofline(const kernels::KernelProfile& kernel, const Gpu& gpu) {
    const auto bytes = static_cast<double>(kernel.l2.bytes_read + kernel.l2.bytes_written);
    Roofline estimate;
    estimate.flops_known = kernel.flops_known;
    estimate.memory_seconds = bytes / gpu.bytes_per_second;
    if (kernel.flops_known) {
        const auto flops = static_cast<double>(kernel.total.flops);
        estimate.arithmetic_seconds = flops / gpu.flops_per_second;
        estimate.intensity = bytes > 0 ? flops / bytes : flops > 0 ? std::numeric_limits<double>::infinity() : 0;
    }
    if (kernel.launches > 0) estimate.blocks = (kernel.blocks + kernel.launches - 1) / kernel.launches;
    const auto sms = static_cast<std::uint64_t>(gpu.sms);
    const auto busy = static_cast<double>(std::clamp<std::uint64_t>(estimate.blocks, 1, sms));
    estimate.busy_sms_seconds = estimate.arithmetic_seconds * gpu.sms / busy;
    return estimate;
}

namespace {

/// Two digits, or the whole number where it has more.
std::string number_text(double value) {
    return value < 99.5 ? fmt::format("{:.2g}", value) : fmt::format("{:.0f}", value);
}

}  // namespace

std::string time_text(double seconds) {
    if (seconds < 999.5e-9) return number_text(seconds * 1e9) + " ns";
    if (seconds < 999.5e-6) return number_text(seconds * 1e6) + " us";
    return number_text(seconds * 1e3) + " ms";
}

std::string roofline_text(const Roofline& estimate, const kernels::KernelProfile& kernel, const Gpu& gpu) {
    if (estimate.seconds_at_best() <= 0) return "nothing to move, and no FLOPs";
    std::string text = "at best " + time_text(estimate.seconds_at_best());
    if (kernel.launches > 1) text += fmt::format(" for {} launches", kernel.launches);
    if (!estimate.flops_known) return text + ": for the bytes alone; FLOPs could not be read, and arithmetic may bind";
    const std::string intensity = number_text(estimate.intensity), ridge = number_text(gpu.ridge());
    if (estimate.memory_binds())
        return text + ": memory binds (" + intensity + " FLOP per byte; arithmetic would from " + ridge + " on)";
    if (kernel.l2.bytes_read + kernel.l2.bytes_written == 0)
        return text + ": arithmetic binds (no byte comes from memory)";
    return text + ": arithmetic binds (" + intensity + " FLOP per byte; memory would below " + ridge + ")";
}

std::string idle_sms_text(const Roofline& estimate, const Gpu& gpu) {
    if (estimate.blocks >= static_cast<std::uint64_t>(gpu.sms)) return "";
    const std::string blocks = estimate.blocks == 1 ? "1 block keeps" : fmt::format("{} blocks keep", estimate.blocks);
    return fmt::format("but {} at most {} of {} SMs busy, ", blocks, estimate.blocks, gpu.sms) +
           (estimate.busy_sms_seconds > estimate.seconds_at_best()
                ? "where the FLOPs alone take " + time_text(estimate.busy_sms_seconds)
                : "so it takes longer");
}

}  // namespace wb::grader
