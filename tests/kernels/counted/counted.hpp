/// @file
/// Kernels that are simple enough to be counted by hand, and their launchers. The line that a test asks for ends in a marker: // NAME.
#pragma once

namespace wb::counted {

// global.cu: one element a thread. `x` holds what the index needs.
void strided(const float* x, float* out, int blocks, int threads, int stride, int offset);
void broadcast(const float* x, float* out, int blocks, int threads);  ///< one element for all
void backwards(const float* x, float* out, int threads);
void columns(const float* x, float* out, int n);  ///< thread i reads row i of n x n, element after element
void copy_float2(const float* x, float* out, int threads);
void copy_float4(const float* x, float* out, int threads);
void copy_float3(const float* x, float* out, int threads);  ///< twelve bytes, of which no instruction exists
void sum_float4(const float* x, float* out, int threads);   ///< reads a float4, writes a float
void eight_strides(const float* x, float* out);             ///< one warp, one line: strides of 1 to 8 floats
void copy_halves(const unsigned short* x, unsigned short* out, int threads);
void multiply(const float* a, const float* b, float* c, int n);  ///< n x n, a block a row
void read_twice(const float* x, float* out, int n);              ///< one warp reads all n floats, and then again
void by_pointer(const float* x, float* out);         ///< two kernels from one place, the first of them twice
void look_up_variables(const float* x, float* out);  ///< a __constant__ array and a __device__ array

// transposes.cu: n x n floats, n a multiple of 32, blocks of 32 x 8
enum class Transpose { naive, tiled, padded };
void transpose(const float* x, float* out, int n, Transpose how);

// reductions.cu: the sum of 256 floats by one block of 256 threads
enum class Reduction { interleaved, interleaved_packed, sequential };
void reduce(const float* x, float* out, Reduction how);

// shared.cu: one warp, 4096 bytes of shared memory
void shared_stride(float* out, int stride);  ///< lane i reads word i * stride
void shared_broadcast(float* out);
void shared_float2(float* out);
void shared_float4(float* out, int stride);  ///< lane i reads the float4 i * stride
void shared_column_of_doubles(double* out);

// flow.cu: one block
void lane_trips(const float* x, float* out);                   ///< lane i goes round i times
void every_other(const float* x, float* out);                  ///< eight rounds, in which odd and even lanes take turns
void guarded(const float* x, float* out, int n, int threads);  ///< if (i >= n) return
void called_in_a_branch(const float* x, float* out);  ///< a function that is not inlined, called by half of the lanes
void loads_and_meetings(const float* x, float* out, int events);  ///< about so many events, then a warp's sum
void lanes_meet_after_a_branch(const float* x, float* out);
void spin_lock(int* lock, int* sum);  ///< 32 lanes of a warp, one after another

// atomics.cu: one block
void histogram(int* bins, int num_bins, int threads);
void shared_histogram(int* bins, int num_bins, int threads);

}  // namespace wb::counted
