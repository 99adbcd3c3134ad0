/// @file
/// A PatchTST's options and parameters in a case.
#pragma once

#include <cstddef>

#include "forecast_case.hpp"
#include "patchtst.hpp"

namespace wb {

/// As the model lists them.
inline ParameterShapes patchtst_shapes(const PatchTstOptions& options, std::size_t patches) {
    const std::size_t d_model = options.blocks.d_model;
    ParameterShapes shapes;
    add_linear(shapes, "embedding", options.patch, d_model);
    shapes.push_back({"positions", {patches, d_model}});
    add_blocks(shapes, options.blocks);
    add_linear(shapes, "head", patches * d_model, options.horizon);
    return shapes;
}

inline void write_options(grader::CaseWriter& writer, const PatchTstOptions& options) {
    writer.number("lookback", static_cast<double>(options.lookback));
    writer.number("horizon", static_cast<double>(options.horizon));
    writer.number("patch", static_cast<double>(options.patch)).number("stride", static_cast<double>(options.stride));
    write_blocks(writer, options.blocks);
}

inline PatchTstOptions read_options(const grader::Case& c) {
    const auto number = [&](const char* key) { return static_cast<std::size_t>(c.number(key)); };
    return {number("lookback"), number("horizon"), number("patch"), number("stride"), read_blocks(c)};
}

}  // namespace wb
