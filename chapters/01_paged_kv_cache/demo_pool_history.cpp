#include <algorithm>
#include <iostream>
#include <set>

#include "demo_generate.hpp"
#include "wb/picture.hpp"

namespace wb::demo {
namespace {

bool same(const std::vector<TableRow>& a, const std::vector<TableRow>& b) {
    return std::ranges::equal(
        a, b, [](const TableRow& x, const TableRow& y) { return x.name == y.name && x.blocks == y.blocks; });
}

std::string padded(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

}  // namespace

void PoolHistory::add(const std::vector<TableRow>& rows, const BlockAllocator& pool, const std::string& events) {
    const std::size_t step = holders_.size();
    std::vector<int>& holders = holders_.emplace_back();
    for (BlockId block = 0; block < pool.num_blocks(); ++block) holders.push_back(pool.ref_count(block));

    std::set<BlockId> distinct;
    std::size_t entries = 0;
    for (const TableRow& row : rows) {
        distinct.insert(row.blocks.begin(), row.blocks.end());
        entries += row.blocks.size();
    }
    entries_ += static_cast<long>(entries);
    blocks_ += static_cast<long>(distinct.size());
    if (!verbose_ && events.empty() && same(rows, before_)) return;
    before_ = rows;
    if (rows.empty() && events.empty()) return;

    std::cout << "\nstep " << step << (events.empty() ? "" : ": " + events) << '\n';
    for (const TableRow& row : rows) {
        std::string line = "  " + padded(row.name, 20) + "  ";
        for (const BlockId block : row.blocks) {
            line += padded(std::to_string(block), line.ends_with('*') ? 4 : 5);
            if (pool.ref_count(block) > 1) line += '*';
        }
        std::cout << line << '\n';
    }
    std::cout << "  " << entries << " entries, " << distinct.size() << " blocks of " << block_size_ << " tokens\n";
}

void PoolHistory::draw(const std::filesystem::path& file) const {
    std::size_t used = 1;  // blocks above the highest that was ever held are left out
    for (const auto& holders : holders_) {
        for (std::size_t block = 0; block < holders.size(); ++block) {
            if (holders[block] > 0) used = std::max(used, block + 1);
        }
    }
    HeatMap map{"how many tables hold each KV block", zeros<2>({used, std::max<std::size_t>(1, holders_.size())})};
    for (std::size_t step = 0; step < holders_.size(); ++step) {
        for (std::size_t block = 0; block < used; ++block) {
            map.values(block, step) = static_cast<float>(holders_[step][block]);
        }
    }
    write_heat_maps(file, {map}, {.x_label = "step of the model", .y_label = "KV block"});
    std::cout << file.string() << ": who held what, step by step\n";
}

}  // namespace wb::demo
