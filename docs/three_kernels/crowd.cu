// A square without its passers-by: of each pixel, the most frequent of 16 grey levels in 24 photos. Which of its 16
// counters a thread raises next only the photos know, so the counters cannot live in registers.
#include <cuda_runtime.h>

#include <stdexcept>
#include <vector>

constexpr int levels = 16, photos = 24, threads = 128;

// counter(k) is where a thread counts level k; the two kernels differ in nothing else.
template <class Counter>
__device__ unsigned char most_frequent(const unsigned char* photo, int pixel, int pixels, Counter counter) {
    for (int k = 0; k < levels; ++k) counter(k) = 0;
    for (int p = 0; p < photos; ++p) ++counter(photo[p * pixels + pixel]);
    int best = 0, count = counter(0);
    for (int k = 1; k < levels; ++k) {
        int c = counter(k);
        if (c > count) best = k, count = c;
    }
    return best;
}

// Before: 16 neighbouring counters for each thread.
__global__ void crowd_by_thread(const unsigned char* photo, unsigned char* square, int pixels) {
    __shared__ int counters[threads * levels];
    int pixel = blockIdx.x * threads + threadIdx.x;
    int* mine = counters + threadIdx.x * levels;
    square[pixel] = most_frequent(photo, pixel, pixels, [&](int k) -> int& { return mine[k]; });
}

// After: the counters of one level, of all threads, beside each other.
__global__ void crowd_by_level(const unsigned char* photo, unsigned char* square, int pixels) {
    __shared__ int counters[levels * threads];
    int pixel = blockIdx.x * threads + threadIdx.x;
    int* mine = counters + threadIdx.x;
    square[pixel] = most_frequent(photo, pixel, pixels, [&](int k) -> int& { return mine[k * threads]; });
}

void run() {
    const int pixels = 16'384;
    std::vector<unsigned char> photo(photos * pixels), square(pixels);
    auto background = [](int pixel) { return pixel / 256 % 13; };
    for (int p = 0; p < photos; ++p)
        for (int pixel = 0; pixel < pixels; ++pixel) {  // somebody is 32 pixels wide and stands in every fourth photo
            bool somebody = (pixel / 32 + p) % 4 == 0;
            photo[p * pixels + pixel] = somebody ? 13 + (pixel / 32 + p) / 4 % 3 : background(pixel);
        }
    unsigned char *device_photo, *device_square;
    cudaMalloc(&device_photo, photo.size());
    cudaMalloc(&device_square, square.size());
    cudaMemcpy(device_photo, photo.data(), photo.size(), cudaMemcpyHostToDevice);

    for (int version = 0; version < 2; ++version) {
        cudaMemset(device_square, 0xff, square.size());
        if (version == 0)
            crowd_by_thread<<<pixels / threads, threads>>>(device_photo, device_square, pixels);
        else
            crowd_by_level<<<pixels / threads, threads>>>(device_photo, device_square, pixels);
        if (cudaDeviceSynchronize() != cudaSuccess) throw std::runtime_error("the launch failed");
        cudaMemcpy(square.data(), device_square, square.size(), cudaMemcpyDeviceToHost);
        for (int pixel = 0; pixel < pixels; ++pixel)
            if (square[pixel] != background(pixel)) throw std::runtime_error("somebody is still there");
    }
    cudaFree(device_photo), cudaFree(device_square);
}
