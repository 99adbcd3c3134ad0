// A run that stops and goes on, and files that do not fit.
#include "wb/training/checkpoint.hpp"

#include <gtest/gtest.h>
#include <omp.h>

#include <vector>

#include "scratch.hpp"
#include "wb/autograd/autograd.hpp"
#include "wb/errors.hpp"
#include "wb/nn/nn.hpp"
#include "wb/training/training_step.hpp"

namespace wb {
namespace {

using Checkpoints = InScratchFolder;

/// A little training run with everything that must be kept: moments, dropout, shuffling, epochs.
class LittleRun {
 public:
    explicit LittleRun(std::size_t hidden = 8, std::size_t shards = 3)
        : table_(6, hidden, draw_), linear_(hidden, 6, draw_), adam_(list()), parallel_(parameters_, shards) {}
    double epoch() {
        double loss = 0;
        for (int step = 0; step < 3; ++step) {
            std::vector<int> letters, next;
            for (const std::size_t letter : random_.permutation(6)) {
                letters.push_back(int(letter));
                next.push_back(int(letter * 5 % 6));
            }
            loss = training_step<float>(
                parallel_, adam_, 6,
                [&](Tape<float>& tape, const Shard& shard) {
                    const auto piece = [&](const std::vector<int>& all) {
                        return std::span(all).subspan(shard.begin, shard.size());
                    };
                    const Var<float> x = dropout(table_(tape, piece(letters), {shard.size()}), 0.1);
                    return ShardLoss<float>{cross_entropy(linear_(x), piece(next)), double(shard.size())};
                },
                {.rate = rate, .clip_norm = 1.0, .dropout_seed = random_.bits()});
        }
        ++state.epoch;
        state.numbers["last_loss"] = loss;
        return loss;
    }
    [[nodiscard]] std::vector<float> numbers() const {
        std::vector<float> all;
        for (const auto& parameter : parameters_)
            all.insert(all.end(), parameter->value.begin(), parameter->value.end());
        return all;
    }
    void break_it() { linear_.weight->value[0] = std::numeric_limits<float>::quiet_NaN(); }
    double rate = 0.05;

 private:
    const ParameterList<float>& list() {
        parameters_.add_module("", "table", table_);
        parameters_.add_module("", "linear", linear_);
        return parameters_;
    }
    Random draw_{1}, random_{2};
    Embedding<float> table_;
    Linear<float> linear_;
    ParameterList<float> parameters_;
    Adam<float> adam_;
    DataParallel<float> parallel_;

