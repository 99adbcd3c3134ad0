/// @file
/// By the judge's own model: a submission's word for what its weights are worth counts for nothing.
#include <stdexcept>
#include <string>

#include "judge/judge.hpp"
#include "trained_worth.hpp"
#include "vit_oracle.hpp"

namespace wb {

Worth worth_of(const probes::VitWeights& model, const probes::Pictures& pictures, const TrainOptions& options) {
    try {
        return worth_of(oracle::Vit(model.weights, model.options).logits(normalised(pictures, options)),
                        pictures.labels);
    } catch (const std::invalid_argument& error) {
        stop_test(std::string("the weights that came back are no model of this shape: ") + error.what());
    }
}

}  // namespace wb
