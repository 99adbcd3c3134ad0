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
    throw wb::NotImplemented("1.13");
}

// TODO(1.13): one KvCache a layer, [num_blocks, num_kv_heads, block_size, head_dim], filled with NaN.
PagedStore::PagedStore(const CharModelSizes& sizes, int num_blocks, int block_size) {
    throw wb::NotImplemented("1.13");
}

// TODO(1.13): turn the batch into what paged_decode_attention takes: a rectangular table and context lengths.
//   Start:    every token is a query of its own: a row of its sequence's blocks, and a context of position + 1 tokens.
//   Traps:    rows differ in length; fill up with -1. An empty batch has no longest row.
void PagedStore::begin(const PagedBatch& batch) {
    throw wb::NotImplemented("1.13");
}

// TODO(1.13): write, then attend.
//   Ask:      why in this order? Whose key does the newest token need besides those in the cache?
//   Ask:      a whole prompt is written before its first token attends. What keeps that token from seeing the others?
Tensor<3> PagedStore::attend(std::size_t layer, const Tensor<3>& q, const Tensor<3>& k, const Tensor<3>& v) {
    throw wb::NotImplemented("1.13");
}

// TODO(1.13): copy-on-write's copies.
//   Traps:    a block number means a block in every layer.
void PagedStore::copy(const std::vector<BlockCopy>& copies) {
    throw wb::NotImplemented("1.13");
}

// TODO(1.13): swapping. `source` counts the other store's blocks, `destination` this one's.
//   Start:    a block lies contiguously in k and in v: num_kv_heads * block_size * head_dim numbers from block * that on.
void PagedStore::copy_from(const PagedStore& other, const std::vector<BlockCopy>& copies) {
    throw wb::NotImplemented("1.13");
}

}  // namespace wb
