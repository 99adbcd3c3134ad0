#include "wb/training/training_step.hpp"

#include <cmath>
#include <limits>
#include <sstream>

#include "wb/errors.hpp"

namespace wb {
namespace {

[[noreturn]] void stop(const char* what, double value, std::int64_t step, double rate) {
    std::ostringstream text;
    text << "training: " << what << " of step " << step << " is " << value << ", at learning rate " << rate
         << ". Nothing was changed in this step. Go back to the last checkpoint with a lower rate, a warm-up, or "
            "clip_norm.";
    throw Error(text.str());
}

}  // namespace

template <class Real>
double training_step(DataParallel<Real>& parallel, Adam<Real>& optimizer, std::size_t batch,
                     const typename DataParallel<Real>::LossFunction& loss, const TrainingStepOptions& options) {
    const double value = parallel.gradients(batch, loss, options.dropout_seed);
    const std::int64_t step = optimizer.steps() + 1;
    if (!std::isfinite(value)) stop("the loss", value, step, options.rate);
    const double norm =
        clip_gradient_norm(parallel.parameters(), options.clip_norm.value_or(std::numeric_limits<double>::infinity()));
    if (!std::isfinite(norm)) stop("the norm of the gradients", norm, step, options.rate);
    optimizer.step(options.rate);
    return value;
}

template double training_step(DataParallel<float>&, Adam<float>&, std::size_t, const DataParallel<float>::LossFunction&,
                              const TrainingStepOptions&);
template double training_step(DataParallel<double>&, Adam<double>&, std::size_t,
                              const DataParallel<double>::LossFunction&, const TrainingStepOptions&);

}  // namespace wb
