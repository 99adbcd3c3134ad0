/// @file
/// Binds the probes of exercise 1.6 to the submission; the driver is scheduler_driver.hpp.
#include "probe/worker.hpp"
#include "scheduler_driver.hpp"
#include "scheduler_probes.hpp"

namespace wb {

WB_BIND(scheduler) {
    worker.bind(probes::schedule_trace, &drivers::run_schedule_trace);
    worker.bind(probes::serve, &drivers::run_serve);
}

}  // namespace wb
