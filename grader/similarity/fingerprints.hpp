/// @file
/// Fingerprints of source code, by winnowing (Schleimer, Wilkerson, Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD
/// 2003): of every `window` successive hashes of `gram` tokens the least is kept. Two sources that share window + gram - 1 tokens in a row
/// share a fingerprint, wherever these stand; fewer than `gram` never make one.
/// Tokens stand for what they are, not for what they are called: every name that is no keyword is alike, and so is every number and
/// every text; comments, blanks and directives are nothing. Renaming and a new layout change no fingerprint.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace wb::grader {

struct Winnowing {
    std::size_t gram = 25, window = 20;  ///< tokens; a whole `for` line has about 15
};

struct Fingerprint {
    std::uint64_t hash = 0;
    int first_line = 0, last_line = 0;  ///< of the source, from 1: where its tokens stand
};

/// In the order of the source. A source of fewer than `gram` tokens has none.
std::vector<Fingerprint> fingerprints(std::string_view source, const Winnowing& winnowing = {});

}  // namespace wb::grader
