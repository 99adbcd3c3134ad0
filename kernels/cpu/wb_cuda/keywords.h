/// @file
/// CUDA's keywords. On the CPU host and device are one, so most of them say nothing.
#pragma once

#include <memory>  // before the words below: libstdc++ says __noinline__ too, as an attribute

#ifdef WB_PROFILE_BUILD
#define __global__ __attribute__((noinline))                  // so that it has a beginning and an end
#define __constant__ __attribute__((section("wb_constant")))  // a GPU reads it through a cache of its own
#else
#define __global__
#define __constant__
#endif
#define __host__
#define __device__
#define __managed__
#define __grid_constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __inline__ inline
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __maxnreg__(...)
#define __align__(n) __attribute__((aligned(n)))
#ifndef __restrict__
#define __restrict__ __restrict
#endif

// kernel-rewriter gives every block fresh shared memory. This is for what it does not see: a header that declares some.
#define __shared__ static

#define __CUDACC_VER_MAJOR__ 12
#define CUDART_VERSION 12000
