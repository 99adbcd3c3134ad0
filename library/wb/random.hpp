/// @file
/// Seeded random numbers that are the same on every platform: std::mt19937_64 is specified to the bit, but the standard
/// distributions (std::normal_distribution, std::shuffle) differ between libraries, so the ones here are our own.
/// A normal takes a logarithm: on another C library it may differ in its last bit, which a float rarely shows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "wb/tensor.hpp"

namespace wb {

/// A stream of random numbers. A seed gives the same stream every time; not thread-safe, so give each thread its own.
class Random {
 public:
    explicit Random(std::uint64_t seed) : bits_(seed) {}  ///< the same seed, the same draws

    /// 64 random bits.
    std::uint64_t bits() { return bits_(); }
    /// Uniform in [0, 1): a multiple of 2^-53.
    double uniform();
    /// Uniform in [low, high).
    double uniform(double low, double high);
    /// Normal with mean 0 and variance 1 (Marsaglia's polar method).
    double normal();
    /// Uniform in 0 .. count - 1, each equally likely.
    /// @throws std::invalid_argument when count is 0
    std::uint64_t below(std::uint64_t count);
    /// 0 .. count - 1 in random order, each order equally likely (Fisher and Yates).
    std::vector<std::size_t> permutation(std::size_t count);

    /// Where the stream is, as text: for checkpoints.
    [[nodiscard]] std::string state() const;
    /// Continues a stream from where state() was taken.
    /// @throws std::invalid_argument when the text is no such state; then this stream is as it was
    void set_state(const std::string& text);

 private:
    std::mt19937_64 bits_;
    std::optional<double> spare_;  ///< the polar method makes two normals at a time
};

/// A tensor of normals with the given standard deviation, in row-major order.
template <std::size_t N, class Real = float>
Tensor<N, Real> normal_tensor(Random& random, const std::array<std::size_t, N>& shape, double deviation = 1.0) {
    Tensor<N, Real> tensor(shape);
    for (Real& value : tensor.storage()) value = static_cast<Real>(deviation * random.normal());
    return tensor;
}

/// A tensor of numbers uniform in [low, high), in row-major order; as float, `high` itself can occur by rounding.
template <std::size_t N, class Real = float>
Tensor<N, Real> uniform_tensor(Random& random, const std::array<std::size_t, N>& shape, double low = 0.0,
                               double high = 1.0) {
    Tensor<N, Real> tensor(shape);
    for (Real& value : tensor.storage()) value = static_cast<Real>(random.uniform(low, high));
    return tensor;
}

}  // namespace wb
