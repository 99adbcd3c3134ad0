/// @file
/// Exercise 1.13: a model's keys and values in KV blocks. The contract is chapters/01_paged_kv_cache/paged_store.hpp.
#include "paged_store.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

namespace wb {

// TODO(1.13): add one sequence's new tokens, each with its position, its slot and its sequence's blocks.
//   Ask:      what differs between a prompt of 40 tokens and one new token after 40? (Only `first`.)
//   Traps:    positions count from the start of the sequence, not from `first`: a model that knows where it is will notice.
void PagedBatch::add(const BlockTable& table, std::span<const int> sequence, int first) {
    // SOLUTION BEGIN 1.13
    if (first < 0 || first > table.num_tokens() || sequence.size() < static_cast<std::size_t>(table.num_tokens())) {
        throw std::out_of_range("paged batch: tokens " + std::to_string(first) + ".." +
                                std::to_string(table.num_tokens() - 1) + " of a sequence of " +
                                std::to_string(sequence.size()));
    }
    for (int position = first; position < table.num_tokens(); ++position) {
        tokens.push_back(sequence[static_cast<std::size_t>(position)]);
        positions.push_back(position);
        slot_mapping.push_back(table.slot(position));
        block_rows.push_back(table.blocks());
    }
    // SOLUTION END
}

// TODO(1.13): one KvCache a layer, [num_blocks, num_kv_heads, block_size, head_dim], filled with NaN.
PagedStore::PagedStore(const CharModelSizes& sizes, int num_blocks, int block_size) {
    // SOLUTION BEGIN 1.13
    const std::array shape{static_cast<std::size_t>(num_blocks), sizes.num_kv_heads,
                           static_cast<std::size_t>(block_size), sizes.head_dim};
    const Tensor<4> empty = full<4>(shape, std::numeric_limits<float>::quiet_NaN());
    layers_.assign(sizes.num_layers, KvCache{empty, empty});
    // SOLUTION END
}

// TODO(1.13): turn the batch into what paged_decode_attention takes: a rectangular table and context lengths.
//   Start:    every token is a query of its own: a row of its sequence's blocks, and a context of position + 1 tokens.
//   Traps:    rows differ in length; fill up with -1. An empty batch has no longest row.
void PagedStore::begin(const PagedBatch& batch) {
    // SOLUTION BEGIN 1.13
    std::size_t max_blocks = 0;
    for (const auto& row : batch.block_rows) max_blocks = std::max(max_blocks, row.size());
    block_table_ = full<2, BlockId>({batch.size(), max_blocks}, -1);
    for (std::size_t t = 0; t < batch.size(); ++t) {
        std::ranges::copy(batch.block_rows[t], block_table_.data() + t * max_blocks);
    }
    context_lens_.clear();
    for (const int position : batch.positions) context_lens_.push_back(position + 1);
    slot_mapping_ = batch.slot_mapping;
    // SOLUTION END
}

// TODO(1.13): write, then attend.
//   Ask:      why in this order? Whose key does the newest token need besides those in the cache?
//   Ask:      a whole prompt is written before its first token attends. What keeps that token from seeing the others?
Tensor<3> PagedStore::attend(std::size_t layer, const Tensor<3>& q, const Tensor<3>& k, const Tensor<3>& v) {
    // SOLUTION BEGIN 1.13
    KvCache& cache = layers_.at(layer);
    reshape_and_cache(k, v, slot_mapping_, cache);
    return paged_decode_attention(q, cache, block_table_, context_lens_);
    // SOLUTION END
}

// TODO(1.13): copy-on-write's copies.
//   Traps:    a block number means a block in every layer.
void PagedStore::copy(const std::vector<BlockCopy>& copies) {
    // SOLUTION BEGIN 1.13
    for (KvCache& cache : layers_) copy_blocks(copies, cache);
    // SOLUTION END
}

// TODO(1.13): swapping. `source` counts the other store's blocks, `destination` this one's.
//   Start:    a block lies contiguously in k and in v: num_kv_heads * block_size * head_dim numbers from block * that on.
void PagedStore::copy_from(const PagedStore& other, const std::vector<BlockCopy>& copies) {
    // SOLUTION BEGIN 1.13
    for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
        const KvCache& from = other.layers_.at(layer);
        KvCache& to = layers_[layer];
        const std::size_t block_numbers = to.k.shape(1) * to.k.shape(2) * to.k.shape(3);
        for (const BlockCopy& copy : copies) {
            const std::size_t source = static_cast<std::size_t>(copy.source) * block_numbers;
            const std::size_t destination = static_cast<std::size_t>(copy.destination) * block_numbers;
            std::copy_n(from.k.data() + source, block_numbers, to.k.data() + destination);
            std::copy_n(from.v.data() + source, block_numbers, to.v.data() + destination);
        }
    }
    // SOLUTION END
}

}  // namespace wb
