/// @file
/// A ladder: one computation four times over, each time with less waiting. A picture comes as bytes, red green blue, pixel by pixel; a
/// vision transformer wants three planes of normalised floats:
///     planes[c, p] = (bytes[3 p + c] / 255 - mean[c]) / deviation[c],     p = 0 .. pixels - 1
///     memory:   r0 g0 b0 r1 g1 b1 r2 ..      -->      r0 r1 r2 ..  |  g0 g1 g2 ..  |  b0 b1 b2 ..
/// Rungs: a thread a line of pixels, in two kernels; the same in one kernel; a thread a pixel; by way of shared memory.
/// Least traffic: 3 pixels bytes read, 12 pixels written; work 9 pixels FLOPs: .6 per byte, bound by memory.
/// ./workbook profile chapters/04_vit/ladder.cu --entry climb --table
#include <cuda_runtime.h>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr int width = 128, height = 128, pixels = width * height, channels = 3;
constexpr int threads = 128;                        ///< a block's; in the tile also its pixels
constexpr int tile_words = threads * channels / 4;  ///< of 4 bytes, that hold a block's pixels

/// Of each channel.
struct Statistics {
    float mean[channels], deviation[channels];
};

__host__ __device__ float normalised(float share, const Statistics& of, int channel) {
    return (share - of.mean[channel]) / of.deviation[channel];
}

/// Rung 1, first half: a thread has a line of pixels, as a loop on a CPU would. Its neighbour reads and writes a line further.
__global__ void split_by_lines(const unsigned char* bytes, float* planes) {
    const int line = blockIdx.x * blockDim.x + threadIdx.x;
    for (int x = 0; x < width; ++x) {
        const int p = line * width + x;
        for (int c = 0; c < channels; ++c) planes[c * pixels + p] = bytes[channels * p + c] / 255.0f;
    }
}

/// Rung 1, second half: what the first half has written is read and written once more.
__global__ void normalise(float* planes, Statistics of) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    planes[i] = normalised(planes[i], of, i / pixels);
}

/// Rung 2: both in one kernel. A number is normalised while it is in a register.
__global__ void planes_by_lines(const unsigned char* bytes, float* planes, Statistics of) {
    const int line = blockIdx.x * blockDim.x + threadIdx.x;
    for (int x = 0; x < width; ++x) {
        const int p = line * width + x;
        for (int c = 0; c < channels; ++c) planes[c * pixels + p] = normalised(bytes[channels * p + c] / 255.0f, of, c);
    }
}

/// Rung 3: a thread has a pixel. Neighbours write neighbours; they read every third byte, three times the same sectors.
__global__ void planes_by_pixels(const unsigned char* bytes, float* planes, Statistics of) {
    const int p = blockIdx.x * blockDim.x + threadIdx.x;
    for (int c = 0; c < channels; ++c) planes[c * pixels + p] = normalised(bytes[channels * p + c] / 255.0f, of, c);
}

/// Rung 4: a block fetches the bytes of its pixels in the order in which they lie, four to a word; the gaps are in shared memory, where
/// 32 lanes with every third byte want 24 words of 24 different banks.
__global__ void planes_through_a_tile(const unsigned char* bytes, float* planes, Statistics of) {
    __shared__ unsigned int words[tile_words];
    const int first = blockIdx.x * threads;
    const unsigned int* from =
        reinterpret_cast<const unsigned int*>(bytes + static_cast<std::size_t>(channels) * first);
    if (threadIdx.x < tile_words) words[threadIdx.x] = from[threadIdx.x];
    __syncthreads();  // a pixel's bytes were fetched by other threads
    const unsigned char* mine = reinterpret_cast<const unsigned char*>(words) + channels * threadIdx.x;
    for (int c = 0; c < channels; ++c) planes[c * pixels + first + threadIdx.x] = normalised(mine[c] / 255.0f, of, c);
}

void check(cudaError_t error, const char* what) {
    if (error != cudaSuccess) throw std::runtime_error(std::string(what) + ": " + cudaGetErrorString(error));
}

}  // namespace

/// Launches every rung on one picture. @throws std::runtime_error where a rung's numbers are not those of the formula
void climb() {
    const Statistics of{{0.485f, 0.456f, 0.406f}, {0.229f, 0.224f, 0.225f}};
    std::vector<unsigned char> bytes(static_cast<std::size_t>(channels) * pixels);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i * 37 % 251);
    unsigned char* picture = nullptr;
    float* planes = nullptr;
    check(cudaMalloc(&picture, bytes.size()), "cudaMalloc");
    check(cudaMalloc(&planes, bytes.size() * sizeof(float)), "cudaMalloc");
    check(cudaMemcpy(picture, bytes.data(), bytes.size(), cudaMemcpyHostToDevice), "cudaMemcpy");

    std::vector<float> answer(bytes.size());
    const auto expect_right = [&](const char* rung) {
        check(cudaMemcpy(answer.data(), planes, answer.size() * sizeof(float), cudaMemcpyDeviceToHost), rung);
        for (int c = 0; c < channels; ++c) {
            for (int p = 0; p < pixels; ++p) {
                const float right = normalised(bytes[channels * p + c] / 255.0f, of, c);
                if (!(std::fabs(answer[c * pixels + p] - right) <= 1e-5f))
                    throw std::runtime_error(std::string(rung) + " has another number in plane " + std::to_string(c) +
                                             " at pixel " + std::to_string(p));
            }
        }
        check(cudaMemset(planes, 0, answer.size() * sizeof(float)), rung);  // the next rung finds nothing done
    };
    split_by_lines<<<height / threads, threads>>>(picture, planes);
    normalise<<<channels * pixels / threads, threads>>>(planes, of);
    expect_right("split_by_lines and normalise");
    planes_by_lines<<<height / threads, threads>>>(picture, planes, of);
    expect_right("planes_by_lines");
    planes_by_pixels<<<pixels / threads, threads>>>(picture, planes, of);
    expect_right("planes_by_pixels");
    planes_through_a_tile<<<pixels / threads, threads>>>(picture, planes, of);
    expect_right("planes_through_a_tile");
    check(cudaFree(picture), "cudaFree");
    check(cudaFree(planes), "cudaFree");
}
