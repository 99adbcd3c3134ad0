/// @file
/// Driver of exercise 1.4: applies a trace to the submission's BeamGroup and takes a snapshot after each operation.
#include <optional>
#include <utility>

#include "beam_probes.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

using probes::BeamOp;
using probes::BeamSnapshot;
using probes::BeamStart;

void look_at(const BeamGroup& group, BeamSnapshot& snapshot) {
    for (const BlockTable& beam : group.beams()) {
        snapshot.blocks.push_back(beam.blocks());
        snapshot.num_tokens.push_back(beam.num_tokens());
    }
}

std::vector<BeamSnapshot> run_beam_trace(const BeamStart& start, const std::vector<BeamOp>& trace) {
    BlockAllocator allocator(start.num_blocks);
    BlockTable prompt(allocator, start.block_size);
    std::vector<Slot> prompt_slots;
    prompt.append(start.prompt_len, prompt_slots);
    std::optional<BlockTable> kept;
    if (start.keep_prompt) kept = prompt.fork();
    BeamGroup group(std::move(prompt));

    std::vector<BeamSnapshot> snapshots(1);
    look_at(group, snapshots.front());
    snapshots.front().pool = probes::snapshot_of(allocator, start.num_blocks);
    for (const BeamOp& op : trace) {
        BeamSnapshot snapshot;
        snapshot.slot_mapping = {probes::earlier_slot};
        snapshot.outcome = probes::outcome_of(
            [&] {
                if (op.free) {
                    group.free();
                } else {
                    snapshot.copies = group.step(op.parents, snapshot.slot_mapping);
                }
            },
            snapshot.message);
        look_at(group, snapshot);
        snapshot.pool = probes::snapshot_of(allocator, start.num_blocks);
        snapshots.push_back(std::move(snapshot));
    }
    return snapshots;
}

}  // namespace

WB_BIND(beams) {
    worker.bind(probes::select_beams, &select_beams);
    worker.bind(probes::beam_trace, &run_beam_trace);
}

}  // namespace wb
