/// @file
/// Damages files as an accident or an enemy would: bits, numbers at the edge of their types, cuts, copies, swaps.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "wb/random.hpp"

namespace wb {

/// A copy of `bytes` with one to four things changed, among the first `header` bytes more often than behind.
inline std::string mutated(std::string bytes, std::size_t header, Random& random) {
    static const std::array<std::string, 14> edges{"0",
                                                   "-1",
                                                   "1",
                                                   "4294967296",
                                                   "9223372036854775807",
                                                   "18446744073709551615",
                                                   "99999999999999999999",
                                                   "1e9",
                                                   "{",
                                                   "[",
                                                   "]",
                                                   "}",
                                                   "\"",
                                                   ","};
    for (std::uint64_t left = 1 + random.below(4); left > 0; --left) {
        const std::size_t reach = random.below(4) > 0 ? std::min(header, bytes.size()) : bytes.size();
        const std::size_t at = random.below(reach + 1),
                          length = random.below(std::min<std::size_t>(bytes.size() - at, 24) + 1);
        switch (random.below(7)) {
            case 0:
                if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
                break;
            case 1:
                if (at < bytes.size()) bytes[at] = static_cast<char>(random.below(256));
                break;
            case 2:
                bytes.erase(at, length);
                break;
            case 3:
                bytes.insert(at, bytes.substr(random.below(bytes.size() + 1), length));
                break;
            case 4:
                bytes.replace(at, length, edges[random.below(edges.size())]);
                break;
            case 5:
                bytes.resize(at);
                break;
            default: {  // a digit becomes a number at the edge of its type
                const std::size_t digit = bytes.find_first_of("0123456789", at);
                if (digit != std::string::npos) bytes.replace(digit, 1, edges[random.below(7)]);
            }
        }
    }
    return bytes;
}

}  // namespace wb
