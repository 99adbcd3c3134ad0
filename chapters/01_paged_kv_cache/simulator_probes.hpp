/// @file
/// What the tests may ask of exercise 1.8. Streams of random numbers cross the pipe as their seed.
#pragma once

#include <cstdint>
#include <vector>

#include "block_share.hpp"
#include "probe/probe.hpp"
#include "simulator.hpp"
#include "workload.hpp"

namespace wb::probes {

/// mean, sigma, z -> tokens
inline const Probe<int(double, double, double)> log_normal_length{"1.8/log_normal_length"};

/// model, count, seed
inline const Probe<std::vector<TraceRequest>(LengthModel, int, std::uint64_t)> draw_requests{"1.8/draw_requests"};

/// requests, rate, seed -> the requests, with arrivals
inline const Probe<std::vector<TraceRequest>(std::vector<TraceRequest>, double, std::uint64_t)> draw_arrivals{
    "1.8/draw_arrivals"};

/// prompt_len, output_len, block_size
inline const Probe<std::int64_t(int, int, int)> block_steps{"1.8/block_steps"};

/// requests, block_size
inline const Probe<double(std::vector<TraceRequest>, int)> token_share{"1.8/token_share"};

/// requests, num_samples, block_size
inline const Probe<double(std::vector<TraceRequest>, int, int)> sampling_saving{"1.8/sampling_saving"};

/// options, requests
inline const Probe<SimulationResult(SimulatorOptions, std::vector<TraceRequest>)> simulate{"1.8/simulate"};

}  // namespace wb::probes
