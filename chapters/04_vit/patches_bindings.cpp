/// @file
/// Binds the probes of exercise 4.2 to the submission's functions.
#include "patches_probes.hpp"
#include "probe/worker.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/losses.hpp"

namespace wb {
namespace {

probes::EmbeddingsAnswer ask_embeddings(const probes::EmbeddingsQuestion& question) {
    Random random(1);
    const VitEmbeddings embeddings(question.options, random);
    const ParameterList<float> parameters(embeddings);
    set_weights(parameters, question.weights);
    Tape<float> tape(question.d_out ? Mode::train : Mode::infer);
    const Var<float> out = embeddings(tape, question.pixels);
    probes::EmbeddingsAnswer answer{out.tensor<3>(), {}, {}};
    if (question.d_out) {
        tape.backward(sum_all(out * tape.constant(*question.d_out)));
        answer.gradients = copy_gradients(parameters);
    }
    answer.parameters = copy_weights(parameters);
    return answer;
}

}  // namespace

WB_BIND(patches) {
    worker.bind(probes::patchify, &patchify);
    worker.bind(probes::interpolate_positions, &interpolate_positions);
    worker.bind(probes::embeddings, &ask_embeddings);
}

}  // namespace wb
