/// @file
/// Judges exercise 4.10: evaluation with gates, and what becomes of the loss as heads are dropped.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "head_drop_case.hpp"
#include "judge/judge.hpp"

namespace wb {
namespace {

// A loss lies between logits (off by 1e-5 of the largest at most, module_answer.hpp; here up to 6) and what softmax makes of them: two
// such errors, 1.2e-4, would be the bound. 5e-5 is 40 times the 1.2e-6 that is seen. Where logits are thousands, losses are as large.
constexpr Tolerance of_loss{.absolute = 5e-5, .of_largest = 1e-5};

// The table answers in double, and sums have 12 terms of about 1; 1e-6 leaves room for one who adds in float.
constexpr Tolerance of_table{.absolute = 1e-6};

Tensor<1, double> tensor_of(const std::vector<double>& numbers) {
    Tensor<1, double> result(std::array<std::size_t, 1>{numbers.size()});
    std::copy(numbers.begin(), numbers.end(), result.data());
    return result;
}

void expect_evaluation(const Evaluation& got, const Case& c) {
    expect_close(tensor_of(got.losses), c, "losses", of_loss);
    expect_close(tensor_of({got.loss}), c, "loss", of_loss);
    expect_close(tensor_of({got.accuracy}), c, "accuracy", {.absolute = 1e-6});
}

TEST(Evaluate, IsTheLossOfEachPictureTheirMeanAndTheShareOfRightAnswers) {
    for (const Case& c : cases("4.10/evaluate"))
        expect_evaluation(probes::evaluate(evaluation_question_of(c), c.in<2>("gates"),
                                           static_cast<std::size_t>(c.number("max_batch"))),
                          c);
}

TEST(Evaluate, EveryPictureCountsAlikeHoweverTheyAreBatched) {
    const Case c = grader::one_case("4.10/evaluate/half_of_the_heads");  // 10 pictures
    for (const std::size_t max_batch : {1, 3, 4, 9, 10, 1000}) {
        SCOPED_TRACE("10 pictures in batches of at most " + std::to_string(max_batch));
        expect_evaluation(probes::evaluate(evaluation_question_of(c), c.in<2>("gates"), max_batch), c);
    }
}

TEST(Evaluate, LogitsMayBeTooLargeForAnExponential) {
    for (const Case& c : cases("4.10/large"))
        expect_evaluation(probes::evaluate(evaluation_question_of(c), c.in<2>("gates"), 4), c);
}

TEST(Evaluate, OfEqualLogitsTheFirstIsTheAnswer) {
    const Case c = grader::one_case("4.10/evaluate/half_of_the_heads");
    probes::EvaluationQuestion question = evaluation_question_of(c);
    for (NamedWeights& one : question.weights) {
        if (one.name.starts_with("classifier")) std::fill(one.values.begin(), one.values.end(), 0.0F);
    }
    question.labels = {0, 1, 4, 0, 2, 3, 4, 0, 1, 2};
    const Evaluation got = probes::evaluate(question, c.in<2>("gates"), 4);
    EXPECT_NEAR(got.accuracy, 0.3, 1e-6) << "all logits are 0, so the answer is class 0: the label of 3 pictures of 10";
    EXPECT_NEAR(got.loss, std::log(5), 1e-5) << "five classes are equally likely: log 5";
}

TEST(Evaluate, WhatDoesNotFitIsRefused) {
    const Case c = grader::one_case("4.10/evaluate/half_of_the_heads");
    const probes::EvaluationQuestion right = evaluation_question_of(c);
    const Tensor<2> gates = c.in<2>("gates");
    probes::EvaluationQuestion wrong = right;
    wrong.labels.pop_back();
    probes::evaluate.expect_error<ShapeError>(wrong, gates, 4);
    wrong = right;
    wrong.pixels = zeros<4>({0, 2, 8, 8});
    wrong.labels.clear();
    probes::evaluate.expect_error<ShapeError>(wrong, gates, 4);
    probes::evaluate.expect_error<ShapeError>(right, zeros<2>({3, 2}), 4);
    probes::evaluate.expect_error<std::invalid_argument>(right, gates, 0);
    for (const int label : {-1, 5, 63}) {
        wrong = right;
        wrong.labels[7] = label;
        const std::string message = probes::evaluate.expect_error<std::out_of_range>(wrong, gates, 4);
        EXPECT_THAT(message, testing::AllOf(testing::HasSubstr("7"), testing::HasSubstr(std::to_string(label))))
            << "the message names picture 7 and its label " << label << ", counted through all batches";
    }
}

TEST(DropEachHead, GivesTheIncreaseOfTheMeanLoss) {
    for (const Case& c : cases("4.10/each_head"))
        expect_close(probes::drop_each_head(table_of(c)).drops.increase, c, "increase", of_table);
}

TEST(DropEachHead, StandardErrorsAreThoseOfPairedDifferences) {
    for (const Case& c : cases("4.10/each_head"))
        expect_close(probes::drop_each_head(table_of(c)).drops.standard_error, c, "standard_error", of_table);
    probes::LossTable one_picture = table_of(grader::one_case("4.10/each_head/layers1_heads2"));
    one_picture.base = zeros<1, double>({1});
    probes::drop_each_head.expect_error<std::invalid_argument>(one_picture);
    one_picture.layers = 0;
    probes::drop_each_head.expect_error<ShapeError>(one_picture);
}

TEST(DropEachHead, DropsOneHeadAtATimeAndEvaluatesTheWholeModelOnce) {
    const probes::LossTable table = table_of(grader::one_case("4.10/each_head/layers3_heads4"));
    const std::vector<Tensor<2>> asked = probes::drop_each_head(table).asked;
    std::vector<std::size_t> times(13);  // 12: the whole model
    for (const Tensor<2>& gates : asked) {
        std::vector<std::size_t> dropped;
        for (std::size_t n = 0; n < gates.size(); ++n) {
            ASSERT_TRUE(gates.data()[n] == 0 || gates.data()[n] == 1)
                << "a gate of " << gates.data()[n] << ": 1 keeps a head, 0 drops it";
            if (gates.data()[n] == 0) dropped.push_back(n);
        }
        ASSERT_LE(dropped.size(), 1U) << "heads dropped at once: " << testing::PrintToString(dropped);
        ++times[dropped.empty() ? 12 : dropped[0]];
    }
    EXPECT_EQ(times, std::vector<std::size_t>(13, 1))
        << "how often each head was dropped, and (last) how often the whole model was evaluated: once is enough";
}

TEST(DropInOrder, HeadsThatWereDroppedStayDropped) {
    const probes::LossTable table = table_of(grader::one_case("4.10/each_head/layers3_heads4"));
    const std::vector<std::size_t> order{7, 0, 11, 4, 5, 2};
    const probes::InOrderRun run = probes::drop_in_order(table, order);
    ASSERT_EQ(run.evaluations.size(), 7U) << "six heads: with all heads, and after each of six drops";
    Tensor<2> gates = full<2>({3, 4}, 1);
    for (std::size_t n = 0; n <= order.size(); ++n) {
        Tensor<2> alone = full<2>({3, 4}, 1);
        if (n > 0) gates.data()[order[n - 1]] = alone.data()[order[n - 1]] = 0;
        const std::vector<double> losses = losses_with(table, gates), single = losses_with(table, alone);
        const auto mean = [](const std::vector<double>& of) { return std::accumulate(of.begin(), of.end(), 0.0) / 12; };
        if (n > 1) {
            EXPECT_GT(std::abs(run.evaluations[n].loss - mean(single)), 1e-6)
                << "after " << n << " drops: head " << order[n - 1] << " alone is missing; those before stay dropped";
        }
        EXPECT_NEAR(run.evaluations[n].loss, mean(losses), 1e-6) << "after " << n << " drops";
        const auto right = std::count_if(losses.begin(), losses.end(), [](double loss) { return loss < 1; });
        EXPECT_NEAR(run.evaluations[n].accuracy, static_cast<double>(right) / 12, 1e-6) << "after " << n << " drops";
        expect_close(tensor_of(run.evaluations[n].losses), tensor_of(losses),
                     "losses after " + std::to_string(n) + " drops", of_table);
    }
    EXPECT_EQ(run.asked.size(), 7U) << "evaluations that were asked for";
    EXPECT_EQ(probes::drop_in_order(table, {}).evaluations.size(), 1U) << "no head is dropped: the whole model";
    EXPECT_THAT(probes::drop_in_order.expect_error<std::invalid_argument>(table, {3, 12}), testing::HasSubstr("12"));
    EXPECT_THAT(probes::drop_in_order.expect_error<std::invalid_argument>(table, {10, 3, 10}),
                testing::HasSubstr("10"));
}

TEST(OrderByImportance, HasTheLeastImportantHeadFirst) {
    for (const Case& c : cases("4.10/order")) {
        const std::vector<std::size_t> order = probes::order_by_importance(c.in<2, double>("increase"));
        expect_close(tensor_of({order.begin(), order.end()}), c, "order", {});
    }
    Tensor<2, double> increase = zeros<2, double>({13, 17});
    increase(11, 16) = std::nan("");
    EXPECT_THAT(probes::order_by_importance.expect_error<std::invalid_argument>(increase),
                testing::AllOf(testing::HasSubstr("11"), testing::HasSubstr("16")))
        << "the message names layer 11 and head 16, whose increase is NaN";
}

TEST(HeadDrop, OfAModelIsWhatTheTrustedModelSays) {
    for (const Case& c : cases("4.10/model")) {
        const HeadDrops drops = probes::drops_of_model(evaluation_question_of(c));
        expect_close(drops.increase, c, "increase", of_loss);
        expect_close(drops.standard_error, c, "standard_error", of_loss);
    }
}

}  // namespace
}  // namespace wb
