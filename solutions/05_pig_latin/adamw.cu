/// @file
/// A step of AdamW in one kernel, float32: for each of n numbers
///     m' = b1 m + (1 - b1) g,  v' = b2 v + (1 - b2) g^2,  p' = p (1 - rate decay) - rate / c1 * m' / (sqrt(v') / sqrt(c2) + eps)
///     with c1 = 1 - b1^step, c2 = 1 - b2^step, the bias corrections, from the host.
///     grid (ceil(n / 256)), 256 threads        thread t: reads p[t], g[t], m[t], v[t] -> writes p[t], m[t], v[t], and 0 to g[t]
/// Traffic: reads 16 n, writes 16 n bytes; work 15 n FLOPs: 0.5 per byte, so bound by memory. Written as the operations on
/// whole arrays that the formula consists of, it moves about three times as much: each writes what the next one reads again.
/// No shared memory, no barrier.
#include "adamw.hpp"

#include <cuda_runtime.h>

#include <cmath>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {

// SOLUTION BEGIN 5.10 removed
namespace {

constexpr int threads_per_block = 256;

/// What is the same for every number of a step.
struct StepFactors {
    float gradient_scale, shrink;
    float keep_first, new_first, keep_second, new_second;
    float rate, root_correction, epsilon;
};

StepFactors step_factors(const AdamWArgs& args) {
    const double step = static_cast<double>(args.step);
    const double correction1 = 1 - std::pow(args.beta1, step), correction2 = 1 - std::pow(args.beta2, step);
    StepFactors factors;
    factors.gradient_scale = static_cast<float>(args.gradient_scale);
    factors.shrink = static_cast<float>(1 - args.learning_rate * args.weight_decay);
    factors.keep_first = static_cast<float>(args.beta1);
    factors.new_first = static_cast<float>(1 - args.beta1);
    factors.keep_second = static_cast<float>(args.beta2);
    factors.new_second = static_cast<float>(1 - args.beta2);
    factors.rate = static_cast<float>(args.learning_rate / correction1);
    factors.root_correction = static_cast<float>(std::sqrt(correction2));
    factors.epsilon = static_cast<float>(args.epsilon);
    return factors;
}

__global__ void adamw_kernel(AdamWArgs args, StepFactors factors) {
    const std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * threads_per_block + threadIdx.x;
    if (i >= args.count) return;
    const float gradient = factors.gradient_scale * args.gradient[i];
    const float first = factors.keep_first * args.first[i] + factors.new_first * gradient;
    const float second = factors.keep_second * args.second[i] + factors.new_second * gradient * gradient;
    const float root = sqrtf(second) / factors.root_correction + factors.epsilon;
    args.parameters[i] = args.parameters[i] * factors.shrink - factors.rate * first / root;
    args.first[i] = first;
    args.second[i] = second;
    args.gradient[i] = 0.0f;
}

}  // namespace
// SOLUTION END
// TODO(5.10): one kernel that reads each of the four arrays once and writes each once, and its launcher.
//   Equation: in adamw.hpp, line by line; the order of the lines matters.
//   Start:    one thread for each number. What is the same for all numbers goes to the kernel as an argument.
//   Ask:      at step 1 m' is (1 - beta1) g, a tenth of the gradient. What does the correction make of it? And of v'? How large is
//             the first step of a parameter whose gradient is 1e-6, and of one whose gradient is 1000?
//   Traps:    weight decay multiplies the parameter and is no part of g, or it would be divided by the root as well; epsilon comes
//             after the root and after its correction; 1 - 0.999f is off by 1.3e-5 of its size: subtract in double, on the host.
//             The last CUDA block has threads without a number.
void adamw_step(const AdamWArgs& args) {
    // SOLUTION BEGIN 5.10
    if (args.step < 1) {
        throw std::invalid_argument("adamw_step: step is " + std::to_string(args.step) +
                                    ", but steps count from 1: with 0 the bias correction 1 - beta^step is 0.");
    }
    if (args.count == 0) return;  // a grid of 0 is an invalid configuration
    const auto blocks = static_cast<unsigned>((args.count + threads_per_block - 1) / threads_per_block);
    adamw_kernel<<<blocks, threads_per_block>>>(args, step_factors(args));
    // SOLUTION END
}

}  // namespace wb
