// Every operation's gradient against central differences in double. With e = 1e-5 a difference of losses of size 1 is off by
// about e^2 = 1e-10 for the curvature and 1e-16 / e = 1e-11 for rounding; 1e-7 leaves room for losses of up to a hundred terms,
// and a wrong gradient misses by far more.
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "autograd/random_parameter.hpp"
#include "wb/autograd/autograd.hpp"

namespace wb {
namespace {

using V = Var<double>;

class Gradients : public testing::Test {
 protected:
    Parameter<double>& parameter(const char* name, const Shape& shape) {
        return random_parameter(parameters_, random_, name, shape);
    }
    /// Weighs each number of a result differently, so that no two errors cancel.
    static V weighed(Tape<double>& tape, V x) {
        std::vector<double> weights(x.size());
        for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = std::sin(1.0 + double(i) * 0.7);
        return sum_all(x * tape.constant(x.shape(), weights));
    }
    void check(const std::function<V(Tape<double>&)>& result) {
        const GradientCheck found = check_gradients(
            parameters_, [&](Tape<double>& tape) { return weighed(tape, result(tape)); }, random_);
        EXPECT_LT(found.worst, 1e-7) << found.where << ": gradient " << found.gradient << ", difference "
                                     << found.difference;
        for (const auto& p : parameters_) {
            for (const double g : p->gradient) ASSERT_TRUE(std::isfinite(g)) << p->name;
        }
    }

