#include "wb/jpeg_segments.hpp"

#include <algorithm>

namespace wb::detail {
namespace {

constexpr unsigned start_of_image = 0xd8, end_of_image = 0xd9, start_of_scan = 0xda, huffman_tables = 0xc4;

unsigned byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

bool is_restart(unsigned marker) {
    return marker >= 0xd0 && marker <= 0xd7;
}

/// What is wrong with a segment of Huffman tables: for each a byte of class and number, 16 counts of codes, and the symbols.
std::string table_damage(std::string_view tables) {
    constexpr std::size_t counts = 16, most_symbols = 256;
    while (!tables.empty()) {
        if (tables.size() < 1 + counts) return "a Huffman table is cut short";
        std::size_t symbols = 0;
        for (std::size_t length = 1; length <= counts; ++length) symbols += byte_at(tables, length);
        if (symbols > most_symbols) return "a Huffman table has " + std::to_string(symbols) + " symbols, of 256";
        if (tables.size() < 1 + counts + symbols) return "a Huffman table is cut short";
        tables.remove_prefix(1 + counts + symbols);
    }
    return {};
}

/// The place of the next marker's second byte, or the end. In a scan, FF 00 stands for a byte FF and restarts belong to it.
std::size_t next_marker(std::string_view bytes, std::size_t at, bool in_scan) {
    for (;;) {
        at = bytes.find('\xff', at);
        if (at == std::string_view::npos) return bytes.size();
        at = std::min(bytes.find_first_not_of('\xff', at), bytes.size());
        if (at == bytes.size()) return at;
        if (!in_scan || (byte_at(bytes, at) != 0 && !is_restart(byte_at(bytes, at)))) return at;
    }
}

}  // namespace

JpegSegments walk_jpeg(std::string_view bytes) {
    JpegSegments found;
    bool in_scan = false;
    std::size_t at = next_marker(bytes, 0, in_scan);
    if (at == bytes.size() || byte_at(bytes, at) != start_of_image) return found;
    for (;;) {
        at = next_marker(bytes, at + 1, in_scan);
        if (at == bytes.size()) return found;
        const unsigned marker = byte_at(bytes, at);
        if (marker == end_of_image) {
            found.ends = found.scans > 0;
            return found;
        }
        if (bytes.size() - at < 3) return found;
        const std::size_t length = byte_at(bytes, at + 1) << 8 | byte_at(bytes, at + 2);
        if (length < 2 || bytes.size() - at - 1 < length) return found;
        if (marker == huffman_tables) {
            found.damage = table_damage(bytes.substr(at + 3, length - 2));
            if (!found.damage.empty()) return found;
        }
        in_scan = marker == start_of_scan;
        if (in_scan) ++found.scans;
        at += length;
    }
}

}  // namespace wb::detail
