/// @file
/// CUDA's syntax in the shapes that real code has: what the rewriter must find, and what it must leave alone.
#include <cuda_runtime.h>

#include <utility>

#include "tutorial.hpp"

// Not launches: kernel<<<1, 1>>>(x) in a comment,
/* kernel<<<1, 1>>>(x) in another, */
[[maybe_unused]] static const char* const in_a_string = "kernel<<<1, 1>>>(x)";
[[maybe_unused]] static const char* const in_a_raw_string = R"(kernel<<<1, 1>>>("x"))";

template <class A, int B>
struct Shape {
    static constexpr int value = B;
};

namespace kernels {

__global__ void store(int* out, int value) { out[threadIdx.x] = value; }

template <class T, int value>
__global__ void store_template(T* out) {
    out[threadIdx.x] = value;
}

template <class T>
__global__ void store_deduced(T* out, T value) {
    out[threadIdx.x] = value;
}

template <class S>
__global__ void store_shape(int* out) {
    out[threadIdx.x] = S::value;
}

}  // namespace kernels

#define STORE(name, out, value)        \
    kernels::name<<<dim3(1), dim3(2)>>> \
        (out, (value))

/// A name that two files may have: device functions stay in their file.
__device__ int warp_sum(int value) { return value; }

__device__ int counter;

__global__ void count_threads() {
    if (warp_sum(1) == 1) atomicAdd(&counter, 1);
}

struct Pair {
    float first;
    int second;
};

__shared__ int at_file_scope[4];

template <class T, int size>
__global__ void use_shared(float* out) {
    __shared__ T several[size], *pointer, one;
    __shared__ __align__(16) Pair pairs[2];
    volatile __shared__ float
        over_two_lines[2]
                      [3];
    extern __shared__ float4 dynamic[];
    const int t = threadIdx.x;
    several[t] = static_cast<T>(t);
    dynamic[t] = make_float4(1.0f, 2.0f, 3.0f, static_cast<float>(t));
    at_file_scope[t] = 5;
    if (t == 0) {
        pointer = several;
        one = 7;
        pairs[1] = {8.0f, 9};
        over_two_lines[1][2] = 10.0f;
    }
    __syncthreads();
    auto sum_all = [=](int i) { return dynamic[i].w + several[i] + at_file_scope[i]; };  // shared memory is not copied
    if (t == 1) {
        out[0] = static_cast<float>(pointer[size - 1]);
        out[1] = static_cast<float>(one);
        out[2] = pairs[1].first + static_cast<float>(pairs[1].second);
        out[3] = over_two_lines[1][2];
        out[4] = sum_all(3);
    }
}

namespace wb::tutorial {

std::vector<int> launches_in_every_shape() {
    constexpr int shapes = 9;
    int* device;
    cudaMalloc(&device, 2 * shapes * sizeof(int));
    int* out = device;
    const auto next = [&] { return std::exchange(out, out + 2); };
    kernels::store<<<1, 2>>>(next(), 1);
    ::kernels::store <<< 1, 2 >>> (next(), 2);
    kernels::store_template<int, 3><<<1, 2>>>(next());
    kernels::store_template<int, (7 > 3 ? 4 : 0)><<<dim3(1, 1), dim3{2}, 0>>>(next());
    kernels::store_deduced<<<1, 2>>>(next(), 5);
    kernels::store_shape<Shape<Shape<int, 2>, 6>><<<1, 1 << 1, size_t(0), nullptr>>>(next());
    STORE(store, next(), 7);
    void (*pointer)(int*, int) = kernels::store;
    if (out != nullptr)
        pointer<<<1, 2>>>(next(), 8);
    else
        kernels::store<<<1, 2>>>(next(), -1);
    for (int i = 9; i < 10; ++i) (kernels::store)<<<
        Shape<int, 1>::value,
        2  // threads
    >>>(
        next(),
        i);
    std::vector<int> result(2 * shapes);
    cudaMemcpy(result.data(), device, result.size() * sizeof(int), cudaMemcpyDeviceToHost);
    cudaFree(device);
    return result;
}

std::vector<float> shared_memory_in_every_shape() {
    float* device;
    cudaMalloc(&device, 5 * sizeof(float));
    use_shared<short, 4><<<1, 4, 4 * sizeof(float4)>>>(device);
    std::vector<float> result(5);
    cudaMemcpy(result.data(), device, 5 * sizeof(float), cudaMemcpyDeviceToHost);
    cudaFree(device);
    return result;
}

int counted_by_device_variable(int threads) {
    int count = 0;
    cudaMemcpyToSymbol(counter, &count, sizeof count);
    count_threads<<<2, threads>>>();
    cudaMemcpyFromSymbol(&count, counter, sizeof count);
    return count;
}

}  // namespace wb::tutorial
