/// @file
/// Exercise 1.9, differently: one token at a time through the tensors' own indices, an online softmax in double, no threads,
/// checks written out by hand. Slow, and as right as the reference.
#include "paged_attention.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "wb/errors.hpp"

namespace wb {
namespace {

[[noreturn]] void shapes(const std::string& where, const std::string& first, const std::string& second,
                         const std::string& what) {
    throw ShapeError(where + ": " + first + " does not fit " + second + ": " + what);
}

std::string named(const char* name, const Tensor<3>& x) {
    return std::string(name) + " " + shape_text(x);
}
std::string named(const char* name, const Tensor<4>& x) {
    return std::string(name) + " " + shape_text(x);
}

void check_cache(const std::string& where, const KvCache& cache) {
    static const char* const axes[] = {"axis 0", "axis 1", "axis 2", "axis 3"};
    for (std::size_t axis = 0; axis < 4; ++axis) {
        if (cache.k.shape(axis) != cache.v.shape(axis)) {
            shapes(where, named("cache.k", cache.k), named("cache.v", cache.v), axes[axis]);
        }
    }
}

}  // namespace

void reshape_and_cache(const Tensor<3>& k, const Tensor<3>& v, const std::vector<Slot>& slot_mapping, KvCache& cache) {
    check_cache("reshape_and_cache", cache);
    if (k.shape() != v.shape()) shapes("reshape_and_cache", named("k", k), named("v", v), "they must be alike");
    if (k.shape(1) != cache.k.shape(1) || k.shape(2) != cache.k.shape(3)) {
        shapes("reshape_and_cache", named("k", k), named("cache.k", cache.k), "num_kv_heads or head_dim");
    }
    if (slot_mapping.size() != k.shape(0)) {
        shapes("reshape_and_cache", named("k", k), "slot_mapping of " + std::to_string(slot_mapping.size()), "axis 0");
    }
    const auto block_size = static_cast<Slot>(cache.k.shape(2));
    const Slot end = static_cast<Slot>(cache.k.shape(0)) * block_size;
    KvCache result = cache;  // a copy of its own, so that an error in the middle leaves no trace
    for (std::size_t token = 0; token < slot_mapping.size(); ++token) {
        const Slot slot = slot_mapping[token];
        if (slot == -1) continue;
        if (slot < 0 || slot >= end) {
            throw std::invalid_argument("slot_mapping[" + std::to_string(token) + "] = " + std::to_string(slot) +
                                        " is outside of 0.." + std::to_string(end - 1));
        }
        for (std::size_t h = 0; h < k.shape(1); ++h) {
            for (std::size_t d = 0; d < k.shape(2); ++d) {
                result.k(slot / block_size, h, slot % block_size, d) = k(token, h, d);
                result.v(slot / block_size, h, slot % block_size, d) = v(token, h, d);
            }
        }
    }
    cache = result;
}

void copy_blocks(const std::vector<BlockCopy>& copies, KvCache& cache) {
    check_cache("copy_blocks", cache);
    const auto num_blocks = static_cast<BlockId>(cache.k.shape(0));
    KvCache result = cache;
    for (std::size_t n = 0; n < copies.size(); ++n) {
        const auto check = [&](BlockId block, const char* which) {
            if (block < 0 || block >= num_blocks) {
                throw std::invalid_argument("copies[" + std::to_string(n) + "]." + which + ": there is no block " +
                                            std::to_string(block));
            }
        };
        check(copies[n].source, "source");
        check(copies[n].destination, "destination");
        for (std::size_t h = 0; h < cache.k.shape(1); ++h) {
            for (std::size_t t = 0; t < cache.k.shape(2); ++t) {
                for (std::size_t d = 0; d < cache.k.shape(3); ++d) {
                    result.k(copies[n].destination, h, t, d) = result.k(copies[n].source, h, t, d);
                    result.v(copies[n].destination, h, t, d) = result.v(copies[n].source, h, t, d);
                }
            }
        }
    }
    cache = result;
}

Tensor<3> paged_decode_attention(const Tensor<3>& q, const KvCache& cache, const Tensor<2, BlockId>& block_table,
                                 const std::vector<std::int32_t>& context_lens) {
    const std::string where = "paged_decode_attention";
    check_cache(where, cache);
    const std::size_t num_seqs = q.shape(0), num_heads = q.shape(1), head_dim = q.shape(2);
    const std::size_t kv_heads = cache.k.shape(1), block_size = cache.k.shape(2);
    if (head_dim != cache.k.shape(3)) shapes(where, named("q", q), named("cache.k", cache.k), "head_dim");
    if (kv_heads == 0 || num_heads % kv_heads != 0) shapes(where, named("q", q), named("cache.k", cache.k), "heads");
    if (block_table.shape(0) != num_seqs) {
        shapes(where, named("q", q), "block_table " + shape_text(block_table), "num_seqs");
    }
    if (context_lens.size() != num_seqs) {
        shapes(where, named("q", q), "context_lens of " + std::to_string(context_lens.size()), "num_seqs");
    }
    Tensor<3> out = zeros<3>({num_seqs, num_heads, head_dim});
    for (std::size_t s = 0; s < num_seqs; ++s) {
        const std::int64_t length = context_lens[s];
        if (length < 0 || length > static_cast<std::int64_t>(block_table.shape(1) * block_size)) {
            shapes(where, "context_lens[" + std::to_string(s) + "] = " + std::to_string(length),
                   "block_table " + shape_text(block_table), "blocks of " + std::to_string(block_size));
        }
        std::vector<double> m(num_heads, -std::numeric_limits<double>::infinity()), l(num_heads, 0.0);
        std::vector<std::vector<double>> acc(num_heads, std::vector<double>(head_dim, 0.0));
        for (std::size_t t = 0; t < static_cast<std::size_t>(length); ++t) {
            const BlockId block = block_table(s, t / block_size);
            if (block < 0 || block >= static_cast<BlockId>(cache.k.shape(0))) {
                throw std::invalid_argument("block_table[" + std::to_string(s) + "][" + std::to_string(t / block_size) +
                                            "]: there is no block " + std::to_string(block) + " among 0.." +
                                            std::to_string(cache.k.shape(0) - 1));
            }
            for (std::size_t h = 0; h < num_heads; ++h) {
                const std::size_t kv_head = h / (num_heads / kv_heads);
                double score = 0;
                for (std::size_t d = 0; d < head_dim; ++d) {
                    score += static_cast<double>(q(s, h, d)) * cache.k(block, kv_head, t % block_size, d);
                }
                score /= std::sqrt(static_cast<double>(head_dim));
                const double new_m = std::max(m[h], score), factor = std::exp(m[h] - new_m);
                const double weight = std::exp(score - new_m);
                m[h] = new_m;
                l[h] = l[h] * factor + weight;
                for (std::size_t d = 0; d < head_dim; ++d) {
                    acc[h][d] = acc[h][d] * factor + weight * cache.v(block, kv_head, t % block_size, d);
                }
            }
        }
        if (length == 0) continue;
        for (std::size_t h = 0; h < num_heads; ++h) {
            for (std::size_t d = 0; d < head_dim; ++d) out(s, h, d) = static_cast<float>(acc[h][d] / l[h]);
        }
    }
    return out;
}

}  // namespace wb
