/// @file
/// What the tests may ask of exercise 6.13.
#pragma once

#include <cstddef>
#include <tuple>
#include <vector>

#include "evaluation.hpp"
#include "probe/probe.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// One call of add().
struct ForecastBatch {
    Tensor<3> forecast, truth;  ///< [batch, horizon, variates]
    bool refused = false;       ///< the driver expects an exception, and goes on; it is an error if there is none
};
inline auto fields(ForecastBatch& batch) {
    return std::tie(batch.forecast, batch.truth, batch.refused);
}

/// horizon, variates, calls in order -> report()
inline const Probe<ForecastReport(std::size_t, std::size_t, std::vector<ForecastBatch>)> forecast_errors{
    "6.13/forecast_errors"};

/// model, baseline -> skill
inline const Probe<double(ForecastReport, ForecastReport)> skill{"6.13/skill"};

}  // namespace wb::probes
