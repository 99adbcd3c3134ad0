/// @file
/// Judges exercise 3.6: heads taken out for good, and what that saves.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "module_draw.hpp"
#include "removal_probes.hpp"

namespace wb {
namespace {

// Numbers are copied, or multiplied once.
constexpr Tolerance of_copies{.absolute = 0};
constexpr Tolerance of_products{.relative = 2e-7};

// Three products of up to 12 terms and a softmax lie between x and the answer: each rounds to some 1e-7 of its size.
constexpr Tolerance of_answers{.absolute = 1e-5, .of_largest = 1e-5};

std::size_t whole(const Case& c, const std::string& key) {
    return static_cast<std::size_t>(c.number(key));
}

probes::ModuleNumbers module_of(const Case& c) {
    const std::size_t heads = whole(c, "heads"), head_dim = whole(c, "head_dim");
    return {heads, head_dim, read_module(c, whole(c, "d_model"), heads * head_dim)};
}

std::vector<std::size_t> live_of(const Case& c) {
    const Tensor<1> live = c.in<1>("live");
    return {live.begin(), live.end()};
}

const NamedWeights& named(const ModelWeights& weights, const std::string& name) {
    for (const NamedWeights& one : weights) {
        if (one.name == name) return one;
    }
    stop_test("no parameter " + name + " came back");
}

/// A parameter that came back as a matrix; a bias is [size, 1]. Ends the test when its shape is another than the module's.
Tensor<2> matrix(const probes::ModuleNumbers& module, const std::string& name, std::size_t rows, std::size_t columns) {
    const NamedWeights& one = named(module.parameters, name);
    const std::vector<std::size_t> shape = name.ends_with("bias") ? std::vector{rows} : std::vector{rows, columns};
    expect_shape(one.shape, shape, name);
    expect_shape({one.values.size()}, {rows * columns}, "the values of " + name);
    Tensor<2> result(std::array<std::size_t, 2>{rows, columns});
    std::copy(one.values.begin(), one.values.end(), result.begin());
    return result;
}

void expect_parameter(const probes::ModuleNumbers& rest, const Case& c, const std::string& name,
                      const Tolerance& tolerance) {
    const Tensor<2, double> wanted = c.expected<2>(name);
    expect_close(matrix(rest, name, wanted.shape(0), wanted.shape(1)), c, name, tolerance);
}

const std::vector<std::string> with_rows{"query.weight", "query.bias",   "key.weight",
                                         "key.bias",     "value.weight", "value.bias"};

TEST(RemoveHeads, KeepsTheLiveHeadsRowsOfQueryKeyAndValue) {
    for (const Case& c : cases("3.6/rest")) {
        const probes::ModuleNumbers rest = probes::remove_heads(module_of(c), live_of(c)).module;
        EXPECT_EQ(rest.heads, live_of(c).size()) << c.name() << ": heads of the new module";
        EXPECT_EQ(rest.head_dim, module_of(c).head_dim) << c.name() << ": head_dim stays";
        for (const std::string& name : with_rows) expect_parameter(rest, c, name, of_copies);
    }
}

TEST(RemoveHeads, KeepsTheLiveHeadsColumnsOfOutputAndItsWholeBias) {
    for (const Case& c : cases("3.6/rest")) {
        const probes::ModuleNumbers rest = probes::remove_heads(module_of(c), live_of(c)).module;
        expect_parameter(rest, c, "output.weight", of_copies);
        expect_parameter(rest, c, "output.bias", of_copies);
    }
}

TEST(RemoveHeads, LiveHeadsKeepTheirOrderHoweverTheyAreListed) {
    for (const Case& c : cases("3.6/order")) {
        const probes::ModuleNumbers rest = probes::remove_heads(module_of(c), live_of(c)).module;
        for (const std::string& name : with_rows) expect_parameter(rest, c, name, of_copies);
        expect_parameter(rest, c, "output.weight", of_copies);
    }
}

probes::GatedAttentionQuestion question_of(const Case& c) {
    probes::GatedAttentionQuestion question;
    const probes::ModuleNumbers module = module_of(c);
    question.heads = module.heads;
    question.head_dim = module.head_dim;
    question.parameters = module.parameters;
    question.x = c.in<3>("x");
    question.causal = c.number("causal") != 0;
    if (c.number("cross") != 0) {
        question.memory = c.in<3>("memory");
        const Tensor<1> lengths = c.in<1>("key_lengths");
        for (const float length : lengths) question.key_lengths.push_back(static_cast<int>(length));
    }
    const Tensor<1> gates = c.in<1>("gates");
    question.gates = probes::GateNumbers{{gates.size()}, {gates.begin(), gates.end()}};
    return question;
}

/// The heads whose gate is not 0.
std::vector<std::size_t> open_heads(const probes::GatedAttentionQuestion& question) {
    std::vector<std::size_t> open;
    const std::vector<float>& gates = question.gates.value().values;
    for (std::size_t h = 0; h < gates.size(); ++h) {
        if (gates[h] != 0) open.push_back(h);
    }
    return open;
}

TEST(RemoveHeads, AnswersWhatTheModuleWithClosedGatesAnswers) {
    for (const Case& c : cases("3.6/answer")) {
        const probes::GatedAttentionQuestion question = question_of(c);
        expect_close(probes::answer_without(question, open_heads(question)), c, "out", of_answers);
    }
}

TEST(RemoveHeads, NothingOfARemovedHeadIsLeft) {  // not even as a factor of 0: 0 * NaN is NaN
    for (const Case& c : cases("3.6/answer")) {
        probes::GatedAttentionQuestion question = question_of(c);
        const std::vector<std::size_t> live = open_heads(question);
        const std::size_t columns = question.heads * question.head_dim;
        for (NamedWeights& one : question.parameters) {
            if (one.name == "output.bias") continue;
            for (std::size_t n = 0; n < one.values.size(); ++n) {
                const std::size_t place = one.name == "output.weight" ? n % columns : n / (one.values.size() / columns);
                if (std::find(live.begin(), live.end(), place / question.head_dim) == live.end())
                    one.values[n] = std::numeric_limits<float>::quiet_NaN();
            }
        }
        SCOPED_TRACE("all numbers of the heads that go are NaN");
        expect_close(probes::answer_without(question, live), c, "out", of_answers);
    }
}

TEST(RemoveHeads, ParametersAreItsOwn) {
    for (const Case& c : cases("3.6/rest")) {
        const probes::ModuleNumbers module = module_of(c);
        const probes::RemovalAnswer answer = probes::remove_heads(module, live_of(c));
        for (const NamedWeights& one : module.parameters)
            EXPECT_EQ(named(answer.original, one.name).values, one.values)
                << c.name() << ": 1 was added to the new module's parameters, and " << one.name
                << " of the original changed: the two share it";
        EXPECT_THAT(answer.decaying,
                    testing::UnorderedElementsAre("query.weight", "key.weight", "value.weight", "output.weight"))
            << c.name() << ": what weight decay applies to, in the new module; biases do not decay";
    }
}

TEST(RemoveHeads, WithoutAnyHeadOutputsBiasStays) {
    const Case c = grader::one_case("3.6/answer/heads3_head_dim4_d_model5_cross");
    const probes::GatedAttentionQuestion question = question_of(c);
    const probes::ModuleNumbers rest = probes::remove_heads(module_of(c), {}).module;
    EXPECT_EQ(rest.heads, 0U);
    EXPECT_EQ(rest.head_dim, 4U) << "head_dim stays, also without heads";
    for (const std::string& name : with_rows)
        EXPECT_EQ(named(rest.parameters, name).values.size(), 0U) << name << " of a module without heads";
    EXPECT_EQ(named(rest.parameters, "output.weight").shape, (std::vector<std::size_t>{5, 0}))
        << "output.weight is [d_model, 0]";
    const std::vector<float> bias = named(question.parameters, "output.bias").values;
    EXPECT_EQ(named(rest.parameters, "output.bias").values, bias);
    const Tensor<3> out = probes::answer_without(question, {});
    expect_shape(out, {2, 3, 5}, "the answer without heads");
    for (std::size_t n = 0; n < out.size(); ++n)
        ASSERT_EQ(out.data()[n], bias[n % 5]) << "number " << n << " of the answer is output's bias";
    EXPECT_EQ(probes::remove_heads(rest, {}).module.heads, 0U) << "nothing taken from nothing";
}

TEST(RemoveHeads, NumbersThatAreNoHeadOrAreThereTwiceAreErrors) {
    const Case c = grader::one_case("3.6/rest/heads4_head_dim2_d_model6_live_1_3");
    const probes::ModuleNumbers module = module_of(c);
    const std::vector<std::vector<std::size_t>> none{{4}, {0, 17}, {17, 0}};
    for (const std::vector<std::size_t>& live : none) {
        SCOPED_TRACE("remove_heads of a module of 4 heads, live " + testing::PrintToString(live));
        const std::string message = probes::remove_heads.expect_error<std::invalid_argument>(module, live);
        EXPECT_THAT(message, testing::HasSubstr(live == none[0] ? "4" : "17"))
            << "the message names the number that is no head of 4";
    }
    const std::vector<std::vector<std::size_t>> twice{{3, 3}, {3, 0, 3}, {3, 1, 0, 2, 3}};
    for (const std::vector<std::size_t>& live : twice) {
        SCOPED_TRACE("remove_heads of a module of 4 heads, live " + testing::PrintToString(live));
        const std::string message = probes::remove_heads.expect_error<std::invalid_argument>(module, live);
        EXPECT_THAT(message, testing::HasSubstr("3")) << "the message names the head that is there twice";
    }
}

TEST(FoldGates, PutsEachGateIntoItsHeadsColumnsOfOutput) {
    for (const Case& c : cases("3.6/folded")) {
        const probes::ModuleNumbers module = module_of(c);
        const probes::RemovalAnswer answer = probes::fold_gates(module, c.in<1>("gates"));
        expect_parameter(answer.module, c, "output.weight", of_products);
        EXPECT_EQ(named(answer.module.parameters, "output.bias").values, named(module.parameters, "output.bias").values)
            << c.name() << ": output's bias is behind the gates, and no head's";
        for (const NamedWeights& one : module.parameters)
            EXPECT_EQ(named(answer.original, one.name).values, one.values)
                << c.name() << ": " << one.name << " of the original changed";
        expect_close(probes::answer_folded(question_of(c)), c, "out", of_answers);
    }
}

TEST(FoldGates, RemovesHeadsWhoseGateIsZeroAndNoOthers) {
    const Case c = grader::one_case("3.6/rest/heads4_head_dim2_d_model6_live_1_3");
    const probes::ModuleNumbers module = module_of(c);
    Tensor<1> gates = zeros<1>({4});
    gates(1) = gates(3) = 1;
    const probes::ModuleNumbers rest = probes::fold_gates(module, gates).module;
    EXPECT_EQ(rest.heads, 2U) << "gates 0 1 0 1";
    for (const std::string& name : with_rows) expect_parameter(rest, c, name, of_copies);
    expect_parameter(rest, c, "output.weight", of_copies);
    gates.fill(-1e-6F);
    EXPECT_EQ(probes::fold_gates(module, gates).module.heads, 4U) << "a gate of -0.000001 is not 0";
    EXPECT_EQ(probes::fold_gates(module, zeros<1>({4})).module.heads, 0U) << "all gates 0";
    for (const float gate : {1.0F, 0.5F}) {
        const probes::RemovalAnswer answer = probes::fold_gates(module, full<1>({4}, gate));
        for (const NamedWeights& one : module.parameters)
            EXPECT_EQ(named(answer.original, one.name).values, one.values)
                << "four gates of " << gate
                << ", so that no head goes: 1 was added to the new module's parameters, and " << one.name
                << " of the original changed";
    }
    for (const std::size_t size : {0U, 3U, 5U}) {
        SCOPED_TRACE("fold_gates of a module of 4 heads with gates [" + std::to_string(size) + "]");
        const std::string message = probes::fold_gates.expect_error<ShapeError>(module, full<1>({size}, 1));
        EXPECT_THAT(message,
                    testing::AllOf(testing::HasSubstr("[" + std::to_string(size) + "]"), testing::HasSubstr("4")))
            << "the message names the gates' shape and the number of heads";
    }
}

/// One of the three counts, for each call of the case: [calls]. Counts are below 2^53, which a double holds exactly.
void expect_counts(const std::string& key, std::uint64_t ModuleCost::*count) {
    const Case c = grader::one_case("3.6/cost/calls7");
    const Tensor<2> sizes = c.in<2>("sizes");
    Tensor<1, double> got(std::array<std::size_t, 1>{sizes.shape(0)});
    std::string calls = "attention_cost of batch, heads, head_dim, d_model, q_len, kv_len:";
    for (std::size_t n = 0; n < sizes.shape(0); ++n) {
        const auto size = [&](std::size_t s) { return static_cast<std::uint64_t>(sizes(n, s)); };
        const ModuleCost cost = probes::attention_cost({.batch = size(0),
                                                        .heads = size(1),
                                                        .head_dim = size(2),
                                                        .d_model = size(3),
                                                        .q_len = size(4),
                                                        .kv_len = size(5)});
        got(n) = static_cast<double>(cost.*count);
        calls += "\n  [" + std::to_string(n) + "]";
        for (std::size_t s = 0; s < 6; ++s) calls += (s == 0 ? " " : ", ") + std::to_string(size(s));
    }
    SCOPED_TRACE(calls);
    expect_close(got, c, key, {});
}

TEST(AttentionCost, CountsParametersOfFourMatricesAndFourBiases) {
    expect_counts("parameters", &ModuleCost::parameters);
}

TEST(AttentionCost, CountsFlopsOfSevenStages) {
    expect_counts("flops", &ModuleCost::flops);
}

TEST(AttentionCost, CountsBytesReadAndWritten) {
    expect_counts("bytes", &ModuleCost::bytes);
}

TEST(PrunedModel, AnswersWhatTheGatedModelAnswersWithFewerParameters) {
    probes::PrunedVitQuestion question;
    question.options = {.image_size = 8,
                        .channels = 1,
                        .patch_size = 4,
                        .hidden = 12,
                        .layers = 3,
                        .heads = 3,
                        .mlp = 10,
                        .classes = 5};
    question.pixels = zeros<4>({3, 1, 8, 8});
    for (std::size_t n = 0; n < question.pixels.size(); ++n)
        question.pixels.data()[n] = static_cast<float>(n * 37 % 64) / 16 - 2;
    question.gates = Tensor<1>{1, 0, 0.5, 0, 0, 0, 0, 0, 1};  // a module without heads in the middle
    const probes::PrunedVitAnswer answer = probes::pruned_vit(question);
    expect_close(answer.pruned, Tensor<2, double>(answer.gated),
                 "logits without the heads, and with their gates closed", of_answers);
    expect_close(answer.whole, Tensor<2, double>(answer.whole_before),
                 "logits of the model, after a copy of it was pruned and before", of_copies);
    double moved = 0;
    for (std::size_t n = 0; n < answer.gated.size(); ++n)
        moved = std::max(moved, static_cast<double>(std::abs(answer.gated.data()[n] - answer.whole.data()[n])));
    EXPECT_GT(moved, 1e-4) << "six of nine heads closed, and the logits as with all of them";
    EXPECT_EQ(answer.heads_after.heads, (std::vector<std::size_t>{2, 0, 1})) << "heads left in each layer";
    EXPECT_EQ(answer.heads_before.heads, (std::vector<std::size_t>{3, 3, 3})) << "heads of the original";
    EXPECT_EQ(answer.parameters_before - answer.parameters_after, 6U * (4U * 12U * 4U + 3U * 4U))
        << "parameters of six heads of 4: 4 d_model head_dim + 3 head_dim each";
}

}  // namespace
}  // namespace wb
