/// @file
/// Judges exercise 4.5: what the model says.
#include <cmath>
#include <limits>
#include <vector>

#include "judge/judge.hpp"
#include "top_classes_probes.hpp"

namespace wb {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

// A float softmax of 1,000 terms is good to a few float epsilons (1.2e-7) of each exponential and the sum: 2e-6 is ample. Summed
// from left to right, 1,000 numbers may be off by 1,000 / 2 of them at the very worst.
constexpr Tolerance float_softmax{.absolute = 1e-7, .relative = 6e-5};

/// Asks a case, and compares which classes and how likely.
void expect_top(const Case& c) {
    const std::vector<ClassProbability> got =
        probes::top_classes(c.in<1>("logits"), static_cast<std::size_t>(c.number("count")));
    Tensor<1> index(std::array<std::size_t, 1>{got.size()});
    Tensor<1, double> probability(std::array<std::size_t, 1>{got.size()});
    for (std::size_t n = 0; n < got.size(); ++n) {
        index(n) = static_cast<float>(got[n].index);
        probability(n) = got[n].probability;
    }
    expect_close(index, c, "index", {});
    expect_close(probability, c, "probability", float_softmax);
}

TEST(TopClasses, AreTheLikeliestWithTheirShareOfAll) {
    for (const Case& c : cases("4.5/plain")) expect_top(c);
}

TEST(TopClasses, LogitsMayBeTooLargeForAnExponential) {
    for (const Case& c : cases("4.5/large")) expect_top(c);
}

TEST(TopClasses, OfEqualsTheLowerIndexComesFirst) {
    for (const Case& c : cases("4.5/ties")) expect_top(c);
}

TEST(TopClasses, NoMoreThanThereAre) {
    for (const Case& c : cases("4.5/few")) expect_top(c);
}

TEST(TopClasses, MinusInfinityIsAClassThatCannotBe) {
    Tensor<1> logits = full<1>({4}, -infinity);
    logits(2) = 1;
    const std::vector<ClassProbability> got = probes::top_classes(logits, 4);
    ASSERT_EQ(got.size(), 4) << "a class of probability 0 is a class";
    EXPECT_EQ(got[0].index, 2);
    EXPECT_EQ(got[0].probability, 1);
    for (std::size_t n = 1; n < 4; ++n) EXPECT_EQ(got[n].probability, 0) << "class " << got[n].index;
}

TEST(TopClasses, LogitsWithoutMeaningAreErrors) {
    Tensor<1> logits = zeros<1>({12});
    logits(7) = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THAT(probes::top_classes.expect_error<std::invalid_argument>(logits, 3), testing::HasSubstr("7"))
        << "the message names the class whose logit is NaN";
    logits(7) = infinity;
    probes::top_classes.expect_error<std::invalid_argument>(logits, 3);
    probes::top_classes.expect_error<std::invalid_argument>(zeros<1>({0}), 3);
    probes::top_classes.expect_error<std::invalid_argument>(full<1>({5}, -infinity), 3);
}

}  // namespace
}  // namespace wb
