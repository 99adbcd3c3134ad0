/// @file
/// A question of exercise 4.8's curves: as the case maker writes it, and as the tests ask it.
#pragma once

#include <cstddef>
#include <vector>

#include "faithfulness_probes.hpp"
#include "judge/case.hpp"

namespace wb {

struct CurveQuestion {
    probes::ToyClassifier toy;
    Tensor<3> pixels;
    std::vector<std::size_t> order;
    CurveOptions options;
};

inline Tensor<1> floats_of(const std::vector<std::size_t>& numbers) {
    Tensor<1> result(std::array<std::size_t, 1>{numbers.size()});
    for (std::size_t n = 0; n < numbers.size(); ++n) result(n) = static_cast<float>(numbers[n]);
    return result;
}

inline void write_question(grader::CaseWriter& writer, const CurveQuestion& question) {
    Tensor<1> baseline(std::array<std::size_t, 1>{question.options.baseline.size()});
    std::copy(question.options.baseline.begin(), question.options.baseline.end(), baseline.data());
    writer.in("hidden", question.toy.hidden).in("readout", question.toy.readout).in("pixels", question.pixels);
    writer.in("order", floats_of(question.order)).in("baseline", baseline);
    writer.number("class_index", static_cast<double>(question.options.class_index));
    writer.number("patch_size", static_cast<double>(question.options.patch_size));
    writer.number("steps", static_cast<double>(question.options.steps));
    writer.number("max_batch", static_cast<double>(question.options.max_batch));
}

inline CurveQuestion question_of(const grader::Case& c) {
    CurveQuestion question{{c.in<4>("hidden"), c.in<2>("readout")}, c.in<3>("pixels"), {}, {}};
    const Tensor<1> order = c.in<1>("order"), baseline = c.in<1>("baseline");
    for (const float patch : order) question.order.push_back(static_cast<std::size_t>(patch));
    question.options = {static_cast<std::size_t>(c.number("class_index")),
                        static_cast<std::size_t>(c.number("patch_size")), static_cast<std::size_t>(c.number("steps")),
                        std::vector<float>(baseline.begin(), baseline.end()),
                        static_cast<std::size_t>(c.number("max_batch"))};
    return question;
}

}  // namespace wb
