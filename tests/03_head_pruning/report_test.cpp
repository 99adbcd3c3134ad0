/// @file
/// Judges exercise 3.7: what becomes of a task.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "report_case.hpp"
#include "report_probes.hpp"
#include "wb/random.hpp"

namespace wb {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Classes = std::vector<int>;
using Words = std::vector<std::string>;

// Some sixty quotients and a mean of them, in double.
constexpr Tolerance of_shares{.absolute = 1e-12};

// Sums of up to 180 products in double, each rounded to 1e-16 of at most 100, under a root and a quotient; the float inputs are exact. In
// float they would be off by 1e-6.
constexpr Tolerance of_features{.absolute = 1e-9};

// Features around 1e5 lose 1e-16 of that in each step, 1e-11, of what is around 1.
constexpr Tolerance of_far_features{.absolute = 1e-7};

/// An answer for each row of the case's answers and labels.
template <class Ask>
std::vector<double> each_row(const Case& c, const Ask& ask) {
    const Tensor<2, double> predicted = c.in<2, double>("predicted"), labels = c.in<2, double>("labels");
    std::vector<double> answers;
    for (std::size_t row = 0; row < labels.shape(0); ++row)
        answers.push_back(ask(row_of<int>(predicted, row), row_of<int>(labels, row)));
    return answers;
}

std::size_t classes_of(const Case& c) {
    return static_cast<std::size_t>(c.number("classes"));
}

TEST(Accuracy, IsTheShareOfRightAnswers) {
    for (const Case& c : cases("3.7/classes")) {
        const auto ask = [](const Classes& predicted, const Classes& labels) {
            return probes::accuracy(predicted, labels);
        };
        expect_close(row_of(each_row(c, ask)), c, "accuracy", of_shares);
    }
    EXPECT_EQ(probes::accuracy({-5, 70000, 3}, {-5, 70000, 2}), 2.0 / 3) << "any numbers can be compared";
}

TEST(Confusion, CountsWhichClassWasTakenForWhich) {
    for (const Case& c : cases("3.7/classes")) {
        const std::size_t classes = classes_of(c);
        Tensor<3, double> got = zeros<3, double>({c.in<2, double>("labels").shape(0), classes, classes});
        std::size_t row = 0;
        each_row(c, [&](const Classes& predicted, const Classes& labels) {
            const Tensor<2, std::size_t> counts = probes::confusion(predicted, labels, classes);
            expect_shape(counts, {classes, classes}, "confusion");
            std::copy(counts.begin(), counts.end(), &got(row++, 0, 0));
            return 0.0;
        });
        expect_close(got, c, "confusion", {});
    }
    EXPECT_EQ(probes::confusion({}, {}, 3), (zeros<2, std::size_t>({3, 3}))) << "no samples: nothing was confused";
}

TEST(MacroF1, CountsEveryClassAlike) {
    for (const Case& c : cases("3.7/classes")) {
        const auto ask = [&](const Classes& predicted, const Classes& labels) {
            return probes::macro_f1(predicted, labels, classes_of(c));
        };
        expect_close(row_of(each_row(c, ask)), c, "macro_f1", of_shares);
    }
    Classes labels(100, 0);
    labels[50] = 1;
    EXPECT_NEAR(probes::macro_f1(Classes(100, 0), labels, 2), (2.0 * 99 / (2 * 99 + 1) + 0) / 2, 1e-12)
        << "99 samples of class 0, one of class 1, and always the answer 0: class 1 has F1 0, and counts half";
}

TEST(MacroF1, ClassesThatDoNotOccurAreLeftOut) {
    EXPECT_EQ(probes::macro_f1({2, 2, 5}, {2, 2, 5}, 10), 1) << "all answers right: classes 2 and 5 have F1 1";
    EXPECT_NEAR(probes::macro_f1({0, 0, 7}, {0, 0, 0}, 10), (0.8 + 0) / 2, 1e-12)
        << "class 7 occurs as an answer, though no sample has it: its F1 is 0";
    EXPECT_NEAR(probes::macro_f1({0, 0, 0}, {0, 0, 7}, 10), (0.8 + 0) / 2, 1e-12)
        << "class 7 occurs as a label, though nobody says it: its F1 is 0";
}

TEST(ClassReport, WhatDoesNotFitIsRefused) {
    const Classes three{0, 1, 2};
    EXPECT_THAT(probes::accuracy.expect_error<std::invalid_argument>(Classes(17, 0), Classes(29, 0)),
                AllOf(HasSubstr("17"), HasSubstr("29")));
    EXPECT_THAT(probes::confusion.expect_error<std::invalid_argument>(Classes(29, 0), Classes(17, 0), 3),
                AllOf(HasSubstr("17"), HasSubstr("29")));
    probes::macro_f1.expect_error<std::invalid_argument>({0, 1}, three, 3);
    probes::accuracy.expect_error<std::invalid_argument>({}, {});
    probes::macro_f1.expect_error<std::invalid_argument>({}, {}, 3);
    for (const int wrong : {-1, 33}) {
        Classes numbers(40, 0);
        numbers[27] = wrong;
        const Classes right(40, 0);
        const auto names = AllOf(HasSubstr("27"), HasSubstr(std::to_string(wrong)));
        EXPECT_THAT(probes::confusion.expect_error<std::out_of_range>(numbers, right, 33), names)
            << "the answer of sample 27 is " << wrong << ", and there are 33 classes";
        EXPECT_THAT(probes::confusion.expect_error<std::out_of_range>(right, numbers, 33), names)
            << "the label of sample 27 is " << wrong << ", and there are 33 classes";
        probes::macro_f1.expect_error<std::out_of_range>(numbers, right, 33);
    }
}

Tensor<1, double> distances(const Words& a, const Words& b) {
    const std::vector<std::size_t> answers = probes::edit_distances(a, b);
    return row_of(std::vector<double>(answers.begin(), answers.end()));
}

TEST(EditDistance, IsTheLeastNumberOfChanges) {
    for (const Case& c : cases("3.7/words"))
        expect_close(distances(words_of(c.text("written")), words_of(c.text("right"))), c, "distances", {});
    EXPECT_EQ(probes::edit_distances({"kitten"}, {"sitting"}).at(0), 3U)
        << "kitten: k becomes s, e becomes i, and a g comes at the end";
    EXPECT_EQ(probes::edit_distances({"Head"}, {"head"}).at(0), 1U) << "H and h are two letters";
    const std::string a(3000, 'a');
    EXPECT_EQ(probes::edit_distances({a + "bc"}, {"c" + a}).at(0), 3U) << "3000 letters: one in, two out";
}

TEST(EditDistance, HasTheLawsOfADistance) {
    const Words words = words_of(grader::one_case("3.7/words/drawn").text("written"));
    Words a, b;
    for (const std::string& first : words) {
        for (const std::string& second : words) {
            a.push_back(first);
            b.push_back(second);
        }
    }
    const std::vector<std::size_t> between = probes::edit_distances(a, b);
    ASSERT_EQ(between.size(), a.size());
    const std::size_t count = words.size();
    const auto at = [&](std::size_t i, std::size_t j) { return between[i * count + j]; };
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < count; ++j) {
            const std::string pair = "'" + words[i] + "' and '" + words[j] + "'";
            ASSERT_EQ(at(i, j) == 0, words[i] == words[j])
                << pair << ": 0 where the words are the same, and only there";
            ASSERT_EQ(at(i, j), at(j, i)) << pair << ": what leads there leads back";
            for (std::size_t k = 0; k < count; ++k)
                ASSERT_LE(at(i, j), at(i, k) + at(k, j)) << pair << ": by way of '" << words[k] << "' it is less";
        }
    }
}

