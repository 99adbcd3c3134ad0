/// @file
/// Exercise 3.1 another way: a factor for every number, kept for the way back; and a module that does one head after the other, each with its
/// own part of output's matrix, as the equation sums them.
#include "head_gates.hpp"

#include <algorithm>
#include <vector>

#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/errors.hpp"

namespace wb {

Var<float> gate_heads(Var<float> heads_out, Var<float> gates) {
    const Shape x = heads_out.shape(), g = gates.shape();
    const auto refuse = [&] { throw ShapeError("gates " + shape_text(g) + " do not fit heads " + shape_text(x)); };
    if (x.rank() != 3 || g.rank() < 1 || g.rank() > 2) refuse();
    if (g.rank() == 2 && g[0] != x[0]) refuse();
    const std::size_t heads = g.rank() == 1 ? g[0] : g[1];
    if (heads == 0 || x[2] % heads != 0) refuse();

    Tape<float>& tape = heads_out.tape();
    const std::size_t size = x.size(), columns = x[2], rows_of_entry = x[1] * columns, v_dim = columns / heads;
    auto* gate_of = tape.keep<std::size_t>(size);  // which gate each number has
    for (std::size_t n = 0; n < size; ++n)
        gate_of[n] = (g.rank() == 2 ? n / rows_of_entry * heads : 0) + n % columns / v_dim;
    const Var<float> out = tape.make(x);
    const float *in = tape.data(heads_out), *factor = tape.data(gates);
    float* result = tape.data(out);
    for (std::size_t n = 0; n < size; ++n) result[n] = factor[gate_of[n]] != 0 ? factor[gate_of[n]] * in[n] : 0;

    return tape.record(out, {heads_out, gates}, [=, &tape, count = g.size()] {
        const float* d_out = tape.gradient(out);
        const GradientSlot<float> to_heads = tape.slot(heads_out), to_gates = tape.slot(gates);
        if (to_heads.data != nullptr) {
            for (std::size_t n = 0; n < size; ++n) {
                const float through = factor[gate_of[n]] != 0 ? factor[gate_of[n]] * d_out[n] : 0;
                to_heads.data[n] = to_heads.fresh ? through : to_heads.data[n] + through;
            }
        }
        if (to_gates.data == nullptr) return;
        for (std::size_t k = 0; k < count; ++k) {
            double total = to_gates.fresh ? 0 : static_cast<double>(to_gates.data[k]);
            for (std::size_t n = 0; n < size; ++n) {
                if (gate_of[n] == k) total += static_cast<double>(d_out[n]) * static_cast<double>(in[n]);
            }
            to_gates.data[k] = static_cast<float>(total);
        }
    });
}

Var<float> PrunableAttention::operator()(Var<float> x, Var<float> memory, const AttentionMask& mask,
                                         const HeadUse& use) const {
    Tape<float>& tape = x.tape();
    Var<float> sum = tape.constant(zeros<3>({x.shape()[0], x.shape()[1], x.shape()[2]}));
    const Var<float> q = query(x), k = key(memory), v = value(memory), mix = tape.use(*output.weight);
    std::vector<Tensor<4>> weights;
    for (std::size_t h = 0; h < heads; ++h) {
        const std::size_t begin = h * head_dim, end = begin + head_dim;
        const auto part = [&](Var<float> all) { return slice(all, -1, begin, end); };
        Var<float> of_head = tape.constant(zeros<1>({1}));
        Var<float> head = attention(part(q), part(k), part(v), 1, mask, use.weights != nullptr ? &of_head : nullptr);
        if (use.weights != nullptr) weights.push_back(of_head.tensor<4>());
        if (use.gates) head = gate_heads(head, slice(*use.gates, -1, h, h + 1));
        sum = sum + linear(head, part(mix));
    }
    if (!weights.empty()) {
        const std::size_t batch = weights[0].shape(0), q_len = weights[0].shape(2), kv_len = weights[0].shape(3);
        Tensor<4> all(std::array<std::size_t, 4>{batch, heads, q_len, kv_len});
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t h = 0; h < heads; ++h)
                std::copy_n(&weights[h](b, 0, 0, 0), q_len * kv_len, &all(b, h, 0, 0));
        }
        *use.weights = tape.constant(all);
    }
    return sum + tape.use(*output.bias);
}

}  // namespace wb
