/// @file
/// Pairs of words cross the pipe as two lists, of sources and of targets.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "wb/word_pairs.hpp"

namespace wb::probes {

/// The pairs of two lists.
/// @throws std::out_of_range when there are fewer targets than sources
inline std::vector<WordPair> pairs_of(const std::vector<std::string>& sources,
                                      const std::vector<std::string>& targets) {
    std::vector<WordPair> pairs;
    for (std::size_t i = 0; i < sources.size(); ++i) pairs.push_back({sources[i], targets.at(i)});
    return pairs;
}

}  // namespace wb::probes
