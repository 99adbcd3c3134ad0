#include "wb/random.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <locale>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace wb {

double Random::uniform() {
    return static_cast<double>(bits() >> 11) * 0x1.0p-53;
}

double Random::uniform(double low, double high) {
    return low + (high - low) * uniform();
}

double Random::normal() {
    if (spare_) return *std::exchange(spare_, std::nullopt);
    double u = 0, v = 0, s = 0;
    do {
        u = 2 * uniform() - 1;
        v = 2 * uniform() - 1;
        s = u * u + v * v;
    } while (s >= 1 || s == 0);
    const double factor = std::sqrt(-2 * std::log(s) / s);
    spare_ = v * factor;
    return u * factor;
}

std::uint64_t Random::below(std::uint64_t count) {
    if (count == 0) throw std::invalid_argument("Random::below: there is no number below 0");
    const std::uint64_t unfair = -count % count;  // 2^64 mod count: that many draws would favour the low numbers
    std::uint64_t draw = bits();
    while (draw < unfair) draw = bits();
    return draw % count;
}

std::vector<std::size_t> Random::permutation(std::size_t count) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t left = count; left > 1; --left) std::swap(order[left - 1], order[below(left)]);
    return order;
}

std::string Random::state() const {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text << bits_;
    if (spare_) text << " spare " << std::bit_cast<std::uint64_t>(*spare_);
    return text.str();
}

void Random::set_state(const std::string& text) {
    const auto refuse = [] { throw std::invalid_argument("Random::set_state: the text is no state of a Random"); };
    std::istringstream in(text);
    in.imbue(std::locale::classic());
    std::string words, word;
    std::optional<double> spare;
    std::uint64_t number = 0;
    std::size_t numbers = 0;
    while (in >> word && word != "spare") {
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (error != std::errc() || end != word.data() + word.size()) refuse();
        words += word + ' ';
        ++numbers;
    }
    // The last number is a place in the state, which the standard library believes unchecked.
    if (numbers != std::mt19937_64::state_size + 1 || number > std::mt19937_64::state_size) refuse();
    if (in) {
        if (!(in >> number)) refuse();
        spare = std::bit_cast<double>(number);
        if (!std::isfinite(*spare) || in >> word) refuse();
    }
    std::istringstream state(words);
    state.imbue(std::locale::classic());
    state >> bits_;
    spare_ = spare;
}

}  // namespace wb
