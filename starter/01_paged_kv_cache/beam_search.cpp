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

// TODO(1.4): the best `width` of all beams' extensions.
//   Ask:      could two survivors have the same parent? Could a beam have no child at all? Then is it enough to look at
//             each beam's best token?
//   Traps:    a log-probability is negative, so the best is the largest; -inf is no candidate, however few are left.
std::vector<BeamChoice> select_beams(const std::vector<double>& log_probs, const Tensor<2>& next, int width) {
    throw wb::NotImplemented("1.4");
}

// TODO(1.4): a group of one beam.
//   Traps:    a BlockTable is moved, never copied.
BeamGroup::BeamGroup(BlockTable prompt) {
    throw wb::NotImplemented("1.4");
}

// TODO(1.4): one step: fork, prune, append.
//   Start:    check the parents; count each old beam's children; free the childless; fork; append.
//   Ask:      blocks that are given up cannot be taken back. So how do you know, before you change anything, that the
//             blocks will suffice? How many does each child take, after a full last block and after one with room? And which
//             blocks does a childless beam really free?
//   Traps:    fork all children before any of them appends: a fork made later would hold its sibling's token. A new beam
//             must not be built on an old one that is gone already.
std::vector<BlockCopy> BeamGroup::step(const std::vector<int>& parents, std::vector<Slot>& slot_mapping) {
    throw wb::NotImplemented("1.4");
}

// TODO(1.4): every beam's blocks go back to the pool.
void BeamGroup::free() {
    throw wb::NotImplemented("1.4");
}

}  // namespace wb
