/// @file
/// CUDA's bfloat16: __nv_bfloat16, __nv_bfloat162 and the functions that kernels use most.
#pragma once

#include "cuda_runtime.h"
#include "wb_cuda/small_float.h"

using __nv_bfloat16 = wb::simt::SmallFloat<wb::simt::BfloatFormat>;
using __nv_bfloat162 = wb::simt::SmallFloat2<wb::simt::BfloatFormat>;
using nv_bfloat16 = __nv_bfloat16;
using nv_bfloat162 = __nv_bfloat162;

inline __nv_bfloat16 __float2bfloat16(float value) {
    return value;
}
inline __nv_bfloat16 __float2bfloat16_rn(float value) {
    return value;
}
inline float __bfloat162float(__nv_bfloat16 value) {
    return value;
}
inline __nv_bfloat162 __float2bfloat162_rn(float value) {
    return {value, value};
}
inline __nv_bfloat162 __floats2bfloat162_rn(float low, float high) {
    return {low, high};
}
inline __nv_bfloat162 __float22bfloat162_rn(float2 value) {
    return {value.x, value.y};
}
inline float2 __bfloat1622float2(__nv_bfloat162 value) {
    return {value.x, value.y};
}
