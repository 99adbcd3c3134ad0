/// @file
/// CUDA's vector types, dim3, and the built-in variables of a kernel.
#pragma once

// NAME1 to NAME4 and make_NAME1 to make_NAME4, aligned as CUDA aligns them: vectors of 2 and 4 to their size, at most 16 bytes.
#define WB_CUDA_VECTOR_TYPES(name, type, align2, align4)               \
    struct name##1 {                                                   \
        type x;                                                        \
    };                                                                 \
    struct alignas(align2) name##2 {                                   \
        type x, y;                                                     \
    };                                                                 \
    struct name##3 {                                                   \
        type x, y, z;                                                  \
    };                                                                 \
    struct alignas(align4) name##4 {                                   \
        type x, y, z, w;                                               \
    };                                                                 \
    constexpr name##1 make_##name##1(type x) {                         \
        return {x};                                                    \
    }                                                                  \
    constexpr name##2 make_##name##2(type x, type y) {                 \
        return {x, y};                                                 \
    }                                                                  \
    constexpr name##3 make_##name##3(type x, type y, type z) {         \
        return {x, y, z};                                              \
    }                                                                  \
    constexpr name##4 make_##name##4(type x, type y, type z, type w) { \
        return {x, y, z, w};                                           \
    }

WB_CUDA_VECTOR_TYPES(char, signed char, 2, 4)
WB_CUDA_VECTOR_TYPES(uchar, unsigned char, 2, 4)
WB_CUDA_VECTOR_TYPES(short, short, 4, 8)
WB_CUDA_VECTOR_TYPES(ushort, unsigned short, 4, 8)
WB_CUDA_VECTOR_TYPES(int, int, 8, 16)
WB_CUDA_VECTOR_TYPES(uint, unsigned int, 8, 16)
WB_CUDA_VECTOR_TYPES(long, long, 16, 16)
WB_CUDA_VECTOR_TYPES(ulong, unsigned long, 16, 16)
WB_CUDA_VECTOR_TYPES(longlong, long long, 16, 16)
WB_CUDA_VECTOR_TYPES(ulonglong, unsigned long long, 16, 16)
WB_CUDA_VECTOR_TYPES(float, float, 8, 16)
WB_CUDA_VECTOR_TYPES(double, double, 16, 16)
#undef WB_CUDA_VECTOR_TYPES

/// Extents of a grid or block. What is not given is 1.
struct dim3 {
    unsigned int x, y, z;
    constexpr dim3(unsigned int x_ = 1, unsigned int y_ = 1, unsigned int z_ = 1) : x(x_), y(y_), z(z_) {}
    constexpr dim3(uint3 v) : x(v.x), y(v.y), z(v.z) {}
    constexpr operator uint3() const { return {x, y, z}; }
};

/// The type of blockDim and gridDim: dim3's layout, but never constructed, so that it can be the engine's variable.
struct wb_builtin_dim3 {
    unsigned int x, y, z;
    constexpr operator dim3() const { return {x, y, z}; }
};

// Constant to a kernel; the engine sets them whenever another thread's turn comes.
extern const uint3 threadIdx __asm__("wb_simt_thread_idx");
extern const uint3 blockIdx __asm__("wb_simt_block_idx");
extern const wb_builtin_dim3 blockDim __asm__("wb_simt_block_dim");
extern const wb_builtin_dim3 gridDim __asm__("wb_simt_grid_dim");
constexpr int warpSize = 32;
