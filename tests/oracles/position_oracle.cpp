#include "position_oracle.hpp"

#include <cmath>
#include <complex>

namespace wb::oracle {
namespace {

using Hand = std::complex<long double>;

/// hand^n, by squaring.
Hand power(Hand hand, std::size_t n) {
    Hand result = 1;
    for (; n > 0; n /= 2, hand *= hand) {
        if (n % 2 == 1) result *= hand;
    }
    return result;
}

/// The hand after one place, for exponent e: frequency 10000^-e.
Hand one_place(long double e) {
    return std::polar(1.0L, std::exp(-e * std::log(10000.0L)));
}

}  // namespace

Tensor<2, double> positions(const std::vector<std::size_t>& places, std::size_t hidden, const PositionFlaws& flaws) {
    Tensor<2, double> table = zeros<2, double>({places.size(), hidden});
    const std::size_t pairs = hidden / 2;
    for (std::size_t i = 0; i < pairs; ++i) {
        long double e = 2.0L * static_cast<long double>(i) / static_cast<long double>(hidden);
        if (flaws.counts_channels) e /= 2;
        if (flaws.whole_number_ratio) e = 0;
        const long double cosine_e = flaws.cosine_of_next ? e + 1.0L / static_cast<long double>(hidden) : e;
        for (std::size_t row = 0; row < places.size(); ++row) {
            const std::size_t place = places[row] + (flaws.starts_at_one ? 1 : 0);
            const auto sine = static_cast<double>(power(one_place(e), place).imag()),
                       cosine = static_cast<double>(power(one_place(cosine_e), place).real());
            const std::size_t first = flaws.halves ? i : 2 * i, second = flaws.halves ? i + pairs : 2 * i + 1;
            table(row, first) = flaws.cosine_first ? cosine : sine;
            table(row, second) = flaws.cosine_first ? sine : cosine;
        }
    }
    return table;
}

}  // namespace wb::oracle
