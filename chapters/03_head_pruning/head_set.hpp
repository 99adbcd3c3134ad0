/// @file
/// The heads of a whole model under one number each: module after module in the order of its layers, and in a module from 0. Given code.
///
///     a translator of 3 + 3 layers:  encoder 0 1 2 (self), decoder 0 1 2 (self, then cross)       9 modules of 4 heads
///     head 13 is head 1 of module 3, the decoder's first self-attention
#pragma once

#include <cstddef>
#include <numeric>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace wb {

/// Which heads there are.
struct HeadSet {
    std::vector<std::size_t> heads;  ///< [modules]: how many each attention module has

    /// How many modules.
    [[nodiscard]] std::size_t modules() const { return heads.size(); }
    /// How many heads in all.
    [[nodiscard]] std::size_t total() const { return std::accumulate(heads.begin(), heads.end(), std::size_t{0}); }
    /// The number of a module's first head.
    [[nodiscard]] std::size_t first(std::size_t module) const {
        return std::accumulate(heads.begin(), heads.begin() + static_cast<std::ptrdiff_t>(module), std::size_t{0});
    }
    /// The module that a head is in. @throws std::out_of_range naming the head, when there is no such head
    [[nodiscard]] std::size_t module_of(std::size_t head) const {
        std::size_t end = 0;
        for (std::size_t module = 0; module < heads.size(); ++module) {
            end += heads[module];
            if (head < end) return module;
        }
        throw std::out_of_range("head " + std::to_string(head) + " of a model with " + std::to_string(total()) +
                                " heads");
    }
};

/// The members, in wire order.
inline auto fields(HeadSet& set) {
    return std::tie(set.heads);
}

}  // namespace wb
