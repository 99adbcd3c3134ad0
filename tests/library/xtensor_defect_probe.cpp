/// @file
/// What nobody may write here: a lazy keep_dims reduction inside an expression. A program of its own, under ASan,
/// because in xtensor 0.24.3 it reads out of bounds.
/// Exit status: 0 the numbers are right, 3 they are wrong; another one comes from ASan, which has seen the defect.
#include <xtensor/xmath.hpp>
#include <xtensor/xtensor.hpp>

int main() {
    xt::xtensor<float, 3> x(std::array<std::size_t, 3>{4, 5, 6});
    for (std::size_t n = 0; n < x.size(); ++n) x.data()[n] = static_cast<float>(n);
    const xt::xtensor<float, 3> y = x - xt::amax(x, {2}, xt::keep_dims);
    for (std::size_t n = 0; n < x.size(); ++n) {
        if (y.data()[n] != static_cast<float>(n % 6) - 5.0F) return 3;
    }
}
