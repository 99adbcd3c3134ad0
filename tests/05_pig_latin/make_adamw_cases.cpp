/// @file
/// Writes the cases of exercise 5.10, AdamW. Families:
///
///     adamw_first  one step from moments of 0         adamw_scale  a gradient scale
///     adamw_later  five steps from the 1000th on      adamw_zero   gradients of 0, and nothing at all
///     adamw_profiled  one step that fills whole warps and blocks
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "training_kernel_oracle.hpp"

namespace wb {
namespace {

using oracle::AdamWFlaws;
using oracle::AdamWSettings;

const std::vector<std::pair<std::string, AdamWFlaws>> mistakes = {
    {"AdamW without bias correction", {.no_correction = true}},
    {"AdamW without the bias correction of the second moment", {.first_correction_only = true}},
    {"bias corrections with beta^(step + 1): steps count from 1 already", {.steps_from_zero = true}},
    {"Adam with weight decay as a part of the gradient (L2), in place of decoupled decay", {.l2 = true}},
    {"AdamW without weight decay", {.no_decay = true}},
    {"a decay of 1 - weight_decay, without the learning rate", {.decay_without_rate = true}},
    {"epsilon inside the root", {.epsilon_in_root = true}},
    {"epsilon added before the root is corrected", {.epsilon_before_correction = true}},
    {"AdamW with the gradients as they are: gradient_scale is not used", {.scale_ignored = true}},
    {"a second moment of gradients that were not scaled", {.scale_for_first_only = true}},
    {"a step with the first moment from before this gradient", {.against_old_first = true}},
    {"a step up the gradient", {.ascends = true}},
    {"1 - beta subtracted in float: do it on the host, in double", {.float_one_minus_beta = true}},
};

struct Arrays {
    Tensor<1> parameters, first, second;
    Tensor<2> gradients;
};

void write_case(const std::string& family, const std::string& name, const Arrays& x, const AdamWSettings& settings) {
    CaseWriter writer("5.10/adamw_" + family, name);
    writer.in("parameters", x.parameters).in("first", x.first).in("second", x.second).in("gradients", x.gradients);
    writer.number("first_step", static_cast<double>(settings.first_step))
        .number("learning_rate", settings.learning_rate)
        .number("beta1", settings.beta1)
        .number("beta2", settings.beta2)
        .number("epsilon", settings.epsilon)
        .number("weight_decay", settings.weight_decay)
        .number("gradient_scale", settings.gradient_scale);
    const auto right = oracle::adamw(x.parameters, x.first, x.second, x.gradients, settings);
    writer.expected("parameters", right.parameters).expected("first", right.first).expected("second", right.second);
    for (const auto& [words, flaw] : mistakes) {
        const auto wrong = oracle::adamw(x.parameters, x.first, x.second, x.gradients, settings, flaw);
        writer.mistake(words, "parameters", wrong.parameters)
            .mistake(words, "first", wrong.first)
            .mistake(words, "second", wrong.second);
    }
}

/// Gradients of 1, 0.01, 1e-4, 1e-6 and 1e-8 in turn: for the last ones epsilon counts.
Arrays draw_arrays(std::size_t count, std::size_t steps, bool started, Draw& draw) {
    Arrays x{draw.uniform<1>({count}, 2), zeros<1>({count}), zeros<1>({count}), draw.uniform<2>({steps, count}, 1)};
    for (std::size_t i = 0; i < count; ++i) {
        const auto size = static_cast<float>(std::pow(10.0, -2.0 * static_cast<double>(i % 5)));
        for (std::size_t s = 0; s < steps; ++s) x.gradients(s, i) *= size;
        if (!started) continue;
        x.first(i) = 0.3F * size * draw.uniform<1>({1}, 1)(0);
        x.second(i) = size * size * (0.3F + 0.1F * draw.uniform<1>({1}, 1)(0));
    }
    return x;
}

}  // namespace

WB_CASES(adamw_kernel) {
    Draw draw(seed + 5102);
    const AdamWSettings settings{.learning_rate = 0.01, .weight_decay = 0.1};
    for (const std::size_t count : {1, 31, 256, 257, 1000, 5003}) {
        write_case("first", shape_name({{"count", count}}), draw_arrays(count, 1, false, draw), settings);
    }
    AdamWSettings later = settings;
    later.first_step = 1000;
    write_case("later", "from_step_1000", draw_arrays(301, 5, true, draw), later);
    later = {.learning_rate = 0.002, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-6, .weight_decay = 0.01};
    later.first_step = 7;
    write_case("later", "other_settings", draw_arrays(301, 5, true, draw), later);
    for (const double scale : {0.125, 3.0}) {
        AdamWSettings scaled = settings;
        scaled.gradient_scale = scale;
        write_case("scale", scale < 1 ? "an_eighth" : "three", draw_arrays(300, 3, false, draw), scaled);
    }
    Arrays zero = draw_arrays(40, 2, false, draw);
    zero.gradients.fill(0.0F);
    write_case("zero", "gradients", zero, settings);
    write_case("zero", "numbers", draw_arrays(0, 2, false, draw), settings);
    write_case("profiled", shape_name({{"count", 8192}}), draw_arrays(8192, 1, true, draw), later);
}

}  // namespace wb
