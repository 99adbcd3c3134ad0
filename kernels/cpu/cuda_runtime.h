/// @file
/// Stands in for CUDA's header of this name where kernels are compiled for the CPU: the same names, run by kernels/simt.
/// Only what the course's kernels and common tutorials use; what is missing is refused by kernel-rewriter or by the compiler.
/// Under nvcc the real header is found instead. WB_SIMT tells the two apart.
#pragma once

#define WB_SIMT 1

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "simt/api.hpp"

#include "wb_cuda/atomics.h"       // atomicAdd and its relatives
#include "wb_cuda/device_math.h"   // rsqrtf, __expf, min, __popc, __ldg
#include "wb_cuda/keywords.h"      // __global__, __shared__, __launch_bounds__
#include "wb_cuda/launch.h"        // what <<< >>> becomes
#include "wb_cuda/runtime_api.h"   // cudaMalloc, cudaMemcpy, cudaGetLastError, events, streams
#include "wb_cuda/vector_types.h"  // dim3, float4, make_float4; threadIdx
#include "wb_cuda/warp.h"          // __syncthreads, __syncwarp, __shfl_xor_sync, __ballot_sync
