// f(x) = x*x - c has a root between 1 and 2 where 1 < c < 4. One cell of eight has: find those, bisect there 20 times.
#include <cuda_runtime.h>

#include <cmath>
#include <stdexcept>
#include <vector>

__device__ bool has_root(float c) {
    return c > 1.0f && c < 4.0f;
}

__device__ float bisect(float c) {
    float low = 1.0f, high = 2.0f;
    for (int step = 0; step < 20; ++step) {
        float middle = 0.5f * (low + high);
        bool below = middle * middle < c;
        low = below ? middle : low;
        high = below ? high : middle;
    }
    return 0.5f * (low + high);
}

// Before: whoever has a root bisects on the spot and asks the one counter for a place.
__global__ void roots_on_the_spot(const float* c, int n, int* count, int* cell, float* root) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    float mine = c[i];
    if (!has_root(mine)) return;
    float r = bisect(mine);
    int place = atomicAdd(count, 1);
    cell[place] = i;
    root[place] = r;
}

// After, first: collect the cells; a warp counts its own and asks for all their places at once.
__global__ void find_cells(const float* c, int n, int* count, int* cell, float* value) {
    int i = blockIdx.x * blockDim.x + threadIdx.x, lane = threadIdx.x % 32;
    float mine = i < n ? c[i] : 0.0f;
    bool keep = has_root(mine);
    unsigned keepers = __ballot_sync(0xffffffffu, keep);
    int first = 0;
    if (lane == 0 && keepers) first = atomicAdd(count, __popc(keepers));
    first = __shfl_sync(0xffffffffu, first, 0);
    if (!keep) return;
    int place = first + __popc(keepers & ((1u << lane) - 1));
    cell[place] = i;
    value[place] = mine;
}

// After, second: bisect with full warps; value becomes the root.
__global__ void refine(float* value, int m) {
    int j = blockIdx.x * blockDim.x + threadIdx.x;
    if (j < m) value[j] = bisect(value[j]);
}

void run() {
    const int n = 65'536, threads = 256;
    std::vector<float> c(n);
    for (int i = 0; i < n; ++i) c[i] = i % 8 == 3 ? 1.5f + float(i % 1009) / 505.0f : 5.0f;
    float *device_c, *device_root;
    int *device_count, *device_cell;
    cudaMalloc(&device_c, n * sizeof(float)), cudaMalloc(&device_root, n * sizeof(float));
    cudaMalloc(&device_count, sizeof(int)), cudaMalloc(&device_cell, n * sizeof(int));
    cudaMemcpy(device_c, c.data(), n * sizeof(float), cudaMemcpyHostToDevice);
    for (int version = 0; version < 2; ++version) {
        int m = 0;
        cudaMemset(device_count, 0, sizeof(int));
        if (version == 0)
            roots_on_the_spot<<<n / threads, threads>>>(device_c, n, device_count, device_cell, device_root);
        if (version == 1) find_cells<<<n / threads, threads>>>(device_c, n, device_count, device_cell, device_root);
        cudaMemcpy(&m, device_count, sizeof(int), cudaMemcpyDeviceToHost);
        if (m != n / 8) throw std::runtime_error("not every root is there");
        if (version == 1) refine<<<(m + threads - 1) / threads, threads>>>(device_root, m);
        std::vector<int> cell(m);
        std::vector<float> root(m);
        std::vector<bool> seen(n);
        cudaMemcpy(cell.data(), device_cell, m * sizeof(int), cudaMemcpyDeviceToHost);
        cudaMemcpy(root.data(), device_root, m * sizeof(float), cudaMemcpyDeviceToHost);
        for (int j = 0; j < m; ++j) {
            if (cell[j] % 8 != 3 || seen[cell[j]] || std::fabs(root[j] - std::sqrt(c[cell[j]])) > 2e-6f)
                throw std::runtime_error("a root is wrong");
            seen[cell[j]] = true;
        }
    }
    cudaFree(device_c), cudaFree(device_root), cudaFree(device_count), cudaFree(device_cell);
}
