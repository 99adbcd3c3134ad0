// NOTE: the threads in the order of the pixels: reads are coalesced, writes scatter. A fixed grid whose threads stride over the array.
#include "patchify_kernel.hpp"

#include <cuda_runtime.h>

#include <cstdint>
#include <string>

#include "wb/errors.hpp"

namespace wb {

__global__ void scatter_pixels(PatchifyArgs args) {
    const std::int64_t pixels = static_cast<std::int64_t>(args.batch) * args.channels * args.height * args.width;
    const int P = args.patch_size;
    for (std::int64_t i = blockIdx.x * blockDim.x + threadIdx.x; i < pixels; i += gridDim.x * blockDim.x) {
        std::int64_t rest = i;
        const std::int64_t place = rest % args.width, line = (rest /= args.width) % args.height;
        const std::int64_t channel = (rest /= args.height) % args.channels, picture = rest / args.channels;
        std::int64_t to = picture * (args.height / P) + line / P;
        to = to * (args.width / P) + place / P;
        to = to * args.channels + channel;
        to = (to * P + line % P) * P + place % P;
        args.patches[to] = args.pixels[i];
    }
}

void patchify_on_device(const PatchifyArgs& args) {
    const auto refuse = [&args](const std::string& side, int size) {
        throw ShapeError("patch_size " + std::to_string(args.patch_size) + " does not cut the " + side +
                         " evenly: " + std::to_string(size) + " (height " + std::to_string(args.height) + ", width " +
                         std::to_string(args.width) + ")");
    };
    if (args.patch_size <= 0 || args.height % args.patch_size > 0) refuse("height", args.height);
    if (args.width % args.patch_size > 0) refuse("width", args.width);
    if (args.batch > 0 && args.channels > 0 && args.height > 0 && args.width > 0) scatter_pixels<<<3, 96>>>(args);
}

}  // namespace wb
