/// @file
/// Drivers of exercise 1.7: apply a trace to the submission's BuddyAllocator and take a snapshot after each operation.
#include <optional>
#include <utility>

#include "probe/worker.hpp"
#include "rival_probes.hpp"

namespace wb {
namespace {

using probes::BuddyOp;
using probes::BuddySnapshot;

std::vector<BuddySnapshot> run_buddy_trace(int num_slots, const std::vector<BuddyOp>& trace) {
    BuddyAllocator allocator(num_slots);
    std::vector<BuddySnapshot> snapshots;
    const auto keep = [&](BuddySnapshot snapshot) {
        snapshot.num_free = allocator.num_free();
        snapshot.largest_free = allocator.largest_free();
        snapshots.push_back(std::move(snapshot));
    };
    keep({});
    for (const BuddyOp& op : trace) {
        BuddySnapshot snapshot;
        snapshot.outcome = probes::outcome_of(
            [&] {
                switch (op.kind) {
                    case BuddyOp::Kind::allocate:
                        if (const std::optional<Chunk> chunk = allocator.allocate(op.value)) {
                            snapshot.has_chunk = true;
                            snapshot.chunk = *chunk;
                        }
                        break;
                    case BuddyOp::Kind::free_chunk_of:
                        allocator.free(snapshots.at(static_cast<std::size_t>(op.value) + 1).chunk.start);
                        break;
                    case BuddyOp::Kind::free_at:
                        allocator.free(op.value);
                        break;
                    case BuddyOp::Kind::list_free_chunks:
                        snapshot.free_chunks = allocator.free_chunks();
                        break;
                }
            },
            snapshot.message);
        keep(std::move(snapshot));
    }
    return snapshots;
}

}  // namespace

WB_BIND(rivals) {
    worker.bind(probes::buddy_trace, &run_buddy_trace);
    worker.bind(probes::reserved_slots, &reserved_slots);
    worker.bind(probes::split_waste, &split_waste);
}

}  // namespace wb
