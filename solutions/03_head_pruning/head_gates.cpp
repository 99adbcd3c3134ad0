/// @file
/// Exercise 3.1: gates on heads. The contract is chapters/03_head_pruning/head_gates.hpp.
#include "head_gates.hpp"

#include "wb/autograd/elementwise.hpp"
#include "wb/errors.hpp"

namespace wb {

// TODO(3.1): an operation with two inputs, forward and backward.
//   Equation: out = heads_out * gate. d heads_out = d out * gate; d gate[b, h] = sum over tokens and the head's columns of d out * heads_out.
//   Start:    tape.make(shape) for the result, tape.data(..) for the numbers, tape.record(result, {inputs}, lambda) with the backward pass:
//             tape.gradient(result) is what comes in, tape.slot(input) says where an input's gradient belongs. See wb/autograd/tape.hpp.
//   Ask:      gates [heads] serve every entry of the batch. What then is the gradient of one of them? And of one that is 0?
//   Traps:    slot().data is null when nobody wants that gradient; slot().fresh means that the memory holds nothing to add to.
//             0 * NaN is NaN: a head whose gate is 0 must not be multiplied at all.
Var<float> gate_heads(Var<float> heads_out, Var<float> gates) {
    // SOLUTION BEGIN 3.1
    const Shape shape = heads_out.shape(), of_gates = gates.shape();
    const bool own = of_gates.rank() == 2;  // each entry of the batch has gates of its own
    const std::size_t heads = of_gates.rank() == 0 ? 0 : of_gates[-1];
    if (shape.rank() != 3 || of_gates.rank() > 2 || heads == 0 || shape[2] % heads != 0 ||
        (own && of_gates[0] != shape[0]))
        throw ShapeError("gate_heads: heads_out " + shape_text(shape) +
                         " must be [batch, tokens, heads * v_dim], and gates " + shape_text(of_gates) +
                         " [heads] or [batch, heads] of it");
    const std::size_t batch = shape[0], tokens = shape[1], v_dim = shape[2] / heads;
    Tape<float>& tape = heads_out.tape();
    const Var<float> out = tape.make(shape);
    const float *x = tape.data(heads_out), *g = tape.data(gates);
    float* y = tape.data(out);
    // Visits each head of each token: its gate, and where its columns begin.
    const auto each = [=](const auto& visit) {
        for (std::size_t row = 0; row < batch * tokens; ++row) {
            for (std::size_t h = 0; h < heads; ++h)
                visit((own ? row / tokens * heads : 0) + h, (row * heads + h) * v_dim);
        }
    };
    each([=](std::size_t gate, std::size_t first) {
        for (std::size_t d = first; d < first + v_dim; ++d) y[d] = g[gate] == 0 ? 0 : x[d] * g[gate];
    });
    return tape.record(out, {heads_out, gates}, [=, &tape, size = shape.size(), count = of_gates.size()] {
        const float* dy = tape.gradient(out);
        if (const auto [dx, fresh] = tape.slot(heads_out); dx != nullptr) {
            if (fresh) std::fill_n(dx, size, 0.0F);
            each([=, dx = dx](std::size_t gate, std::size_t first) {
                if (g[gate] == 0) return;
                for (std::size_t d = first; d < first + v_dim; ++d) dx[d] += dy[d] * g[gate];
            });
        }
        if (const auto [dg, fresh] = tape.slot(gates); dg != nullptr) {
            if (fresh) std::fill_n(dg, count, 0.0F);
            each([=, dg = dg](std::size_t gate, std::size_t first) {
                float total = 0;
                for (std::size_t d = first; d < first + v_dim; ++d) total += dy[d] * x[d];
                dg[gate] += total;
            });
        }
    });
    // SOLUTION END
}

// TODO(3.1): multi-head attention with gates.
//   Start:    wb::attention does all heads at once; the gates belong between it and `output`.
//   Ask:      which matrix makes a head's columns part of every column of the result? What would a gate behind it switch off?
//   Traps:    a module may have no heads (exercise 3.6): there is nothing to attend with, but `output` still has its bias, a row for
//             every query: tape.constant(zeros<3>({batch, q_len, d_model})) has somewhere to add it to.
Var<float> PrunableAttention::operator()(Var<float> x, Var<float> memory, const AttentionMask& mask,
                                         const HeadUse& use) const {
    // SOLUTION BEGIN 3.1
    if (heads == 0) {
        const Shape shape = x.shape();
        Tape<float>& tape = x.tape();
        return tape.constant(zeros<3>({shape[0], shape[1], shape[2]})) + tape.use(*output.bias);
    }
    const Var<float> heads_out = attention(query(x), key(memory), value(memory), heads, mask, use.weights);
    return output(use.gates ? gate_heads(heads_out, *use.gates) : heads_out);
    // SOLUTION END
}

}  // namespace wb
