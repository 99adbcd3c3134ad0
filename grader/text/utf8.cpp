#include "text/utf8.hpp"

namespace wb::grader {
namespace {

/// U+0080..U+009F are terminal controls; U+200E, U+200F, U+202A..U+202E and U+2066..U+2069 turn the direction of text.
bool is_treacherous(std::string_view character) {
    if (character.size() == 2) return character[0] == '\xC2' && static_cast<unsigned char>(character[1]) < 0xA0;
    if (character.size() != 3 || character[0] != '\xE2') return false;
    const auto last = static_cast<unsigned char>(character[2]);
    if (character[1] == '\x80') return last == 0x8E || last == 0x8F || (last >= 0xAA && last <= 0xAE);
    return character[1] == '\x81' && last >= 0xA6 && last <= 0xA9;
}

std::string escaped(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

std::string shown(std::string_view text, bool with_tabs) {
    std::string out;
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        const std::string_view character = text.substr(0, length == 0 ? 1 : length);
        const auto first = static_cast<unsigned char>(character[0]);
        const bool plain = (length > 0 && first >= 0x20 && first != 0x7F && !is_treacherous(character)) ||
                           (with_tabs && first == '\t');
        out += plain ? std::string(character) : escaped(character);
        text.remove_prefix(character.size());
    }
    return out;
}

}  // namespace

std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
    if (byte(0) < 0x80) return 1;
    if (byte(0) >= 0xC2 && byte(0) < 0xE0 && tail(1)) return 2;
    if (byte(0) >= 0xE0 && byte(0) < 0xF0 && tail(1) && tail(2)) {
        const bool overlong = byte(0) == 0xE0 && byte(1) < 0xA0, surrogate = byte(0) == 0xED && byte(1) >= 0xA0;
        const bool no_character = byte(0) == 0xEF && byte(1) == 0xBF && byte(2) >= 0xBE;
        return overlong || surrogate || no_character ? 0 : 3;
    }
    if (byte(0) >= 0xF0 && byte(0) < 0xF5 && tail(1) && tail(2) && tail(3)) {
        const bool overlong = byte(0) == 0xF0 && byte(1) < 0x90, beyond = byte(0) == 0xF4 && byte(1) >= 0x90;
        return overlong || beyond ? 0 : 4;
    }
    return 0;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string shown_name(std::string_view name) {
    constexpr std::size_t longest = 120, half = 56;
    if (name.size() > longest)
        return shown_name(name.substr(0, half)) + "..." + shown_name(name.substr(name.size() - half));
    return shown(name, false);
}

std::string shown_text(std::string_view text) {
    return shown(text, true);
}

std::string html_text(std::string_view text) {
    std::string out;
    for (const char c : shown(text, true)) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

}  // namespace wb::grader
