// NOTE: a block a window and 32 variates, one warp, which walks along the places: it turns 32 places at a time in a flat piece of shared memory
// with rows of 33, variates first, where others have places first.
#include "unfold_kernel.hpp"

#include <cuda_runtime.h>

#include <string>

#include "wb/errors.hpp"

namespace wb {

__global__ void turn_places(UnfoldArgs args, int length) {
    __shared__ float turned[32 * 33];
    const int groups = (args.variates + 31) / 32, first = blockIdx.x % groups * 32, lane = threadIdx.x;
    const long long window = blockIdx.x / groups;
    const int here = min(32, args.variates - first);
    const float* x = args.x + window * args.lookback * args.variates + first;
    float* rows = args.patches + (window * args.variates + first) * length;
    for (int begin = 0; begin < length; begin += 32) {
        const int places = min(32, length - begin);
        for (int n = 0; lane < here && n < places; ++n) {
            const int place = begin + n;
            int t = args.stride * (place / args.patch) + place % args.patch;
            if (t > args.lookback - 1) t = args.lookback - 1;
            turned[33 * lane + n] = x[static_cast<long long>(t) * args.variates + lane];
        }
        __syncthreads();
        for (int v = 0; lane < places && v < here; ++v)
            rows[static_cast<long long>(v) * length + begin + lane] = turned[33 * v + lane];
        __syncthreads();
    }
}

void unfold_on_device(const UnfoldArgs& args) {
    if (args.lookback < 1 || args.patch < 1 || args.stride < 1 || args.patch > args.lookback ||
        args.stride > args.patch)
        throw ShapeError("unfold: lookback " + std::to_string(args.lookback) + ", patch " + std::to_string(args.patch) +
                         ", stride " + std::to_string(args.stride));
    const int patches = (args.lookback + args.stride - args.patch) / args.stride + 1;
    const long long blocks = static_cast<long long>(args.batch) * ((args.variates + 31) / 32);
    if (blocks > 0) turn_places<<<static_cast<unsigned>(blocks), 32>>>(args, patches * args.patch);
}

}  // namespace wb