 public:
    TrainingState<float> state{parameters_, &adam_, &random_};
};

TEST_F(Checkpoints, ARunThatGoesOnEndsInTheSameBits) {
    LittleRun whole;
    for (int epoch = 0; epoch < 5; ++epoch) whole.epoch();
    {
        LittleRun first;
        for (int epoch = 0; epoch < 2; ++epoch) first.epoch();
        write_checkpoint(file("run.safetensors"), first.state);
    }
    LittleRun second;
    second.epoch();  // whatever it did before
    read_checkpoint(file("run.safetensors"), second.state);
    EXPECT_EQ(second.state.epoch, 2);
    EXPECT_TRUE(second.state.numbers.contains("last_loss"));
    for (int epoch = 0; epoch < 3; ++epoch) second.epoch();
    EXPECT_EQ(second.numbers(), whole.numbers());
    EXPECT_EQ(second.state.numbers, whole.state.numbers);
}

TEST_F(Checkpoints, TheNumberOfThreadsChangesNoBit) {
    const int before = omp_get_max_threads();
    std::vector<std::vector<float>> results;
    for (const int threads : {1, 2, 3, 7}) {
        omp_set_num_threads(threads);
        LittleRun run;
        for (int epoch = 0; epoch < 3; ++epoch) run.epoch();
        results.push_back(run.numbers());
    }
    omp_set_num_threads(before);
    for (const auto& result : results) EXPECT_EQ(result, results.front());
}

TEST_F(Checkpoints, AnotherModelsFileIsRefusedAndChangesNothing) {
    LittleRun wide(16), run;
    write_checkpoint(file("wide.safetensors"), wide.state);
    run.epoch();
    const std::vector<float> before = run.numbers();
    EXPECT_NE(text_of<FileError>([&] {
                  read_checkpoint(file("wide.safetensors"), run.state);
              }).find("tensor \"table.weight\" is float32 [6, 16], but the model has float32 [6, 8]"),
              std::string::npos);
    EXPECT_EQ(run.numbers(), before);
    EXPECT_EQ(run.state.epoch, 1);
}

TEST_F(Checkpoints, WhatIsMissingOrSpoiltIsNamed) {
    LittleRun run;
    run.epoch();
    write_checkpoint(file("good"), run.state);
    const std::vector<float> before = run.numbers();
    const auto refused = [&](const char* what, const auto& spoil) {
        SafeTensors content = read_safetensors(file("good"));
        spoil(content);
        write_safetensors(file("bad"), content);
        EXPECT_NE(text_of<FileError>([&] { read_checkpoint(file("bad"), run.state); }).find(what), std::string::npos)
            << what;
    };
    refused("linear.bias", [](SafeTensors& f) { f.tensors.erase("linear.bias"); });
    refused("optimizer.second.table.weight", [](SafeTensors& f) { f.tensors.erase("optimizer.second.table.weight"); });
    refused("optimizer.steps", [](SafeTensors& f) { f.put("optimizer.steps", full<1, std::int64_t>({2}, 1)); });
    refused("epoch", [](SafeTensors& f) { f.put("epoch", full<1, std::int64_t>({1}, -1)); });
    refused("state.last_loss", [](SafeTensors& f) { f.put("state.last_loss", full<1, double>({0}, 1)); });
    refused("random", [](SafeTensors& f) { f.metadata.erase("random"); });
    refused("random", [](SafeTensors& f) { f.metadata["random"] = "1 2 3"; });
    EXPECT_EQ(run.numbers(), before);
}

TEST_F(Checkpoints, ParametersAloneServeAModelThatIsOnlyUsed) {
    LittleRun trained, used;
    trained.epoch();
    write_checkpoint(file("run"), trained.state);
    load_parameters(read_safetensors(file("run")), used.state.parameters);
    EXPECT_EQ(used.numbers(), trained.numbers());
}

TEST_F(Checkpoints, ParametersAreReadTensorByTensorOnceAllAreChecked) {
    LittleRun trained, used;
    trained.epoch();
    write_checkpoint(file("run"), trained.state);
    load_parameters(SafeTensorsReader(file("run")), used.state.parameters);
    EXPECT_EQ(used.numbers(), trained.numbers());

    SafeTensors content = read_safetensors(file("run"));
    content.put("linear.bias", Tensor<1>{1, 2});  // the last parameter: those before it are in order, and must stay
    write_safetensors(file("bad"), content);
    LittleRun untouched;
    const std::vector<float> before = untouched.numbers();
    EXPECT_NE(text_of<FileError>([&] {
                  load_parameters(SafeTensorsReader(file("bad")), untouched.state.parameters);
              }).find("tensor \"linear.bias\" is float32 [2], but the model has float32 [6]"),
              std::string::npos);
    content.tensors.erase("linear.bias");
    write_safetensors(file("bad"), content);
    EXPECT_NE(text_of<FileError>([&] {
                  load_parameters(SafeTensorsReader(file("bad")), untouched.state.parameters);
              }).find("\"linear.bias\" is missing"),
              std::string::npos);
    EXPECT_EQ(untouched.numbers(), before);
}

TEST_F(Checkpoints, ALossThatIsNotANumberStopsTheRunAndSaysWhere) {
    LittleRun run;
    run.epoch();
    run.break_it();
    const std::vector<float> before = run.numbers();
    EXPECT_EQ(text_of<Error>([&] { run.epoch(); }),
              "training: the loss of step 4 is nan, at learning rate 0.05. Nothing was changed in this step. Go back "
              "to the last "
              "checkpoint with a lower rate, a warm-up, or clip_norm.");
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i] == before[i]) {
            ASSERT_EQ(run.numbers()[i], before[i]);
        }
    }
}

TEST(DataParallel, PassesOnWhatTheFirstFailingShardThrew) {
    ParameterList<float> none;
    DataParallel<float> parallel(none, 4);
    EXPECT_EQ(text_of<std::runtime_error>([&] {
                  parallel.gradients(8, [](Tape<float>& tape, const Shard& shard) -> ShardLoss<float> {
                      if (shard.index >= 2) throw std::runtime_error("shard " + std::to_string(shard.index));
                      return {tape.constant({}, std::vector<float>{1}), 1};
                  });
              }),
              "shard 2");
    EXPECT_THROW(DataParallel<float>(none, 0), std::invalid_argument);
}

TEST(DataParallel, CutsABatchIntoShardsWithoutGapOrOverlap) {
    ParameterList<float> none;
    DataParallel<float> parallel(none, 4);
    std::vector<Shard> shards(4);
    parallel.evaluate(10, [&](Tape<float>& tape, const Shard& shard) {
        shards[shard.index] = shard;
        return ShardLoss<float>{tape.constant({}, std::vector<float>{0}), 1};
    });
    std::size_t next = 0;
    for (const Shard& shard : shards) {
        EXPECT_EQ(shard.begin, next);
        EXPECT_LE(shard.size(), 3U);
        EXPECT_GE(shard.size(), 2U);
        next = shard.end;
    }
    EXPECT_EQ(next, 10U);
}

TEST(RandomState, AStreamGoesOnWhereItWas) {
    Random random(9), other(1);
    (void)random.normal();  // leaves a spare one
    const std::string state = random.state();
    const double next = random.normal(), after = random.uniform();
    other.set_state(state);
    EXPECT_EQ(other.normal(), next);
    EXPECT_EQ(other.uniform(), after);
}

TEST(RandomState, RefusesWhatIsNoState) {
    Random random(9);
    const std::string good = random.state();
    const std::string cut = good.substr(0, good.find_last_of(' '));
    for (const std::string& bad : {std::string(), std::string("1 2 3"), cut, cut + " 313", cut + " -1", good + " 5",
                                   good + " spare", good + " spare x", good + " spare 18446744073709551615"}) {
        EXPECT_THROW(random.set_state(bad), std::invalid_argument) << bad.substr(bad.size() < 20 ? 0 : bad.size() - 20);
    }
    Random same(9);
    EXPECT_EQ(random.bits(), same.bits()) << "as it was";
}

}  // namespace
}  // namespace wb
