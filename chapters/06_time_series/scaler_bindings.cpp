/// @file
/// Binds the probes of exercise 6.2 to the submission's functions.
#include "probe/worker.hpp"
#include "scaler_probes.hpp"

namespace wb {

WB_BIND(scaler) {
    worker.bind(probes::fit_scaler, &fit_scaler);
    worker.bind(probes::standardise, &standardise);
    worker.bind(probes::restore, &restore);
}

}  // namespace wb
