#include "wb_kernels/run.hpp"

#include "simt/diagnosis.hpp"
#include "simt/launch.hpp"
#include "wb/errors.hpp"

namespace wb::kernels {

void set_thread_order(ThreadOrder order) {
    simt::set_reversed(order == ThreadOrder::reversed);
}

namespace detail {

void begin_run() {
    simt::diagnoses().reset();
}

void finish_run() {
    const int code = static_cast<int>(simt::diagnoses().peek());
    const std::string report = simt::diagnoses().reset();
    if (!report.empty()) throw KernelError(report);
    if (code != 0) throw KernelError(std::string(simt::error_name(code)) + " (" + simt::error_text(code) + ")");
}

}  // namespace detail
}  // namespace wb::kernels
