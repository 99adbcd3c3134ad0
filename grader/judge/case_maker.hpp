/// @file
/// What a chapter's case makers include. `WB_CASES(attention) { CaseWriter("2.1/plain", "2x3").in(...); }`: `seed` is in scope.
#pragma once

#include <cstdint>
#include <vector>

#include "judge/case.hpp"

namespace wb::grader {

using MakeCases = void (*)(std::uint64_t seed);

/// Registers one function that writes cases.
struct CaseMaker {
    explicit CaseMaker(MakeCases make);
};

}  // namespace wb::grader

namespace wb {
using grader::CaseWriter;
}

/// Defines and registers a function `void (std::uint64_t seed)` that writes cases.
#define WB_CASES(name)                                                                                       \
    static void make_cases_##name(std::uint64_t seed);                                                       \
    static const ::wb::grader::CaseMaker case_maker_##name{&make_cases_##name}; /* NOLINT(cert-err58-cpp) */ \
    static void make_cases_##name([[maybe_unused]] std::uint64_t seed)
