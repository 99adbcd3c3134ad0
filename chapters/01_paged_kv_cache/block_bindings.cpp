/// @file
/// Driver of exercise 1.1: applies a trace to the submission's BlockAllocator and takes a snapshot after each operation.
#include "block_probes.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

using probes::AllocatorOp;
using probes::AllocatorSnapshot;

void apply(BlockAllocator& allocator, AllocatorOp::Kind kind, AllocatorSnapshot& snapshot) {
    switch (kind) {
        case AllocatorOp::Kind::allocate:
            snapshot.block = allocator.allocate();
            break;
        case AllocatorOp::Kind::add_reference:
            allocator.add_reference(snapshot.block);
            break;
        case AllocatorOp::Kind::release:
            snapshot.result = allocator.release(snapshot.block);
            break;
        case AllocatorOp::Kind::ref_count:
            snapshot.result = allocator.ref_count(snapshot.block);
            break;
    }
}

std::vector<AllocatorSnapshot> run_allocator_trace(int num_blocks, const std::vector<AllocatorOp>& trace) {
    BlockAllocator allocator(num_blocks);
    std::vector<AllocatorSnapshot> snapshots;
    for (const AllocatorOp& op : trace) {
        AllocatorSnapshot snapshot;
        snapshot.block = op.allocated_by < 0 ? op.block : snapshots.at(static_cast<std::size_t>(op.allocated_by)).block;
        snapshot.outcome = probes::outcome_of([&] { apply(allocator, op.kind, snapshot); }, snapshot.message);
        snapshot.pool = probes::snapshot_of(allocator, num_blocks);
        snapshots.push_back(std::move(snapshot));
    }
    return snapshots;
}

}  // namespace

WB_BIND(blocks) {
    worker.bind(probes::allocator_trace, &run_allocator_trace);
}

}  // namespace wb
