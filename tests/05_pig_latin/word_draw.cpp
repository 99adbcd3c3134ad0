#include "word_draw.hpp"

#include <cstdint>

namespace wb {

Draw draw_of(const Case& c) {
    return Draw(static_cast<std::uint64_t>(c.number("seed")));
}

std::string random_word(Draw& draw, std::size_t size) {
    std::string word;
    while (word.size() < size) word += "abcdefghijklmnopqrstuvwxyz-"[draw.below(27)];
    return word;
}

Pairs random_pairs(Draw& draw, std::size_t count) {
    Pairs pairs;
    while (pairs.size() < count) {
        const std::size_t size = 1 + draw.below(4);
        pairs.add(random_word(draw, size), random_word(draw, size + 1 + draw.below(3)));
    }
    return pairs;
}

}  // namespace wb
