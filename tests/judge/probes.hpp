/// @file
/// Questions to a small worker that behaves as submissions do, well and badly.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "probe/probe.hpp"

namespace wb::probes {

/// Some of everything that the codec carries.
struct Everything {
    bool flag = false;
    int count = 0;
    double ratio = 0;
    std::string text;
    std::vector<int> numbers;
    std::vector<std::string> words;
    std::optional<float> maybe;
    std::pair<int, std::string> pair;
    Tensor<3> cube;
    Tensor<2, double> matrix;
    Tensor<1, bool> flags;
};
inline auto fields(Everything& e) {
    return std::tie(e.flag, e.count, e.ratio, e.text, e.numbers, e.words, e.maybe, e.pair, e.cube, e.matrix, e.flags);
}

inline const Probe<Everything(Everything)> echo{"echo"};
inline const Probe<int(std::string)> misbehave{"misbehave"};  ///< the argument says how
inline const Probe<int(int)> unbound{"unbound"};

}  // namespace wb::probes
