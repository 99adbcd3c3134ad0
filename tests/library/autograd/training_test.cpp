#include <gtest/gtest.h>
#include <omp.h>

#include "autograd/random_parameter.hpp"
#include "wb/autograd/autograd.hpp"
#include "wb/nn/nn.hpp"
#include "wb/training/adam.hpp"
#include "wb/training/data_parallel.hpp"

namespace wb {
namespace {

// Which of four letters comes next, always the same one: a table and a matrix learn it by heart.
TEST(Training, AdamLearnsFourLettersByHeart) {
    Random random(1);
    ParameterList<float> parameters;
    auto& table = random_parameter<float>(parameters, random, "table", {4, 8});
    auto& weight = random_parameter<float>(parameters, random, "weight", {4, 8});
    Adam<float> adam(parameters);
    Tape<float> tape;
    const std::vector<int> letters{0, 1, 2, 3}, next{2, 0, 3, 1};
    float first = 0, last = 0;
    for (int step = 0; step < 200; ++step) {
        tape.reset();
        const Var<float> loss = cross_entropy(linear(embedding(tape.use(table), letters, {4}), tape.use(weight)), next);
        tape.backward(loss);
        adam.step(0.05);
        last = loss.item();
        if (step == 0) first = last;
    }
    EXPECT_GT(first, 1.0F) << "four letters guessed blindly cost log 4 = 1.39";
    EXPECT_LT(last, 0.01F);
}

TEST(Training, SteadyStateTakesNoMemory) {
    Random random(1);
    ParameterList<float> parameters;
    auto& table = random_parameter<float>(parameters, random, "table", {4, 64});
    auto& weight = random_parameter<float>(parameters, random, "weight", {64, 64});
    Tape<float> tape;
    const std::vector<int> letters(1000, 1), targets(1000, 2);
    std::size_t allocations = 0;
    for (int step = 0; step < 5; ++step) {
        tape.reset();
        Var<float> x = embedding(tape.use(table), letters, {1000});
        for (int layer = 0; layer < 4; ++layer) x = relu(linear(x, tape.use(weight)));
        tape.backward(cross_entropy(x, targets));
        if (step == 1) allocations = tape.allocations();
    }
    EXPECT_EQ(tape.allocations(), allocations) << "after the first step, and the merging of its blocks";
}

TEST(DataParallel, SteadyStateTakesNoMemory) {
    const int threads = omp_get_max_threads();
    omp_set_num_threads(1);  // with more, chance decides which thread's tape meets the largest shard first
    Random random(5);
    const Linear<float> layer(16, 16, random);
    DataParallel<float> parallel(ParameterList<float>(layer), 3);
    const std::vector<float> numbers(16 * 64, 0.5F);
    std::size_t allocations = 0, capacity = 0;
    for (int step = 0; step < 6; ++step) {
        parallel.gradients(64, [&](Tape<float>& tape, const Shard& shard) {
            const std::span<const float> rows = std::span(numbers).subspan(shard.begin * 16, shard.size() * 16);
            return ShardLoss<float>{mean_all(layer(tape.constant({shard.size(), 16}, rows))), double(shard.size())};
        });
        if (step == 2) {
            allocations = parallel.allocations();
            capacity = parallel.capacity();
        }
    }
    omp_set_num_threads(threads);
    EXPECT_EQ(parallel.allocations(), allocations);
    EXPECT_EQ(parallel.capacity(), capacity);
}

}  // namespace
}  // namespace wb
