/// @file
/// Tasks, policies and trainings of exercise 3.9, as the case maker writes them and as the tests read them.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "judge/case.hpp"
#include "policy_probes.hpp"
#include "rows.hpp"
#include "wb/tensor.hpp"

namespace wb {

inline void write_quality_task(grader::CaseWriter& writer, const probes::QualityTask& task) {
    writer.in("features", task.features).in("level", row_of(task.level)).in("need", task.need);
}

inline probes::QualityTask quality_task_of(const grader::Case& c) {
    return {c.in<2>("features"), numbers_of(c.in<1, double>("level")), c.in<2>("need")};
}

inline void write_policy(grader::CaseWriter& writer, const probes::PolicyNumbers& policy) {
    writer.in("weight", policy.weight).in("bias", policy.bias);
}

inline probes::PolicyNumbers policy_of(const grader::Case& c) {
    return {c.in<2>("weight"), c.in<1>("bias")};
}

inline void write_policy_training(grader::CaseWriter& writer, const PolicyTraining& training) {
    writer.number("cost", training.cost).number("steps", static_cast<double>(training.steps));
    writer.number("batch", static_cast<double>(training.batch)).number("rate", training.rate);
    writer.number("rollouts", static_cast<double>(training.rollouts));
    writer.number("others", training.baseline == Baseline::others ? 1 : 0);
    writer.number("seed", static_cast<double>(training.seed));
}

inline PolicyTraining policy_training_of(const grader::Case& c) {
    return {.cost = c.number("cost"),
            .steps = static_cast<std::size_t>(c.number("steps")),
            .batch = static_cast<std::size_t>(c.number("batch")),
            .rollouts = static_cast<std::size_t>(c.number("rollouts")),
            .rate = c.number("rate"),
            .baseline = c.number("others") != 0 ? Baseline::others : Baseline::none,
            .seed = static_cast<std::uint64_t>(c.number("seed"))};
}

}  // namespace wb
