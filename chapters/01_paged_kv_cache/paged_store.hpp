/// @file
/// Exercise 1.13, first half: a model's keys and values in KV blocks. The model (given, wb/char_model.hpp) asks a KeyValueCache;
/// this one puts each token where the block tables say, and finds it there again, by the operations of exercise 1.9.
///
///     token of sequence A at position 5          slot_mapping  29: block 7, offset 1 (block_size 4)
///                                                block_rows    {2, 7}: its key is found through A's table
///
/// Slots that hold no token of a living sequence may hold NaN at any time, also those that once held one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "block_table.hpp"
#include "paged_attention.hpp"
#include "wb/char_model.hpp"

namespace wb {

/// The tokens that the model computes in one call, of any sequences: a row for each token, prompt or new, all alike.
struct PagedBatch {
    std::vector<int> tokens;                       ///< one for each row
    std::vector<int> positions;                    ///< in the sequence, from 0
    std::vector<Slot> slot_mapping;                ///< where the token's own key and value go
    std::vector<std::vector<BlockId>> block_rows;  ///< the block table of the token's sequence

    [[nodiscard]] std::size_t size() const { return tokens.size(); }  ///< how many tokens

    /// Adds the tokens of a sequence that are not in the cache yet: positions `first` to table.num_tokens() - 1.
    /// @param sequence  all of its tokens; at least table.num_tokens() of them
    /// @throws std::out_of_range for a `first` outside 0 .. table.num_tokens(), or a sequence that is too short
    void add(const BlockTable& table, std::span<const int> sequence, int first);
};

/// Every layer's keys and values, in KV blocks: the cache that the model asks.
class PagedStore final : public KeyValueCache {
 public:
    /// A store whose slots all hold NaN: whoever reads what nobody wrote shall notice.
    PagedStore(const CharModelSizes& sizes, int num_blocks, int block_size);

    /// Says which tokens the next call of the model computes.
    void begin(const PagedBatch& batch);

    /// Writes the new keys and values into their slots (1.9), then attends (1.9): the token at position p of a sequence is a
    /// query over that sequence's blocks, whose context is p + 1 tokens. So a prompt of 40 tokens is 40 queries on one table.
    Tensor<3> attend(std::size_t layer, const Tensor<3>& q, const Tensor<3>& k, const Tensor<3>& v) override;

    /// Copies blocks in every layer, one after the other: of copy-on-write.
    void copy(const std::vector<BlockCopy>& copies);

    /// Copies blocks of another store's into this one's, in every layer: swapping out and in.
    /// @param copies  source: a block of `other`; destination: one of this store's
    void copy_from(const PagedStore& other, const std::vector<BlockCopy>& copies);

    [[nodiscard]] std::vector<KvCache>& layers() { return layers_; }  ///< each layer's keys and values

 private:
    std::vector<KvCache> layers_;
    std::vector<Slot> slot_mapping_;          ///< [num_tokens] of the current batch
    Tensor<2, BlockId> block_table_;          ///< [num_tokens, max_blocks]; -1 behind a row's last block
    std::vector<std::int32_t> context_lens_;  ///< [num_tokens]
};

}  // namespace wb
