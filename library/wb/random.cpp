#include "wb/random.hpp"

#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace wb {

double Random::uniform() {
    return static_cast<double>(bits() >> 11) * 0x1.0p-53;
}

double Random::uniform(double low, double high) {
    return low + (high - low) * uniform();
}

double Random::normal() {
    if (spare_) return *std::exchange(spare_, std::nullopt);
    double u = 0, v = 0, s = 0;
    do {
        u = 2 * uniform() - 1;
        v = 2 * uniform() - 1;
        s = u * u + v * v;
    } while (s >= 1 || s == 0);
    const double factor = std::sqrt(-2 * std::log(s) / s);
    spare_ = v * factor;
    return u * factor;
}

std::uint64_t Random::below(std::uint64_t count) {
    if (count == 0) throw std::invalid_argument("Random::below: there is no number below 0");
    const std::uint64_t unfair = -count % count;  // 2^64 mod count: that many draws would favour the low numbers
    std::uint64_t draw = bits();
    while (draw < unfair) draw = bits();
    return draw % count;
}

std::vector<std::size_t> Random::permutation(std::size_t count) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t left = count; left > 1; --left) std::swap(order[left - 1], order[below(left)]);
    return order;
}

}  // namespace wb
