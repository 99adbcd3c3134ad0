/// @file
/// A ladder: one computation four times over, each time with less waiting. The length of the gradient of all parameters, which a training
/// run prints to see whether it diverges, and divides by where it clips:
///     norm^2 = sum_i g[i]^2,  i = 0 .. count - 1
/// Many numbers become one, so threads have to meet: each sums some numbers, a block's threads add up what they have, and a sum for each block
/// goes to the host.
///     the gradient      |  block 0: 256 threads, 4,096 numbers  |  block 1  |  ..          each block: 256 sums -> 1
/// Rungs: a stretch of numbers for each thread and a tree of sums; neighbours side by side; a tree without bank conflicts; shuffles.
/// Least traffic: 4 count bytes read, 4 a block written; work 2 count FLOPs: .5 per byte, bound by memory.
/// ./workbook profile chapters/05_pig_latin/ladder.cu --entry climb --table
#include <cuda_runtime.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr int threads = 256, numbers_per_thread = 16, numbers_per_block = threads * numbers_per_thread;
constexpr int blocks = 16, count = blocks * numbers_per_block;

/// A thread's sum over numbers that lie side by side: a warp's lanes read 16 floats apart.
__device__ float sum_of_stretch(const float* g) {
    const float* mine = g + blockIdx.x * numbers_per_block + threadIdx.x * numbers_per_thread;
    float sum = 0.0f;
    for (int i = 0; i < numbers_per_thread; ++i) {
        const float number = mine[i];
        sum += number * number;
    }
    return sum;
}

/// A thread's sum over every 256th number: a warp's lanes read side by side.
__device__ float sum_of_every_256th(const float* g) {
    const float* mine = g + blockIdx.x * numbers_per_block + threadIdx.x;
    float sum = 0.0f;
    for (int i = 0; i < numbers_per_block; i += threads) {
        const float number = mine[i];
        sum += number * number;
    }
    return sum;
}

/// The block's sum, in thread 0: pairs of neighbours, then neighbouring pairs, ..: places 0 2 4 .., then 0 4 8 ..: even distances, few banks.
__device__ float tree_of_neighbours(float* sums, float mine) {
    sums[threadIdx.x] = mine;
    for (int distance = 1; distance < threads; distance *= 2) {
        __syncthreads();  // the sums of the step before are there
        const int place = 2 * distance * threadIdx.x;
        if (place < threads) sums[place] += sums[place + distance];
    }
    return sums[0];
}

/// The same with the second half added to the first, then the second quarter, ..: whoever works lies side by side.
__device__ float tree_of_halves(float* sums, float mine) {
    sums[threadIdx.x] = mine;
    for (int half = threads / 2; half > 0; half /= 2) {
        __syncthreads();  // the sums of the step before are there
        if (static_cast<int>(threadIdx.x) < half) sums[threadIdx.x] += sums[threadIdx.x + half];
    }
    return sums[0];
}

/// The sum over a warp, in each lane: from register to register.
__device__ float warp_total(float value) {
    for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(0xffffffffu, value, distance);
    return value;
}

/// Rung 1.
__global__ void stretches_and_neighbours(const float* g, float* block_sums) {
    __shared__ float sums[threads];
    const float sum = tree_of_neighbours(sums, sum_of_stretch(g));
    if (threadIdx.x == 0) block_sums[blockIdx.x] = sum;
}

/// Rung 2: the gradient is read in order.
__global__ void strides_and_neighbours(const float* g, float* block_sums) {
    __shared__ float sums[threads];
    const float sum = tree_of_neighbours(sums, sum_of_every_256th(g));
    if (threadIdx.x == 0) block_sums[blockIdx.x] = sum;
}

/// Rung 3: shared memory is, too.
__global__ void strides_and_halves(const float* g, float* block_sums) {
    __shared__ float sums[threads];
    const float sum = tree_of_halves(sums, sum_of_every_256th(g));
    if (threadIdx.x == 0) block_sums[blockIdx.x] = sum;
}

/// Rung 4: a warp's 32 sums need no shared memory, and its eight warps meet once.
__global__ void strides_and_shuffles(const float* g, float* block_sums) {
    __shared__ float sums[threads / 32];
    const float of_warp = warp_total(sum_of_every_256th(g));
    if (threadIdx.x % 32 == 0) sums[threadIdx.x / 32] = of_warp;
    __syncthreads();                // all warps' sums are there
    if (threadIdx.x >= 32) return;  // one warp is left, and no barrier follows
    const float sum = warp_total(threadIdx.x < threads / 32 ? sums[threadIdx.x] : 0.0f);
    if (threadIdx.x == 0) block_sums[blockIdx.x] = sum;
}

void check(cudaError_t error, const char* what) {
    if (error != cudaSuccess) throw std::runtime_error(std::string(what) + ": " + cudaGetErrorString(error));
}

}  // namespace

/// Launches every rung on one gradient. @throws std::runtime_error where a rung has another sum
void climb() {
    std::vector<float> gradient(count);  // whole numbers: no sum of their squares is rounded, in whatever order
    double right = 0;
    for (int i = 0; i < count; ++i) {
        gradient[i] = static_cast<float>(i * 7 % 13 - 6);
        right += static_cast<double>(gradient[i]) * static_cast<double>(gradient[i]);
    }
    float *g = nullptr, *block_sums = nullptr;
    check(cudaMalloc(&g, count * sizeof(float)), "cudaMalloc");
    check(cudaMalloc(&block_sums, blocks * sizeof(float)), "cudaMalloc");
    check(cudaMemcpy(g, gradient.data(), count * sizeof(float), cudaMemcpyHostToDevice), "cudaMemcpy");

    const auto expect_right = [&](const char* rung) {
        std::vector<float> sums(blocks);
        check(cudaMemcpy(sums.data(), block_sums, blocks * sizeof(float), cudaMemcpyDeviceToHost), rung);
        double sum = 0;
        for (const float of_block : sums) sum += static_cast<double>(of_block);
        if (sum != right)
            throw std::runtime_error(std::string(rung) + " sums to " + std::to_string(sum) + ", not to " +
                                     std::to_string(right));
        check(cudaMemset(block_sums, 0, blocks * sizeof(float)), rung);  // the next rung finds nothing done
    };
    stretches_and_neighbours<<<blocks, threads>>>(g, block_sums);
    expect_right("stretches_and_neighbours");
    strides_and_neighbours<<<blocks, threads>>>(g, block_sums);
    expect_right("strides_and_neighbours");
    strides_and_halves<<<blocks, threads>>>(g, block_sums);
    expect_right("strides_and_halves");
    strides_and_shuffles<<<blocks, threads>>>(g, block_sums);
    expect_right("strides_and_shuffles");
    check(cudaFree(g), "cudaFree");
    check(cudaFree(block_sums), "cudaFree");
}
