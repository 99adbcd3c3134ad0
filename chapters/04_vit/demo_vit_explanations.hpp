/// @file
/// What `./workbook run vit faithful` compares: ways to say which patches of a picture matter to a model's answer. Given code.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "demo_vit_model.hpp"
#include "faithfulness.hpp"

namespace wb::demo {

/// A picture, and all that a map of it can be made of.
struct Subject {
    Look look;
    Tensor<3> pixels;      ///< as the model takes them
    CurveOptions options;  ///< with the class that the model takes it for
};

/// One way to say which patches matter: [rows, columns] of patches, the larger the more.
struct Explanation {
    std::string name;
    std::function<Tensor<2>(const Predict& predict, const Subject& subject)> map;
    bool drawn = false;  ///< also as curves: a chart of all would be a thicket
};

/// The model as the curves ask it. `vit` must outlive the answer. Several threads may call it at once.
Predict predict_by(const LoadedVit& vit);

/// The attention of the last layer, rollout as in the paper and in its other forms, the attention of the first layer, and two that do not look into the model: how bright patches
/// are, which needs no model at all, and what happens when each is covered alone, which asks the model once a patch.
std::vector<Explanation> explanations(const LoadedVit& vit);

}  // namespace wb::demo
