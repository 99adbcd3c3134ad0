/// @file
/// Judges exercise 3.1: gates on heads.
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "head_gates_probes.hpp"
#include "judge/gradients.hpp"
#include "judge/judge.hpp"
#include "module_draw.hpp"

namespace wb {
namespace {

// One product of two floats; a gate's gradient is a sum of up to 27 products of up to 2.
constexpr Tolerance of_gates{.absolute = 1e-5, .relative = 1e-6};

// Three products of up to 7 terms and a softmax lie between x and the result: each rounds to some 1e-7 of its size.
constexpr Tolerance of_module{.absolute = 1e-5, .of_largest = 1e-5};

probes::GateNumbers numbers_of(const Tensor<2>& gates, bool own) {
    probes::GateNumbers numbers{{gates.shape(1)}, {gates.begin(), gates.end()}};
    if (own) numbers.shape = {gates.shape(0), gates.shape(1)};
    return numbers;
}

/// A gradient by name, in the shape that was asked about.
template <std::size_t N>
Tensor<N> gradient(const probes::GateAnswer& answer, const std::string& name,
                   const typename Tensor<N>::shape_type& shape) {
    Tensor<N> result(shape);
    const std::vector<float>& values = gradient_named(answer.gradients, name, result.size());
    std::copy(values.begin(), values.end(), result.begin());
    return result;
}

probes::GateAnswer ask(const Case& c, bool own) {
    return probes::gate_heads(c.in<3>("heads_out"), numbers_of(c.in<2>("gates"), own), c.in<3>("d_out"));
}

TEST(GateHeads, MultipliesEachHeadsColumnsByItsGate) {
    for (const Case& c : cases("3.1/gates")) {
        expect_close(ask(c, false).out, c, "out", of_gates);
        const auto infer = probes::gate_heads_infer(c.in<3>("heads_out"), numbers_of(c.in<2>("gates"), false));
        expect_close(infer.out, c, "out", of_gates);
    }
    const probes::GateNumbers faint{{2}, {1e-9F, -1e-9F}};
    const Tensor<3> out = probes::gate_heads_infer(full<3>({1, 1, 2}, 2e9F), faint).out;
    expect_shape(out, {1, 1, 2}, "out");
    EXPECT_FLOAT_EQ(out(0, 0, 0), 2) << "a gate of 1e-9 is a factor, too: only 0 itself is closed";
    EXPECT_FLOAT_EQ(out(0, 0, 1), -2) << "a gate of -1e-9 is a factor, too";
}

TEST(GateHeads, EachEntryOfTheBatchMayHaveItsOwnGates) {
    for (const Case& c : cases("3.1/own")) expect_close(ask(c, true).out, c, "out", of_gates);
}

TEST(GateHeads, GatesOfOneChangeNothingToTheLastBit) {
    for (const Case& c : cases("3.1/own")) {
        const Tensor<3> x = c.in<3>("heads_out");
        const Tensor<2> ones = full<2>(c.in<2>("gates").shape(), 1);
        for (const bool own : {false, true}) {
            const Tensor<3> out =
                probes::gate_heads(x, numbers_of(own ? ones : full<2>({1, ones.shape(1)}, 1), own), x).out;
            expect_shape(out, {x.shape(0), x.shape(1), x.shape(2)}, "out");
            for (std::size_t n = 0; n < x.size(); ++n)
                ASSERT_EQ(out.data()[n], x.data()[n])
                    << "number " << n << " with all gates 1: not the same to the last bit";
        }
    }
    const float infinity = std::numeric_limits<float>::infinity();
    Tensor<3> x = full<3>({1, 1, 3}, infinity);
    x(0, 0, 1) = -infinity;
    x(0, 0, 2) = std::numeric_limits<float>::quiet_NaN();
    const Tensor<3> out = probes::gate_heads_infer(x, probes::GateNumbers{{1}, {1}}).out;
    expect_shape(out, {1, 1, 3}, "out");
    EXPECT_EQ(out(0, 0, 0), infinity) << "infinity with a gate of 1: only a gate of 0 makes zeros";
    EXPECT_EQ(out(0, 0, 1), -infinity) << "-infinity with a gate of 1: only a gate of 0 makes zeros";
    EXPECT_TRUE(std::isnan(out(0, 0, 2)))
        << "NaN with a gate of 1 has become " << out(0, 0, 2) << ": a fault in the model would go unseen";
}

TEST(GateHeads, AClosedHeadCannotSpoilTheRest) {
    const float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
    Tensor<3> x = full<3>({1, 2, 4}, 2), d_out = full<3>({1, 2, 4}, 3);
    x(0, 0, 0) = infinity;
    x(0, 1, 1) = nan;
    d_out(0, 1, 0) = nan;
    const probes::GateAnswer answer = probes::gate_heads(x, {{2}, {0, 0.5F}}, d_out);
    const Tensor<3> dx = gradient<3>(answer, "heads_out", {1, 2, 4});
    for (std::size_t t = 0; t < 2; ++t) {
        for (std::size_t d = 0; d < 2; ++d) {
            EXPECT_EQ(answer.out(0, t, d), 0)
                << "token " << t << ", column " << d << " of the head whose gate is 0: " << x(0, t, d)
                << " went in. 0 * inf and 0 * NaN are NaN";
            EXPECT_EQ(dx(0, t, d), 1)
                << "the gradient through a gate of 0 is 0 (and 1 from the driver's own use), token " << t << ", column "
                << d << ", where d out is " << d_out(0, t, d);
            EXPECT_EQ(answer.out(0, t, 2 + d), 1) << "the other head, whose gate is 0.5";
        }
    }
}

TEST(GateHeads, GradientsReachHeadsAndGates) {
    for (const bool own : {false, true}) {
        for (const Case& c : cases(own ? "3.1/own" : "3.1/gates")) {
            const probes::GateAnswer answer = ask(c, own);
            expect_close(gradient<3>(answer, "heads_out", c.in<3>("heads_out").shape()), c, "d_heads_out", of_gates);
            expect_close(gradient<2>(answer, "gates", c.in<2>("gates").shape()), c, "d_gates", of_gates);
        }
    }
}

TEST(GateHeads, GradientsAreWrittenWhereNothingWasAndNotWhereNobodyWantsThem) {
    for (const Case& c : cases("3.1/own")) {
        const Tensor<3> x = c.in<3>("heads_out"), d_out = c.in<3>("d_out");
        const probes::GateNumbers gates = numbers_of(c.in<2>("gates"), true);
        for (const auto& [heads_wanted, gates_wanted] : {std::pair{true, true}, {true, false}, {false, true}}) {
            SCOPED_TRACE(testing::Message() << "on a tape that was used before; " << (heads_wanted ? "" : "heads_out")
                                            << (gates_wanted ? "" : "gates")
                                            << (heads_wanted && gates_wanted ? "no input" : "") << " is a constant");
            const probes::GateAnswer answer = probes::gate_heads_again(x, gates, d_out, {heads_wanted, gates_wanted});
            expect_close(answer.out, c, "out", of_gates);
            const auto without_the_ones = [](const auto& expected) {  // the driver's own use, in gate_heads alone
                auto result = expected;
                for (double& number : result) number -= 1;
                return result;
            };
            if (heads_wanted)
                expect_close(gradient<3>(answer, "heads_out", x.shape()),
                             without_the_ones(c.expected<3>("d_heads_out")), "d_heads_out", of_gates);
            if (gates_wanted)
                expect_close(gradient<2>(answer, "gates", c.in<2>("gates").shape()),
                             without_the_ones(c.expected<2>("d_gates")), "d_gates", of_gates);
        }
    }
}

TEST(GateHeads, ShapesThatDoNotFitAreErrors) {
    const Tensor<3> x = zeros<3>({2, 3, 6});
    const std::vector<std::vector<std::size_t>> wrong{{4}, {0}, {}, {3, 2}, {1, 2}, {2, 4}, {2, 1, 2}};
    for (const std::vector<std::size_t>& shape : wrong) {
        std::size_t size = 1;
        for (const std::size_t extent : shape) size *= extent;
        SCOPED_TRACE("heads_out [2, 3, 6] and gates " + shape_text(shape));
        probes::gate_heads.expect_error<ShapeError>(x, probes::GateNumbers{shape, std::vector<float>(size, 1)}, x);
    }
    const std::string message = probes::gate_heads.expect_error<ShapeError>(x, {{5}, std::vector<float>(5, 1)}, x);
    EXPECT_THAT(message, testing::AllOf(testing::HasSubstr("[2, 3, 6]"), testing::HasSubstr("[5]")))
        << "the message names both shapes";
}

probes::GatedAttentionQuestion question_of(const Case& c) {
    probes::GatedAttentionQuestion question;
    question.heads = static_cast<std::size_t>(c.number("heads"));
    question.head_dim = static_cast<std::size_t>(c.number("head_dim"));
    question.x = c.in<3>("x");
    question.parameters = read_module(c, question.x.shape(2), question.heads * question.head_dim);
    if (c.has_in("memory")) question.memory = c.in<3>("memory");
    if (c.has_in("key_lengths")) {
        const Tensor<1, std::int32_t> lengths = c.in<1, std::int32_t>("key_lengths");
        question.key_lengths.assign(lengths.begin(), lengths.end());
    }
    question.causal = c.number("causal") != 0;
    if (c.has_in("gates")) {
        const Tensor<2> gates = c.in<2>("gates");
        question.gates = numbers_of(gates, gates.shape(0) > 1);
    }
    if (c.has_in("d_out")) question.d_out = c.in<3>("d_out");
    return question;
}

TEST(PrunableAttention, GatesStandBetweenHeadsAndOutput) {
    for (const Case& c : cases("3.1/module")) {
        probes::GatedAttentionQuestion question = question_of(c);
        question.d_out.reset();
        question.want_weights = true;
        const probes::GateAnswer answer = probes::prunable_attention(question);
        expect_close(answer.out, c, "out", of_module);
        ASSERT_EQ(answer.weights.size(), 1U) << "the weights were asked for, and are not [batch, heads, q_len, kv_len]";
        expect_close(answer.weights[0], c, "weights", of_module);
        question.gates = probes::GateNumbers{{question.heads}, std::vector<float>(question.heads, 0.5F)};
        question.gates->values[0] = 0;
        const Tensor<3> whole = probes::prunable_attention(question).out;
        question.parameters[1].values[0] = std::numeric_limits<float>::quiet_NaN();  // of the query's bias
        SCOPED_TRACE("head 0 has NaN in its queries, so in its weights; and a gate of 0");
        expect_close(probes::prunable_attention(question).out, Tensor<3, double>(whole), "out", of_module);
    }
}

TEST(PrunableAttention, WithoutGatesIsMultiHeadAttention) {
    for (const Case& c : cases("3.1/plain")) {
        probes::GatedAttentionQuestion question = question_of(c);
        const Tensor<3> out = probes::prunable_attention(question).out;
        expect_close(out, c, "out", of_module);
        question.gates = probes::GateNumbers{{question.heads}, std::vector<float>(question.heads, 1)};
        const Tensor<3> gated = probes::prunable_attention(question).out;
        expect_shape(gated, {out.shape(0), out.shape(1), out.shape(2)}, "out with gates of 1");
        for (std::size_t n = 0; n < out.size(); ++n)
            ASSERT_EQ(gated.data()[n], out.data()[n])
                << c.name() << ": number " << n << " with gates of 1, and without gates";
    }
}

TEST(PrunableAttention, GradientsReachGatesAndParameters) {
    for (const Case& c : cases("3.1/module")) {
        const probes::GatedAttentionQuestion question = question_of(c);
        const probes::GateAnswer answer = probes::prunable_attention(question);
        expect_close(gradient<3>(answer, "x", question.x.shape()), c, "d_x", of_module);
        if (question.memory)
            expect_close(gradient<3>(answer, "memory", question.memory->shape()), c, "d_memory", of_module);
        expect_close(gradient<2>(answer, "gates", c.in<2>("gates").shape()), c, "d_gates", of_module);
        for (const std::string name : {"value.weight", "output.weight"}) {
            const std::size_t size = c.expected<1>("d_" + name).size();
            expect_close(gradient<1>(answer, name, {size}), c, "d_" + name, of_module);
        }
    }
}

TEST(PrunableAttention, WithoutHeadsAnswersItsBias) {
    probes::GatedAttentionQuestion question;
    question.head_dim = 3;
    question.x = full<3>({2, 4, 3}, 0.5);
    question.memory = full<3>({2, 7, 3}, 0.5);  // as many rows as x has, not as memory has
    question.d_out = full<3>({2, 4, 3}, 1);
    question.gates = probes::GateNumbers{{0}, {}};
    question.want_weights = true;
    for (const auto& [name, shape] : module_shapes(3, 0)) {
        NamedWeights one{name, shape, {}};
        if (name == "output.bias") one.values = {1, -2, 3};
        question.parameters.push_back(one);
    }
    const probes::GateAnswer answer = probes::prunable_attention(question);
    expect_shape(answer.out, {2, 4, 3}, "out of a module without heads");
    EXPECT_TRUE(answer.weights.empty()) << "without heads there are no weights, and use.weights is not set";
    for (std::size_t row = 0; row < 8; ++row) {
        for (std::size_t c = 0; c < 3; ++c)
            ASSERT_EQ(answer.out.data()[row * 3 + c], question.parameters.back().values[c])
                << "row " << row << ", column " << c;
    }
    const std::vector<float>& bias = gradient_named(answer.gradients, "output.bias", 3);
    EXPECT_EQ(bias, std::vector<float>(3, 8)) << "the gradient of output's bias, over 8 rows whose d out is 1";
}

}  // namespace
}  // namespace wb
