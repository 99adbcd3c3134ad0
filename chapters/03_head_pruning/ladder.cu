/// @file
/// A ladder: one computation four times over, each time with less waiting. Heads leave the output projection for good: of a matrix with
/// head_dim columns for each head, the live heads' columns move together,
///     out[r, n head_dim + c] = weights[r, live[n] head_dim + c],     n = 0 .. num_live - 1,  c = 0 .. head_dim - 1
///     weights:  0 0 | 1 1 | 2 2 | 3 3      -->      out:  1 1 | 3 3      with live = 1, 3
/// Rungs: a thread a row; a thread for every old column, also of dead heads; a thread for every new number; four numbers a thread.
/// Least traffic: 4 bytes a live number read, and 4 written. No arithmetic.
/// ./workbook profile chapters/03_head_pruning/ladder.cu --entry climb --table
#include <cuda_runtime.h>

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr int rows = 256, heads = 8, head_dim = 16, num_live = 3;
constexpr int old_columns = heads * head_dim, new_columns = num_live * head_dim;
constexpr int threads = 128;  ///< of a block, and as many as there are old columns

/// Rung 1: a thread has a row, as a loop on a CPU would. Its neighbour has the next row, 128 numbers further.
__global__ void a_thread_a_row(const float* weights, const int* live, float* out) {
    const int row = blockIdx.x * blockDim.x + threadIdx.x;
    for (int n = 0; n < num_live; ++n) {
        const int first = live[n] * head_dim;
        for (int c = 0; c < head_dim; ++c)
            out[row * new_columns + n * head_dim + c] = weights[row * old_columns + first + c];
    }
}

/// Rung 2: a block has a row, and a thread a column of it; those of dead heads find out, and leave.
/// @param place  of each head among the live ones; -1 for a dead head
__global__ void a_thread_an_old_column(const float* weights, const int* place, float* out) {
    const int row = blockIdx.x, column = threadIdx.x, n = place[column / head_dim];
    if (n < 0) return;
    out[row * new_columns + n * head_dim + column % head_dim] = weights[row * old_columns + column];
}

/// Rung 3: a thread has a number of the answer, and finds where it comes from. Nobody is there for dead heads.
__global__ void a_thread_a_new_number(const float* weights, const int* live, float* out) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x, row = i / new_columns, column = i % new_columns;
    out[i] = weights[row * old_columns + live[column / head_dim] * head_dim + column % head_dim];
}

/// Rung 4: a thread has four numbers that lie side by side, in one load and one store; the list is read for four at a time.
__global__ void four_numbers_a_thread(const float4* weights, const int* live, float4* out) {
    constexpr int per_head = head_dim / 4, per_row = new_columns / 4;  // float4s
    const int i = blockIdx.x * blockDim.x + threadIdx.x, row = i / per_row, column = i % per_row;
    out[i] = weights[row * (old_columns / 4) + live[column / per_head] * per_head + column % per_head];
}

void check(cudaError_t error, const char* what) {
    if (error != cudaSuccess) throw std::runtime_error(std::string(what) + ": " + cudaGetErrorString(error));
}

template <class T>
T* on_device(const std::vector<T>& values) {
    T* copy = nullptr;
    check(cudaMalloc(&copy, values.size() * sizeof(T)), "cudaMalloc");
    check(cudaMemcpy(copy, values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice), "cudaMemcpy");
    return copy;
}

}  // namespace

/// Launches every rung on one matrix. @throws std::runtime_error where a rung's numbers are not those of the formula
void climb() {
    const std::vector<int> live_heads = {1, 4, 6}, places = {-1, 0, -1, -1, 1, -1, 2, -1};
    std::vector<float> numbers(static_cast<std::size_t>(rows) * old_columns);
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = static_cast<float>(i);  // each one known by its number

    float* weights = on_device(numbers);
    int *live = on_device(live_heads), *place = on_device(places);
    std::vector<float> answer(static_cast<std::size_t>(rows) * new_columns);
    float* out = on_device(answer);
    const auto expect_right = [&](const char* rung) {
        check(cudaMemcpy(answer.data(), out, answer.size() * sizeof(float), cudaMemcpyDeviceToHost), rung);
        for (int row = 0; row < rows; ++row) {
            for (int column = 0; column < new_columns; ++column) {
                const int old = live_heads[column / head_dim] * head_dim + column % head_dim;
                if (answer[row * new_columns + column] != numbers[row * old_columns + old])
                    throw std::runtime_error(std::string(rung) + " has another number in row " + std::to_string(row) +
                                             ", column " + std::to_string(column));
            }
        }
        check(cudaMemset(out, 0, answer.size() * sizeof(float)), rung);  // the next rung finds nothing done
    };
    a_thread_a_row<<<rows / threads, threads>>>(weights, live, out);
    expect_right("a_thread_a_row");
    a_thread_an_old_column<<<rows, threads>>>(weights, place, out);
    expect_right("a_thread_an_old_column");
    a_thread_a_new_number<<<rows * new_columns / threads, threads>>>(weights, live, out);
    expect_right("a_thread_a_new_number");
    four_numbers_a_thread<<<rows * new_columns / 4 / threads, threads>>>(reinterpret_cast<const float4*>(weights), live,
                                                                         reinterpret_cast<float4*>(out));
    expect_right("four_numbers_a_thread");
    for (void* memory :
         {static_cast<void*>(weights), static_cast<void*>(live), static_cast<void*>(place), static_cast<void*>(out)})
        check(cudaFree(memory), "cudaFree");
}
