/// @file
/// Tasks and trainings of exercise 3.8, as the case maker writes them and as the tests read them.
#pragma once

#include <cstddef>

#include "hard_concrete_probes.hpp"
#include "judge/case.hpp"
#include "wb/tensor.hpp"

namespace wb {

inline void write_shape(grader::CaseWriter& writer, const HardConcrete& shape) {
    writer.number("beta", shape.beta).number("gamma", shape.gamma).number("zeta", shape.zeta);
}

inline HardConcrete shape_of(const grader::Case& c) {
    return {c.number("beta"), c.number("gamma"), c.number("zeta")};
}

inline void write_task(grader::CaseWriter& writer, const probes::GateTask& task) {
    writer.in("base", task.base).in("need", task.need).in("harm", task.harm);
}

inline probes::GateTask task_of(const grader::Case& c) {
    return {c.in<1>("base"), c.in<2>("need"), c.in<2>("harm")};
}

inline void write_training(grader::CaseWriter& writer, const GateTraining& training) {
    writer.number("penalty", training.penalty).number("steps", static_cast<double>(training.steps));
    writer.number("batch", static_cast<double>(training.batch)).number("rate", training.rate);
    writer.number("start", training.start).number("seed", static_cast<double>(training.seed));
    write_shape(writer, training.shape);
}

inline GateTraining training_of(const grader::Case& c) {
    return {.penalty = c.number("penalty"),
            .steps = static_cast<std::size_t>(c.number("steps")),
            .batch = static_cast<std::size_t>(c.number("batch")),
            .rate = c.number("rate"),
            .start = c.number("start"),
            .seed = static_cast<std::uint64_t>(c.number("seed")),
            .shape = shape_of(c)};
}

}  // namespace wb
