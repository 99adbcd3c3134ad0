/// @file
/// Exercise 5.6: the loss of a batch, and one step of training. The contract is chapters/05_pig_latin/training.hpp.
#include "training.hpp"

#include <cmath>
#include <string>

#include "wb/autograd/losses.hpp"
#include "wb/errors.hpp"

namespace wb {

// TODO(5.6): how surprised the model is by the right letters.
//   Equation: loss = mean over all b, t of -log softmax(logits[b, t, :])[target[b, t]].
//   Start:    the model takes tape, source and decoder_input; cross_entropy (wb/autograd/losses.hpp) takes logits, and the
//             tokens as one span of batch * target_len numbers.
//   Ask:      29 tokens, all equally likely: what is the loss before the model has learned anything? Why is it larger?
//   Traps:    the decoder reads decoder_input and is asked for target. With the two exchanged, or the same one twice, the
//             loss falls beautifully, and the model cannot write a word.
Var<float> translation_loss(Tape<float>& tape, const Translator& model, const Batch& batch) {
    // SOLUTION BEGIN 5.6
    const Var<float> logits = model(tape, batch.source, batch.decoder_input);  // [batch, target_len, 29]
    return cross_entropy(logits, {batch.target.data(), batch.target.size()});
    // SOLUTION END
}

// TODO(5.6): one step.
//   Start:    tape.reset(Mode::train), the loss, tape.backward(loss), optimizer.step(rate), in this order.
//   Ask:      backward *adds* to the gradients of parameters. Who sets them to 0, and when? And what if somebody else, say a
//             picture of gradients, has gone backward since?
//   Traps:    a Var ends with its tape's next reset: read the loss out before. A loss that is not a number has gradients that
//             are none: one step with them, and every parameter is NaN for good. std::isnan lets infinity through.
BatchLoss training_step(Tape<float>& tape, const Translator& model, Adam<float>& optimizer, const Batch& batch,
                        double rate) {
    // SOLUTION BEGIN 5.6
    tape.reset(Mode::train);
    const Var<float> loss = translation_loss(tape, model, batch);
    const double value = loss.item();
    if (!std::isfinite(value)) {
        throw Error("training: the loss of step " + std::to_string(optimizer.steps() + 1) + " is " +
                    std::to_string(value) + ", at learning rate " + std::to_string(rate) +
                    ". No parameter was changed. Try a lower rate.");
    }
    ParameterList<float>(model).zero_gradients();
    tape.backward(loss);
    optimizer.step(rate);
    return {value, batch.target.size()};
    // SOLUTION END
}

// TODO(5.6): losses, and nothing else.
//   Start:    Mode::infer writes nothing down; one tape, reset for each batch, does for all of them.
//   Ask:      how much memory would a tape in Mode::train want for all the batches of a validation set, never reset?
std::vector<BatchLoss> evaluate(const Translator& model, const std::vector<Batch>& batches) {
    // SOLUTION BEGIN 5.6
    Tape<float> tape;
    std::vector<BatchLoss> losses;
    for (const Batch& batch : batches) {
        tape.reset(Mode::infer);
        losses.push_back({translation_loss(tape, model, batch).item(), batch.target.size()});
    }
    return losses;
    // SOLUTION END
}

}  // namespace wb
