/// @file
/// Gradients against central differences. In double only: in float a difference of two losses is mostly rounding.
#pragma once

#include <functional>
#include <string>

#include "wb/autograd/tape.hpp"
#include "wb/random.hpp"

namespace wb {

/// What a gradient check found.
struct GradientCheck {
    double worst = 0;                     ///< the largest error: |gradient - difference| / max(1, |difference|)
    std::string where;                    ///< of that one: the parameter and the entry, or "a random direction"
    double gradient = 0, difference = 0;  ///< of the tape, and of central differences
};

/// Compares the gradient of a loss with (loss(p + e d) - loss(p - e d)) / 2e for each parameter along a random direction and
/// along single entries.
/// @param loss     builds the loss on a tape that is fresh each time; must give the same loss for the same parameters
/// @param entries  how many single entries of each parameter are tried, drawn at random
/// @param epsilon  e; the error of the difference grows with e^2, and its rounding with 1e-16 / e
GradientCheck check_gradients(const ParameterList<double>& parameters,
                              const std::function<Var<double>(Tape<double>&)>& loss, Random& random,
                              std::size_t entries = 8, double epsilon = 1e-5);

}  // namespace wb
