/// @file
/// What paging costs: exercise 1.9's reference over blocks scattered through the pool, against two contiguous rivals on the
/// same work in one run.
///
///     paged_attention [--threads N] [--rounds R] [--block-size B]
///
/// "contiguous" is the same code over one block per sequence, as long as its context: no table to follow, rows one behind the
/// other; the difference is what paging costs. "contiguous, BLAS" is attention as matrix products over keys and values laid
/// out for it, [num_seqs, num_kv_heads, length, head_dim]: it shows that the first rival is no slow one. Goal: within 10 % of
/// the faster of the two from length 1,024 on. All take turns, and each counts with its fastest round: neighbours on a shared
/// machine only ever slow one down.
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <span>
#include <vector>

#include "paged_attention.hpp"
#include "wb/matmul.hpp"
#include "wb/random.hpp"
#include "wb/vector_math.hpp"

namespace {

using namespace wb;

constexpr std::size_t num_seqs = 8, num_heads = 16, num_kv_heads = 8, head_dim = 64, group = num_heads / num_kv_heads;

/// Seconds of one call.
template <class Call>
double seconds(Call call) {
    const auto start = std::chrono::steady_clock::now();
    call();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// A paged cache and the same keys and values with one block per sequence.
struct Work {
    Tensor<3> q;
    KvCache paged, contiguous;
    Tensor<2, BlockId> block_table, one_block_each;
    std::vector<std::int32_t> context_lens;
};

Work make_work(std::size_t length, std::size_t block_size) {
    Random random(1);
    const std::size_t blocks = (length + block_size - 1) / block_size;
    Work work;
    work.q = normal_tensor<3>(random, {num_seqs, num_heads, head_dim});
    work.contiguous.k = normal_tensor<4>(random, {num_seqs, num_kv_heads, length, head_dim});
    work.contiguous.v = normal_tensor<4>(random, {num_seqs, num_kv_heads, length, head_dim});
    work.paged.k = zeros<4>({num_seqs * blocks, num_kv_heads, block_size, head_dim});
    work.paged.v = zeros<4>({num_seqs * blocks, num_kv_heads, block_size, head_dim});
    work.block_table = zeros<2, BlockId>({num_seqs, blocks});
    work.one_block_each = zeros<2, BlockId>({num_seqs, 1});
    work.context_lens.assign(num_seqs, static_cast<std::int32_t>(length));
    const std::vector<std::size_t> order = random.permutation(num_seqs * blocks);
    for (std::size_t s = 0; s < num_seqs; ++s) {
        work.one_block_each(s, 0) = static_cast<BlockId>(s);
        for (std::size_t t = 0; t < length; ++t) {
            const std::size_t block = order[s * blocks + t / block_size];
            work.block_table(s, t / block_size) = static_cast<BlockId>(block);
            for (std::size_t h = 0; h < num_kv_heads; ++h) {
                for (std::size_t d = 0; d < head_dim; ++d) {
                    work.paged.k(block, h, t % block_size, d) = work.contiguous.k(s, h, t, d);
                    work.paged.v(block, h, t % block_size, d) = work.contiguous.v(s, h, t, d);
                }
            }
        }
    }
    return work;
}

/// The rival that knows nothing of blocks: two matrix products and a softmax for each KV head.
Tensor<3> attention_by_blas(const Tensor<3>& q, const Tensor<4>& k, const Tensor<4>& v) {
    const std::size_t length = k.shape(2);
    Tensor<3> out(q.shape());
#pragma omp parallel
    {
        std::vector<float> scores(group * length);
#pragma omp for
        for (std::size_t head = 0; head < num_seqs * num_kv_heads; ++head) {
            const std::size_t at = head * group * head_dim, cache_at = head * length * head_dim;
            gemm(Transpose::no, Transpose::yes, group, length, head_dim, 1.0F / std::sqrt(static_cast<float>(head_dim)),
                 q.data() + at, k.data() + cache_at, 0.0F, scores.data());
            for (std::size_t g = 0; g < group; ++g) {
                const std::span<float> row(scores.data() + g * length, length);
                const float largest = row_max(row);
                for (float& score : row) score -= largest;
                exp_in_place(row);
                const float factor = 1.0F / row_sum(row);
                for (float& weight : row) weight *= factor;
            }
            gemm(Transpose::no, Transpose::no, group, head_dim, length, 1.0F, scores.data(), v.data() + cache_at, 0.0F,
                 out.data() + at);
        }
    }
    return out;
}

float largest_difference(const Tensor<3>& a, const Tensor<3>& b) {
    float largest = 0;
    for (std::size_t n = 0; n < a.size(); ++n) largest = std::max(largest, std::abs(a.data()[n] - b.data()[n]));
    return largest;
}

}  // namespace

int main(int argc, char** argv) {
    int threads = omp_get_max_threads(), rounds = 20;
    std::size_t block_size = 16;
    for (int n = 1; n + 1 < argc; n += 2) {
        const int value = std::max(1, std::atoi(argv[n + 1]));
        if (std::strcmp(argv[n], "--threads") == 0) threads = value;
        if (std::strcmp(argv[n], "--rounds") == 0) rounds = value;
        if (std::strcmp(argv[n], "--block-size") == 0) block_size = static_cast<std::size_t>(value);
    }
    omp_set_num_threads(threads);
    std::printf(
        "paged decode attention, %zu sequences, %zu heads on %zu KV heads, head_dim %zu, KV blocks of %zu, "
        "%d threads, fastest of %d rounds\n",
        num_seqs, num_heads, num_kv_heads, head_dim, block_size, threads, rounds);
    std::printf("%8s %12s %14s %18s %26s\n", "length", "paged", "contiguous", "contiguous, BLAS",
                "paged / faster rival");
    for (const std::size_t length : {256, 1024, 4096}) {
        const Work work = make_work(length, block_size);
        Tensor<3> paged, contiguous, blas;
        double paged_time = std::numeric_limits<double>::infinity(), contiguous_time = paged_time,
               blas_time = paged_time;
        for (int round = 0; round < rounds; ++round) {
            paged_time =
                std::min(paged_time, seconds([&] {
                             paged = paged_decode_attention(work.q, work.paged, work.block_table, work.context_lens);
                         }));
            contiguous_time = std::min(contiguous_time, seconds([&] {
                                           contiguous = paged_decode_attention(work.q, work.contiguous,
                                                                               work.one_block_each, work.context_lens);
                                       }));
            blas_time = std::min(
                blas_time, seconds([&] { blas = attention_by_blas(work.q, work.contiguous.k, work.contiguous.v); }));
        }
        if (largest_difference(paged, blas) > 1e-4F || largest_difference(paged, contiguous) > 1e-4F) {
            std::printf("length %zu: the three do not agree, so their times mean nothing\n", length);
            return 1;
        }
        std::printf("%8zu %9.3f ms %11.3f ms %15.3f ms %20.2f%s\n", length, 1e3 * paged_time, 1e3 * contiguous_time,
                    1e3 * blas_time, paged_time / std::min(contiguous_time, blas_time),
                    length >= 1024 ? "  (goal: at most 1.10)" : "");
    }
    return 0;
}
