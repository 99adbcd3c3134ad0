/// @file
/// Kernels as tutorials write them, each with the host code that a tutorial would show: allocate, copy, launch, copy back.
#pragma once

#include <vector>

namespace wb::tutorial {

// vector_add.cu
std::vector<float> vector_add(const std::vector<float>& a, const std::vector<float>& b);
std::vector<float> add_in_steps(std::vector<float> x, int steps);  ///< a launch in a loop and in a macro
std::vector<float> managed_add(int n);                             ///< cudaMallocManaged: 1 + 2 in each place

// grids.cu: what each thread of the grid finds in its built-in variables
std::vector<int> indices_2d(int width, int height);
std::vector<int> indices_3d(int width, int height, int depth);

// reduce.cu
float sum_in_shared_memory(const std::vector<float>& x);
double sum_of_doubles(const std::vector<double>& x);  ///< the same template, another type of dynamic shared memory
float sum_with_shuffles(const std::vector<float>& x);
float sum_by_last_block(const std::vector<float>& x);  ///< __threadfence and an atomic counter
std::vector<int> warp_functions();

// tiles.cu
std::vector<float> transpose(const std::vector<float>& x, int rows, int cols);
std::vector<float> matmul(const std::vector<float>& a, const std::vector<float>& b, int m, int n, int k);

// stencil.cu: the coefficients are in constant memory
std::vector<float> stencil(const std::vector<float>& x, const std::vector<float>& coefficients);

// scan.cu
std::vector<int> inclusive_scan(const std::vector<int>& x);
std::vector<int> histogram(const std::vector<int>& x, int bins);

// types.cu
std::vector<float> half_axpy(float a, const std::vector<float>& x, const std::vector<float>& y);
std::vector<float> bfloat_round_trip(const std::vector<float>& x);
std::vector<float> copy_by_float4(const std::vector<float>& x);

// language.cu: launches in every shape that the rewriter must see
std::vector<int> launches_in_every_shape();
std::vector<float> shared_memory_in_every_shape();
int counted_by_device_variable(int threads);

// attributes.cu
std::vector<float> large_shared_memory(int floats);

}  // namespace wb::tutorial
