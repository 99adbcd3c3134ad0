#include "wb/normal.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace wb {

double normal_tail(double z) {
    return std::erfc(z / std::sqrt(2.0)) / 2;
}

double normal_quantile(double p) {
    if (!(p > 0 && p < 1))
        throw std::invalid_argument("normal_quantile: a probability of " + std::to_string(p) +
                                    "; it must lie between 0 and 1, and be neither");
    if (p == 0.5) return 0;
    // The tail is searched, not 1 - tail: it keeps its digits. No double has a tail beyond 39.
    const double tail = p < 0.5 ? p : 1 - p;
    double near = 0, far = 39;
    while (true) {
        const double middle = (near + far) / 2;
        if (middle <= near || middle >= far) break;  // neighbours
        (normal_tail(middle) > tail ? near : far) = middle;
    }
    return p < 0.5 ? -far : far;
}

}  // namespace wb
