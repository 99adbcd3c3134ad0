/// @file
/// Known mistakes for committed answers of others. A golden holds a question and PyTorch's answer; what wrong solutions answer to it,
/// an exercise's case maker adds.
#pragma once

#include <string_view>

#include "judge/case.hpp"

namespace wb::grader {

/// Adds to a committed answer of others what known wrong solutions answer to the same question (tests/goldens/make_golden_cases.cpp).
using AddMistakes = void (*)(const SafeTensors& golden, CaseWriter& writer);

/// Registers one for all goldens of an exercise.
struct GoldenMistakes {
    /// @param exercise  e.g. "4.2"
    GoldenMistakes(std::string_view exercise, AddMistakes add);
};
/// Calls those registered for an exercise.
void add_golden_mistakes(std::string_view exercise, const SafeTensors& golden, CaseWriter& writer);

}  // namespace wb::grader

/// Defines and registers a function `void (const SafeTensors& golden, CaseWriter& writer)` that adds mistakes to an exercise's goldens.
#define WB_GOLDEN_MISTAKES(name, exercise)                                                              \
    static void add_mistakes_##name(const ::wb::SafeTensors& golden, ::wb::grader::CaseWriter& writer); \
    static const ::wb::grader::GoldenMistakes golden_mistakes_##name{/* NOLINT(cert-err58-cpp) */       \
                                                                     exercise, &add_mistakes_##name};   \
    static void add_mistakes_##name(const ::wb::SafeTensors& golden, ::wb::grader::CaseWriter& writer)
