/// @file
/// Judges exercise 4.5: what the model says.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "top_classes_probes.hpp"

namespace wb {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

// A float softmax of 1,000 terms is good to a few float epsilons (1.2e-7) of each exponential and the sum: 2e-6 is ample. Summed
// from left to right, 1,000 numbers may be off by 1,000 / 2 of them at the very worst.
constexpr Tolerance float_softmax{.absolute = 1e-7, .relative = 6e-5};

/// Why class `got[place]` does not stand where class `wanted` belongs, when all places before are right.
std::string why_not(const Tensor<1>& logits, const std::vector<ClassProbability>& got, std::size_t place,
                    std::size_t wanted) {
    const std::size_t index = got[place].index;
    if (index >= logits.size()) return "There are " + std::to_string(logits.size()) + " classes, 0 and on.";
    const auto same = [](std::size_t which) { return [=](const ClassProbability& one) { return one.index == which; }; };
    const auto here = got.begin() + static_cast<std::ptrdiff_t>(place);
    if (std::any_of(got.begin(), here, same(index))) return "That class has a place before.";
    const std::string logit = testing::PrintToString(logits(wanted)), other = testing::PrintToString(logits(index));
    if (logits(index) == logits(wanted))
        return "Both have the logit " + logit +
               ", and of equals the lower index comes first. std::sort and std::partial_sort leave equals in any "
               "order, "
               "a sort that is read backwards turns theirs round: compare the indices when the logits are equal.";
    std::string why = "Its logit is " + logit + ", that of class " + std::to_string(index) + " only " + other + ".";
    if (place == 0 && logits(index) == *std::min_element(logits.begin(), logits.end()))
        return why + " The likeliest class comes first.";
    const auto found = std::find_if(here, got.end(), same(wanted));
    if (here->probability == 0 || (found != got.end() && found->probability == here->probability))
        why += " When e^z is computed in float, both may be 0: order the classes by logits, which tell more.";
    return why;
}

/// Asks a case, and compares how many classes, which, and how likely. The first of these that is wrong is told.
void expect_top(const Case& c) {
    const Tensor<1> logits = c.in<1>("logits");
    const auto count = static_cast<std::size_t>(c.number("count"));
    const std::vector<ClassProbability> got = probes::top_classes(logits, count);
    const Tensor<1, double> index = c.expected<1>("index");
    const std::string asked =
        c.name() + ": the " + std::to_string(count) + " likeliest of " + std::to_string(logits.size()) + " classes";
    ASSERT_EQ(got.size(), index.size()) << asked << " are min(count, classes) of them";
    Tensor<1, double> probability(index.shape());
    for (std::size_t n = 0; n < got.size(); ++n) {
        const auto [least, most] = std::minmax_element(logits.begin(), logits.end());
        ASSERT_TRUE(std::isfinite(got[n].probability))
            << asked << ": the probability of class " << got[n].index << ", at place " << n << ", is "
            << got[n].probability << ". The logits go from " << *least << " to " << *most
            << ": e^z is infinity for large ones, and 0 for all when all are far below 0. Subtract the largest "
               "logit, m, from each: exp(z_i - m) / sum_j exp(z_j - m) is the same number.";
        probability(n) = got[n].probability;
    }
    for (std::size_t n = 0; n < got.size(); ++n) {
        const auto wanted = static_cast<std::size_t>(index(n));
        ASSERT_EQ(got[n].index, wanted) << asked << ": at place " << n << " (places count from 0) belongs class "
                                        << wanted << ". " << why_not(logits, got, n, wanted);
    }
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
    const std::string of = "of the logits -inf, -inf, 1, -inf: ";
    const std::vector<ClassProbability> got = probes::top_classes(logits, 4);
    ASSERT_EQ(got.size(), 4) << of << "a class of probability 0 is a class";
    EXPECT_EQ(got[0].index, 2) << of << "the likeliest class";
    EXPECT_EQ(got[0].probability, 1) << of << "the probability of class 2";
    for (std::size_t n = 1; n < 4; ++n)
        EXPECT_EQ(got[n].probability, 0) << of << "the probability of class " << got[n].index;
}

/// The text of the error that is due.
std::string error_for(const std::string& which, const Tensor<1>& logits) {
    SCOPED_TRACE("  for " + which);
    return probes::top_classes.expect_error<std::invalid_argument>(logits, 3);
}

TEST(TopClasses, LogitsWithoutMeaningAreErrors) {
    Tensor<1> logits = zeros<1>({12});
    logits(7) = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THAT(error_for("12 logits, of which number 7 is NaN", logits), testing::HasSubstr("7"))
        << "the message names the class whose logit is NaN";
    logits(7) = infinity;
    error_for("12 logits, of which number 7 is plus infinity", logits);
    error_for("no logits at all", zeros<1>({0}));
    error_for("5 logits that are all minus infinity", full<1>({5}, -infinity));
}

}  // namespace
}  // namespace wb
