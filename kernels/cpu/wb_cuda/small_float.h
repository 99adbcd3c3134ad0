/// @file
/// 16-bit floating point by way of float: half (5 exponent bits) and bfloat16 (8). Every operation rounds to nearest even, as a GPU's does.
#pragma once

#include <bit>
#include <cstdint>

namespace wb::simt {

/// IEEE 754 binary16.
struct HalfFormat {
    static constexpr std::uint16_t encode(float value) {
        const auto bits = std::bit_cast<std::uint32_t>(value);
        const std::uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
        if (magnitude > 0x7f800000u) return static_cast<std::uint16_t>(sign | 0x7fffu);   // NaN
        if (magnitude >= 0x477ff000u) return static_cast<std::uint16_t>(sign | 0x7c00u);  // 65520 and more: infinity
        if (magnitude < 0x38800000u) {  // subnormal: multiples of 2^-24
            const float scaled =
                std::bit_cast<float>(magnitude) + 0.5f;  // 0.5's last bit is 2^-24: the sum rounds there
            return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(scaled) - 0x3f000000u));
        }
        const std::uint32_t rounded = magnitude - 0x38000000u + 0xfffu + (magnitude >> 13 & 1u);
        return static_cast<std::uint16_t>(sign | rounded >> 13);
    }
    static constexpr float decode(std::uint16_t bits) {
        const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16, magnitude = bits & 0x7fffu;
        if (magnitude >= 0x7c00u) return std::bit_cast<float>(sign | 0x7f800000u | (magnitude & 0x3ffu) << 13);
        if (magnitude < 0x400u) {
            const float value = static_cast<float>(magnitude) * 0x1p-24f;
            return sign ? -value : value;
        }
        return std::bit_cast<float>(sign | ((magnitude << 13) + 0x38000000u));
    }
};

