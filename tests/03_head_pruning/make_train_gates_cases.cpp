/// @file
/// Writes the cases of exercise 3.8's training. Families:
///
///     3.8/train   a few steps, followed in float64
///     3.8/target  heads of which some are needed: training must find out which
///     3.8/price   heads needed more and more, for several penalties
#include <array>
#include <cmath>
#include <vector>

#include "gate_task_case.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "trusted_gates.hpp"

namespace wb {
namespace {

using trusted::TrainedInDouble;
using trusted::TrainingFlaws;

Tensor<1, double> tensor_of(const std::vector<double>& numbers) {
    Tensor<1, double> result(std::array<std::size_t, 1>{numbers.size()});
    std::copy(numbers.begin(), numbers.end(), result.begin());
    return result;
}

/// Uniform in [low, high).
double between(Draw& draw, double low, double high) {
    return (low + high) / 2 + static_cast<double>(draw.uniform<1>({1}, (high - low) / 2)(0));
}

/// need and harm of each head, half to one and a half times as much for a sample.
probes::GateTask draw_task(Draw& draw, std::size_t samples, const std::vector<double>& need,
                           const std::vector<double>& harm) {
    probes::GateTask task{draw.uniform<1>({samples}, 0.5), zeros<2>({samples, need.size()}),
                          zeros<2>({samples, need.size()})};
    for (std::size_t n = 0; n < samples; ++n) {
        task.base(n) += 1;
        for (std::size_t h = 0; h < need.size(); ++h) {
            task.need(n, h) = static_cast<float>(need[h] * between(draw, 0.5, 1.5));
            task.harm(n, h) = static_cast<float>(harm[h] * between(draw, 0.5, 1.5));
        }
    }
    return task;
}

/// Those of step 0, where every log_alpha is `start`. [batch, heads]
Tensor<2, double> first_gates(std::size_t samples, std::size_t heads, const GateTraining& training) {
    Random random(training.seed);
    Tensor<2, double> gates(std::array<std::size_t, 2>{std::min(samples, training.batch), heads});
    for (double& gate : gates) gate = trusted::gate(training.start, random.uniform(), training.shape);
    return gates;
}

void write_train(Draw& draw, std::size_t samples, std::size_t heads, const GateTraining& training) {
    std::vector<double> need, harm;
    for (std::size_t h = 0; h < heads; ++h) {
        need.push_back(between(draw, 0.2, 1));
        harm.push_back(between(draw, 0.1, 0.5));
    }
    const probes::GateTask task = draw_task(draw, samples, need, harm);
    CaseWriter writer("3.8/train", shape_name({{"samples", samples}, {"heads", heads}, {"batch", training.batch}}));
    write_task(writer, task);
    write_training(writer, training);
    const TrainedInDouble right = trusted::train(task, training);
    writer.expected("log_alpha", tensor_of(right.log_alpha)).expected("losses", tensor_of(right.losses));
    writer.expected("open", tensor_of(right.open)).expected("first_gates", first_gates(samples, heads, training));
    const auto mistake = [&](const char* words, const TrainingFlaws& flaws) {
        const TrainedInDouble wrong = trusted::train(task, training, flaws);
        writer.mistake(words, "log_alpha", tensor_of(wrong.log_alpha));
        writer.mistake(words, "losses", tensor_of(wrong.losses));
    };
    mistake("those of training without the penalty", {.no_penalty = true});
    mistake("those of training with a mean over the heads as penalty; it counts heads", {.mean_penalty = true});
    mistake("those of training with the sum of the batch's losses in place of their mean", {.summed_losses = true});
    mistake("those of training with one draw for the whole batch; each sample has gates of its own",
            {.one_draw = true});
    mistake("those of training with one draw of a number a head for the whole batch; each sample has gates of its own",
            {.draws_once = true});
    mistake("those of training without chance, u = 1/2", {.no_noise = true});
    mistake("those of training with the first batch at each step", {.first_batch = true});
    mistake("those of training by plain descent; wb::Adam moves log_alpha", {.plain_descent = true});
    if (samples % training.batch != 0) {
        mistake("those of training without the last batch, which is short", {.drops_short = true});
        mistake("those of training with batches that wrap around, (begin + batch) % samples: each round begins at 0",
                {.wraps = true});
    }
    writer.mistake("the losses with the penalty; the task's alone is reported", "losses",
                   tensor_of(trusted::train(task, training, {.reports_penalty = true}).losses));
}

/// Of twelve heads five are needed, five are of no use, and two are in the way; which, is drawn.
void write_target(Draw& draw) {
    std::vector<double> need(12, 0), harm(12, 0);
    std::vector<std::size_t> heads{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    Tensor<1> wanted = zeros<1>({12});
    for (std::size_t n = 0; n < 12; ++n) {
        const std::size_t at = draw.below(heads.size()), head = heads[at];
        heads.erase(heads.begin() + static_cast<std::ptrdiff_t>(at));
        if (n < 5) need[head] = between(draw, 0.5, 1.5);
        if (n < 5) wanted(head) = 1;
        if (n >= 10) harm[head] = between(draw, 0.05, 0.1);
    }
    CaseWriter writer("3.8/target", "12_heads");
    write_task(writer, draw_task(draw, 200, need, harm));
    write_training(writer, {.seed = draw.below(1000000)});
    writer.in("wanted", wanted);
    writer.number("log_alpha_of_0.8", trusted::log_alpha_of(0.8, {}));
    writer.number("log_alpha_of_0", trusted::log_alpha_of(0, {}));
}

/// Ten heads, each needed twice as much as the one before: 1/512 .. 1.
void write_price(Draw& draw) {
    std::vector<double> need;
    for (int h = 0; h < 10; ++h) need.push_back(std::pow(2.0, h - 9));
    CaseWriter writer("3.8/price", "10_heads");
    write_task(writer, draw_task(draw, 200, need, std::vector<double>(10, 0)));
    write_training(writer, {.steps = 400, .seed = draw.below(1000000)});
    writer.number("log_alpha_of_0.5", trusted::log_alpha_of(0.5, {}));
}

WB_CASES(train_gates) {
    Draw draw(seed + 382);
    write_train(draw, 10, 5, {.penalty = 0.3, .steps = 9, .batch = 4, .rate = 0.2, .start = 0.5, .seed = 7});
    write_train(draw, 6, 8, {.penalty = 0.2, .steps = 12, .batch = 3, .rate = 0.1, .start = 2, .seed = 11});
    write_train(draw, 5, 4,
                {.penalty = 0.4, .steps = 8, .batch = 64, .rate = 0.15, .start = -0.5, .seed = draw.below(1000)});
    write_target(draw);
    write_price(draw);
}

}  // namespace
}  // namespace wb
