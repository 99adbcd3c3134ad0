/// @file
/// A picture of which lanes of a warp touch which addresses: one request, laid out as the hardware serves it, 32 words of 4 bytes a row.
/// Of global memory a row is a line of 128 bytes, four sectors; of shared memory a wavefront, one word of each bank. So a picture's
/// height is its cost, and what is moved for nobody is seen as holes.
///
///     stride 1             01234567 89abcdef ghijklmn opqrstuv      one row: every word that is moved has a lane
///     stride 32 floats     0.......                                 32 rows like this one: a sector for each lane, 7 of 8 words for nobody
///     misaligned by one    .0123456 789abcde fghijklm nopqrstu      a fifth sector
///                          v.......
///     broadcast            +.......
///
/// Terms and rules are those of kernels/simt/profile/request.hpp, which counts; tests hold the two together.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "wb_kernels/profile_counts.hpp"

namespace wb::grader {

struct AddressPicture {
    static constexpr std::int8_t not_moved = -1, nobody = -2, several = -3;  ///< instead of a lane

    struct Row {
        std::int64_t
            label;  ///< of global memory the byte at which the line begins, of shared memory the wavefront, from 1
        std::array<std::int8_t, 32> words;  ///< who touches it: a lane 0..31, several of them, nobody
    };
    std::vector<Row> rows;  ///< at most 64
    unsigned cost = 0,
             least = 0;  ///< sectors, and into how many the same bytes would fit; or wavefronts, and without conflicts
    unsigned lanes = 0, collide = 0;  ///< that take part; of an atomic: that are not the first at their address
};

/// @param addresses  lanes must not be 0, bytes be 1, 2, 4, 8 or 16
AddressPicture picture_of(const kernels::LaneAddresses& addresses);

/// "load of 32 lanes, 4 bytes each, from a buffer of 16,384 bytes: 32 sectors of 32 bytes, 4 would do"
std::string caption_of(const kernels::LaneAddresses& addresses);

/// What the signs of picture_text mean.
std::string key_of_pictures();

/// The grid beneath its heading, without escapes; no line longer than `picture_columns`.
constexpr std::size_t picture_columns = 47;
std::vector<std::string> picture_text(const kernels::LaneAddresses& addresses);

/// The grid as an SVG element for an HTML page, which brings the classes used, nobody, idle and quiet.
std::string picture_svg(const kernels::LaneAddresses& addresses);

}  // namespace wb::grader