 private:
    Random random_{7};
    ParameterList<double> parameters_;
};

TEST_F(Gradients, OfASum) {
    auto &a = parameter("a", {2, 3, 4}), &b = parameter("b", {2, 3, 4});
    check([&](auto& tape) { return tape.use(a) + tape.use(b); });
}
TEST_F(Gradients, OfASumWithTrailingAxes) {
    auto &a = parameter("a", {2, 3, 4}), &b = parameter("b", {3, 4}), &c = parameter("c", {4});
    check([&](auto& tape) { return tape.use(a) + tape.use(b) + tape.use(c); });
}
TEST_F(Gradients, OfAValueAddedToItself) {
    auto& a = parameter("a", {3, 4});
    check([&](auto& tape) {
        const V x = tanh(tape.use(a));
        return x + x;
    });
}
TEST_F(Gradients, OfADifference) {
    auto &a = parameter("a", {2, 5}), &b = parameter("b", {2, 5});
    check([&](auto& tape) { return tape.use(a) - tape.use(b); });
}
TEST_F(Gradients, OfAProduct) {
    auto &a = parameter("a", {2, 3, 4}), &b = parameter("b", {2, 3, 4}), &c = parameter("c", {4});
    check([&](auto& tape) { return tape.use(a) * tape.use(b) * tape.use(c); });
}
TEST_F(Gradients, OfAMultiple) {
    auto& a = parameter("a", {7});
    check([&](auto& tape) { return tape.use(a) * 0.3; });
}
TEST_F(Gradients, OfActivations) {
    auto& a = parameter("a", {5, 7});  // 35 numbers: no whole number of registers
    check([&](auto& tape) { return gelu(tape.use(a)) + tanh(tape.use(a)) + relu(tape.use(a)); });
}
TEST_F(Gradients, OfDropout) {
    auto& a = parameter("a", {50});
    check([&](auto& tape) { return dropout(tape.use(a), 0.4); });
}
TEST_F(Gradients, OfLinearWithGelu) {
    auto &x = parameter("x", {2, 3, 4}), &w = parameter("w", {5, 4}), &b = parameter("b", {5});
    check([&](auto& tape) { return linear(tape.use(x), tape.use(w), tape.use(b), Activation::gelu); });
    check([&](auto& tape) { return linear(tape.use(x), tape.use(w), Activation::gelu); });
    check([&](auto& tape) {  // a kept gradient is not overwritten on its way through
        const V y = linear(tape.use(x), tape.use(w), tape.use(b), Activation::gelu);
        tape.keep_gradient(y);
        return y * y;
    });
}
TEST_F(Gradients, OfALinearTooLargeToTurn) {  // its weight is read as it lies
    auto &x = parameter("x", {2, 300}), &w = parameter("w", {300, 300}), &b = parameter("b", {300});
    check([&](auto& tape) { return linear(tape.use(x), tape.use(w), tape.use(b), Activation::gelu) * 0.1; });
}
TEST_F(Gradients, OfLinear) {
    auto &x = parameter("x", {2, 3, 4}), &w = parameter("w", {5, 4}), &b = parameter("b", {5});
    check([&](auto& tape) { return linear(tape.use(x), tape.use(w), tape.use(b)); });
}
TEST_F(Gradients, OfLinearWithoutBias) {
    auto &x = parameter("x", {3, 4}), &w = parameter("w", {5, 4});
    check([&](auto& tape) { return linear(tape.use(x), tape.use(w)); });
}
TEST_F(Gradients, OfLinearWithRelu) {
    auto &x = parameter("x", {2, 3, 4}), &w = parameter("w", {5, 4}), &b = parameter("b", {5});
    check([&](auto& tape) { return linear(tape.use(x), tape.use(w), tape.use(b), Activation::relu); });
}
TEST_F(Gradients, OfLinearUsedTwice) {  // the second use adds to the weight's gradient instead of overwriting it
    auto &x = parameter("x", {3, 4}), &w = parameter("w", {4, 4}), &b = parameter("b", {4});
    check([&](auto& tape) {
        const V once = linear(tape.use(x), tape.use(w), tape.use(b));
        return linear(once, tape.use(w), tape.use(b));
    });
}
TEST_F(Gradients, OfMatmulInEveryTransposition) {
    auto &a = parameter("a", {2, 3, 4}), &at = parameter("at", {2, 4, 3}), &b = parameter("b", {2, 4, 5}),
         &bt = parameter("bt", {2, 5, 4});
    const auto no = Transpose::no, yes = Transpose::yes;
    check([&](auto& tape) {
        return matmul(tape.use(a), tape.use(b)) + matmul(tape.use(a), tape.use(bt), no, yes) +
               matmul(tape.use(at), tape.use(b), yes, no) + matmul(tape.use(at), tape.use(bt), yes, yes);
    });
}
TEST_F(Gradients, OfMatmulWithItself) {
    auto& a = parameter("a", {1, 2, 3, 4});
    check([&](auto& tape) {
        const V x = tape.use(a) * 1.0;
        return matmul(x, x, Transpose::no, Transpose::yes);
    });
}
TEST_F(Gradients, OfSoftmax) {
    auto& a = parameter("a", {3, 5});
    check([&](auto& tape) { return softmax(tape.use(a)); });
}
TEST_F(Gradients, OfSoftmaxWithEveryMask) {
    auto& a = parameter("a", {2, 3, 4, 5});
    const std::vector<int> lengths{5, 2};
    const std::vector<std::uint8_t> allowed{1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1};
    check(
        [&](auto& tape) { return softmax(tape.use(a), {.causal = true, .key_lengths = lengths, .allowed = allowed}); });
}
TEST_F(Gradients, OfLayerNorm) {
    auto &x = parameter("x", {2, 3, 7}), &w = parameter("w", {7}), &b = parameter("b", {7});
    check([&](auto& tape) { return layer_norm(tape.use(x), tape.use(w), tape.use(b)); });
}
TEST_F(Gradients, OfCrossEntropyWithIgnoredRows) {
    auto& logits = parameter("logits", {2, 3, 5});
    const std::vector<int> targets{0, 4, -1, 2, -1, 2};
    check([&](auto& tape) { return cross_entropy(tape.use(logits), targets, -1); });
}
TEST_F(Gradients, OfCrossEntropyRowByRow) {
    auto& logits = parameter("logits", {2, 3, 5});
    const std::vector<int> targets{0, 4, -1, 2, -1, 2};
    check([&](auto& tape) { return cross_entropy_rows(tape.use(logits), targets, -1); });
    check([&](auto& tape) {  // added to a gradient that is there
        const V x = tape.use(logits), losses = cross_entropy_rows(x, targets, -1);
        return losses + sum_all(tanh(x));
    });
}
TEST_F(Gradients, OfMse) {
    auto& x = parameter("x", {2, 3});
    const std::vector<double> targets{0.5, -1, 2, 0, 1, 3};
    check([&](auto& tape) { return mse(tape.use(x), targets); });
}
TEST_F(Gradients, OfMeans) {
    auto& x = parameter("x", {2, 3, 4});
    check([&](auto& tape) {
        return mean_over(tape.use(x), 1) + mean_over(mean_over(tape.use(x), 0), 0) + mean_all(tape.use(x)) +
               mean_over(tape.use(x), -2);
    });
}
TEST_F(Gradients, OfEmbeddingWithARepeatedIndex) {
    auto& table = parameter("table", {4, 3});
    const std::vector<int> indices{1, 3, 1, 1, 0, 3};
    check([&](auto& tape) { return embedding(tape.use(table), indices, {2, 3}); });
}
TEST_F(Gradients, OfReshapeSliceAndConcat) {
    auto &x = parameter("x", {2, 3, 4}), &y = parameter("y", {2, 2, 4});
    check([&](auto& tape) {
        const V all = concat<double>({tape.use(x), tape.use(y), tape.use(x)}, 1);  // [2, 8, 4]
        return slice(slice(reshape(all, {4, 4, 4}), 0, 1, 4), -1, 1, 3);
    });
}
TEST_F(Gradients, OfTranspose) {
    auto& x = parameter("x", {2, 3, 4, 5});
    check([&](auto& tape) { return transpose(transpose(transpose(tape.use(x), 0, 2), -1, 1), 2, 3); });
}
TEST_F(Gradients, OfHeadsSplitAndMerged) {
    auto& x = parameter("x", {2, 3, 4});
    check([&](auto& tape) {
        const V heads = split_heads(tape.use(x), 2);
        return merge_heads(softmax(matmul(heads, heads, Transpose::no, Transpose::yes), {.causal = true}));
    });
}

TEST_F(Gradients, OfAttentionWithEveryMask) {
    auto &q = parameter("q", {2, 3, 6}), &k = parameter("k", {2, 5, 6}), &v = parameter("v", {2, 5, 4});
    const std::vector<int> lengths{5, 2};
    const std::vector<std::uint8_t> allowed{1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1};
    check([&](auto& tape) {
        return attention(tape.use(q), tape.use(k), tape.use(v), 2,
                         {.causal = true, .key_lengths = lengths, .allowed = allowed});
    });
}
TEST_F(Gradients, OfAttentionOfAValueToItself) {
    auto& x = parameter("x", {2, 3, 4});
    check([&](auto& tape) {
        const V y = tanh(tape.use(x));
        return attention(y, y, y, 2) + attention(tape.use(x), y, y, 1);
    });
}
TEST_F(Gradients, OfAttentionLargeEnoughForBlas) {
    auto &q = parameter("q", {1, 70, 64}), &k = parameter("k", {1, 65, 64}), &v = parameter("v", {1, 65, 64});
    check([&](auto& tape) { return attention(tape.use(q), tape.use(k), tape.use(v), 1, {.causal = true}); });
}

// The same, with an error put in: the check must be able to fail.
TEST_F(Gradients, CheckSeesAWrongGradient) {
    Random random(3);
    ParameterList<double> parameters;
    auto& x = random_parameter(parameters, random, "x", {6});
    const GradientCheck found = check_gradients(
        parameters,
        [&](Tape<double>& tape) {
            const V value = tape.use(x), y = tape.make({});
            *tape.data(y) = 0;
            for (const double number : value.value()) *tape.data(y) += number * number;
            return tape.record(y, {value}, [&tape, value, y] {
                const auto into = tape.slot(value);
                for (std::size_t i = 0; i < 6; ++i)
                    into.data[i] += value.value()[i] * *tape.gradient(y);  // without the 2
            });
        },
        random);
    EXPECT_GT(found.worst, 0.1);
    EXPECT_NEAR(found.difference, 2 * found.gradient, 1e-6) << found.where;
}

}  // namespace
}  // namespace wb
