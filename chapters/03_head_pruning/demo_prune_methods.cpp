#include "demo_prune_methods.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <numeric>

#include "entropy.hpp"
#include "hard_concrete.hpp"
#include "importance.hpp"
#include "policy.hpp"

namespace wb::demo {
namespace {

/// Seconds since it was made.
class Stopwatch {
 public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

 private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

double mean_of(const std::vector<double>& numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

/// The curve of gates that differ from input to input: at each point every input does without the heads that the policy wants least.
std::vector<CurvePoint> curve_of_policy(const Task& task, const Tensor<2>& logits,
                                        const std::vector<std::size_t>& counts) {
    const std::size_t samples = logits.shape(0), heads = logits.shape(1);
    std::vector<CurvePoint> curve;
    for (const std::size_t count : counts) {
        Tensor<2> gates = full<2>({samples, heads}, 1);
        for (std::size_t n = 0; n < samples; ++n) {
            std::vector<std::size_t> order(heads);
            std::iota(order.begin(), order.end(), std::size_t{0});
            std::stable_sort(order.begin(), order.end(),
                             [&](std::size_t a, std::size_t b) { return logits(n, a) < logits(n, b); });
            for (std::size_t k = 0; k < count; ++k) gates(n, order[k]) = 0;
        }
        CurvePoint point{static_cast<double>(count) / static_cast<double>(heads), 0, 0,
                         task.reported.evaluate_each(gates)};
        point.loss = mean_of(point.measures.losses);
        point.score = mean_of(point.measures.scores);
        curve.push_back(std::move(point));
    }
    return curve;
}

}  // namespace

HeadEntropy entropies_of(const Task& task, const TaskPart& part) {
    HeadEntropies entropies(task.heads);
    for (std::size_t first = 0; first < part.samples; first += 64) {
        std::vector<std::vector<int>> query_lengths;
        const std::vector<Tensor<4>> weights =
            part.weights({0, first, std::min(part.samples, first + 64)}, query_lengths);
        for (std::size_t module = 0; module < weights.size(); ++module) {
            if (task.heads.heads[module] > 0) entropies.add(module, weights[module], query_lengths[module]);
        }
    }
    return entropies.mean();
}

HeadMeasures measure_heads(const Task& task) {
    const Stopwatch watch;
    HeadMeasures measures;
    const TaskPart& part = task.measured;
    const std::size_t heads = task.heads.total();
    measures.ablation = ablate_heads(part.evaluate, heads);
    measures.importance = gate_importance(part.losses, part.samples, heads);
    const WeightGradientNorms norms = weight_gradient_norms(part.losses, part.samples, task.modules);
    measures.gradient_norms = zeros<1, double>({heads});
    for (std::size_t h = 0; h < heads; ++h)
        measures.gradient_norms(h) = std::hypot(norms.query(h), norms.key(h), norms.value(h));
    measures.entropy = entropies_of(task, part);
    measures.seconds = watch.seconds();
    return measures;
}

std::vector<Method> all_methods(const Task& task, const HeadMeasures& measures, const std::vector<std::size_t>& counts,
                                const MethodOptions& options) {
    const std::size_t heads = task.heads.total();
    std::vector<Method> methods;
    const auto add = [&](const std::string& name, const auto& order_of) {
        std::cout << "  " << name << " .." << std::flush;
        const Stopwatch watch;
        Method method{name, order_of(), {}, 0};
        method.seconds = watch.seconds();
        method.curve = quality_curve(task.reported.evaluate, heads, method.order, counts);
        methods.push_back(std::move(method));
        std::cout << " done\n";
    };
    add("ablation", [&] {
        Tensor<1, double> increase = zeros<1, double>({heads});
        for (std::size_t h = 0; h < heads; ++h) increase(h) = measures.ablation.loss[h].mean;
        return one_shot_order(increase);
    });
    add("I_h", [&] { return one_shot_order(measures.importance); });
    add("I_h by layer", [&] { return one_shot_order(normalise_by_module(measures.importance, task.heads)); });
    add("I_h, 10 % a step", [&] {
        return gradual_order(
            [&](const Tensor<1>& gates) { return gate_importance(task.measured.losses, task.measured.samples, gates); },
            task.heads);
    });
    add("gradient norm", [&] { return one_shot_order(measures.gradient_norms); });
    add("entropy", [&] {  // 'diffuse heads are weak'
        Tensor<1, double> focus = measures.entropy.share;
        for (double& share : focus) share = -share;
        return one_shot_order(focus);
    });
    Tensor<1> closed_or_not;
    add("Hard-Concrete", [&] {
        const GateTraining training{
            .penalty = options.gate_penalty, .steps = options.gate_steps, .batch = 64, .seed = options.seed};
        const TrainedGates trained = train_gates(task.learned.losses, task.learned.samples, heads, training);
        closed_or_not = test_gates(trained.log_alpha);
        return one_shot_order(Tensor<1, double>(trained.log_alpha));
    });
    const auto closed = std::count(closed_or_not.begin(), closed_or_not.end(), 0.0F);
    methods.back().own =
        fmt::format("at a price of {:g} nats its gates close {} of {} heads, and keep {:.2f} %", options.gate_penalty,
                    closed, heads, 100 * mean_of(task.reported.evaluate(closed_or_not).scores));

    std::cout << "  REINFORCE .." << std::flush;
    const Stopwatch watch;
    const HeadPolicy policy(task.learned.inputs.shape(1), heads, 2);
    train_policy(
        policy, task.learned.inputs, task.learned.quality,
        {.cost = options.policy_cost, .steps = options.policy_steps, .batch = 64, .rate = 0.05, .seed = options.seed});
    Tape<float> tape(Mode::infer);
    const Tensor<2> logits = policy(tape.constant(task.reported.inputs)).tensor<2>();
    methods.push_back({"REINFORCE", {}, {}, watch.seconds()});
    methods.back().curve = curve_of_policy(task, logits, counts);
    const Tensor<2> chosen = greedy_gates(logits);
    methods.back().own = fmt::format(
        "at a price of {:g} nats for all heads it closes {:.1f} of {} on average, and keeps {:.2f} %",
        options.policy_cost,
        static_cast<double>(std::count(chosen.begin(), chosen.end(), 0.0F)) / static_cast<double>(chosen.shape(0)),
        heads, 100 * mean_of(task.reported.evaluate_each(chosen).scores));
    std::cout << " done\n";
    return methods;
}

std::vector<std::vector<CurvePoint>> random_curves(const Task& task, const std::vector<std::size_t>& counts,
                                                   std::size_t draws) {
    std::vector<std::vector<CurvePoint>> curves;
    for (std::size_t seed = 1; seed <= draws; ++seed)
        curves.push_back(
            quality_curve(task.reported.evaluate, task.heads.total(), random_order(task.heads, seed), counts));
    return curves;
}

}  // namespace wb::demo
