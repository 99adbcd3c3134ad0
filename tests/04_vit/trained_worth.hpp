/// @file
/// What weights are worth that a submission has trained: of these no case can know beforehand. In the full workbook the judge asks a model
/// of its own (trusted_worth.cpp), in the student edition the submission's (own_worth.cpp).
#pragma once

#include "fine_tuning_probes.hpp"
#include "picture_worth.hpp"

namespace wb {

/// Ends the test when no model of this shape has such weights.
/// @param options  mean and std count
Worth worth_of(const probes::VitWeights& model, const probes::Pictures& pictures, const TrainOptions& options);

}  // namespace wb
