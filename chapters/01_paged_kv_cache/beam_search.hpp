/// @file
/// Exercise 1.4: beam search on the paged cache. At each step every beam is extended by every token, the best `width` of
/// these survive, and the survivors' parents decide what is shared: a beam with several children is forked, one with none
/// is freed. So sharing changes at every step, down to the whole history in common or nothing but the prompt.
///
///     parents {0, 0, 2}:   old beam 0 --+--> new beam 0        old beam 1 (freed)
///                                       +--> new beam 1        old beam 2 -----> new beam 2
///
/// Invariant: beams() hold all of the group's blocks; what no beam holds is free. Source: Kwon et al., SOSP 2023, section 4.4.
#pragma once

#include <tuple>
#include <vector>

#include "block_table.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// One survivor of a step.
struct BeamChoice {
    int parent = 0;       ///< index of the beam that it extends
    int token = 0;        ///< by this token
    double log_prob = 0;  ///< of the whole sequence, the new token included; natural logarithm
    bool operator==(const BeamChoice&) const = default;
};

/// The members, in wire order.
inline auto fields(BeamChoice& choice) {
    return std::tie(choice.parent, choice.token, choice.log_prob);
}

/// The `width` best extensions of all beams, the best first. Equals are ordered by parent, then by token, the smaller first.
/// @param log_probs   [beams]: each beam's so far
/// @param next        [beams, vocabulary]: log-probability of each token after each beam; -inf marks a token that cannot follow
/// @param width       >= 1; fewer are returned when fewer extensions are finite
/// @return            log_probs[parent] + next(parent, token), added in double
/// @throws ShapeError when `next` has not one row for each beam; std::invalid_argument for a width below 1
std::vector<BeamChoice> select_beams(const std::vector<double>& log_probs, const Tensor<2>& next, int width);

/// The block tables of one request's beams.
class BeamGroup {
 public:
    /// One beam: the prompt.
    explicit BeamGroup(BlockTable prompt);

    [[nodiscard]] const std::vector<BlockTable>& beams() const {
        return beams_;
    }  ///< the beams' tables, in the order of their numbers

    /// Replaces the beams: new beam i continues old beam parents[i] by one token. Each old beam is forked for all of its
    /// children but one, which goes on with the table itself; old beams without children are freed, before anything is
    /// allocated, so that their blocks can serve the others. Then each new beam appends one token, copying on write.
    /// @param parents       indices of old beams, in any order, with repetitions; empty frees the group
    /// @param slot_mapping  gains one slot for each new beam, in order
    /// @return              the copies that are due before the slots are written, in order; a destination is never a source
    /// @throws OutOfBlocks when the blocks do not suffice, even with those that are freed: the group, the pool and
    ///         slot_mapping are as they were    @throws std::out_of_range for a parent that does not exist; nothing has changed
    std::vector<BlockCopy> step(const std::vector<int>& parents, std::vector<Slot>& slot_mapping);

    /// Frees every beam.
    void free();

 private:
    std::vector<BlockTable> beams_;
};

}  // namespace wb
