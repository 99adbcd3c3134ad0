#include "wb/autograd/tape.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "autograd/random_parameter.hpp"
#include "scratch.hpp"
#include "wb/autograd/autograd.hpp"

namespace wb {
namespace {

using V = Var<double>;
constexpr double infinity = std::numeric_limits<double>::infinity();

V ramp(Tape<double>& tape, const Shape& shape) {
    std::vector<double> numbers(shape.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = double(i);
    return tape.variable(shape, numbers);
}

std::vector<double> numbers_of(V x) {
    return {x.value().begin(), x.value().end()};
}

TEST(Tape, LeavesGradientsInVariablesAndParameters) {
    Random random(1);
    ParameterList<double> list;
    auto& p = random_parameter(list, random, "p", {2});
    Tape<double> tape;
    const V x = tape.variable({2}, std::vector<double>{3, 5});
    const V y = x * tape.use(p);
    tape.backward(sum_all(y));
    EXPECT_EQ(p.gradient, (std::vector<double>{3, 5}));
    EXPECT_EQ(x.grad()[1], p.value[1]);
    EXPECT_TRUE(y.grad().empty()) << "of a value in the middle it is given back";
}

TEST(Tape, BackwardAddsToAParametersGradient) {
    Random random(1);
    ParameterList<double> list;
    auto& p = random_parameter(list, random, "p", {1});
    Tape<double> tape;
    for (int step = 0; step < 2; ++step) {
        tape.reset();
        tape.backward(sum_all(tape.use(p)) * 3);
    }
    EXPECT_EQ(p.gradient[0], 6);
    list.zero_gradients();
    EXPECT_EQ(p.gradient[0], 0);
}

TEST(Tape, KeepsAGradientInTheMiddleWhenAsked) {
    Tape<double> tape;
    const V x = ramp(tape, {3}), hidden = x * 2,
            y = linear(reshape(hidden, {1, 3}), tape.constant({1, 3}, std::vector<double>{1, 2, 3}));
    tape.keep_gradient(hidden);
    tape.backward(sum_all(y));
    EXPECT_EQ(std::vector<double>(hidden.grad().begin(), hidden.grad().end()), (std::vector<double>{1, 2, 3}));
    EXPECT_EQ(x.grad()[2], 6);
}

TEST(Tape, KeptGradientSurvivesTheReluBehindIt) {  // which elsewhere masks its gradient in place
    Tape<double> tape;
    const V x = tape.variable({1, 1}, std::vector<double>{1}), w = tape.constant({2, 1}, std::vector<double>{1, -1}),
            b = tape.constant({2}, std::vector<double>{0, 0}), y = linear(x, w, b, Activation::relu);
    tape.keep_gradient(y);
    tape.backward(sum_all(y));
    EXPECT_EQ(y.grad()[1], 1);
    EXPECT_EQ(x.grad()[0], 1);
}

TEST(Tape, InferenceWritesNothingDownAndDropsNothing) {
    Tape<double> tape(Mode::infer);
    const V x = ramp(tape, {4}), loss = sum_all(dropout(x, 0.5));
    EXPECT_EQ(loss.item(), 6);
    EXPECT_NE(text_of<std::logic_error>([&] { tape.backward(loss); }).find("Mode::infer"), std::string::npos);
}

TEST(Tape, EvaluationHasGradientsWithoutDropout) {
    Tape<double> tape(Mode::evaluate);
    const V x = ramp(tape, {4});
    tape.backward(sum_all(dropout(x, 0.5)));
    EXPECT_EQ(x.grad()[3], 1);
}

TEST(Tape, RefusesAValueFromBeforeItsReset) {
    Tape<double> tape;
    const V x = ramp(tape, {2});
    tape.reset();
    EXPECT_NE(text_of<std::logic_error>([&] { (void)x.value(); }).find("reset since"), std::string::npos);
    EXPECT_NE(text_of<std::logic_error>([&] { (void)V().shape(); }).find("names no value"), std::string::npos);
}

TEST(Tape, RefusesASecondBackwardInAStepAndALossOfManyNumbers) {
    Tape<double> tape;
    const V x = ramp(tape, {2});
    EXPECT_NE(text_of<ShapeError>([&] { tape.backward(x); }).find("mean_all or sum_all"), std::string::npos);
    const V loss = sum_all(x);
    tape.backward(loss);
    EXPECT_THROW(tape.backward(loss), std::logic_error);
}

TEST(Tape, RefusesInputsOfTwoTapes) {
    Tape<double> one, other;
    const V a = ramp(one, {2}), b = ramp(other, {2});
    EXPECT_NE(text_of<std::logic_error>([&] { (void)(a + b); }).find("different tapes"), std::string::npos);
}

TEST(Operations, SayWhichShapesDoNotFit) {
    Tape<double> tape;
    const V a = ramp(tape, {2, 3}), b = ramp(tape, {3, 2});
    EXPECT_EQ(text_of<ShapeError>([&] { (void)(a + b); }),
              "+: a [2, 3] and b [3, 2] do not fit: b must have all axes of a, or its trailing ones");
    EXPECT_EQ(text_of<ShapeError>([&] { (void)linear(a, b); }),
              "linear: x [2, 3] and weight [3, 2] do not fit: x must be [.., in] and weight [out, in]");
    EXPECT_EQ(text_of<ShapeError>([&] { (void)matmul(a, a); }),
              "matmul: a [2, 3] and b [2, 3] differ in the inner axis");
    EXPECT_THROW((void)(a - b), ShapeError);
    EXPECT_THROW((void)softmax(a, {.causal = true}), ShapeError);
    EXPECT_THROW((void)layer_norm(a, b, b), ShapeError);
    EXPECT_THROW((void)attention(a, a, a, 1), ShapeError);
    EXPECT_THROW((void)reshape(a, {5}), ShapeError);
    EXPECT_THROW((void)slice(a, 1, 2, 4), ShapeError);
    EXPECT_THROW((void)slice(a, 2, 0, 1), ShapeError);
    EXPECT_THROW((void)concat<double>({a, b}, 0), ShapeError);
    EXPECT_THROW((void)split_heads(a, 2), ShapeError);
    EXPECT_THROW((void)mse(a, std::vector<double>{1}), ShapeError);
    EXPECT_THROW((void)cross_entropy_rows(a, std::vector<int>{1}), ShapeError);
    EXPECT_THROW(Shape({1, 2, 3, 4, 5}), ShapeError);
    EXPECT_THROW((void)dropout(a, 1), std::invalid_argument);
}

TEST(Operations, RefuseIndicesThatAreNotThere) {
    Tape<double> tape;
    const V a = ramp(tape, {2, 3});
    const std::vector<int> high{0, 2}, negative{-1, 0}, classes{0, 3};
    EXPECT_EQ(text_of<std::out_of_range>([&] { (void)embedding(a, high, {2}); }),
              "embedding: the index 2 is not a row of the table [2, 3]");
    EXPECT_THROW((void)embedding(a, negative, {2}), std::out_of_range);
    EXPECT_THROW((void)cross_entropy(a, classes), std::out_of_range);
    EXPECT_THROW((void)cross_entropy(a, negative), std::out_of_range);
    EXPECT_THROW((void)cross_entropy_rows(a, negative), std::out_of_range);
    EXPECT_EQ(
        text_of<std::out_of_range>([&] { (void)cross_entropy_rows(a, classes); }),
        "cross_entropy_rows: the target 3 is not among the classes 0 to 2. Pass it as `ignore` if such rows should "
        "not count.");
    const std::vector<int> lengths{4};
    EXPECT_THROW((void)softmax(reshape(a, {1, 2, 3}), {.key_lengths = lengths}), ShapeError);
}

TEST(Operations, CausalMaskIsAlignedAtTheEnd) {  // q_len 2, kv_len 4: 1110 / 1111
    Tape<double> tape;
    const V equal = tape.constant({1, 2, 4}, std::vector<double>(8, 1.0));
    EXPECT_EQ(numbers_of(softmax(equal, {.causal = true})),
              (std::vector<double>{1.0 / 3, 1.0 / 3, 1.0 / 3, 0, 0.25, 0.25, 0.25, 0.25}));
}

TEST(Operations, AQueryThatSeesNoKeyGivesZeros) {
    Tape<double> tape;
    const std::vector<int> none{0};
    const V x = ramp(tape, {1, 2, 3});
    EXPECT_EQ(numbers_of(softmax(x, {.key_lengths = none})), std::vector<double>(6, 0.0));
    const V y = attention(x, x, x, 1, {.key_lengths = none});
    EXPECT_EQ(numbers_of(y), std::vector<double>(6, 0.0));
    tape.backward(sum_all(y));
    for (const double g : x.grad()) EXPECT_EQ(g, 0);
}

TEST(Operations, SoftmaxStandsLargeScores) {
    Tape<double> tape;
    EXPECT_EQ(numbers_of(softmax(tape.constant({2}, std::vector<double>{1000, -1000}))), (std::vector<double>{1, 0}));
}

TEST(Operations, CrossEntropyRowByRowIsThatOfEachRowAlone) {
    Tape<double> tape;
    const V x = ramp(tape, {2, 2, 3}) * 0.7;
    const std::vector<int> targets{2, 9, 0, 1};
    const V losses = cross_entropy_rows(x, targets, 9);
    const std::vector<double> got = numbers_of(losses);
    ASSERT_EQ(got.size(), 4U);
    EXPECT_EQ(losses.shape().rank(), 1U);
    const V rows = reshape(x, {4, 3});
    for (std::size_t row = 0; row < 4; ++row) {
        const std::vector<int> target{targets[row]};
        EXPECT_EQ(got[row], cross_entropy(slice(rows, 0, row, row + 1), target, 9).item()) << "row " << row;
    }
    EXPECT_EQ(got[1], 0) << "a row that does not count";
    EXPECT_NEAR(sum_all(losses).item(), 3 * cross_entropy(x, targets, 9).item(), 1e-12);
    Tape<float> single;
    const std::vector<float> numbers{2, 1, 0};
    EXPECT_NEAR(cross_entropy_rows(single.constant({1, 3}, numbers), std::vector<int>{1}).item(), 1.4076059F, 1e-6);
}

TEST(Operations, NaNPassesThrough) {  // a broken model must show, whatever stands between it and the loss
    Tape<double> tape;
    const V x = tape.constant({1, 1, 2}, std::vector<double>{1, std::nan("")});
    const V y = ramp(tape, {1, 1, 2});
    for (const V broken : {relu(x), gelu(x), tanh(x), softmax(x), attention(x, x, x, 1), attention(y, x, y, 1)}) {
        EXPECT_TRUE(std::isnan(sum_all(broken).item()));
    }
    EXPECT_TRUE(std::isnan(cross_entropy(x, std::vector<int>{0}).item()));
    EXPECT_TRUE(std::isnan(cross_entropy_rows(x, std::vector<int>{0}).item()));
    EXPECT_EQ(relu(tape.constant({1}, std::vector<double>{-infinity})).item(), 0);
}

TEST(Operations, AttentionIsTheSameStepByStep) {
    Random random(5);
    ParameterList<double> list;
    auto &q = random_parameter(list, random, "q", {2, 3, 8}), &k = random_parameter(list, random, "k", {2, 5, 8}),
         &v = random_parameter(list, random, "v", {2, 5, 8});
    Tape<double> tape;
    const std::vector<int> lengths{5, 3};
    const AttentionMask mask{.causal = true, .key_lengths = lengths};
    V weights;
    const V fused = attention(tape.use(q), tape.use(k), tape.use(v), 2, mask, &weights);
    const V stepwise = softmax(
        matmul(split_heads(tape.use(q), 2), split_heads(tape.use(k), 2), Transpose::no, Transpose::yes) * 0.5, mask);
    const V merged = merge_heads(matmul(stepwise, split_heads(tape.use(v), 2)));
    ASSERT_EQ(weights.shape(), stepwise.shape());
    for (std::size_t i = 0; i < weights.size(); ++i) ASSERT_NEAR(weights.value()[i], stepwise.value()[i], 1e-14);
    for (std::size_t i = 0; i < fused.size(); ++i) ASSERT_NEAR(fused.value()[i], merged.value()[i], 1e-14);
}

TEST(Operations, DropoutKeepsTheMeanAndFollowsItsSeed) {
    const std::vector<double> ones(10000, 1.0);
    const auto dropped = [&](std::uint64_t seed) {
        Tape<double> tape(Mode::train, seed);
        return numbers_of(dropout(tape.constant({10000}, ones), 0.2));
    };
    const std::vector<double> once = dropped(3);
    std::size_t zeros = 0;
    for (const double x : once) {
        ASSERT_TRUE(x == 0 || x == 1.25) << x;
        zeros += x == 0 ? 1 : 0;
    }
    EXPECT_NEAR(double(zeros), 2000, 200) << "five standard deviations of 40";
    EXPECT_EQ(once, dropped(3));
    EXPECT_NE(once, dropped(4));
    Tape<double> tape(Mode::train, 3);
    const V x = tape.constant({10000}, ones);
    EXPECT_NE(numbers_of(dropout(x, 0.2)), numbers_of(dropout(x, 0.2))) << "two dropouts of one step";
}

TEST(ParameterList, RefusesTwoParametersOfOneNameAndTakesATiedOneOnce) {
    ParameterList<double> list;
    const auto p = std::make_shared<Parameter<double>>(Shape{1}), q = std::make_shared<Parameter<double>>(Shape{1});
    list.add("a.", "weight", p);
    list.add("b.", "weight", p);
    EXPECT_EQ(list.size(), 1U);
    EXPECT_EQ(p->name, "a.weight");
    EXPECT_NE(text_of<std::invalid_argument>([&] { list.add("a.", "weight", q); }).find("\"a.weight\""),
              std::string::npos);
    EXPECT_NE(text_of<std::out_of_range>([&] { (void)list["c"]; }).find("There are: a.weight"), std::string::npos);
}

}  // namespace
}  // namespace wb