/// The upper half of a float.
struct BfloatFormat {
    static constexpr std::uint16_t encode(float value) {
        const auto bits = std::bit_cast<std::uint32_t>(value);
        if ((bits & 0x7fffffffu) > 0x7f800000u) return 0x7fff;
        return static_cast<std::uint16_t>((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
    }
    static constexpr float decode(std::uint16_t bits) {
        return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
    }
};

/// A number of 16 bits. Converts from and to float as CUDA's types do.
template <class Format>
struct SmallFloat {
    std::uint16_t bits;

    SmallFloat() = default;
    constexpr SmallFloat(float value) : bits(Format::encode(value)) {}
    constexpr SmallFloat(double value) : SmallFloat(static_cast<float>(value)) {}
    constexpr SmallFloat(int value) : SmallFloat(static_cast<float>(value)) {}
    constexpr operator float() const { return Format::decode(bits); }
    static constexpr SmallFloat from_bits(std::uint16_t bits) {
        SmallFloat value(0.0f);
        value.bits = bits;
        return value;
    }

    friend constexpr SmallFloat operator+(SmallFloat a, SmallFloat b) { return float(a) + float(b); }
    friend constexpr SmallFloat operator-(SmallFloat a, SmallFloat b) { return float(a) - float(b); }
    friend constexpr SmallFloat operator*(SmallFloat a, SmallFloat b) { return float(a) * float(b); }
    friend constexpr SmallFloat operator/(SmallFloat a, SmallFloat b) { return float(a) / float(b); }
    friend constexpr SmallFloat operator-(SmallFloat a) { return -float(a); }
    friend constexpr SmallFloat& operator+=(SmallFloat& a, SmallFloat b) { return a = a + b; }
    friend constexpr SmallFloat& operator-=(SmallFloat& a, SmallFloat b) { return a = a - b; }
    friend constexpr SmallFloat& operator*=(SmallFloat& a, SmallFloat b) { return a = a * b; }
    friend constexpr SmallFloat& operator/=(SmallFloat& a, SmallFloat b) { return a = a / b; }
    friend constexpr bool operator==(SmallFloat a, SmallFloat b) { return float(a) == float(b); }
    friend constexpr bool operator!=(SmallFloat a, SmallFloat b) { return float(a) != float(b); }
    friend constexpr bool operator<(SmallFloat a, SmallFloat b) { return float(a) < float(b); }
    friend constexpr bool operator>(SmallFloat a, SmallFloat b) { return float(a) > float(b); }
    friend constexpr bool operator<=(SmallFloat a, SmallFloat b) { return float(a) <= float(b); }
    friend constexpr bool operator>=(SmallFloat a, SmallFloat b) { return float(a) >= float(b); }
};

/// Two in a word.
template <class Format>
struct alignas(4) SmallFloat2 {
    SmallFloat<Format> x, y;

    friend constexpr SmallFloat2 operator+(SmallFloat2 a, SmallFloat2 b) { return {a.x + b.x, a.y + b.y}; }
    friend constexpr SmallFloat2 operator-(SmallFloat2 a, SmallFloat2 b) { return {a.x - b.x, a.y - b.y}; }
    friend constexpr SmallFloat2 operator*(SmallFloat2 a, SmallFloat2 b) { return {a.x * b.x, a.y * b.y}; }
};

// What half and bfloat16 have under the same names.
#define WB_SMALL       \
    template <class F> \
    constexpr
WB_SMALL SmallFloat<F> __hadd(SmallFloat<F> a, SmallFloat<F> b) {
    return a + b;
}
WB_SMALL SmallFloat<F> __hsub(SmallFloat<F> a, SmallFloat<F> b) {
    return a - b;
}
WB_SMALL SmallFloat<F> __hmul(SmallFloat<F> a, SmallFloat<F> b) {
    return a * b;
}
WB_SMALL SmallFloat<F> __hdiv(SmallFloat<F> a, SmallFloat<F> b) {
    return a / b;
}
WB_SMALL SmallFloat<F> __hneg(SmallFloat<F> a) {
    return -a;
}
WB_SMALL SmallFloat<F> __hfma(SmallFloat<F> a, SmallFloat<F> b, SmallFloat<F> c) {
    return static_cast<float>(static_cast<double>(float(a)) * float(b) + float(c));
}
WB_SMALL SmallFloat<F> __hmax(SmallFloat<F> a, SmallFloat<F> b) {
    return a < b || float(a) != float(a) ? b : a;
}
WB_SMALL SmallFloat<F> __hmin(SmallFloat<F> a, SmallFloat<F> b) {
    return b < a || float(a) != float(a) ? b : a;
}
WB_SMALL bool __hlt(SmallFloat<F> a, SmallFloat<F> b) {
    return a < b;
}
WB_SMALL bool __hgt(SmallFloat<F> a, SmallFloat<F> b) {
    return a > b;
}
WB_SMALL bool __heq(SmallFloat<F> a, SmallFloat<F> b) {
    return a == b;
}
WB_SMALL bool __hisnan(SmallFloat<F> a) {
    return float(a) != float(a);
}
WB_SMALL SmallFloat2<F> __hadd2(SmallFloat2<F> a, SmallFloat2<F> b) {
    return a + b;
}
WB_SMALL SmallFloat2<F> __hsub2(SmallFloat2<F> a, SmallFloat2<F> b) {
    return a - b;
}
WB_SMALL SmallFloat2<F> __hmul2(SmallFloat2<F> a, SmallFloat2<F> b) {
    return a * b;
}
WB_SMALL SmallFloat2<F> __hfma2(SmallFloat2<F> a, SmallFloat2<F> b, SmallFloat2<F> c) {
    return {__hfma(a.x, b.x, c.x), __hfma(a.y, b.y, c.y)};
}
WB_SMALL SmallFloat<F> __low2half(SmallFloat2<F> v) {
    return v.x;
}
WB_SMALL SmallFloat<F> __high2half(SmallFloat2<F> v) {
    return v.y;
}
WB_SMALL float __low2float(SmallFloat2<F> v) {
    return v.x;
}
WB_SMALL float __high2float(SmallFloat2<F> v) {
    return v.y;
}
#undef WB_SMALL

}  // namespace wb::simt
