/// @file
/// What to do with the heads of a whole model beside its work, and what to show of it: HeadUse for all its modules at once. Given code.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "head_gates.hpp"
#include "head_set.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/autograd/tape.hpp"

namespace wb {

/// The default asks for nothing.
struct ModelUse {
    std::optional<Var<float>> gates = {};  ///< [heads], or [batch, heads]: of all modules, numbered as HeadSet does
    std::vector<Var<float>>* weights =
        nullptr;  ///< where not null, gets an entry a module, [batch, heads, q_len, kv_len]
    Var<float>* features =
        nullptr;  ///< where not null, is set to what the last layer reads, after its norm: [.., d_model]

    /// The part of a module. Modules without heads have none.
    /// @param heads  of the model: `weights` is made as long as it has modules
    [[nodiscard]] HeadUse of_module(const HeadSet& heads, std::size_t module) const {
        HeadUse use;
        if (heads.heads[module] == 0) return use;
        const std::size_t first = heads.first(module);
        if (gates) use.gates = slice(*gates, -1, first, first + heads.heads[module]);
        if (weights != nullptr) {
            weights->resize(heads.modules());
            use.weights = &(*weights)[module];
        }
        return use;
    }
};

}  // namespace wb
