#include "profile/address_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <set>

#include "profile/profile_text.hpp"
#include "text/grouped.hpp"
#include "text/utf8.hpp"

namespace wb::grader {
namespace {

using kernels::AccessKind;
using kernels::LaneAddresses;
using Row = AddressPicture::Row;

constexpr unsigned words_of_row = 32, words_of_sector = 8;

template <class Visit>
void for_each_lane(std::uint32_t lanes, Visit visit) {
    for (; lanes != 0; lanes &= lanes - 1) visit(static_cast<unsigned>(std::countr_zero(lanes)));
}

Row row_of(std::int64_t label, std::int8_t filled_with) {
    Row row{label, {}};
    row.words.fill(filled_with);
    return row;
}

void touch(std::int8_t& word, unsigned lane) {
    word = word < 0 || word == static_cast<std::int8_t>(lane)
               ? (word == AddressPicture::several ? word : static_cast<std::int8_t>(lane))
               : AddressPicture::several;
}

/// The words of a lane, counted from the buffer's start. Right shifts of what lies before it round down too.
template <class Visit>
void for_each_word(const LaneAddresses& addresses, unsigned lane, Visit visit) {
    const std::int64_t first = addresses.offset[lane], last = first + static_cast<std::int64_t>(addresses.bytes) - 1;
    for (std::int64_t word = first >> 2; word <= last >> 2; ++word) visit(word);
}

void draw_lines(const LaneAddresses& addresses, AddressPicture& picture) {
    std::set<std::int64_t> bytes, sectors;
    for_each_lane(addresses.lanes, [&](unsigned lane) {
        for (std::size_t i = 0; i < addresses.bytes; ++i)
            bytes.insert(addresses.offset[lane] + static_cast<std::int64_t>(i));
    });
    for (const std::int64_t byte : bytes) sectors.insert(byte >> 5);
    picture.cost = static_cast<unsigned>(sectors.size());
    picture.least = static_cast<unsigned>((bytes.size() + 31) / 32);
    for (const std::int64_t sector : sectors) {
        const std::int64_t begin = (sector >> 2) * 128;
        if (picture.rows.empty() || picture.rows.back().label != begin)
            picture.rows.push_back(row_of(begin, AddressPicture::not_moved));
        auto& words = picture.rows.back().words;
        std::fill_n(words.begin() + (sector & 3) * words_of_sector, words_of_sector, AddressPicture::nobody);
    }
    for_each_lane(addresses.lanes, [&](unsigned lane) {
        for_each_word(addresses, lane, [&](std::int64_t word) {
            const auto row = std::find_if(picture.rows.begin(), picture.rows.end(),
                                          [&](const Row& known) { return known.label == (word >> 5) * 128; });
            touch(row->words.at(static_cast<std::size_t>(word & 31)), lane);
        });
    });
}

/// Half warps and quarters are served on their own when a lane touches 8 or 16 bytes.
void draw_wavefronts(const LaneAddresses& addresses, AddressPicture& picture) {
    const unsigned parts = addresses.bytes <= 4 ? 1 : addresses.bytes <= 8 ? 2 : 4, lanes_of_part = 32 / parts;
    for (unsigned part = 0; part < parts; ++part) {
        const std::uint32_t of_part = (parts == 1 ? ~0u : (1u << lanes_of_part) - 1) << part * lanes_of_part,
                            lanes = addresses.lanes & of_part;
        if (lanes == 0) continue;
        ++picture.least;
        const std::size_t first = picture.rows.size();
        std::array<std::vector<std::int64_t>, words_of_row> words;  // different ones of each bank, as they come
        for_each_lane(lanes, [&](unsigned lane) {
            for_each_word(addresses, lane, [&](std::int64_t word) {
                const auto bank = static_cast<std::size_t>(word & 31);
                auto& known = words.at(bank);
                const auto at = static_cast<std::size_t>(std::find(known.begin(), known.end(), word) - known.begin());
                if (at == known.size()) known.push_back(word);
                if (first + at == picture.rows.size())
                    picture.rows.push_back(
                        row_of(static_cast<std::int64_t>(picture.rows.size()) + 1, AddressPicture::nobody));
                touch(picture.rows.at(first + at).words.at(bank), lane);
            });
        });
    }
    picture.cost = static_cast<unsigned>(picture.rows.size());
}

/// Lanes 0 to 31 as one sign each, so that a warp is as wide as its 32 words.
char sign_of(std::int8_t word) {
    if (word == AddressPicture::several) return '+';
    if (word == AddressPicture::nobody) return '.';
    if (word == AddressPicture::not_moved) return ' ';
    return "0123456789abcdefghijklmnopqrstuv"[word];
}

std::string what_of(const LaneAddresses& addresses) {
    const std::string kind = addresses.kind == AccessKind::load    ? "load"
                             : addresses.kind == AccessKind::store ? "store"
                                                                   : "atomic";
    return addresses.shared ? "shared " + kind : kind;
}

std::string where_of(const LaneAddresses& addresses) {
    const char* const word = addresses.kind == AccessKind::load    ? "from"
                             : addresses.kind == AccessKind::store ? "to"
                                                                   : "in";
    if (addresses.shared) return fmt::format("{} {}", word, shown_name(addresses.array));
    if (addresses.buffer_bytes == 0) return fmt::format("{} a __device__ variable", word);
    return fmt::format("{} a buffer of {} bytes", word, grouped(addresses.buffer_bytes));
}

}  // namespace

AddressPicture picture_of(const LaneAddresses& addresses) {
    AddressPicture picture;
    picture.lanes = static_cast<unsigned>(std::popcount(addresses.lanes));
    if (addresses.shared) {
        draw_wavefronts(addresses, picture);
    } else {
        draw_lines(addresses, picture);
    }
    if (addresses.kind == AccessKind::atomic) {
        std::set<std::int64_t> places;
        for_each_lane(addresses.lanes, [&](unsigned lane) { places.insert(addresses.offset[lane]); });
        picture.collide = picture.lanes - static_cast<unsigned>(places.size());
    }
    return picture;
}

std::string caption_of(const LaneAddresses& addresses) {
    const AddressPicture picture = picture_of(addresses);
    const auto many = [](unsigned count, const char* what) {
        return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
    };
    std::string text = fmt::format("{} of {}, {} each, {}: ", what_of(addresses), many(picture.lanes, "lane"),
                                   many(static_cast<unsigned>(addresses.bytes), "byte"), where_of(addresses));
    text += addresses.shared ? many(picture.cost, "wavefront") : many(picture.cost, "sector") + " of 32 bytes";
    if (picture.cost > picture.least)
        text += addresses.shared ? fmt::format(", {} without bank conflicts", picture.least)
                                 : fmt::format(", {} would do", picture.least);
    if (picture.collide > 0) text += fmt::format("; {} of them wait for another at their address", picture.collide);
    if (addresses.places > 1) text += fmt::format(". {} places of this line are alike", grouped(addresses.places));
    return text;
}

std::string key_of_pictures() {
    return "0-9 a-v: the word of 4 bytes that lane 0-31 touches; +: several lanes; .: moved for nobody, or an idle "
           "bank. Global memory: a "
           "row is a line of 128 bytes, a group of 8 words a sector. Shared memory: a row is a wavefront, a column a "
           "bank.";
}

std::vector<std::string> picture_text(const LaneAddresses& addresses) {
    std::vector<std::string> lines{addresses.shared ? "wavefront  bank 0   bank 8   bank 16  bank 24"
                                                    : "  at byte  +0       +32      +64      +96"};
    for (const Row& row : picture_of(addresses).rows) {
        std::string line = fmt::format("{:>9}  ", addresses.shared || row.label >= 0
                                                      ? grouped(static_cast<std::uint64_t>(row.label))
                                                      : "-" + grouped(static_cast<std::uint64_t>(-row.label)));
        for (unsigned word = 0; word < words_of_row; ++word) {
            if (word > 0 && word % words_of_sector == 0) line += ' ';
            line += sign_of(row.words[word]);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        lines.push_back(line);
    }
    return lines;
}

std::string picture_svg(const LaneAddresses& addresses) {
    constexpr int left = 66, top = 16, wide = 15, high = 13, gap = 6;
    const AddressPicture picture = picture_of(addresses);
    const auto x_of = [&](unsigned word) {
        return left + static_cast<int>(word) * wide + static_cast<int>(word / words_of_sector) * gap;
    };
    const int width = x_of(words_of_row - 1) + wide + 2,
              height = top + static_cast<int>(picture.rows.size()) * high + 3;
    std::string used, nobody, numbers, labels;
    int y = top;
    for (const Row& row : picture.rows) {
        labels += fmt::format("<text class=\"quiet\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>", left - 6, y + 10,
                              row.label);
        for (unsigned word = 0; word < words_of_row; ++word) {
            const std::int8_t who = row.words[word];
            if (who == AddressPicture::not_moved) continue;
            (who == AddressPicture::nobody ? nobody : used) +=
                fmt::format("M{}.5 {}.5h{}v{}h-{}z", x_of(word) + 1, y, wide - 2, high - 2, wide - 2);
            if (who != AddressPicture::nobody)
                numbers += fmt::format("<text x=\"{}\" y=\"{}\">{}</text>", x_of(word) + wide / 2 + 1, y + 9,
                                       who == AddressPicture::several ? "+" : std::to_string(who));
        }
        y += high;
    }
    for (unsigned group = 0; group < 4; ++group)
        labels += fmt::format("<text class=\"quiet\" x=\"{}\" y=\"10\">{}{}</text>", x_of(group * words_of_sector) + 1,
                              addresses.shared ? "bank " : "+", addresses.shared ? group * 8 : group * 32);
    labels += fmt::format("<text class=\"quiet\" x=\"{}\" y=\"10\" text-anchor=\"end\">{}</text>", left - 6,
                          addresses.shared ? "wavefront" : "at byte");
    return fmt::format(
        "<svg role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\">"
        "<path class=\"{}\" d=\"{}\"/><path class=\"used\" d=\"{}\"/>{}<g text-anchor=\"middle\">{}</g></svg>",
        html_text(caption_of(addresses)), width, height, width, height, addresses.shared ? "idle" : "nobody", nobody,
        used, labels, numbers);
}

}  // namespace wb::grader
