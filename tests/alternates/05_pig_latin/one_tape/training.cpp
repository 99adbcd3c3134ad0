/// @file
/// Exercise 5.6 another way: encoder and decoder called by hand, a tape for each evaluated batch, and gradients cleared one
/// by one.
#include "training.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "wb/autograd/losses.hpp"
#include "wb/errors.hpp"

namespace wb {

Var<float> translation_loss(Tape<float>& tape, const Translator& model, const Batch& batch) {
    const Var<float> annotations = model.encoder(tape, batch.source);
    const Var<float> logits = model.decoder(tape, batch.decoder_input, annotations);
    return cross_entropy(logits, std::span<const int>(batch.target.begin(), batch.target.end()));
}

BatchLoss training_step(Tape<float>& tape, const Translator& model, Adam<float>& optimizer, const Batch& batch,
                        double rate) {
    tape.reset();
    const Var<float> loss = translation_loss(tape, model, batch);
    const BatchLoss result{loss.item(), batch.target.shape(0) * batch.target.shape(1)};
    if (!(std::abs(result.mean) < HUGE_VAL)) {
        std::ostringstream text;
        text << "training: the loss of step " << optimizer.steps() + 1 << " is " << result.mean << ". Lower the rate.";
        throw Error(text.str());
    }
    for (const ParameterPtr<float>& parameter : ParameterList<float>(model))
        std::fill(parameter->gradient.begin(), parameter->gradient.end(), 0.0F);
    tape.backward(loss);
    optimizer.step(rate);
    return result;
}

std::vector<BatchLoss> evaluate(const Translator& model, const std::vector<Batch>& batches) {
    std::vector<BatchLoss> losses(batches.size());
    for (std::size_t n = 0; n < batches.size(); ++n) {
        Tape<float> tape(Mode::infer);
        losses[n] = {translation_loss(tape, model, batches[n]).item(), batches[n].target.size()};
    }
    return losses;
}

}  // namespace wb
