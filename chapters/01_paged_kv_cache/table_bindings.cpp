/// @file
/// Driver of exercises 1.2 and 1.3: applies a trace to the submission's block tables and takes a snapshot after each operation.
#include <vector>

#include "probe/worker.hpp"
#include "table_probes.hpp"

namespace wb {
namespace {

using probes::TableOp;
using probes::TableSnapshot;

/// The tables of one trace.
class Tables {
 public:
    Tables(int num_blocks, int block_size) : allocator_(num_blocks), num_blocks_(num_blocks), block_size_(block_size) {}

    TableSnapshot run(const TableOp& op) {
        TableSnapshot snapshot;
        snapshot.slot_mapping = {probes::earlier_slot};
        snapshot.outcome = probes::outcome_of([&] { apply(op, snapshot); }, snapshot.message);
        const bool creates =
            op.kind == TableOp::Kind::create || op.kind == TableOp::Kind::take_over || op.kind == TableOp::Kind::fork;
        const auto table = static_cast<std::size_t>(op.table);
        if (!creates && table < tables_.size()) look_at(tables_[table], snapshot);
        if (creates && snapshot.outcome == probes::Outcome::done) look_at(tables_.back(), snapshot);
        snapshot.pool = probes::snapshot_of(allocator_, num_blocks_);
        return snapshot;
    }

 private:
    static void look_at(const BlockTable& table, TableSnapshot& snapshot) {
        snapshot.blocks = table.blocks();
        snapshot.num_tokens = table.num_tokens();
    }

    void take_over(const TableOp& op) {
        std::vector<BlockId> blocks;
        for (int n = 0; n < op.blocks; ++n) blocks.push_back(allocator_.allocate());
        try {
            tables_.emplace_back(allocator_, block_size_, blocks, op.count);
        } catch (...) {  // refused: the references are still the driver's
            for (const BlockId block : blocks) allocator_.release(block);
            throw;
        }
    }

    void apply(const TableOp& op, TableSnapshot& snapshot) {
        using Kind = TableOp::Kind;
        if (op.kind == Kind::create) {
            tables_.emplace_back(allocator_, block_size_);
            return;
        }
        if (op.kind == Kind::take_over) return take_over(op);
        BlockTable& table = tables_.at(static_cast<std::size_t>(op.table));
        switch (op.kind) {
            case Kind::append:
                table.append(op.count, snapshot.slot_mapping);
                break;
            case Kind::free:
                table.free();
                break;
            case Kind::slot:
                snapshot.result = table.slot(op.count);
                break;
            case Kind::blocks_needed:
                snapshot.result = table.blocks_needed(op.count);
                break;
            case Kind::fork:
                tables_.push_back(table.fork());
                break;
            case Kind::append_copy_on_write:
                snapshot.copy = table.append_copy_on_write(op.count, snapshot.slot_mapping);
                break;
            case Kind::blocks_needed_copy_on_write:
                snapshot.result = table.blocks_needed_copy_on_write(op.count);
                break;
            case Kind::create:
            case Kind::take_over:
                break;
        }
    }

    BlockAllocator allocator_;
    int num_blocks_, block_size_;
    std::vector<BlockTable> tables_;
};

std::vector<TableSnapshot> run_table_trace(int num_blocks, int block_size, const std::vector<TableOp>& trace) {
    Tables tables(num_blocks, block_size);
    std::vector<TableSnapshot> snapshots;
    snapshots.reserve(trace.size());
    for (const TableOp& op : trace) snapshots.push_back(tables.run(op));
    return snapshots;
}

}  // namespace

WB_BIND(tables) {
    worker.bind(probes::table_trace, &run_table_trace);
    worker.bind(probes::sharing_trace, &run_table_trace);
}

}  // namespace wb
