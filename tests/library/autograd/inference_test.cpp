// Mode::infer at its best: no gradients anywhere, values given back when a model is past them.
#include <gtest/gtest.h>
#include <omp.h>

#include <vector>

#include "autograd/random_parameter.hpp"
#include "scratch.hpp"
#include "wb/autograd/autograd.hpp"
#include "wb/nn/nn.hpp"
#include "wb/training/adam.hpp"
#include "wb/training/data_parallel.hpp"
#include "wb/training/infer_batch.hpp"

namespace wb {
namespace {

using V = Var<double>;

std::vector<double> numbers_of(V x) {
    return {x.value().begin(), x.value().end()};
}
V filled(Tape<double>& tape, const Shape& shape, double number) {
    return tape.constant(shape, std::vector<double>(shape.size(), number));
}

TEST(ParametersGradient, TakesNoMemoryInInference) {
    Random random(1);
    const Linear<float> layer(4, 3, random);
    const ParameterList<float> parameters(layer);
    Tape<float> tape(Mode::infer);
    (void)layer(tape.constant({2, 4}, std::vector<float>(8, 1.0F)));
    DataParallel<float> parallel(parameters);
    (void)parallel.evaluate(2, [&](Tape<float>& on, const Shard&) {
        return ShardLoss<float>{mean_all(layer(on.constant({1, 4}, std::vector<float>(4, 1.0F))))};
    });
    for (const auto& parameter : parameters) EXPECT_EQ(parameter->gradient.capacity(), 0U) << parameter->name;
}

TEST(ParametersGradient, IsThereForTapesOptimizersAndReaders) {
    const auto made = [](const auto& wants) {
        Random random(1);
        const Linear<float> layer(4, 3, random, false);
        const ParameterList<float> parameters(layer);
        wants(layer, parameters);
        return layer.weight->gradient;
    };
    const std::vector<float> zeros(12, 0.0F);
    EXPECT_EQ(made([](const auto&, const auto& parameters) { parameters.zero_gradients(); }), zeros);
    EXPECT_EQ(made([](const auto&, const auto& parameters) { Adam<float>{parameters}; }), zeros);
    EXPECT_EQ(made([](const auto&, const auto& parameters) {
                  EXPECT_EQ(copy_gradients(parameters)[0].values, std::vector<float>(12, 0.0F))
                      << "nothing went backward, so every gradient is 0";
              }),
              zeros);
    EXPECT_EQ(made([](const auto& layer, const auto&) {
                  Tape<float> tape(Mode::evaluate);
                  tape.backward(sum_all(layer(tape.constant({1, 4}, std::vector<float>(4, 2.0F)))));
              }),
              std::vector<float>(12, 2.0F));
}

TEST(ReleaseSince, MovesWhatIsKeptAndEndsTheRest) {
    Tape<double> tape(Mode::infer);
    const V before = filled(tape, {3}, 1);
    const auto mark = tape.mark();
    const V dropped = filled(tape, {100}, 2);
    V kept = filled(tape, {2, 2}, 3);
    const V copy = kept;
    tape.release_since(mark, {&kept});
    EXPECT_EQ(numbers_of(before), std::vector<double>(3, 1));
    EXPECT_EQ(kept.shape(), (Shape{2, 2}));
    EXPECT_EQ(numbers_of(kept), std::vector<double>(4, 3));
    for (const V& ended : {dropped, copy}) {
        EXPECT_NE(text_of<std::logic_error>([&] { (void)ended.value(); }).find("release_since"), std::string::npos);
    }
    const V next = filled(tape, {100}, 4);  // where `dropped` lay
    EXPECT_THROW((void)(dropped + next), std::logic_error) << "a new value at its place does not bring it back";
    EXPECT_EQ(numbers_of(kept), std::vector<double>(4, 3));
}

TEST(ReleaseSince, ALoopOfLayersTakesNoMoreMemoryThanOne) {
    const auto bytes_of = [](int layers) {
        Tape<double> tape(Mode::infer);
        const auto mark = tape.mark();
        V x = filled(tape, {1000}, 1);
        for (int layer = 0; layer < layers; ++layer) {
            x = (x + x) * 0.5 + filled(tape, {1000}, 1);
            tape.release_since(mark, {&x});
        }
        EXPECT_EQ(x.value()[999], 1 + layers);
        return tape.capacity();
    };
    EXPECT_EQ(bytes_of(200), bytes_of(1));
}

// Blocks of the arena grow from 64 KiB on, so these 200 layers of 8 kB to 80 kB make several, and what is kept moves across them.
TEST(ReleaseSince, KeepsSeveralValuesOverManyBlocksOfMemory) {
    Tape<double> tape(Mode::infer);
    const auto mark = tape.mark();
    V x = filled(tape, {1000}, 0);
    std::vector<V> seen;
    for (std::size_t layer = 0; layer < 200; ++layer) {
        const V between = filled(tape, {1000 * (1 + layer * 7 % 10)}, -1);
        const V made = x + filled(tape, {1000}, 1);
        seen.push_back(filled(tape, {1 + layer * 13 % 500}, double(layer)));
        x = made * 1.0;
        std::vector<V*> kept{&x};
        for (V& one : seen) kept.push_back(&one);
        tape.release_since(mark, kept);
        EXPECT_THROW((void)between.size(), std::logic_error);
    }
    EXPECT_EQ(numbers_of(x), std::vector<double>(1000, 200));
    for (std::size_t layer = 0; layer < seen.size(); ++layer) {
        ASSERT_EQ(numbers_of(seen[layer]), std::vector<double>(1 + layer * 13 % 500, double(layer))) << layer;
    }
}

TEST(ReleaseSince, KeptAliasesShareTheirNumbersAndParametersStayWhereTheyAre) {
    Random random(3);
    ParameterList<double> list;
    auto& p = random_parameter(list, random, "p", {2, 3});
    Tape<double> tape(Mode::infer);
    const V early = filled(tape, {6}, 5);
    const auto mark = tape.mark();
    (void)filled(tape, {50}, 0);
    V x = filled(tape, {6}, 7), as_matrix = reshape(x, {3, 2}), used = reshape(tape.use(p), {6}),
      of_early = reshape(early, {2, 3});
    tape.release_since(mark, {&as_matrix, &used, &x, &of_early});
    EXPECT_EQ(x.value().data(), as_matrix.value().data());
    EXPECT_EQ(numbers_of(as_matrix), std::vector<double>(6, 7));
    EXPECT_EQ(used.value().data(), p.value.data());
    EXPECT_EQ(of_early.value().data(), early.value().data());
    EXPECT_EQ(tape.use(p).value().data(), p.value.data()) << "its first Var has ended, so this is a new one";
}

TEST(ReleaseSince, DoesNothingWhereABackwardPassMayCome) {
    for (const Mode mode : {Mode::train, Mode::evaluate}) {
        Tape<double> tape(mode);
        const auto mark = tape.mark();
        const V a = tape.variable({2}, std::vector<double>{3, 4});
        V y = a * a;
        const V copy = y;
        tape.release_since(mark, {&y});
        tape.backward(sum_all(copy));
        EXPECT_EQ(a.grad()[1], 8);
    }
}

TEST(ReleaseSince, RefusesAMarkThatIsGoneAndAValueThatIsNone) {
    Tape<double> tape(Mode::infer);
    const auto first = tape.mark();
    V x = filled(tape, {2}, 1);
    const auto second = tape.mark();
    tape.release_since(first, {&x});
    EXPECT_NE(text_of<std::logic_error>([&] { tape.release_since(second, {}); }).find("Take a new mark"),
              std::string::npos);
    V none;
    EXPECT_THROW(tape.release_since(first, {&none}), std::logic_error);
    tape.reset(Mode::infer);
    EXPECT_THROW(tape.release_since(first, {}), std::logic_error);
}

TEST(Inference, GivesTheNumbersOfTraining) {
    Random random(11);
    const FeedForward<double> feed_forward(6, 9, random, FeedForward<double>::Nonlinearity::gelu);
    const LayerNorm<double> norm(6);
    const MultiHeadAttention<double> attend(6, {.heads = 2}, random);
    std::vector<double> numbers(2 * 5 * 6);
    for (double& number : numbers) number = random.normal();
    const auto result = [&](Mode mode, V* weights) {
        Tape<double> tape(mode);
        const V x = tape.constant({2, 5, 6}, numbers), y = norm(attend(x, x, {.causal = true}, weights));
        std::vector<double> all = numbers_of(gelu(feed_forward(y)));
        if (weights != nullptr) all.insert(all.end(), weights->value().begin(), weights->value().end());
        return all;
    };
    V seen;
    EXPECT_EQ(result(Mode::infer, nullptr), result(Mode::train, nullptr));
    EXPECT_EQ(result(Mode::infer, &seen), result(Mode::train, &seen));
}

TEST(InferBatch, AnswersEveryEntryWhateverTheThreads) {
    const int before = omp_get_max_threads();
    for (const int threads : {1, 2, 3}) {
        omp_set_num_threads(threads);
        for (const std::size_t batch : {0, 1, 3, 8}) {  // with 3 threads, 8 entries leave two for all threads
            const Tensor<2, double> answers = infer_batch<double>(batch, [](Tape<double>& tape, const Shard& shard) {
                EXPECT_EQ(shard.size(), 1U);
                return filled(tape, {1, 4}, double(shard.begin)) + filled(tape, {4}, 0.5);
            });
            ASSERT_EQ(answers.shape(0), batch);
            for (std::size_t n = 0; n < batch; ++n) EXPECT_EQ(answers(n, 3), double(n) + 0.5);
        }
    }
    omp_set_num_threads(before);
}

TEST(InferBatch, RefusesAnswersThatAreNoRowsOfOneLength) {
    EXPECT_NE(text_of<ShapeError>([] {
                  infer_batch<double>(2, [](Tape<double>& tape, const Shard&) { return filled(tape, {2, 2}, 1); });
              }).find("is [2, 2], and must be [1, columns]"),
              std::string::npos);
    EXPECT_NE(text_of<ShapeError>([] {
                  infer_batch<double>(2, [](Tape<double>& tape, const Shard& shard) {
                      return filled(tape, {1, 2 + shard.begin}, 1);
                  });
              }).find("entry 1 has 3 columns, that to the first 2"),
              std::string::npos);
}

// Large enough that every operation is cut over the threads; the pieces must meet where they should. Only a product may round
// differently when it is cut: sums of 256 terms of about 1 in double.
TEST(Inference, DoesNotDependOnTheNumberOfThreads) {
    Random random(12);
    ParameterList<double> list;
    auto &x = random_parameter(list, random, "x", {3, 100, 512}), &row = random_parameter(list, random, "row", {512}),
         &bias = random_parameter(list, random, "bias", {512}),
         &wide = random_parameter(list, random, "wide", {301, 512}),
         &wide_bias = random_parameter(list, random, "wide_bias", {301});
    const auto results = [&](int threads) {
        const int before = omp_get_max_threads();
        omp_set_num_threads(threads);
        Tape<double> tape(Mode::infer);
        const V a = tape.use(x), r = tape.use(row);
        std::vector<V> all{a + a,
                           a - a * 0.5,
                           a * r,
                           a + r,
                           relu(a),
                           gelu(a),
                           tanh(a),
                           softmax(a),
                           layer_norm(a, r, tape.use(bias)),
                           attention(a, a, a, 7 + 1, {.causal = true})};
        std::vector<std::vector<double>> numbers;
        for (const V y : all) numbers.push_back(numbers_of(y));
        numbers.push_back(numbers_of(linear(a, tape.use(wide), tape.use(wide_bias), Activation::gelu)));
        const V few = slice(reshape(a, {300, 512}), 0, 0, 20);
        numbers.push_back(numbers_of(linear(few, tape.use(wide), tape.use(wide_bias))));
        omp_set_num_threads(before);
        return numbers;
    };
    const auto alone = results(1);
    for (const int threads : {2, 3}) {
        const auto together = results(threads);
        ASSERT_EQ(together.size(), alone.size());
        for (std::size_t n = 0; n < alone.size(); ++n) {
            ASSERT_EQ(together[n].size(), alone[n].size());
            const double tolerance = n + 2 < alone.size() ? 0 : 1e-12;
            for (std::size_t i = 0; i < alone[n].size(); ++i) {
                ASSERT_NEAR(together[n][i], alone[n][i], tolerance) << "operation " << n << ", number " << i;
            }
        }
    }
}

}  // namespace
}  // namespace wb
