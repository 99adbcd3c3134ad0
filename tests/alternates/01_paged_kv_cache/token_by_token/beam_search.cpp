// NOTE: Survivors one by one, each found by looking at every extension; a step that is played on counts before it is done.
#include "beam_search.hpp"

#include <cmath>
#include <set>
#include <stdexcept>
#include <utility>

#include "wb/errors.hpp"

namespace wb {

std::vector<BeamChoice> select_beams(const std::vector<double>& log_probs, const Tensor<2>& next, int width) {
    if (width <= 0) throw std::invalid_argument("a width below 1");
    if (log_probs.size() != next.shape()[0]) throw ShapeError("log_probs and next differ in the number of beams");
    std::vector<BeamChoice> chosen;
    std::set<std::pair<int, int>> taken;
    while (static_cast<int>(chosen.size()) < width) {
        BeamChoice best{-1, 0, -INFINITY};
        for (int parent = 0; parent < static_cast<int>(log_probs.size()); ++parent) {
            for (int token = 0; token < static_cast<int>(next.shape()[1]); ++token) {
                const double log_prob = log_probs[static_cast<std::size_t>(parent)] + double{next(parent, token)};
                if (log_prob > best.log_prob && !taken.contains({parent, token})) best = {parent, token, log_prob};
            }
        }
        if (best.parent < 0) break;
        taken.insert({best.parent, best.token});
        chosen.push_back(best);
    }
    return chosen;
}

BeamGroup::BeamGroup(BlockTable prompt) {
    beams_.emplace_back(std::move(prompt));
}

std::vector<BlockCopy> BeamGroup::step(const std::vector<int>& parents, std::vector<Slot>& slot_mapping) {
    for (const int parent : parents)
        if (parent < 0 || parent >= static_cast<int>(beams_.size())) throw std::out_of_range("no such beam");
    if (beams_.empty()) return {};

    // References as they will be: all new beams hold their parents' blocks, no old beam holds any.
    BlockAllocator& pool = beams_.front().allocator();
    std::vector<int> references;
    for (BlockId block = 0; block < pool.num_blocks(); ++block) references.push_back(pool.ref_count(block));
    const auto at = [&](BlockId block) -> int& { return references[static_cast<std::size_t>(block)]; };
    for (const BlockTable& beam : beams_)
        for (const BlockId block : beam.blocks()) --at(block);
    for (const int parent : parents)
        for (const BlockId block : beams_[static_cast<std::size_t>(parent)].blocks()) ++at(block);
    int available = 0;
    for (const int count : references) available += count == 0 ? 1 : 0;
    for (const int parent : parents) {
        const BlockTable& beam = beams_[static_cast<std::size_t>(parent)];
        const bool full = beam.num_tokens() % beam.block_size() == 0;
        if (full || at(beam.blocks().back()) > 1) --available;
        if (!full) --at(beam.blocks().back());
    }
    if (available < 0) throw OutOfBlocks("too few blocks for a step");

    std::vector<BlockTable> survivors;
    for (const int parent : parents) survivors.push_back(beams_[static_cast<std::size_t>(parent)].fork());
    free();
    beams_ = std::move(survivors);
    std::vector<BlockCopy> copies;
    for (BlockTable& beam : beams_)
        if (const auto copy = beam.append_copy_on_write(1, slot_mapping)) copies.push_back(*copy);
    return copies;
}

void BeamGroup::free() {
    while (!beams_.empty()) {
        beams_.back().free();
        beams_.pop_back();
    }
}

}  // namespace wb
