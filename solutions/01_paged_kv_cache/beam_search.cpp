/// @file
/// Exercise 1.4: which beams survive a step, and what becomes of their blocks. The contract is
/// chapters/01_paged_kv_cache/beam_search.hpp.
#include "beam_search.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "wb/errors.hpp"

namespace wb {
// SOLUTION BEGIN 1.4 removed
namespace {

/// How many new beams continue each old one.
std::vector<int> count_children(const std::vector<int>& parents, std::size_t num_beams) {
    std::vector<int> children(num_beams, 0);
    for (const int parent : parents) {
        if (parent < 0 || static_cast<std::size_t>(parent) >= num_beams) {
            throw std::out_of_range("beam " + std::to_string(parent) + " of " + std::to_string(num_beams) +
                                    " cannot be continued. A parent is the index of an old beam");
        }
        ++children[static_cast<std::size_t>(parent)];
    }
    return children;
}

/// How many blocks become free when the beams without children are freed: those that nobody else holds.
int blocks_gained(const std::vector<BlockTable>& beams, const std::vector<int>& children) {
    std::map<BlockId, int> given_up;  // references
    int gained = 0;
    for (std::size_t beam = 0; beam < beams.size(); ++beam) {
        if (children[beam] > 0) continue;
        for (const BlockId block : beams[beam].blocks())
            if (++given_up[block] == beams[beam].allocator().ref_count(block)) ++gained;
    }
    return gained;
}

/// How many blocks the children's next tokens take. Of a beam's children all but the last take one each: a new block after
/// a full one, a copy of one with room, which a sibling still holds. The last takes what the beam by itself would take.
int blocks_needed(const std::vector<BlockTable>& beams, const std::vector<int>& children) {
    int needed = 0;
    for (std::size_t beam = 0; beam < beams.size(); ++beam)
        if (children[beam] > 0) needed += children[beam] - 1 + beams[beam].blocks_needed_copy_on_write(1);
    return needed;
}

}  // namespace
// SOLUTION END

// TODO(1.4): the best `width` of all beams' extensions.
//   Ask:      could two survivors have the same parent? Could a beam have no child at all? Then is it enough to look at
//             each beam's best token?
//   Traps:    a log-probability is negative, so the best is the largest; -inf is no candidate, however few are left.
std::vector<BeamChoice> select_beams(const std::vector<double>& log_probs, const Tensor<2>& next, int width) {
    // SOLUTION BEGIN 1.4
    if (width < 1) throw std::invalid_argument("select_beams: a width of " + std::to_string(width));
    if (next.shape()[0] != log_probs.size()) {
        throw ShapeError("select_beams: next has " + std::to_string(next.shape()[0]) + " rows (axis 0) for " +
                         std::to_string(log_probs.size()) + " beams. It needs one row for each beam");
    }
    std::vector<BeamChoice> choices;
    for (std::size_t parent = 0; parent < log_probs.size(); ++parent) {
        for (std::size_t token = 0; token < next.shape()[1]; ++token) {
            const double log_prob = log_probs[parent] + static_cast<double>(next(parent, token));
            if (std::isfinite(log_prob))
                choices.push_back({static_cast<int>(parent), static_cast<int>(token), log_prob});
        }
    }
    const auto better = [](const BeamChoice& a, const BeamChoice& b) {
        if (a.log_prob != b.log_prob) return a.log_prob > b.log_prob;
        return std::pair(a.parent, a.token) < std::pair(b.parent, b.token);
    };
    const std::size_t kept = std::min(choices.size(), static_cast<std::size_t>(width));
    std::partial_sort(choices.begin(), choices.begin() + static_cast<std::ptrdiff_t>(kept), choices.end(), better);
    choices.resize(kept);
    return choices;
    // SOLUTION END
}

// TODO(1.4): a group of one beam.
//   Traps:    a BlockTable is moved, never copied.
BeamGroup::BeamGroup(BlockTable prompt) {
    // SOLUTION BEGIN 1.4
    beams_.push_back(std::move(prompt));
    // SOLUTION END
}

// TODO(1.4): one step: fork, prune, append.
//   Start:    check the parents; count each old beam's children; free the childless; fork; append.
//   Ask:      blocks that are given up cannot be taken back. So how do you know, before you change anything, that the
//             blocks will suffice? How many does each child take, after a full last block and after one with room? And which
//             blocks does a childless beam really free?
//   Traps:    fork all children before any of them appends: a fork made later would hold its sibling's token. A new beam
//             must not be built on an old one that is gone already.
std::vector<BlockCopy> BeamGroup::step(const std::vector<int>& parents, std::vector<Slot>& slot_mapping) {
    // SOLUTION BEGIN 1.4
    std::vector<int> children = count_children(parents, beams_.size());
    if (!beams_.empty()) {
        const int needed = blocks_needed(beams_, children);
        const int available = beams_.front().allocator().num_free() + blocks_gained(beams_, children);
        if (needed > available) {
            throw OutOfBlocks("beam search: the step needs " + std::to_string(needed) + " KV blocks, and " +
                              std::to_string(available) + " are free once the childless beams are gone");
        }
    }
    for (std::size_t beam = 0; beam < beams_.size(); ++beam)
        if (children[beam] == 0) beams_[beam].free();
    std::vector<BlockTable> survivors;
    survivors.reserve(parents.size());
    for (const int parent : parents) {
        BlockTable& old = beams_[static_cast<std::size_t>(parent)];
        const bool last_child = --children[static_cast<std::size_t>(parent)] == 0;
        survivors.push_back(last_child ? std::move(old) : old.fork());
    }
    beams_ = std::move(survivors);
    std::vector<BlockCopy> copies;
    for (BlockTable& beam : beams_) {
        const std::optional<BlockCopy> copy = beam.append_copy_on_write(1, slot_mapping);
        if (copy) copies.push_back(*copy);
    }
    return copies;
    // SOLUTION END
}

// TODO(1.4): every beam's blocks go back to the pool.
void BeamGroup::free() {
    // SOLUTION BEGIN 1.4
    for (BlockTable& beam : beams_) beam.free();
    beams_.clear();
    // SOLUTION END
}

}  // namespace wb
