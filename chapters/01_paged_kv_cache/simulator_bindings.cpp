/// @file
/// Binds the probes of exercise 1.8 to the submission's functions.
#include "probe/worker.hpp"
#include "simulator_probes.hpp"

namespace wb {

WB_BIND(simulator) {
    worker.bind(probes::log_normal_length, &log_normal_length);
    worker.bind(probes::draw_requests, [](const LengthModel& model, int count, std::uint64_t seed) {
        Random random(seed);
        return draw_requests(model, count, random);
    });
    worker.bind(probes::draw_arrivals, [](std::vector<TraceRequest> requests, double rate, std::uint64_t seed) {
        Random random(seed);
        draw_arrivals(requests, rate, random);
        return requests;
    });
    worker.bind(probes::block_steps, &block_steps);
    worker.bind(probes::token_share, &token_share);
    worker.bind(probes::sampling_saving, &sampling_saving);
    worker.bind(probes::simulate, &simulate);
}

}  // namespace wb
