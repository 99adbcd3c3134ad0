/// @file
/// Writes the cases of exercises 2.2 (multi-head), 2.3 (additive) and 2.4 (hybrid).
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "attention_oracle.hpp"
#include "draw_mask.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "module_case.hpp"

namespace wb {
namespace {

using oracle::Flaws;
using oracle::to_double;
using Mistakes = std::vector<std::pair<std::string, Flaws>>;

const Mistakes head_mistakes = {
    {"heads interleaved: channel d * num_heads + h taken for channel d of head h", {.heads_interleaved = true}},
    {"heads split by a reshape alone, without moving the heads before time", {.split_without_transpose = true}},
    {"heads merged by a reshape alone, without moving the heads behind time", {.merge_without_transpose = true}},
};
const Mistakes scale_mistakes = {
    {"the result without the 1/sqrt(head_dim) scale", {.no_scale = true}},
    {"a scale of all heads together, 1/sqrt(num_heads * head_dim)", {.scale_by_all_heads = true}},
};
const Mistakes bias_mistakes = {
    {"the result without the output bias", {.no_output_bias = true}},
    {"the result without the biases of query, key and value", {.no_input_biases = true}},
};
const Mistakes mask_mistakes = {
    {"the result without any mask", {.no_mask = true}},
    {"the causal mask aligned at the start", {.causal_at_start = true}},
    {"key_lengths[0] applied to every batch row", {.first_length_for_all = true}},
    {"`allowed` inverted: true taken for 'masked'", {.allowed_inverted = true}},
    {"the causal mask alone: key_lengths and allowed have no effect", {.only_causal = true}},
};
const Mistakes score_mistakes = {
    {"w . (q + k): tanh is missing", {.no_tanh = true}},
    {"w . (tanh(q) + tanh(k)), where w . tanh(q + k) is meant", {.tanh_each = true}},
    {"tanh(w . (q + k)), where w . tanh(q + k) is meant", {.tanh_outside = true}},
    {"head 0's score vector in every head", {.first_score_vector = true}},
    {"scores divided by sqrt(hidden); additive scores are not scaled", {.additive_scaled = true}},
};
const Mistakes gate_mistakes = {
    {"the gate the wrong way round: gate * dot + (1 - gate) * additive", {.gate_swapped = true}},
    {"head 0's gate in every head", {.first_gate = true}},
    {"two softmaxes, mixed afterwards: the scores are to be mixed", {.gate_after_softmax = true}},
    {"the gate squashed once more by 1/(1 + exp(-gate))", {.gate_squashed = true}},
};

Mistakes operator+(Mistakes a, const Mistakes& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

/// The sizes of a module and its inputs.
struct ModuleSizes {
    std::size_t batch, heads, q_len, kv_len, query_dim, key_dim, value_dim, head_dim, v_head_dim, output_dim;
};

/// Weights of about 1/sqrt(inputs), so that what comes out is about as large as what went in.
ModuleQuestion draw_question(const ModuleSizes& s, bool biased, Draw& draw) {
    const auto matrix = [&](std::size_t out, std::size_t in) {
        return draw.uniform<2>({out, in}, 1.7 / std::sqrt(static_cast<double>(in)));
    };
    ModuleQuestion x;
    MultiHeadWeights& p = x.weights.additive.projections;
    p.num_heads = s.heads;
    p.w_query = matrix(s.heads * s.head_dim, s.query_dim);
    p.w_key = matrix(s.heads * s.head_dim, s.key_dim);
    p.w_value = matrix(s.heads * s.v_head_dim, s.value_dim);
    p.w_output = matrix(s.output_dim, s.heads * s.v_head_dim);
    if (biased) {
        p.biases =
            MultiHeadBiases{draw.uniform<1>({s.heads * s.head_dim}, 1), draw.uniform<1>({s.heads * s.head_dim}, 1),
                            draw.uniform<1>({s.heads * s.v_head_dim}, 1), draw.uniform<1>({s.output_dim}, 1)};
    }
    x.query = draw.uniform<3>({s.batch, s.q_len, s.query_dim}, 2);
    x.key = draw.uniform<3>({s.batch, s.kv_len, s.key_dim}, 2);
    x.value = draw.uniform<3>({s.batch, s.kv_len, s.value_dim}, 2);
    return x;
}

void add_score_vectors(ModuleQuestion& x, const ModuleSizes& s, Draw& draw) {
    x.weights.additive.score_vectors = draw.uniform<2>({s.heads, s.head_dim}, 1);
}

/// Gates between 0 and 1, or the same gate for all heads.
void add_gates(ModuleQuestion& x, const ModuleSizes& s, Draw& draw) {
    x.weights.gates = draw.uniform<1>({s.heads}, 0.5);
    for (float& gate : x.weights.gates) gate += 0.5F;
}

void write(const std::string& family, const std::string& name, const ModuleQuestion& x, HybridWeights oracle_weights,
           const Mistakes& mistakes) {
    CaseWriter writer(family, name);
    put_question(writer, x);
    const auto answer = [&](const Flaws& flaws) {
        return oracle::hybrid(oracle_weights, x.query, x.key, x.value, x.mask, flaws);
    };
    const oracle::MultiHead right = answer({});
    writer.expected("output", right.output).expected("weights", right.weights);
    for (const auto& [words, flaws] : mistakes) {
        const oracle::MultiHead wrong = answer(flaws);
        writer.mistake(words, "output", wrong.output).mistake(words, "weights", wrong.weights);
    }
}

/// 2.2: no score vectors. 2.3: score vectors, and to the oracle gates of 1. 2.4: gates.
void write_dot(const std::string& family, const std::string& name, const ModuleQuestion& x, const Mistakes& mistakes) {
    write("2.2/" + family, name, x, x.weights, mistakes);
}
void write_additive(const std::string& family, const std::string& name, const ModuleQuestion& x,
                    const Mistakes& mistakes) {
    HybridWeights all_additive = x.weights;
    all_additive.gates = full<1>({x.projections().num_heads}, 1.0F);
    write("2.3/" + family, name, x, all_additive, mistakes);
}
void write_hybrid(const std::string& family, const std::string& name, const ModuleQuestion& x,
                  const Mistakes& mistakes) {
    write("2.4/" + family, name, x, x.weights, mistakes);
}

/// Dot products of about 1e7, where float's next number is 1 away: dot + 1 * (additive - dot) loses the additive score.
/// Every channel of a projected key is 10,000 to 20,000 in size and one of a query below 1,000, so tanh is 1 or -1 for sure.
ModuleQuestion large_dot_products(ModuleQuestion x, Draw& draw) {
    MultiHeadWeights& p = x.weights.additive.projections;
    for (float& w : p.w_query) w *= 80.0F;
    p.w_key = zeros<2>({p.w_key.shape(0), p.w_key.shape(1)});
    for (std::size_t row = 0; row < p.w_key.shape(0); ++row) p.w_key(row, row % p.w_key.shape(1)) = 20000.0F;
    for (float& element : x.key)
        element = (draw.below(2) == 0 ? -1.0F : 1.0F) * (1.0F - 0.001F * static_cast<float>(draw.below(500)));
    return x;
}

Mask module_mask(const ModuleSizes& s, Draw& draw) {
    return draw_mask({s.batch, s.heads, s.q_len, s.kv_len, s.head_dim, s.v_head_dim}, draw);
}

//                          batch heads q_len kv_len query key value head v_head output
const ModuleSizes one_size = {2, 4, 6, 6, 8, 8, 8, 2, 2, 8};
const ModuleSizes three_sizes = {2, 3, 4, 7, 10, 5, 6, 4, 3, 9};
const ModuleSizes one_head = {2, 1, 3, 5, 4, 6, 3, 8, 5, 4};

}  // namespace

WB_CASES(multi_head) {
    Draw draw(seed + 221);
    for (const bool wide : {false, true}) {
        const ModuleSizes s = wide ? ModuleSizes{1, 8, 12, 12, 64, 64, 64, 8, 8, 64} : one_size;
        ModuleQuestion x = draw_question(s, false, draw);
        x.key = x.query;  // self-attention
        x.value = x.query;
        write_dot("self", wide ? "8_heads" : "4_heads", x, head_mistakes + scale_mistakes);
    }
    write_dot("cross", "3_sizes", draw_question(three_sizes, false, draw), head_mistakes + scale_mistakes);
    write_dot("cross", "1_head", draw_question(one_head, false, draw), head_mistakes + scale_mistakes);
    Mistakes value_mistake = {{"the key input where the value input belongs", {.key_as_value = true}}};
    write_dot("cross", "same_sizes", draw_question({2, 2, 3, 5, 6, 6, 6, 4, 4, 6}, false, draw),
              head_mistakes + value_mistake);
    write_dot("bias", "4_heads", draw_question(one_size, true, draw), bias_mistakes + head_mistakes);
    write_dot("bias", "3_sizes", draw_question(three_sizes, true, draw), bias_mistakes + head_mistakes);
    for (const ModuleSizes& s : {one_size, three_sizes}) {
        ModuleQuestion x = draw_question(s, true, draw);
        x.mask = module_mask(s, draw);
        write_dot("masks", shape_name({{"heads", s.heads}, {"q_len", s.q_len}, {"kv_len", s.kv_len}}), x,
                  mask_mistakes + head_mistakes);
    }
}

WB_CASES(linear) {
    Draw draw(seed + 222);
    for (const std::size_t in : {5, 6}) {
        const Tensor<3> x = draw.uniform<3>({2, 4, in}, 1);
        const Tensor<2> w = draw.uniform<2>({6, in}, 1);
        const Tensor<1> bias = draw.uniform<1>({6}, 1);
        const auto product = [&](bool with_bias, bool transposed) {
            Tensor<3, double> y = zeros<3, double>({2, 4, 6});
            for (std::size_t b = 0; b < 2; ++b)
                for (std::size_t t = 0; t < 4; ++t)
                    for (std::size_t o = 0; o < 6; ++o) {
                        double total = with_bias ? bias(o) : 0.0;
                        for (std::size_t i = 0; i < in; ++i) {
                            total +=
                                static_cast<double>(transposed ? w(i, o) : w(o, i)) * static_cast<double>(x(b, t, i));
                        }
                        y(b, t, o) = total;
                    }
            return y;
        };
        CaseWriter writer("2.2/linear", std::to_string(in) + "_to_6");
        writer.in("x", x).in("w", w).in("bias", bias);
        writer.expected("with_bias", product(true, false)).expected("without_bias", product(false, false));
        writer.mistake("the result without the bias", "with_bias", product(false, false));
        if (in == 6) {
            writer.mistake("x w: the weight is [out, in] and must be transposed", "with_bias", product(true, true))
                .mistake("x w: the weight is [out, in] and must be transposed", "without_bias", product(false, true));
        }
    }
}

WB_CASES(additive) {
    Draw draw(seed + 231);
    for (const Sizes& s :
         {Sizes{1, 1, 1, 1, 1, 1}, Sizes{2, 3, 4, 6, 5, 7}, Sizes{1, 2, 7, 3, 33, 4}, Sizes{2, 1, 9, 9, 64, 8}}) {
        const Tensor<4> q = draw.uniform<4>({s.batch, s.heads, s.q_len, s.head_dim}, 2);
        const Tensor<4> k = draw.uniform<4>({s.batch, s.heads, s.kv_len, s.head_dim}, 2);
        const Tensor<4> v = draw.uniform<4>({s.batch, s.heads, s.kv_len, s.v_dim}, 2);
        const Tensor<2> w = draw.uniform<2>({s.heads, s.head_dim}, 1);
        const std::string name = shape_name({{"batch", s.batch},
                                             {"heads", s.heads},
                                             {"q_len", s.q_len},
                                             {"kv_len", s.kv_len},
                                             {"head_dim", s.head_dim},
                                             {"v_dim", s.v_dim}});
        {
            CaseWriter writer("2.3/scores", name);
            writer.in("q", q).in("k", k).in("score_vectors", w);
            const auto scores = [&](const Flaws& flaws) {
                return oracle::additive_scores(to_double(q), to_double(k), to_double(w), flaws);
            };
            writer.expected("scores", scores({}));
            for (const auto& [words, flaws] : score_mistakes) writer.mistake(words, "scores", scores(flaws));
        }
        for (const bool masked : {false, true}) {
            const Mask mask = masked ? draw_mask(s, draw) : Mask{};
            CaseWriter writer(masked ? "2.3/masks" : "2.3/plain", name);
            writer.in("q", q).in("k", k).in("v", v).in("score_vectors", w);
            put_mask(writer, mask);
            const auto answer = [&](const Flaws& flaws) {
                return oracle::additive_attention(to_double(q), to_double(k), to_double(v), to_double(w), mask, flaws);
            };
            writer.expected("output", answer({}).output).expected("weights", answer({}).weights);
            for (const auto& [words, flaws] : score_mistakes + mask_mistakes) {
                const oracle::Attention wrong = answer(flaws);
                writer.mistake(words, "output", wrong.output).mistake(words, "weights", wrong.weights);
            }
        }
    }
}

WB_CASES(multi_head_additive) {
    Draw draw(seed + 232);
    const auto family = [&](const std::string& name, const ModuleSizes& s, bool biased, bool masked) {
        ModuleQuestion x = draw_question(s, biased, draw);
        add_score_vectors(x, s, draw);
        if (masked) x.mask = module_mask(s, draw);
        write_additive("multi_head", name, x, score_mistakes + head_mistakes + bias_mistakes + mask_mistakes);
    };
    family("1_head", one_head, false, false);
    family("4_heads", one_size, true, false);
    family("3_sizes_masked", three_sizes, true, true);
}

WB_CASES(hybrid) {
    Draw draw(seed + 241);
    for (const ModuleSizes& s : {one_size, three_sizes, one_head}) {
        const std::string name = shape_name({{"heads", s.heads}, {"q_len", s.q_len}, {"kv_len", s.kv_len}});
        ModuleQuestion x = draw_question(s, s.heads != 1, draw);
        add_score_vectors(x, s, draw);
        add_gates(x, s, draw);
        write_hybrid("mixed", name, x, gate_mistakes + score_mistakes + scale_mistakes);
        x.mask = module_mask(s, draw);
        write_hybrid("masks", name, x, gate_mistakes + mask_mistakes);
        x.weights.gates = full<1>({s.heads}, 0.0F);
        write_hybrid("gate_0", name, x, gate_mistakes + scale_mistakes);
        x.weights.gates = full<1>({s.heads}, 1.0F);
        write_hybrid("gate_1", name, x, gate_mistakes + score_mistakes);
        write_hybrid("gate_1", name + "_large", large_dot_products(x, draw), {});
    }
    ModuleQuestion x = draw_question(one_size, false, draw);
    add_score_vectors(x, one_size, draw);
    x.weights.gates = {0.0F, 0.25F, 0.75F, 1.0F};
    write_hybrid("each_head", "0_to_1", x, gate_mistakes);
}

}  // namespace wb
