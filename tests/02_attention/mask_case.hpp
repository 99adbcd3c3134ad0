/// @file
/// A mask as part of a case file: `in.causal`, `in.key_lengths` and `in.allowed`, each only where the mask has it.
#pragma once

#include <cstdint>

#include "judge/case.hpp"
#include "mask.hpp"

namespace wb {

/// Writes a mask into a case.
inline void put_mask(grader::CaseWriter& writer, const Mask& mask) {
    writer.number("causal", mask.causal ? 1 : 0);
    if (!mask.key_lengths.empty()) {
        Tensor<1, std::int64_t> lengths(std::array<std::size_t, 1>{mask.key_lengths.size()});
        for (std::size_t b = 0; b < lengths.size(); ++b) lengths(b) = static_cast<std::int64_t>(mask.key_lengths[b]);
        writer.in("key_lengths", lengths);
    }
    if (mask.allowed) writer.in("allowed", *mask.allowed);
}

/// The mask of a case.
inline Mask mask_of(const grader::Case& c) {
    Mask mask;
    mask.causal = c.number("causal") != 0;
    if (c.has_in("key_lengths")) {
        for (const std::int64_t length : c.in<1, std::int64_t>("key_lengths")) {
            mask.key_lengths.push_back(static_cast<std::size_t>(length));
        }
    }
    if (c.has_in("allowed")) mask.allowed = c.in<4, bool>("allowed");
    return mask;
}

}  // namespace wb
