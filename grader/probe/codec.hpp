/// @file
/// How values cross the pipe between the judge and a worker: little-endian bytes, no padding, no type tags.
/// Both sides know the type of every value from the `Probe` that was asked, so bytes that do not fit it are an error.
/// The reader trusts nothing: every count is checked against the bytes that are left before anything is allocated.
///
/// Carried: bool, arithmetic types, enums, std::string, std::vector, std::optional, std::pair, std::tuple, `Tensor<N, Real>`, and
/// every struct with a free function `fields(S&)` that returns `std::tie` of its members.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "wb/tensor.hpp"

namespace wb::grader {

using Bytes = std::vector<std::byte>;

/// Bytes that are not the value they should be: too short, too long, or impossible.
class CodecError : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

namespace detail {

template <class T>
inline constexpr bool is_tensor = false;
template <class Real, std::size_t N>
inline constexpr bool is_tensor<xt::xtensor<Real, N>> = true;

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_tuple = false;
template <class... T>
inline constexpr bool is_tuple<std::tuple<T...>> = true;
template <class A, class B>
inline constexpr bool is_tuple<std::pair<A, B>> = true;

/// Elements that lie in memory as they lie in the frame.
template <class T>
inline constexpr bool is_plain = (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) || std::is_same_v<T, std::byte>;

template <class T>
concept HasFields = requires(T& value) {
    fields(value);
};

template <class>
inline constexpr bool unsupported = false;

}  // namespace detail

/// Appends values to a buffer.
class Writer {
 public:
    /// Appends `value`.
    template <class T>
    void put(const T& value) {
        if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            raw(&value, sizeof value);
        } else if constexpr (std::is_same_v<T, std::string>) {
            put<std::uint64_t>(value.size());
            raw(value.data(), value.size());
        } else if constexpr (detail::is_vector<T>) {
            using Element = typename T::value_type;
            put<std::uint64_t>(value.size());
            if constexpr (detail::is_plain<Element>) {
                raw(value.data(), value.size() * sizeof(Element));
            } else {
                for (const auto& element : value) put<Element>(element);
            }
        } else if constexpr (detail::is_optional<T>) {
            put(value.has_value());
            if (value) put(*value);
        } else if constexpr (detail::is_tensor<T>) {
            for (const auto extent : value.shape()) put<std::uint64_t>(extent);
            raw(value.data(), value.size() * sizeof(typename T::value_type));
        } else if constexpr (detail::is_tuple<T>) {
            std::apply([this](const auto&... element) { (this->put(element), ...); }, value);
        } else if constexpr (detail::HasFields<T>) {
            // fields() ties to non-const members so that one function serves both directions; nothing is written through it here.
            std::apply([this](const auto&... member) { (this->put(member), ...); }, fields(const_cast<T&>(value)));
        } else {
            static_assert(detail::unsupported<T>,
                          "give this type a free function fields(T&) that returns std::tie(...)");
        }
    }

    /// The bytes so far.
    [[nodiscard]] const Bytes& bytes() const { return bytes_; }
    /// Moves the bytes out.
    [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
    void raw(const void* data, std::size_t size) {
        const std::size_t end = bytes_.size();  // not insert(): g++ 12 at -O3 sees an overflow in it that is not there
        bytes_.resize(end + size);
        if (size > 0) std::memcpy(bytes_.data() + end, data, size);
    }
    Bytes bytes_;
};

/// Takes values from bytes that may be hostile. The bytes must outlive the reader.
class Reader {
 public:
    explicit Reader(const Bytes& bytes) : data_(bytes.data()), left_(bytes.size()) {}

    /// The next value. @throws CodecError when the bytes end early or hold an impossible value
    template <class T>
    T get() {
        if constexpr (std::is_same_v<T, bool>) {
            const auto byte = get<std::uint8_t>();
            if (byte > 1) throw CodecError("a bool is 0 or 1, got " + std::to_string(byte));
            return byte == 1;
        } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
            T value;
            raw(&value, sizeof value);
            return value;
        } else if constexpr (std::is_same_v<T, std::string>) {
            std::string value(count(1), '\0');
            raw(value.data(), value.size());
            return value;
        } else if constexpr (detail::is_vector<T>) {
            using Element = typename T::value_type;
            if constexpr (detail::is_plain<Element>) {
                T value(count(sizeof(Element)));
                raw(value.data(), value.size() * sizeof(Element));
                return value;
            } else {
                const std::size_t size =
                    count(1);  // an element takes at least one byte, so what is left bounds the count
                T value;
                value.reserve(std::min<std::size_t>(size, 1024));
                for (std::size_t i = 0; i < size; ++i) value.push_back(get<Element>());
                return value;
            }
        } else if constexpr (detail::is_optional<T>) {
            return get<bool>() ? T(get<typename T::value_type>()) : T();
        } else if constexpr (detail::is_tensor<T>) {
            return tensor<T>();
        } else if constexpr (detail::is_tuple<T>) {
            return tuple<T>(std::make_index_sequence<std::tuple_size_v<T>>{});
        } else if constexpr (detail::HasFields<T>) {
            T value{};
            std::apply(
                [this](auto&... member) {
                    ((member = this->template get<std::remove_reference_t<decltype(member)>>()), ...);
                },
                fields(value));
            return value;
        } else {
            static_assert(detail::unsupported<T>,
                          "give this type a free function fields(T&) that returns std::tie(...)");
        }
    }

    /// @throws CodecError when bytes are left over
    void finish() const {
        if (left_ != 0) throw CodecError(std::to_string(left_) + " bytes are left over");
    }

 private:
    void raw(void* out, std::size_t size) {
        if (size > left_)
            throw CodecError("expected " + std::to_string(size) + " more bytes, got " + std::to_string(left_));
        if (size > 0) std::memcpy(out, data_, size);
        data_ += size;
        left_ -= size;
    }
    std::size_t count(std::size_t least_bytes_each) {
        const auto claimed = get<std::uint64_t>();
        if (claimed > left_ / least_bytes_each) {
            throw CodecError("claims " + std::to_string(claimed) + " elements with " + std::to_string(left_) +
                             " bytes left");
        }
        return static_cast<std::size_t>(claimed);
    }
    template <class T>
    T tensor() {
        using Real = typename T::value_type;
        typename T::shape_type shape;
        std::int64_t size = 1;  // strides are signed: those of an empty tensor, too, must be numbers
        bool empty = false;
        for (auto& extent : shape) {
            const auto claimed = get<std::uint64_t>();
            if (claimed > (std::uint64_t{1} << 40)) throw CodecError("a tensor axis of " + std::to_string(claimed));
            extent = static_cast<std::size_t>(claimed);
            if (claimed == 0) empty = true;
            if (claimed != 0 && __builtin_mul_overflow(size, claimed, &size))
                throw CodecError("a tensor shape whose size overflows");
        }
        const std::size_t elements = empty ? 0 : static_cast<std::size_t>(size);
        if (elements > left_ / sizeof(Real)) {
            throw CodecError("a tensor of " + std::to_string(elements) + " elements with " + std::to_string(left_) +
                             " bytes left");
        }
        T value(shape);
        if constexpr (std::is_same_v<Real, bool>) {
            for (std::size_t i = 0; i < elements; ++i) value.data()[i] = get<bool>();
        } else {
            raw(value.data(), elements * sizeof(Real));
        }
        return value;
    }
    template <class T, std::size_t... I>
    T tuple(std::index_sequence<I...>) {
        return T{get<std::tuple_element_t<I, T>>()...};  // braces: evaluated left to right
    }

    const std::byte* data_;
    std::size_t left_;
};

}  // namespace wb::grader
