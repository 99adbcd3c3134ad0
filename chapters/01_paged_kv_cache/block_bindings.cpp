/// @file
/// Drivers of exercises 1.1 to 1.4: apply a trace of operations to the submission's class and take a snapshot after each.
#include <exception>

#include "block_probes.hpp"
#include "probe/worker.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

using probes::AllocatorOp;
using probes::AllocatorSnapshot;
using probes::Outcome;

/// Runs one operation and says how it ended; 'not implemented' goes on to the worker, which reports it.
template <class Operation>
Outcome outcome_of(Operation operation, std::string& message) {
    try {
        operation();
        return Outcome::done;
    } catch (const NotImplemented&) {
        throw;
    } catch (const OutOfBlocks& error) {
        message = error.what();
        return Outcome::out_of_blocks;
    } catch (const std::invalid_argument& error) {
        message = error.what();
        return Outcome::invalid_argument;
    } catch (const std::out_of_range& error) {
        message = error.what();
        return Outcome::out_of_range;
    } catch (const std::exception& error) {
        message = error.what();
        return Outcome::other_exception;
    }
}

std::vector<AllocatorSnapshot> run_allocator_trace(int num_blocks, const std::vector<AllocatorOp>& trace) {
    BlockAllocator allocator(num_blocks);
    std::vector<AllocatorSnapshot> snapshots;
    for (const AllocatorOp& op : trace) {
        AllocatorSnapshot snapshot;
        snapshot.block = op.allocated_by < 0 ? op.block : snapshots.at(static_cast<std::size_t>(op.allocated_by)).block;
        snapshot.outcome = outcome_of(
            [&] {
                switch (op.kind) {
                    case AllocatorOp::Kind::allocate:
                        snapshot.block = allocator.allocate();
                        break;
                    case AllocatorOp::Kind::add_reference:
                        allocator.add_reference(snapshot.block);
                        break;
                    case AllocatorOp::Kind::release:
                        allocator.release(snapshot.block);
                        break;
                }
            },
            snapshot.message);
        snapshot.num_free = allocator.num_free();
        for (BlockId block = 0; block < num_blocks; ++block) snapshot.ref_counts.push_back(allocator.ref_count(block));
        snapshots.push_back(std::move(snapshot));
    }
    return snapshots;
}

}  // namespace

WB_BIND(blocks) {
    worker.bind(probes::allocator_trace, &run_allocator_trace);
}

}  // namespace wb
