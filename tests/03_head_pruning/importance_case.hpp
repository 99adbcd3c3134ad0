/// @file
/// Questions of exercise 3.3, as the case maker writes them and as the tests ask them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

#include "importance_probes.hpp"
#include "judge/case.hpp"

namespace wb {

inline Tensor<1> sizes_tensor(const std::vector<std::size_t>& sizes) {
    Tensor<1> result(std::array<std::size_t, 1>{sizes.size()});
    std::transform(sizes.begin(), sizes.end(), result.begin(), [](std::size_t size) { return float(size); });
    return result;
}

inline std::vector<std::size_t> sizes_of(const Tensor<1>& numbers) {
    std::vector<std::size_t> result;
    for (const float number : numbers) result.push_back(static_cast<std::size_t>(number));
    return result;
}

inline void write_table(grader::CaseWriter& writer, const probes::SlopeTable& table) {
    writer.in("base", table.base).in("slope", table.slope).in("curve", table.curve).in("weight", table.weight);
}

inline probes::SlopeTable slope_table_of(const grader::Case& c) {
    return {c.in<1>("base"), c.in<2>("slope"), c.in<1>("curve"), c.in<1>("weight")};
}

inline void write_modules(grader::CaseWriter& writer, const probes::PulledModules& modules) {
    writer.in("heads", sizes_tensor(modules.heads)).in("head_dims", sizes_tensor(modules.head_dims));
    writer.number("d_model", static_cast<double>(modules.d_model)).in("pull", modules.pull);
}

inline probes::PulledModules modules_of(const grader::Case& c) {
    return {sizes_of(c.in<1>("heads")), sizes_of(c.in<1>("head_dims")), static_cast<std::size_t>(c.number("d_model")),
            c.in<2>("pull")};
}

/// Parameters by name, each as one row of numbers.
inline void write_model(grader::CaseWriter& writer, const probes::ModelQuestion& question) {
    const PrunableVitOptions& o = question.options;
    writer.in("options",
              sizes_tensor({o.image_size, o.channels, o.patch_size, o.hidden, o.layers, o.heads, o.mlp, o.classes}));
    std::string names;
    for (const NamedWeights& one : question.weights) {
        Tensor<1> values(std::array<std::size_t, 1>{one.values.size()});
        std::copy(one.values.begin(), one.values.end(), values.begin());
        writer.in("parameter." + one.name, values);
        names += one.name + " ";
    }
    writer.text("names", names).in("pixels", question.pixels);
    writer.in("labels", sizes_tensor({question.labels.begin(), question.labels.end()}));
}

inline probes::ModelQuestion model_question_of(const grader::Case& c) {
    const std::vector<std::size_t> o = sizes_of(c.in<1>("options"));
    probes::ModelQuestion question{{o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7]}, {}, c.in<4>("pixels"), {}};
    std::istringstream names(c.text("names"));
    for (std::string name; names >> name;) {
        const Tensor<1> values = c.in<1>("parameter." + name);
        question.weights.push_back({name, {values.size()}, {values.begin(), values.end()}});
    }
    for (const std::size_t label : sizes_of(c.in<1>("labels"))) question.labels.push_back(static_cast<int>(label));
    return question;
}

}  // namespace wb
