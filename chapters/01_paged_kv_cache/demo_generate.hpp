/// @file
/// What `./workbook run generate` shows: block tables as they grow and share, and a picture of the pool over time.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "block_allocator.hpp"
#include "block_table.hpp"

namespace wb::demo {

/// A sequence's row: its name, e.g. "sample 2", and its blocks.
struct TableRow {
    std::string name;
    std::vector<BlockId> blocks;
};

/// Prints tables when they have changed, and remembers who held what at each step.
class PoolHistory {
 public:
    /// @param verbose  prints every step, not only those in which a table has changed
    PoolHistory(int block_size, bool verbose) : block_size_(block_size), verbose_(verbose) {}

    /// One step of the model has been made.
    /// @param events  what happened, e.g. "copied 4 -> 6"; a step with events is always printed
    void add(const std::vector<TableRow>& rows, const BlockAllocator& pool, const std::string& events);

    /// Entries of all tables and blocks in use, summed over the steps: 1 - blocks / entries is what sharing saves.
    [[nodiscard]] long entries() const { return entries_; }
    [[nodiscard]] long blocks() const { return blocks_; }

    /// Draws who held each block at each step: a row a block, a column a step, the colour the number of holders.
    void draw(const std::filesystem::path& file) const;

 private:
    int block_size_;
    bool verbose_;
    long entries_ = 0, blocks_ = 0;
    std::vector<TableRow> before_;
    std::vector<std::vector<int>> holders_;  ///< [steps][blocks]
};

}  // namespace wb::demo
