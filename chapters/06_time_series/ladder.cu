/// @file
/// A ladder: one computation four times over, each time with less waiting. How alike is a series to itself some rows later? That shows its
/// season, and how far a look-back should reach:
///     r[v,k] = sum_t x[v,t] x[v,t+k],  t = 0 .. length - 1,  k = 0 .. lags - 1,  for each series v of length + lags numbers
///     k = 0     x0 x1 x2 x3 ..                    k = 2     x0 x1 x2 x3 ..
///               x0 x1 x2 x3 ..                              x2 x3 x4 x5 ..        products of what stands above each other, summed
/// Rungs: a warp a lag, whose lanes have stretches; lanes side by side; all lags of a series in one block, a tile in shared memory; the part
/// of a tile that the next one needs stays there.
/// Least traffic per series: 4 (length + lags) bytes read, 4 lags written; work 2 length lags FLOPs: 49 per byte, if every number comes once.
/// ./workbook profile chapters/06_time_series/ladder.cu --entry climb --table
#include <cuda_runtime.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr int series = 2, length = 1024, lags = 128, row = length + lags;

/// The sum over a warp, in each lane.
__device__ float warp_total(float value) {
    for (int distance = 16; distance > 0; distance /= 2) value += __shfl_xor_sync(0xffffffffu, value, distance);
    return value;
}

/// Rung 1: a warp a lag, and each lane a stretch of 32 numbers, as one splits a loop among threads of a CPU: lanes read 32 floats apart.
__global__ void lags_by_stretches(const float* x, float* r) {
    const float* from = x + blockIdx.y * row;
    const int k = blockIdx.x, each = length / 32, first = threadIdx.x * each;
    float sum = 0.0f;
    for (int t = first; t < first + each; ++t) sum += from[t] * from[t + k];
    sum = warp_total(sum);
    if (threadIdx.x == 0) r[blockIdx.y * lags + k] = sum;
}

/// Rung 2: the lanes side by side. But each lag reads the whole series again, twice.
__global__ void lags_by_neighbours(const float* x, float* r) {
    const float* from = x + blockIdx.y * row;
    const int k = blockIdx.x;
    float sum = 0.0f;
    for (int t = threadIdx.x; t < length; t += 32) sum += from[t] * from[t + k];
    sum = warp_total(sum);
    if (threadIdx.x == 0) r[blockIdx.y * lags + k] = sum;
}

/// Rung 3: a block a series, a thread a lag. 128 numbers and the 128 behind them lie in shared memory, for all lags: all lanes of a warp read
/// one and the same x[t], and neighbours x[t + k].
__global__ void lags_from_a_tile(const float* x, float* r) {
    __shared__ float tile[2 * lags];
    const float* from = x + blockIdx.x * row;
    const int k = threadIdx.x;
    float sum = 0.0f;
    for (int begin = 0; begin < length; begin += lags) {
        tile[k] = from[begin + k];
        tile[k + lags] = from[begin + k + lags];
        __syncthreads();  // a lag needs what other threads have fetched
        for (int t = 0; t < lags; ++t) sum += tile[t] * tile[t + k];
        __syncthreads();  // nobody overwrites what others still read
    }
    r[blockIdx.x * lags + k] = sum;
}

/// Rung 4: what lies behind one tile is the next tile. It stays, and each number comes once; the two halves take turns.
__global__ void lags_from_a_ring(const float* x, float* r) {
    __shared__ float ring[2 * lags];
    const float* from = x + blockIdx.x * row;
    const int k = threadIdx.x;
    ring[k] = from[k];
    float sum = 0.0f;
    for (int begin = 0; begin < length; begin += lags) {
        const int here = begin % (2 * lags), behind = lags - here;  // where the tile begins, and what follows it
        ring[behind + k] = from[begin + lags + k];
        __syncthreads();  // a lag needs what other threads have fetched
        for (int t = 0; t < lags; ++t) sum += ring[here + t] * ring[(here + t + k) % (2 * lags)];
        __syncthreads();  // nobody overwrites what others still read
    }
    r[blockIdx.x * lags + k] = sum;
}

void check(cudaError_t error, const char* what) {
    if (error != cudaSuccess) throw std::runtime_error(std::string(what) + ": " + cudaGetErrorString(error));
}

}  // namespace

/// Launches every rung on the same series. @throws std::runtime_error where a rung's numbers are not those of the formula
void climb() {
    std::vector<float> numbers(series * row);  // whole numbers: no sum of their products is rounded, in whatever order
    for (int i = 0; i < series * row; ++i) numbers[i] = static_cast<float>(i * i % 24 % 7 - 3);
    float *x = nullptr, *r = nullptr;
    check(cudaMalloc(&x, numbers.size() * sizeof(float)), "cudaMalloc");
    check(cudaMalloc(&r, series * lags * sizeof(float)), "cudaMalloc");
    check(cudaMemcpy(x, numbers.data(), numbers.size() * sizeof(float), cudaMemcpyHostToDevice), "cudaMemcpy");

    const auto expect_right = [&](const char* rung) {
        std::vector<float> answer(series * lags);
        check(cudaMemcpy(answer.data(), r, answer.size() * sizeof(float), cudaMemcpyDeviceToHost), rung);
        for (int n = 0; n < series * lags; ++n) {
            const float* from = numbers.data() + n / lags * row;
            float right = 0.0f;
            for (int t = 0; t < length; ++t) right += from[t] * from[t + n % lags];
            if (answer[n] != right)
                throw std::runtime_error(std::string(rung) + " has " + std::to_string(answer[n]) + " for series " +
                                         std::to_string(n / lags) + " and lag " + std::to_string(n % lags) + ", not " +
                                         std::to_string(right));
        }
        check(cudaMemset(r, 0, answer.size() * sizeof(float)), rung);  // the next rung finds nothing done
    };
    lags_by_stretches<<<dim3(lags, series), 32>>>(x, r);
    expect_right("lags_by_stretches");
    lags_by_neighbours<<<dim3(lags, series), 32>>>(x, r);
    expect_right("lags_by_neighbours");
    lags_from_a_tile<<<series, lags>>>(x, r);
    expect_right("lags_from_a_tile");
    lags_from_a_ring<<<series, lags>>>(x, r);
    expect_right("lags_from_a_ring");
    check(cudaFree(x), "cudaFree");
    check(cudaFree(r), "cudaFree");
}
