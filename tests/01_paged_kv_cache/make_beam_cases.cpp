/// @file
/// Writes the cases of exercise 1.4: beams to choose, judged by sorting every extension, and seeds of random searches.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"

namespace wb {
namespace {

constexpr float impossible = -std::numeric_limits<float>::infinity();

/// Mistakes in choosing, one at a time.
struct Flaws {
    bool best_token_of_each_beam = false;
    bool parents_forgotten = false;  ///< the new token's log-probability alone
    bool in_float = false;           ///< the sum
    bool later_first_of_equals = false;
    bool impossible_kept = false;
    bool in_order_of_parents = false;  ///< the right ones, not the best first
};

/// [survivors, 3]: every extension, the whole list sorted, the first `width`.
Tensor<2, double> choose(const std::vector<double>& log_probs, const Tensor<2>& next, int width, const Flaws& flaws) {
    std::vector<std::tuple<double, double, double>>
        all;  // minus log_prob, parent, token: ascending is the order wanted
    for (std::size_t parent = 0; parent < next.shape()[0]; ++parent) {
        std::vector<std::tuple<double, double, double>> of_this;
        for (std::size_t token = 0; token < next.shape()[1]; ++token) {
            const float last = next(parent, token);
            double sum = flaws.parents_forgotten ? last : log_probs[parent] + static_cast<double>(last);
            if (flaws.in_float) sum = static_cast<double>(static_cast<float>(log_probs[parent]) + last);
            if (std::isinf(sum) && !flaws.impossible_kept) continue;
            of_this.emplace_back(-sum, parent, token);
        }
        std::sort(of_this.begin(), of_this.end());
        if (flaws.best_token_of_each_beam && of_this.size() > 1) of_this.resize(1);
        all.insert(all.end(), of_this.begin(), of_this.end());
    }
    if (flaws.later_first_of_equals) std::reverse(all.begin(), all.end());
    std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) {
        return flaws.later_first_of_equals ? std::get<0>(a) < std::get<0>(b) : a < b;
    });
    all.resize(std::min(all.size(), static_cast<std::size_t>(width)));
    if (flaws.in_order_of_parents)
        std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return std::get<1>(a) < std::get<1>(b); });
    Tensor<2, double> table = zeros<2, double>({all.size(), 3});
    for (std::size_t row = 0; row < all.size(); ++row) {
        const auto& [minus_log_prob, parent, token] = all[row];
        table(row, 0) = parent;
        table(row, 1) = token;
        table(row, 2) = -minus_log_prob;
    }
    return table;
}

void write(const std::string& family, const std::string& name, const std::vector<double>& log_probs,
           const Tensor<2>& next, int width) {
    const std::pair<std::string, Flaws> mistakes[] = {
        {"the best token of each beam: a beam may have several children, and another none",
         {.best_token_of_each_beam = true}},
        {"the new token's log-probability, without its beam's so far", {.parents_forgotten = true}},
        {"sums in float: two long sequences that differ in the eighth digit are not equal", {.in_float = true}},
        {"the later of two equals first", {.later_first_of_equals = true}},
        {"extensions with log-probability -inf, which cannot follow", {.impossible_kept = true}},
        {"the right survivors in order of their parents, not the best first", {.in_order_of_parents = true}},
    };
    Tensor<1, double> beams = zeros<1, double>({log_probs.size()});
    std::copy(log_probs.begin(), log_probs.end(), beams.begin());
    const Tensor<2, double> right = choose(log_probs, next, width, {});
    CaseWriter writer(family, name);
    writer.in("log_probs", beams).in("next", next).number("width", width).expected("choices", right);
    for (const auto& [words, flaws] : mistakes) {
        const Tensor<2, double> wrong = choose(log_probs, next, width, flaws);
        if (wrong.shape() == right.shape() && wrong != right) writer.mistake(words, "choices", wrong);
    }
}

/// Logarithms of a softmax over random scores: what a model gives.
Tensor<2> log_softmax(std::size_t beams, std::size_t vocabulary, Draw& draw) {
    Tensor<2> next = draw.uniform<2>({beams, vocabulary}, 4.0);
    for (std::size_t row = 0; row < beams; ++row) {
        double sum = 0;
        for (std::size_t token = 0; token < vocabulary; ++token) sum += std::exp(static_cast<double>(next(row, token)));
        for (std::size_t token = 0; token < vocabulary; ++token) next(row, token) -= static_cast<float>(std::log(sum));
    }
    return next;
}

}  // namespace

WB_CASES(beams) {
    Draw draw(seed + 14);
    for (int n = 1; n <= 6; ++n) {
        const std::size_t beams = n == 1 ? 1 : 2 + draw.below(4), vocabulary = 5 + draw.below(30);
        std::vector<double> log_probs;
        // Far enough apart that the best beam has several children; long sequences, so that a float is too short.
        for (std::size_t beam = 0; beam < beams; ++beam)
            log_probs.push_back(-2000.0 - static_cast<double>(draw.below(3000)) / 1000);
        Tensor<2> next = log_softmax(beams, vocabulary, draw);
        for (std::size_t token = 1; token < vocabulary; token += 2)  // twins that only a double tells apart
            next(beams - 1, token) = next(beams - 1, token - 1) + 1e-5F;
        write("1.4/select/random", std::to_string(n), log_probs, next, 1 + static_cast<int>(draw.below(6)));
    }
    // Powers of two: sums are exact, so equals are equal.
    Tensor<2> next = zeros<2>({3, 4});
    for (std::size_t beam = 0; beam < 3; ++beam)
        for (std::size_t token = 0; token < 4; ++token)
            next(beam, token) = token == 3 ? -4.0F : -1.0F - static_cast<float>(beam);
    write("1.4/select/equal", "across_beams", {-3.0, -2.0, -1.0}, next, 7);
    write("1.4/select/equal", "within_a_beam", {-1.0, -2.0, -9.0}, next, 2);
    for (std::size_t beam = 0; beam < 3; ++beam)
        for (std::size_t token = 0; token < 4; ++token)
            if (beam != 1 || token > 1) next(beam, token) = impossible;
    write("1.4/select/impossible", "two_left", {-3.0, -2.0, -1.0}, next, 4);
    write("1.4/select/impossible", "dead_beam", {-3.0, -std::numeric_limits<double>::infinity(), -1.0},
          zeros<2>({3, 1}), 3);
    write("1.4/select/impossible", "none_left", {-3.0}, Tensor<2>(Tensor<2>::shape_type{1, 2}, impossible), 2);
    write("1.4/select/impossible", "wider_than_all", {-3.0, -1.0}, zeros<2>({2, 2}), 9);

    for (const char* name : {"first", "second"})
        CaseWriter("1.4/random", name).number("seed", static_cast<double>(draw.below(1U << 30U)));
}

}  // namespace wb
