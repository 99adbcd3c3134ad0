/// @file
/// y[i] = a[i] + b[i], the first kernel of every tutorial, with a grid-stride loop, a launch in a loop, one in a macro.
#include <cstdio>

#include "tutorial.hpp"

#define CHECK(call)                                                                       \
    do {                                                                                  \
        cudaError_t status = (call);                                                      \
        if (status != cudaSuccess) std::fprintf(stderr, "%s\n", cudaGetErrorString(status)); \
    } while (0)

#define LAUNCH_1D(kernel, n, ...)                        \
    do {                                                 \
        kernel<<<((n) + 127) / 128, 128>>>(__VA_ARGS__); \
        CHECK(cudaGetLastError());                       \
    } while (0)

__global__ void add(const float* a, const float* b, float* c, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) c[i] = a[i] + b[i];
}

__global__ void increment(float* x, int n) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += blockDim.x * gridDim.x) x[i] += 1.0f;
}

namespace wb::tutorial {

std::vector<float> vector_add(const std::vector<float>& a, const std::vector<float>& b) {
    const int n = static_cast<int>(a.size());
    const size_t bytes = n * sizeof(float);
    float *d_a, *d_b, *d_c;
    CHECK(cudaMalloc(&d_a, bytes));
    CHECK(cudaMalloc(&d_b, bytes));
    CHECK(cudaMalloc((void**)&d_c, bytes));
    CHECK(cudaMemcpy(d_a, a.data(), bytes, cudaMemcpyHostToDevice));
    CHECK(cudaMemcpy(d_b, b.data(), bytes, cudaMemcpyHostToDevice));

    int threads = 256;
    int blocks = (n + threads - 1) / threads;
    add<<<blocks, threads>>>(d_a, d_b, d_c, n);
    CHECK(cudaDeviceSynchronize());

    std::vector<float> c(n);
    CHECK(cudaMemcpy(c.data(), d_c, bytes, cudaMemcpyDeviceToHost));
    cudaFree(d_a);
    cudaFree(d_b);
    cudaFree(d_c);
    return c;
}

std::vector<float> add_in_steps(std::vector<float> x, int steps) {
    const int n = static_cast<int>(x.size());
    float* d_x;
    cudaStream_t stream;
    cudaEvent_t start, stop;
    cudaStreamCreate(&stream);
    cudaEventCreate(&start);
    cudaEventCreate(&stop);
    cudaMalloc(&d_x, n * sizeof(float));
    cudaMemcpyAsync(d_x, x.data(), n * sizeof(float), cudaMemcpyHostToDevice, stream);
    cudaEventRecord(start, stream);
    for (int step = 0; step < steps; ++step) increment<<<2, 64, 0, stream>>>(d_x, n);
    LAUNCH_1D(increment, n, d_x, n);
    cudaEventRecord(stop, stream);
    cudaEventSynchronize(stop);
    float milliseconds = -1.0f;
    cudaEventElapsedTime(&milliseconds, start, stop);
    cudaMemcpyAsync(x.data(), d_x, n * sizeof(float), cudaMemcpyDeviceToHost, stream);
    cudaStreamSynchronize(stream);
    cudaStreamDestroy(stream);
    cudaEventDestroy(start);
    cudaEventDestroy(stop);
    cudaFree(d_x);
    if (milliseconds < 0.0f) x.clear();
    return x;
}

std::vector<float> managed_add(int n) {
    float *x, *y;
    cudaMallocManaged(&x, n * sizeof(float));
    cudaMallocManaged(&y, n * sizeof(float));
    for (int i = 0; i < n; i++) {
        x[i] = 1.0f;
        y[i] = 2.0f;
    }
    add<<<(n + 255) / 256, 256>>>(x, y, y, n);
    cudaDeviceSynchronize();
    std::vector<float> result(y, y + n);
    cudaFree(x);
    cudaFree(y);
    return result;
}

}  // namespace wb::tutorial
