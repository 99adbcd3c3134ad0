/// @file
/// Moving averages of the case makers' own, right and wrong: they walk through each row's window, in double.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>

#include "wb/tensor.hpp"

namespace wb::oracle {

using Series = Tensor<3, double>;

/// Which row stands where row j would be, of `length`; below 0 for none.
using Row = std::function<long(long j, long length)>;

inline long nearest(long j, long length) {
    return std::clamp(j, 0L, length - 1);
}

/// What is wrong with an average.
struct AverageFlaws {
    Row row = nearest;
    bool of_those_there = false;  ///< divided by how many rows the window has, not by its length
    bool trailing = false;        ///< the window ends at the row
    long short_by = 0;            ///< rows that its end lacks
    double divisor = 0;           ///< other than the window
};

inline Series window_means(const Series& x, long window, const AverageFlaws& flaws = {}) {
    const long length = static_cast<long>(x.shape(1)), r = (window - 1) / 2;
    Series out(x.shape());
    for (std::size_t b = 0; b < x.shape(0); ++b) {
        for (long t = 0; t < length; ++t) {
            for (std::size_t c = 0; c < x.shape(2); ++c) {
                const long begin = flaws.trailing ? t - window + 1 : t - r;
                double total = 0, there = 0;
                for (long j = begin; j < begin + window - flaws.short_by; ++j) {
                    const long row = flaws.row(j, length);
                    if (row < 0) continue;
                    total += x(b, static_cast<std::size_t>(row), c);
                    ++there;
                }
                const double by = flaws.divisor != 0 ? flaws.divisor : static_cast<double>(window);
                out(b, static_cast<std::size_t>(t), c) = total / (flaws.of_those_there ? there : by);
            }
        }
    }
    return out;
}

}  // namespace wb::oracle
