/// @file
/// Kernels with one fault each. The launchers take device pointers and check nothing, as the exercises' do.
#pragma once

#include <cstddef>
#include <cstdint>

namespace wb::broken {

// races.cu, and kernels that only look like races
void shift_without_barrier(float* x);       ///< 64 floats through shared memory
void shift_in_a_template(float* x);         ///< the same
void exchange_without_syncwarp(float* x);   ///< 32 floats between the lanes of a warp
void syncwarp_of_other_lanes(float* x);     ///< 32 floats; lanes 0..15 synchronise, 16..31 are read
void overwrite_what_others_read(float* x);  ///< 64 floats: all read element 0, then thread 40 writes it
void all_blocks_add_to_one(float* x);       ///< plain += by 4 blocks
void atomic_and_plain(int* x);              ///< one thread adds atomically, another reads plainly
void two_threads_one_byte(std::int8_t* x);
void neighbouring_bytes(std::int8_t* x);  ///< 64 bytes; clean
void last_block_without_fence(float* partial, float* out, unsigned* counter);
void barrier_in_half_of_the_steps(float* x);  ///< clean: barriers are enough where they are

// memory.cu
void read_past_the_end(const float* x, float* out, int n);
void write_past_the_end(float* x, int n);
void write_before_the_start(float* x);
void overrun_static_shared(float* out, int index);  ///< of float[8]
void overrun_inner_dimension(float* out, int index);  ///< of float[4][8], in row 0
void overrun_dynamic_shared(float* out, int index);   ///< of 8 floats
float host_reads_device_memory(const float* x);
void read_uninitialised_shared(float* out);  ///< 2 floats, by 2 blocks; each then writes what it should have found
void kernel_reads_host_memory(const float* host, float* out);

// barriers.cu, of 64 threads but for what is said
void divergent_barrier();
void barrier_and_shuffle();      ///< lane 0 waits at __syncthreads, the others for it in __shfl_sync
void different_warp_functions();
void different_masks();
void lane_not_in_mask();
void lane_that_never_comes();    ///< 31 lanes wait for one that waits for them elsewhere
void exited_threads_are_not_waited_for(int* out);  ///< clean
void shuffle_from_exited_lane(float* out);         ///< clean, but NaN
void bad_width();
void throws();
void asserts(int value);
void traps();

// launches.cu
void launch(unsigned grid_x, unsigned grid_y, unsigned block_x, unsigned block_y, unsigned block_z, std::size_t shared_bytes);
void launch_and_clear_the_error();
void large_static_and_dynamic_shared();

}  // namespace wb::broken
