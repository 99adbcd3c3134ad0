/// @file
/// Included before a .cu file by clangd only (cmake/Editor.cmake), which takes the file as CUDA where the build rewrites it to C++: so an
/// editor parses `<<<grid, block>>>` and `extern __shared__` as they stand, with our own cuda_runtime.h behind them and no CUDA toolkit.
/// Nothing is compiled like this. What clang lets a kernel call is not checked: here everything is host and device alike.
#pragma once

#include <exception>  // clang has declared some of these two for the host already
#include <new>

#define __CLANG_CUDA_WRAPPERS_NEW  // clang has a <new> for devices; the real one is there

#pragma clang force_cuda_host_device begin  // to the end of the file

#include <cuda_runtime.h>

#undef __global__
#define __global__ __attribute__((global))
#undef __shared__
#define __shared__ __attribute__((shared))

/// What clang makes of <<<grid, block, shared_bytes, stream>>>.
extern "C" unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, std::size_t shared_bytes = 0,
                                                cudaStream_t stream = nullptr);
