/// @file
/// Binds the probes of exercise 5.3 to the submission's functions.
#include "position_probes.hpp"
#include "probe/worker.hpp"

namespace wb {

WB_BIND(positions) {
    worker.bind(probes::sinusoidal_positions, &sinusoidal_positions);
    worker.bind(probes::add_positions, &add_positions);
    worker.bind(probes::shift_positions, &shift_positions);
}

}  // namespace wb
