#include "wb_kernels/run.hpp"

#include "simt/device_memory.hpp"
#include "simt/diagnosis.hpp"
#include "simt/launch.hpp"
#include "simt/watcher.hpp"
#include "wb/errors.hpp"

namespace wb::kernels {

void set_thread_order(ThreadOrder order) {
    simt::set_reversed(order == ThreadOrder::reversed);
}

namespace {
std::size_t bytes_before = 0, blocks_before = 0;
}

std::size_t scratch_bytes() {
    return simt::device_peak_bytes() - bytes_before;
}

std::size_t launched_blocks() {
    return simt::blocks_in_all() - blocks_before;
}

namespace detail {

void begin_run() {
    simt::diagnoses().reset();
    simt::reset_device_peak();
    bytes_before = simt::device_bytes_in_use();
    blocks_before = simt::blocks_in_all();
}

void finish_run() {
    simt::watcher::run_finished();
    const int code = static_cast<int>(simt::diagnoses().peek());
    const std::string report = simt::diagnoses().reset();
    if (!report.empty()) throw KernelError(report);
    if (code != 0) throw KernelError(std::string(simt::error_name(code)) + " (" + simt::error_text(code) + ")");
}

}  // namespace detail
}  // namespace wb::kernels
