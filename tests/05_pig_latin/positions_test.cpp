/// @file
/// Judges exercise 5.3: sinusoidal positions.
#include <algorithm>
#include <cmath>

#include "judge/judge.hpp"
#include "position_probes.hpp"

namespace wb {
namespace {

// A sine within 1 is rounded once, to 24 bits: 6e-8 at worst. The double beneath is far better, even at place 20,000, where
// an angle is good to 1e-11. 1.2e-7 is that twice. An angle in float is worth no more than 1e-3 there.
constexpr Tolerance rounded_once{.absolute = 1.2e-7};

// Up to place 49 an angle in float is good to 2e-6, its frequency included to 5e-6: FarPlacesKeepTheirDigits is about that, and
// the layout is about this.
constexpr Tolerance angles_in_float{.absolute = 1e-5};

Tensor<2> table_of(const Case& c) {
    return probes::sinusoidal_positions(static_cast<std::size_t>(c.number("length")),
                                        static_cast<std::size_t>(c.number("hidden")));
}

TEST(Positions, SinesAndCosinesAlternate) {
    for (const Case& c : cases("5.3/near")) expect_close(table_of(c), c, "positions", angles_in_float);
}

TEST(Positions, AgreeWithPyTorch) {
    for (const Case& c : cases("5.3/pytorch")) expect_close(table_of(c), c, "positions", angles_in_float);
}

TEST(Positions, FarPlacesKeepTheirDigits) {
    for (const Case& c : cases("5.3/far")) expect_close(table_of(c), c, "positions", rounded_once);
}

TEST(Positions, NoPlacesAreATableWithoutRowsAndASineNeedsItsCosine) {
    expect_shape(probes::sinusoidal_positions(0, 8), {0, 8}, "positions of length 0");
    EXPECT_THAT(probes::sinusoidal_positions.expect_error<std::invalid_argument>(4, 7), testing::HasSubstr("7"))
        << "7 channels are no pairs";
    probes::sinusoidal_positions.expect_error<std::invalid_argument>(4, 0);
    probes::add_positions.expect_error<std::invalid_argument>(zeros<3>({1, 2, 3}), 0);
    probes::shift_positions.expect_error<std::invalid_argument>(zeros<2>({2, 5}), 1);
}

// x is within 1 and a position too: the sum, up to 2, is rounded to 1.2e-7, and the position before it to 6e-8.
TEST(AddPositions, EveryRowOfTheBatchGetsThePlacesFromFirstOn) {
    for (const Case& c : cases("5.3/add")) {
        expect_close(probes::add_positions(c.in<3>("x"), static_cast<std::size_t>(c.number("first"))), c, "y",
                     {.absolute = 2.5e-7});
    }
}

TEST(AddPositions, OneLetterAtATimeGivesWhatTheWholeWordGives) {  // as a decoder does that writes
    const Tensor<3> x = cases("5.3/add").front().in<3>("x");
    const Tensor<3> whole = probes::add_positions(x, 2);
    expect_shape(whole, {x.shape(0), x.shape(1), x.shape(2)}, "add_positions");
    for (std::size_t t = 0; t < x.shape(1); ++t) {
        Tensor<3> letter = zeros<3>({x.shape(0), 1, x.shape(2)}), expected = letter;
        for (std::size_t b = 0; b < x.shape(0); ++b) {
            for (std::size_t c = 0; c < x.shape(2); ++c) {
                letter(b, 0, c) = x(b, t, c);
                expected(b, 0, c) = whole(b, t, c);
            }
        }
        expect_close(probes::add_positions(letter, 2 + t), expected,
                     "letter " + std::to_string(t) + " alone, first = " + std::to_string(2 + t) + ", and in its word",
                     {});
    }
}

// What is turned is rounded, 6e-8 in each of two channels, so 8.5e-8 of length; the result once more. Turned in float, by an
// angle of 400 with 24 bits, it is 1.5e-5 off.
TEST(ShiftPositions, EachPairIsTurnedByItsOwnAngle) {
    for (const Case& c : cases("5.3/shift")) {
        expect_close(probes::shift_positions(c.in<2>("positions"), static_cast<std::int64_t>(c.number("offset"))), c,
                     "shifted", {.absolute = 1e-6});
    }
}

TEST(ShiftPositions, IsLinear) {  // attention's scores can use it: it is one matrix, whatever it is applied to
    const Case c = cases("5.3/shift").front();
    const Tensor<2> x = c.in<2>("positions");
    Tensor<2> half = x, two = x;
    for (float& value : half) value *= 0.5F;
    std::reverse(two.begin(), two.end());  // no positions at all
    Tensor<2> both = x;
    for (std::size_t n = 0; n < both.size(); ++n) both.data()[n] = half.data()[n] + two.data()[n];
    const Tensor<2> a = probes::shift_positions(half, 3), b = probes::shift_positions(two, 3);
    Tensor<2> expected = a;
    expect_shape(b, {x.shape(0), x.shape(1)}, "shift_positions");
    for (std::size_t n = 0; n < expected.size(); ++n) expected.data()[n] += b.data()[n];
    expect_close(probes::shift_positions(both, 3), expected, "shift(x / 2 + y) = shift(x / 2) + shift(y)",
                 {.absolute = 1e-6});
}

}  // namespace
}  // namespace wb
