/// @file
/// What the engine does not have, refused by name with what to do instead.
#include <array>

#include "rewriter/rewrite.hpp"

namespace wb::rewriter {
namespace {

struct Missing {
    std::string_view begins;  ///< a name, or how names of the kind begin if it ends with *
    std::string_view advice;
};

constexpr std::string_view tensor_cores =
    "tensor cores (wmma) are not part of this course: multiply in float with fmaf, tile by tile.";
constexpr std::string_view async_copies =
    "asynchronous copies (cp.async, TMA, pipelines) are not part of this course: load with plain assignments, then "
    "__syncthreads().";
constexpr std::string_view assembly = "inline PTX cannot run on the CPU: use the CUDA function that it stands for.";
constexpr std::string_view groups =
    "cooperative groups are not part of this course: use __syncthreads(), __syncwarp() and __shfl_*_sync; to "
    "synchronise the grid, end the kernel and launch another.";
constexpr std::string_view textures =
    "textures and surfaces are not part of this course: read the array through a pointer.";
constexpr std::string_view active_mask =
    "__activemask() says which lanes happen to run together, which nothing guarantees: compute the mask with "
    "__ballot_sync(0xffffffff, condition), or pass it.";
constexpr std::string_view graphs = "CUDA graphs are not part of this course: launch the kernels one after another.";
constexpr std::string_view clusters =
    "thread block clusters are not part of this course: give each block work of its own.";
constexpr std::string_view old_shuffle =
    "the warp functions without _sync are gone since CUDA 9: name the lanes that take part, as in "
    "__shfl_xor_sync(0xffffffff, value, 16).";
constexpr std::string_view launch_call = "launch with kernel<<<grid, block, shared>>>(arguments).";

constexpr std::array missing_names = {Missing{"nvcuda", tensor_cores},
                                      Missing{"wmma", tensor_cores},
                                      Missing{"__wmma*", tensor_cores},
                                      Missing{"__pipeline_*", async_copies},
                                      Missing{"memcpy_async", async_copies},
                                      Missing{"__cp_async*", async_copies},
                                      Missing{"asm", assembly},
                                      Missing{"__asm__", assembly},
                                      Missing{"__asm", assembly},
                                      Missing{"cooperative_groups", groups},
                                      Missing{"cudaLaunchCooperativeKernel*", groups},
                                      Missing{"cudaTextureObject_t", textures},
                                      Missing{"cudaSurfaceObject_t", textures},
                                      Missing{"tex1Dfetch", textures},
                                      Missing{"tex1D", textures},
                                      Missing{"tex2D", textures},
                                      Missing{"tex3D", textures},
                                      Missing{"surf2Dread", textures},
                                      Missing{"surf2Dwrite", textures},
                                      Missing{"cudaCreateTextureObject", textures},
                                      Missing{"__activemask", active_mask},
                                      Missing{"cudaGraph*", graphs},
                                      Missing{"__cluster_dims__", clusters},
                                      Missing{"cudaLaunchKernelEx*", clusters},
                                      Missing{"cudaLaunchKernel", launch_call},
                                      Missing{"__shfl", old_shuffle},
                                      Missing{"__shfl_up", old_shuffle},
                                      Missing{"__shfl_down", old_shuffle},
                                      Missing{"__shfl_xor", old_shuffle},
                                      Missing{"__ballot", old_shuffle},
                                      Missing{"__any", old_shuffle},
                                      Missing{"__all", old_shuffle}};

constexpr std::array missing_headers = {
    Missing{"mma.h", tensor_cores},
    Missing{"cuda_pipeline*", async_copies},
    Missing{"cuda/pipeline", async_copies},
    Missing{"cuda/barrier", async_copies},
    Missing{"cooperative_groups*", groups},
    Missing{"cuda_texture_types.h", textures},
    Missing{"cub/*", "CUB is not part of this course: the exercise is to write the reduction, scan or sort."},
    Missing{"thrust/*", "Thrust is not part of this course: use cudaMalloc and a kernel."},
    Missing{"cublas*",
            "cuBLAS is not part of this course: write the kernel, or multiply on the host with wb/matmul.hpp."},
    Missing{"cute/*", tensor_cores},
    Missing{"cutlass/*", tensor_cores}};

bool matches(std::string_view name, std::string_view pattern) {
    return pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1)) : name == pattern;
}

}  // namespace

void refuse_what_is_missing(const Stream& stream, Rewriting& out) {
    std::string_view said;  // one advice once
    for (const Token& token : stream.tokens) {
        if (token.kind != TokenKind::identifier) continue;
        for (const Missing& missing : missing_names) {
            if (!matches(token.text, missing.begins) || missing.advice == said) continue;
            out.faults.push_back({token.begin, std::string(token.text) + ": " + std::string(missing.advice)});
            said = missing.advice;
        }
    }
}

void refuse_headers(const std::vector<Include>& includes, Rewriting& out) {
    for (const Include& include : includes) {
        const std::size_t open = include.target.find_first_of("<\"");
        if (open == npos) continue;
        const std::string_view name =
            include.target.substr(open + 1, include.target.find_first_of(">\"", open + 1) - open - 1);
        for (const Missing& missing : missing_headers) {
            if (matches(name, missing.begins))
                out.faults.push_back({include.begin, std::string(name) + ": " + std::string(missing.advice)});
        }
    }
}

}  // namespace wb::rewriter
