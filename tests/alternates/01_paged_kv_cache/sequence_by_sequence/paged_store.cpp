// NOTE: Gathers each token's context into contiguous rows and attends over these, instead of asking exercise 1.9's functions.
#include "paged_store.hpp"

#include <cmath>
#include <stdexcept>

namespace wb {

void PagedBatch::add(const BlockTable& table, std::span<const int> sequence, int first) {
    if (first < 0 || first > table.num_tokens()) throw std::out_of_range("first is not one of the table's positions");
    if (static_cast<std::size_t>(table.num_tokens()) > sequence.size())
        throw std::out_of_range("sequence is too short");
    const int block_size = table.block_size();
    for (int position = first; position < table.num_tokens(); ++position) {
        const BlockId block = table.blocks()[static_cast<std::size_t>(position / block_size)];
        slot_mapping.push_back(Slot{block} * block_size + position % block_size);
    }
    for (int position = first; position < table.num_tokens(); ++position) positions.push_back(position);
    tokens.insert(tokens.end(), sequence.begin() + first, sequence.begin() + table.num_tokens());
    block_rows.resize(tokens.size(), table.blocks());
}

PagedStore::PagedStore(const CharModelSizes& sizes, int num_blocks, int block_size) {
    for (std::size_t layer = 0; layer < sizes.num_layers; ++layer) {
        KvCache& cache = layers_.emplace_back();
        cache.k.resize({static_cast<std::size_t>(num_blocks), sizes.num_kv_heads, static_cast<std::size_t>(block_size),
                        sizes.head_dim});
        cache.k.fill(std::nanf(""));
        cache.v = cache.k;
    }
}

void PagedStore::begin(const PagedBatch& batch) {
    slot_mapping_ = batch.slot_mapping;
    context_lens_.assign(batch.positions.begin(), batch.positions.end());
    std::size_t longest = 0;
    for (const auto& row : batch.block_rows) longest = std::max(longest, row.size());
    block_table_.resize({batch.size(), longest});
    for (std::size_t t = 0; t < batch.size(); ++t)
        for (std::size_t b = 0; b < batch.block_rows[t].size(); ++b) block_table_(t, b) = batch.block_rows[t][b];
}

Tensor<3> PagedStore::attend(std::size_t layer, const Tensor<3>& q, const Tensor<3>& k, const Tensor<3>& v) {
    KvCache& cache = layers_.at(layer);
    const std::size_t block_size = cache.k.shape(2), head_dim = q.shape(2), heads_per_kv = q.shape(1) / k.shape(1);
    for (std::size_t t = 0; t < slot_mapping_.size(); ++t) {
        const auto slot = static_cast<std::size_t>(slot_mapping_[t]);
        for (std::size_t h = 0; h < k.shape(1); ++h)
            for (std::size_t d = 0; d < head_dim; ++d) {
                cache.k(slot / block_size, h, slot % block_size, d) = k(t, h, d);
                cache.v(slot / block_size, h, slot % block_size, d) = v(t, h, d);
            }
    }
    Tensor<3> out = zeros<3>({q.shape(0), q.shape(1), head_dim});
    for (std::size_t t = 0; t < q.shape(0); ++t) {
        const auto length = static_cast<std::size_t>(context_lens_[t]) + 1;
        for (std::size_t h = 0; h < q.shape(1); ++h) {
            double total = 0, largest = -INFINITY;
            std::vector<double> scores(length), sum(head_dim, 0.0);
            const auto place = [&](std::size_t p) {
                return std::pair(static_cast<std::size_t>(block_table_(t, p / block_size)), p % block_size);
            };
            for (std::size_t p = length; p-- > 0;) {  // from the newest to the oldest: any order is right
                const auto [block, offset] = place(p);
                for (std::size_t d = 0; d < head_dim; ++d)
                    scores[p] += double{q(t, h, d)} * double{cache.k(block, h / heads_per_kv, offset, d)};
                scores[p] /= std::sqrt(static_cast<double>(head_dim));
                largest = std::max(largest, scores[p]);
            }
            for (std::size_t p = length; p-- > 0;) {
                const auto [block, offset] = place(p);
                const double weight = std::exp(scores[p] - largest);
                total += weight;
                for (std::size_t d = 0; d < head_dim; ++d)
                    sum[d] += weight * double{cache.v(block, h / heads_per_kv, offset, d)};
            }
            for (std::size_t d = 0; d < head_dim; ++d) out(t, h, d) = static_cast<float>(sum[d] / total);
        }
    }
    return out;
}

void PagedStore::copy(const std::vector<BlockCopy>& copies) {
    for (const BlockCopy& one : copies) copy_from(*this, {one});
}

void PagedStore::copy_from(const PagedStore& other, const std::vector<BlockCopy>& copies) {
    for (const BlockCopy& one : copies)
        for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
            const KvCache& from = other.layers_.at(layer);
            for (std::size_t h = 0; h < from.k.shape(1); ++h)
                for (std::size_t s = 0; s < from.k.shape(2); ++s)
                    for (std::size_t d = 0; d < from.k.shape(3); ++d) {
                        layers_[layer].k(one.destination, h, s, d) = from.k(one.source, h, s, d);
                        layers_[layer].v(one.destination, h, s, d) = from.v(one.source, h, s, d);
                    }
        }
}

}  // namespace wb
