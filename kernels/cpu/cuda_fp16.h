/// @file
/// CUDA's half precision: __half, __half2 and the functions that kernels use most.
#pragma once

#include "cuda_runtime.h"
#include "wb_cuda/small_float.h"

using __half = wb::simt::SmallFloat<wb::simt::HalfFormat>;
using __half2 = wb::simt::SmallFloat2<wb::simt::HalfFormat>;
using half = __half;
using half2 = __half2;

inline __half __float2half(float value) {
    return value;
}
inline __half __float2half_rn(float value) {
    return value;
}
inline __half __double2half(double value) {
    return value;
}
inline __half __int2half_rn(int value) {
    return value;
}
inline float __half2float(__half value) {
    return value;
}
inline __half2 __float2half2_rn(float value) {
    return {value, value};
}
inline __half2 __half2half2(__half value) {
    return {value, value};
}
inline __half2 __halves2half2(__half low, __half high) {
    return {low, high};
}
inline __half2 __floats2half2_rn(float low, float high) {
    return {low, high};
}
inline __half2 make_half2(__half low, __half high) {
    return {low, high};
}
inline __half2 __float22half2_rn(float2 value) {
    return {value.x, value.y};
}
inline float2 __half22float2(__half2 value) {
    return {value.x, value.y};
}
inline unsigned short __half_as_ushort(__half value) {
    return value.bits;
}
inline __half __ushort_as_half(unsigned short bits) {
    return __half::from_bits(bits);
}
inline __half hexp(__half value) {
    return expf(value);
}
inline __half hlog(__half value) {
    return logf(value);
}
inline __half hsqrt(__half value) {
    return sqrtf(value);
}
inline __half hrsqrt(__half value) {
    return rsqrtf(value);
}
