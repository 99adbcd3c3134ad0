/// @file
/// Binds the probes of exercise 6.13 to the submission's functions.
#include <stdexcept>

#include "evaluation_probes.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

ForecastReport ask_forecast_errors(std::size_t horizon, std::size_t variates,
                                   const std::vector<probes::ForecastBatch>& calls) {
    ForecastErrors errors(horizon, variates);
    for (const probes::ForecastBatch& call : calls) {
        bool refused = false;
        try {
            errors.add(call.forecast, call.truth);
        } catch (const std::invalid_argument&) {  // a ShapeError is one, too
            if (!call.refused) throw;
            refused = true;
        }
        if (refused != call.refused) throw std::runtime_error("a batch was taken that has to be refused");
    }
    return errors.report();
}

}  // namespace

WB_BIND(evaluation) {
    worker.bind(probes::forecast_errors, &ask_forecast_errors);
    worker.bind(probes::skill,
                [](const ForecastReport& model, const ForecastReport& baseline) { return skill(model, baseline); });
}

}  // namespace wb
