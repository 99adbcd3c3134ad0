// NOTE: a thread for each number of the answer, which fetches it itself: no shared memory, no barrier; what neighbours read lies `variates` apart.
#include "unfold_kernel.hpp"

#include <cuda_runtime.h>

#include <string>

#include "wb/errors.hpp"

namespace wb {

__global__ void unfold_number_kernel(UnfoldArgs args, long long count, int patches) {
    const long long n = static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (n >= count) return;
    const long long i = n % args.patch, p = n / args.patch % patches, row = n / args.patch / patches;
    const long long v = row % args.variates, b = row / args.variates;
    long long t = args.stride * p + i;
    if (t > args.lookback - 1) t = args.lookback - 1;
    args.patches[n] = args.x[(b * args.lookback + t) * args.variates + v];
}

void unfold_on_device(const UnfoldArgs& args) {
    if (args.lookback < 1 || args.patch < 1 || args.stride < 1 || args.patch > args.lookback ||
        args.stride > args.patch)
        throw ShapeError("unfold: lookback " + std::to_string(args.lookback) + ", patch " + std::to_string(args.patch) +
                         ", stride " + std::to_string(args.stride));
    const int patches = (args.lookback + args.stride - args.patch) / args.stride + 1;
    const long long count = static_cast<long long>(args.batch) * args.variates * patches * args.patch;
    if (count == 0) return;
    unfold_number_kernel<<<static_cast<unsigned>((count + 255) / 256), 256>>>(args, count, patches);
}

}  // namespace wb