TEST(MeanEditDistance, IsAShareOfTheLongerWord) {
    for (const Case& c : cases("3.7/words")) {
        const double got = probes::mean_edit_distance(words_of(c.text("written")), words_of(c.text("right")));
        expect_close(row_of({got}), c, "mean", of_shares);
    }
    EXPECT_EQ(probes::mean_edit_distance({"aaaa"}, {"b"}), 1) << "four changes of four letters, not of one";
    EXPECT_EQ(probes::mean_edit_distance({"b"}, {"aaaa"}), 1);
    EXPECT_EQ(probes::mean_edit_distance({"", "ab"}, {"", "ac"}), 0.25) << "two empty words are the same: 0 and 1/2";
    probes::mean_edit_distance.expect_error<std::invalid_argument>({}, {});
    EXPECT_THAT(probes::mean_edit_distance.expect_error<std::invalid_argument>(Words(17, "a"), Words(29, "a")),
                AllOf(HasSubstr("17"), HasSubstr("29")));
}

TEST(Perplexity, IsOfATokenNotOfASample) {
    for (const Case& c : cases("3.7/tokens")) {
        const Tensor<2, double> losses = c.in<2, double>("losses"), tokens = c.in<2, double>("tokens");
        std::vector<double> got;
        for (std::size_t row = 0; row < losses.shape(0); ++row)
            got.push_back(probes::perplexity(row_of<double>(losses, row), row_of<std::size_t>(tokens, row)));
        expect_close(row_of(got), c, "perplexity", {.relative = 1e-12});
    }
    EXPECT_NEAR(probes::perplexity({3 * std::log(29), 0}, {3, 0}), 29, 1e-9)
        << "three letters, each as likely as any of 29; a sample without tokens adds nothing";
    probes::perplexity.expect_error<std::invalid_argument>({}, {});
    probes::perplexity.expect_error<std::invalid_argument>({0, 0}, {0, 0});
    EXPECT_THAT(probes::perplexity.expect_error<std::invalid_argument>(std::vector<double>(17, 1),
                                                                       std::vector<std::size_t>(29, 1)),
                AllOf(HasSubstr("17"), HasSubstr("29")));
}

