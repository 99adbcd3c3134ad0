/// @file
/// Random words and pairs for the tests of exercise 5.1. Every random word is different from every real one: what a
/// submission has seen of the language does not help it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "judge/draw.hpp"
#include "judge/judge.hpp"

namespace wb {

/// The draw that a case of family 5.1/words starts.
Draw draw_of(const Case& c);

/// `size` characters a-z, with a hyphen now and then.
std::string random_word(Draw& draw, std::size_t size);

/// Pairs as the probes take them.
struct Pairs {
    std::vector<std::string> sources, targets;

    void add(const std::string& source, const std::string& target) {
        sources.push_back(source);
        targets.push_back(target);
    }
    [[nodiscard]] std::size_t size() const { return sources.size(); }
    /// "'cat' -> 'atcay'".
    [[nodiscard]] std::string words(std::size_t i) const { return "'" + sources[i] + "' -> '" + targets[i] + "'"; }
};

/// `count` random pairs of a few lengths: sources of 1 to 4, targets of 1 to 3 more.
Pairs random_pairs(Draw& draw, std::size_t count);

}  // namespace wb
