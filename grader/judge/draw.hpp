/// @file
/// Random inputs of cases. The same seed draws the same numbers with any standard library: no std distributions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <utility>

#include "wb/tensor.hpp"

namespace wb {

/// Draws tensors; the same seed draws the same ones, with any standard library.
class Draw {
 public:
    explicit Draw(std::uint64_t seed) : engine_(seed) {}

    /// Uniform in [-range, range).
    template <std::size_t N>
    Tensor<N> uniform(const typename Tensor<N>::shape_type& shape, double range) {
        Tensor<N> value(shape);
        for (std::size_t i = 0; i < value.size(); ++i) value.data()[i] = static_cast<float>((2 * unit() - 1) * range);
        return value;
    }
    /// A whole number, 0 to `end` - 1.
    std::size_t below(std::size_t end) { return static_cast<std::size_t>(unit() * static_cast<double>(end)); }

 private:
    double unit() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
    std::mt19937_64 engine_;
};

/// {{"q_len", 2}, {"kv_len", 5}} -> "q_len2_kv_len5": the name of a case, which failures show, says what its numbers are.
inline std::string shape_name(std::initializer_list<std::pair<const char*, std::size_t>> sizes) {
    std::string name;
    for (const auto& [word, size] : sizes) name += (name.empty() ? "" : "_") + std::string(word) + std::to_string(size);
    return name;
}

}  // namespace wb
