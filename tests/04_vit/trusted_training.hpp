/// @file
/// What the judge of exercise 4.9 knows by itself: how pictures are augmented and normalised, and what weights that a submission has
/// trained are worth, by its own model (tests/oracles/vit_oracle.hpp).
#pragma once

#include <cstdint>

#include "fine_tuning_probes.hpp"
#include "wb/random.hpp"

namespace wb {

/// Mistakes that students make in augment, one at a time.
struct AugmentFlaws {
    bool down_first = false;    ///< the shift down is drawn before that to the right
    bool flip_last = false;     ///< the mirror is drawn after the shifts
    bool moves_first = false;   ///< moved, then mirrored
    bool moves_back = false;    ///< to the left and up
    bool upside_down = false;   ///< rows are exchanged in place of columns
    bool wraps = false;         ///< what goes out on one side comes in on the other
    bool repeats_edge = false;  ///< what comes in is the nearest pixel inside
    bool drawn_once = false;    ///< the same numbers for all pictures
};

/// Exercise 4.9's augment.
Tensor<4, std::uint8_t> trusted_augment(const Tensor<4, std::uint8_t>& pictures, const AugmentOptions& options,
                                        Random& random, const AugmentFlaws& flaws = {});

/// What a model makes of pictures.
struct Worth {
    double loss = 0;      ///< mean over the pictures
    double accuracy = 0;  ///< the share whose largest logit is their label's; of equals the lowest class counts
};

/// @param options  mean and std count
Worth trusted_worth(const probes::VitWeights& model, const probes::Pictures& pictures, const TrainOptions& options);

/// Some of the pictures, in that order.
probes::Pictures chosen(const probes::Pictures& from, const std::vector<std::size_t>& numbers);

}  // namespace wb
