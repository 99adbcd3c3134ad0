// NOTE: a fixed grid whose threads stride over the array, the corrections folded into one factor and one epsilon (Kingma & Ba 2015, the
// remark after algorithm 1), and everything in double on its way through the registers.
#include "adamw.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {

__global__ void strided_adamw(AdamWArgs x, double rate, double epsilon) {
    const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
    for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < x.count; i += stride) {
        const double g = x.gradient_scale * x.gradient[i];
        const double m = x.beta1 * x.first[i] + (1 - x.beta1) * g;
        const double v = x.beta2 * x.second[i] + (1 - x.beta2) * g * g;
        const double decayed = x.parameters[i] - x.learning_rate * x.weight_decay * x.parameters[i];
        x.parameters[i] = static_cast<float>(decayed - rate * m / (sqrt(v) + epsilon));
        x.first[i] = static_cast<float>(m);
        x.second[i] = static_cast<float>(v);
        x.gradient[i] = 0;
    }
}

void adamw_step(const AdamWArgs& args) {
    if (args.step < 1) throw std::invalid_argument("There is no step " + std::to_string(args.step) + ": begin with 1.");
    if (args.count == 0) return;
    const double c1 = 1 - std::pow(args.beta1, args.step), root = std::sqrt(1 - std::pow(args.beta2, args.step));
    strided_adamw<<<4, 64>>>(args, args.learning_rate * root / c1, args.epsilon * root);
}

}  // namespace wb
