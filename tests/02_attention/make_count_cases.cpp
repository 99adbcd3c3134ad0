/// @file
/// Writes the cases of exercises 2.5 (parameters) and 2.6 (costs): random small sizes, counted one by one.
#include <string>
#include <utility>
#include <vector>

#include "count_case.hpp"
#include "count_oracle.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"

namespace wb {
namespace {

using oracle::CostFlaws;
using oracle::CountFlaws;

const std::vector<std::pair<std::string, CountFlaws>> count_mistakes = {
    {"the count without score vectors", {.no_score_vectors = true}},
    {"one score vector for all heads", {.one_score_vector = true}},
    {"biases as long as their layer's input, not its output", {.bias_of_input_size = true}},
    {"an output projection that reads one head only", {.output_of_one_head = true}},
    {"value_dim and v_head_dim taken for key_dim and head_dim", {.value_as_key = true}},
    {"projections counted once for each position: parameters are shared along the sequence", {.times_length = true}},
};

AttentionSpec draw_spec(AttentionKind kind, bool bias, Draw& draw) {
    const auto size = [&] { return 1 + draw.below(12); };
    return {kind, 2 + draw.below(5), size(), size(), size(), size(), size(), size(), 2 + draw.below(60), bias};
}

void write(const std::string& name, const AttentionSpec& spec) {
    CaseWriter writer("2.5/random", name);
    put_spec(writer, spec);
    const oracle::CountedParameters right = oracle::count_parameters(spec);
    writer.text("names", right.names);
    writer.expected("per_head", right.per_head).expected("totals", right.totals).expected("sums", right.sums);
    for (const auto& [words, flaws] : count_mistakes) {
        const oracle::CountedParameters wrong = oracle::count_parameters(spec, flaws);
        writer.mistake(words, "sums", wrong.sums);
        if (wrong.names != right.names) continue;
        writer.mistake(words, "per_head", wrong.per_head).mistake(words, "totals", wrong.totals);
    }
}

const std::vector<std::pair<std::string, CostFlaws>> cost_mistakes = {
    {"dot products of n terms counted as n FLOPs, not 2n", {.one_flop_per_term = true}},
    {"the FLOPs without the scale", {.no_scale = true}},
    {"the cost of a single head", {.heads_forgotten = true}},
    {"q_len * q_len scores, where kv_len differs", {.square = true}},
    {"the bytes without the parameters W_q, W_k and w", {.parameters_not_read = true}},
    {"the parameters read again for every batch row", {.parameters_per_batch = true}},
    {"numbers of 8 bytes", {.eight_bytes = true}},
    {"every stage's output kept, not only those marked K", {.keeps_everything = true}},
    {"the kept memory without tanh's output", {.tanh_not_kept = true}},
    {"q + k counted for a single head of a single batch row", {.channels_per_head_only = true}},
};

template <class Count>
void write_cost(const std::string& family, const std::string& name, const AttentionSizes& sizes, Count count) {
    CaseWriter writer("2.6/" + family, name);
    put_sizes(writer, sizes);
    const oracle::CountedCost right = count(CostFlaws{});
    writer.text("names", right.names).expected("stages", right.stages).expected("activations", right.activations);
    for (const auto& [words, flaws] : cost_mistakes) {
        const oracle::CountedCost wrong = count(flaws);
        writer.mistake(words, "stages", wrong.stages).mistake(words, "activations", wrong.activations);
    }
}

}  // namespace

WB_CASES(parameter_count) {
    Draw draw(seed + 25);
    const std::pair<AttentionKind, std::string> kinds[] = {{AttentionKind::dot_product, "dot_product"},
                                                           {AttentionKind::additive, "additive"},
                                                           {AttentionKind::hybrid, "hybrid"}};
    for (const auto& [kind, word] : kinds)
        for (const bool bias : {false, true})
            for (const int n : {1, 2}) {
                write(word + (bias ? "_bias_" : "_") + std::to_string(n), draw_spec(kind, bias, draw));
            }
}

WB_CASES(cost) {
    Draw draw(seed + 26);
    for (int n = 0; n < 4; ++n) {
        const auto size = [&](std::uint64_t end) { return 2 + draw.below(end); };
        const AttentionSizes s =
            n == 0 ? AttentionSizes{} : AttentionSizes{size(3), size(3), size(8), size(8), size(7), size(9)};
        const std::string name = n == 0 ? "all_one" : "random_" + std::to_string(n);
        write_cost("dot_product", name, s, [&](const CostFlaws& f) { return oracle::count_dot_product(s, f); });
        write_cost("broadcast", name, s,
                   [&](const CostFlaws& f) { return oracle::count_additive(s, AdditiveMethod::broadcast, f); });
        write_cost("streamed", name, s,
                   [&](const CostFlaws& f) { return oracle::count_additive(s, AdditiveMethod::streamed, f); });
    }
}

}  // namespace wb
