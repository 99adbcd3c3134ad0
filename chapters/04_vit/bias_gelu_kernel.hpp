/// @file
/// Exercise 4.11, third part: a Linear's bias and GELU in one kernel, and the way back. The contract that bias_gelu_kernel.cu keeps.
/// Plain C++, so that nvcc and g++ both take it; a launcher is host code, its pointers are device memory.
/// Source: Hendrycks and Gimpel 2016, section 2 (the exact form, by the normal distribution's Phi, not the one by tanh).
#pragma once

namespace wb {

/// What bias_gelu_on_device reads and writes: device memory, contiguous, owned by the caller. Pointers are those of floats: multiples
/// of 4 bytes, and nothing more. An array may begin in the middle of a larger one.
struct BiasGeluArgs {
    const float* x = nullptr;     ///< [rows, hidden]: a Linear's product, before its bias
    const float* bias = nullptr;  ///< [hidden]
    float* out = nullptr;         ///< [rows, hidden], every element written; may be x itself
    int rows = 0;                 ///< batch * tokens
    int hidden = 0;               ///< any
};

/// out = gelu(x + bias), each row plus the same bias, gelu(z) = z Phi(z) = z/2 (1 + erf(z / sqrt(2))). Right to 1e-6 + 1e-6 of its
/// size, for any finite z: -1e4 gives 0 (or -0), 1e4 itself. Launches on the default stream and returns without waiting. With rows
/// or hidden 0 there is nothing to write and nothing to launch.
void bias_gelu_on_device(const BiasGeluArgs& args);

/// What bias_gelu_backward_on_device reads and writes: device memory, as above.
struct BiasGeluBackwardArgs {
    const float* x = nullptr;      ///< [rows, hidden], as the forward pass was given it
    const float* bias = nullptr;   ///< [hidden]
    const float* d_out = nullptr;  ///< [rows, hidden]: the loss's gradient by out
    float* d_x = nullptr;          ///< [rows, hidden], every element written; may be d_out itself
    float* d_bias = nullptr;       ///< [hidden], every element written
    int rows = 0;                  ///< tokens of all pictures
    int hidden = 0;                ///< width of the inner part
};

/// d_x = d_out gelu'(x + bias), gelu'(z) = Phi(z) + z phi(z), phi(z) = exp(-z^2 / 2) / sqrt(2 pi), and d_bias[c] = sum over rows of
/// d_x[r, c]. Both are overwritten; nothing is added to what was there, and without rows d_bias is zeros. The same question gives the
/// same bits, in whatever order the GPU runs threads and CUDA blocks: so each sum has one order, which additions by atomicAdd have
/// not. Launches on the default stream and returns without waiting. With hidden 0 there is nothing to write and nothing to launch.
void bias_gelu_backward_on_device(const BiasGeluBackwardArgs& args);

}  // namespace wb
