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

// TODO(5.10): one kernel that reads each of the four arrays once and writes each once, and its launcher.
//   Equation: in adamw.hpp, line by line; the order of the lines matters.
//   Start:    one thread for each number. What is the same for all numbers goes to the kernel as an argument.
//   Ask:      at step 1 m' is (1 - beta1) g, a tenth of the gradient. What does the correction make of it? And of v'? How large is
//             the first step of a parameter whose gradient is 1e-6, and of one whose gradient is 1000?
//   Traps:    weight decay multiplies the parameter and is no part of g, or it would be divided by the root as well; epsilon comes
//             after the root and after its correction; 1 - 0.999f is off by 1.3e-5 of its size: subtract in double, on the host.
//             The last CUDA block has threads without a number.
void adamw_step(const AdamWArgs& args) {
    throw wb::NotImplemented("5.10");
}

}  // namespace wb