/// An answer for each pair of features of the case.
template <class Ask>
Tensor<1, double> each_pair(const Case& c, const std::string& first, const std::string& second, const Ask& ask) {
    std::vector<double> answers;
    for (int row = 0; row < 5; ++row)
        answers.push_back(ask(c.in<2>(first + "_" + std::to_string(row)), c.in<2>(second + "_" + std::to_string(row))));
    return row_of(answers);
}

TEST(CosineDrift, IsHowFarFeaturesHaveTurned) {
    for (const Case& c : cases("3.7/drift"))
        expect_close(each_pair(c, "before", "after", probes::cosine_drift), c, "drift", of_features);
    Tensor<2> before = zeros<2>({3, 2}), after = before;
    for (std::size_t n = 0; n < 3; ++n) before(n, 0) = 2;
    after(0, 0) = 7;   // the same direction
    after(1, 1) = 1;   // a right angle
    after(2, 0) = -3;  // the opposite
    EXPECT_NEAR(probes::cosine_drift(before, after), (0.0 + 1 + 2) / 3, 1e-12);
}

TEST(CosineDrift, ARowOfZerosHasNoDirection) {
    Tensor<2> before = zeros<2>({4, 3}), after = before;
    before(0, 1) = after(0, 1) = 5;  // 0; row 1: two rows of zeros, 0
    before(2, 0) = 1;                // 1
    after(3, 2) = -1;                // 1
    EXPECT_NEAR(probes::cosine_drift(before, after), 0.5, 1e-12)
        << "rows of zeros: none, both, after, before. That is 0, 0, 1 and 1";
    before = full<2>({2, 3}, 1e-30F);
    after = full<2>({2, 3}, 1e30F);
    EXPECT_NEAR(probes::cosine_drift(before, after), 0, 1e-12) << "very short and very long, but the same direction";
    EXPECT_NEAR(probes::cosine_drift(before, before), 0, 1e-12) << "very short, and the same direction";
    probes::cosine_drift.expect_error<std::invalid_argument>(zeros<2>({0, 3}), zeros<2>({0, 3}));
    EXPECT_THAT(probes::cosine_drift.expect_error<ShapeError>(zeros<2>({17, 3}), zeros<2>({17, 29})),
                AllOf(HasSubstr("[17, 3]"), HasSubstr("[17, 29]")));
}

