/// @file
/// The colours of attention over a photograph: from dark blue over red to bright yellow. Given code.
///
/// The ramp is made in Oklab, where equal steps look equally large (Ottosson 2020): lightness rises evenly from 0.28 to 0.93, so that
/// the order of two numbers can be seen also in grey print, while the hue turns from 275 degrees (blue) over red to 100 (yellow).
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace wb {

/// The colour of a number.
/// @param value  0 to 1
/// @return       red, green and blue, 0 to 255, not rounded
inline std::array<double, 3> heat_colour(double value) {
    const double lightness = 0.28 + 0.65 * value;
    const double chroma = 0.1 + 0.22 * value * (1 - value) + 0.05 * value;
    const double hue = (275 + 185 * value) * std::numbers::pi / 180;
    const double a = chroma * std::cos(hue), b = chroma * std::sin(hue);
    const auto cube = [](double x) { return x * x * x; };
    const double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
    const double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
    const double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
    const auto byte = [](double linear) {  // sRGB's curve
        const double inside = std::clamp(linear, 0.0, 1.0);
        return 255 * (inside <= 0.0031308 ? 12.92 * inside : 1.055 * std::pow(inside, 1 / 2.4) - 0.055);
    };
    return {byte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            byte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            byte(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

}  // namespace wb
