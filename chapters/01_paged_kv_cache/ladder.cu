/// @file
/// A ladder: one computation four times over, each time with less waiting. The keys of a sequence leave the paged cache as a matrix whose
/// columns are tokens, which is what a product of new queries with all old keys wants on its right:
///     out[d, t] = cache[table[t / block_size], t % block_size, d],     t = 0 .. tokens - 1
///     cache: a token's dimensions lie in one piece     -->     out: a dimension's tokens lie in one piece
/// Rungs: a thread a token; a thread a number; a tile in shared memory; the same with a row that is one element longer.
/// Least traffic: 4 head_dim bytes a token read, and as many written; 4 bytes a KV block for the table. No arithmetic.
/// ./workbook profile chapters/01_paged_kv_cache/ladder.cu --entry climb --table
#include <cuda_runtime.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr int head_dim = 64, block_size = 16, table_entries = 32, tokens = table_entries * block_size;
constexpr int pool_blocks = 37;  ///< more than the sequence has, and prime, so that the table below is scattered
constexpr int threads = 128;
constexpr int tile = 32, tile_rows = 8;  ///< a tile of 32 x 32 numbers by 32 x 8 threads

__device__ std::size_t row_of(const int* table, int token) {
    return (static_cast<std::size_t>(table[token / block_size]) * block_size + token % block_size) * head_dim;
}

/// Rung 1: a thread has a token, as a loop on a CPU would. Neighbours write side by side, and read a row apart.
__global__ void a_thread_a_token(const float* cache, const int* table, float* out) {
    const int token = blockIdx.x * blockDim.x + threadIdx.x;
    const std::size_t row = row_of(table, token);
    for (int d = 0; d < head_dim; ++d) out[d * tokens + token] = cache[row + d];
}

/// Rung 2: a thread has a number. Neighbours read side by side, and write a row apart.
__global__ void a_thread_a_number(const float* cache, const int* table, float* out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x, token = i / head_dim, d = i % head_dim;
    out[d * tokens + token] = cache[row_of(table, token) + d];
}

/// Rung 3: a block turns a tile over in shared memory. Both sides of it are rows now; the column is in shared memory, all in one bank.
__global__ void by_way_of_a_tile(const float* cache, const int* table, float* out) {
    __shared__ float turned[tile][tile];
    const int x = threadIdx.x, first_token = blockIdx.x * tile, first_d = blockIdx.y * tile;
    for (int y = threadIdx.y; y < tile; y += tile_rows)
        turned[y][x] = cache[row_of(table, first_token + y) + first_d + x];
    __syncthreads();  // a column was written by all warps
    for (int y = threadIdx.y; y < tile; y += tile_rows) out[(first_d + y) * tokens + first_token + x] = turned[x][y];
}

/// Rung 4: with 33 numbers a row, those of a column lie in 32 different banks.
__global__ void by_way_of_a_padded_tile(const float* cache, const int* table, float* out) {
    __shared__ float turned[tile][tile + 1];
    const int x = threadIdx.x, first_token = blockIdx.x * tile, first_d = blockIdx.y * tile;
    for (int y = threadIdx.y; y < tile; y += tile_rows)
        turned[y][x] = cache[row_of(table, first_token + y) + first_d + x];
    __syncthreads();  // a column was written by all warps
    for (int y = threadIdx.y; y < tile; y += tile_rows) out[(first_d + y) * tokens + first_token + x] = turned[x][y];
}

void check(cudaError_t error, const char* what) {
    if (error != cudaSuccess) throw std::runtime_error(std::string(what) + ": " + cudaGetErrorString(error));
}

}  // namespace

/// Launches every rung on one sequence. @throws std::runtime_error where a rung's numbers are not those of the formula
void climb() {
    std::vector<float> keys(static_cast<std::size_t>(pool_blocks) * block_size * head_dim);
    for (std::size_t i = 0; i < keys.size(); ++i) keys[i] = static_cast<float>(i);  // each one known by its number
    std::vector<int> blocks(table_entries);
    for (int n = 0; n < table_entries; ++n) blocks[n] = (11 * n + 5) % pool_blocks;

    const std::size_t size = static_cast<std::size_t>(head_dim) * tokens;
    float *cache = nullptr, *out = nullptr;
    int* table = nullptr;
    check(cudaMalloc(&cache, keys.size() * sizeof(float)), "cudaMalloc");
    check(cudaMalloc(&out, size * sizeof(float)), "cudaMalloc");
    check(cudaMalloc(&table, blocks.size() * sizeof(int)), "cudaMalloc");
    check(cudaMemcpy(cache, keys.data(), keys.size() * sizeof(float), cudaMemcpyHostToDevice), "cudaMemcpy");
    check(cudaMemcpy(table, blocks.data(), blocks.size() * sizeof(int), cudaMemcpyHostToDevice), "cudaMemcpy");

    std::vector<float> answer(size);
    const auto expect_right = [&](const char* rung) {
        check(cudaMemcpy(answer.data(), out, size * sizeof(float), cudaMemcpyDeviceToHost), rung);
        for (int d = 0; d < head_dim; ++d) {
            for (int t = 0; t < tokens; ++t) {
                const int slot = blocks[t / block_size] * block_size + t % block_size;
                if (answer[d * tokens + t] != keys[static_cast<std::size_t>(slot) * head_dim + d])
                    throw std::runtime_error(std::string(rung) + " has another number for token " + std::to_string(t) +
                                             " in dimension " + std::to_string(d));
            }
        }
        check(cudaMemset(out, 0, size * sizeof(float)), rung);  // the next rung finds nothing done
    };
    const dim3 tiles(tokens / tile, head_dim / tile), tile_threads(tile, tile_rows);
    a_thread_a_token<<<tokens / threads, threads>>>(cache, table, out);
    expect_right("a_thread_a_token");
    a_thread_a_number<<<tokens * head_dim / threads, threads>>>(cache, table, out);
    expect_right("a_thread_a_number");
    by_way_of_a_tile<<<tiles, tile_threads>>>(cache, table, out);
    expect_right("by_way_of_a_tile");
    by_way_of_a_padded_tile<<<tiles, tile_threads>>>(cache, table, out);
    expect_right("by_way_of_a_padded_tile");
    check(cudaFree(cache), "cudaFree");
    check(cudaFree(out), "cudaFree");
    check(cudaFree(table), "cudaFree");
}