TEST(LinearCka, IsTheSimilarityOfCentredFeatures) {
    for (const Case& c : cases("3.7/cka"))
        expect_close(each_pair(c, "x", "y", probes::linear_cka), c, "cka", of_features);
}

TEST(LinearCka, IsOneForFeaturesThatAreTurnedScaledOrShifted) {
    Random random(37);
    const Tensor<2> x = normal_tensor<2>(random, {20, 4});
    Tensor<2> turned = x;
    for (std::size_t c = 0; c + 1 < 4; ++c) {  // a quarter of a right angle in each plane of neighbours
        const float cosine = std::cos(0.4F), sine = std::sin(0.4F);
        for (std::size_t n = 0; n < 20; ++n) {
            const float a = turned(n, c), b = turned(n, c + 1);
            turned(n, c) = cosine * a - sine * b;
            turned(n, c + 1) = sine * a + cosine * b;
        }
    }
    Tensor<2> shifted = turned;
    for (std::size_t n = 0; n < 20; ++n) {
        for (std::size_t c = 0; c < 4; ++c) shifted(n, c) = -3 * turned(n, c) + static_cast<float>(c);
    }
    Tensor<2> stretched = x;
    for (std::size_t n = 0; n < 20; ++n) stretched(n, 0) *= 10;
    EXPECT_NEAR(probes::linear_cka(x, x), 1, 1e-9) << "what is the same";
    EXPECT_NEAR(probes::linear_cka(x, turned), 1, 1e-6) << "turned: the axes do not matter";
    EXPECT_NEAR(probes::linear_cka(x, shifted), 1, 1e-6) << "turned, times -3, and shifted";
    Tensor<2> small = x;
    for (float& number : small) number *= 1e-20F;
    EXPECT_NEAR(probes::linear_cka(x, small), 1, 1e-6) << "times 1e-20: small, and not the same for all samples";
    Tensor<2> wider = full<2>({20, 5}, 0.7F);
    for (std::size_t n = 0; n < 20; ++n) std::copy_n(&x(n, 0), 4, &wider(n, 0));
    EXPECT_NEAR(probes::linear_cka(x, wider), 1, 1e-6) << "a column more, the same for all samples, says nothing";
    const double similar = probes::linear_cka(x, stretched);
    EXPECT_LT(similar, 0.9) << "one axis of four ten times as long: that is another picture of the samples";
    EXPECT_NEAR(probes::linear_cka(stretched, x), similar, 1e-12) << "x as similar to y as y to x";
    const Tensor<2> other = normal_tensor<2>(random, {20, 4});
    EXPECT_LT(probes::linear_cka(x, other), 0.5) << "features that have nothing to do with each other";
}

TEST(LinearCka, LargeMeansDoNotCount) {
    for (const Case& c : cases("3.7/far"))
        expect_close(each_pair(c, "x", "y", probes::linear_cka), c, "cka", of_far_features);
}

TEST(LinearCka, WhatSaysNothingOfTheSamplesIsRefused) {
    Random random(38);
    const Tensor<2> x = normal_tensor<2>(random, {7, 3});
    const Tensor<2> same = full<2>({7, 2}, 0.7F);  // seven times 0.7 / 7 is not 0.7 in floating point
    EXPECT_THAT(probes::linear_cka.expect_error<std::invalid_argument>(x, same), HasSubstr("y"))
        << "y is the same for all samples";
    EXPECT_THAT(probes::linear_cka.expect_error<std::invalid_argument>(same, x), HasSubstr("x"))
        << "x is the same for all samples";
    probes::linear_cka.expect_error<std::invalid_argument>(zeros<2>({1, 3}), zeros<2>({1, 3}));
    probes::linear_cka.expect_error<std::invalid_argument>(x, zeros<2>({7, 0}));
    EXPECT_THAT(probes::linear_cka.expect_error<ShapeError>(zeros<2>({17, 3}), zeros<2>({29, 3})),
                AllOf(HasSubstr("[17, 3]"), HasSubstr("[29, 3]")));
}

}  // namespace
}  // namespace wb
