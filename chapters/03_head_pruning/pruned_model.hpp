/// @file
/// A whole model without the heads that its gates close, by exercise 3.6 on each of its modules. Given code.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "head_set.hpp"
#include "removal.hpp"
#include "wb/errors.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// What answers without gates as `model` does with them. Only its attention modules are new; all other parameters are shared with `model`.
/// @tparam Model  PrunableVit or PrunableTranslator: has heads() and attentions()
/// @param gates   [heads of the model], numbered as HeadSet does: 0 takes a head out, other numbers go into output's columns
/// @throws ShapeError naming the gates' shape and the number of heads
template <class Model>
Model pruned_model(Model model, const Tensor<1>& gates) {
    const HeadSet heads = model.heads();
    if (gates.size() != heads.total())
        throw ShapeError("pruned_model: gates " + shape_text(gates) + " for a model of " +
                         std::to_string(heads.total()) + " heads");
    const std::vector<PrunableAttention*> modules = model.attentions();
    for (std::size_t m = 0; m < modules.size(); ++m) {
        Tensor<1> of_module(std::array<std::size_t, 1>{heads.heads[m]});
        std::copy_n(gates.data() + heads.first(m), of_module.size(), of_module.data());
        *modules[m] = fold_gates(*modules[m], of_module);
    }
    return model;
}

}  // namespace wb
