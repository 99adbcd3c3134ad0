#include "decoding_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace wb::oracle {
namespace {

using Tokens = std::vector<int>;

/// One token's factor to the probability of what it is written behind; with `raw` the logit's exponential instead.
long double factor(const BeamQuestion& x, const Tokens& before, int token, bool raw) {
    const std::size_t place = std::min(before.size(), x.table.shape(0) - 1);
    const auto last = static_cast<std::size_t>(before.empty() ? x.start : before.back());
    const auto second_last = static_cast<std::size_t>(before.size() < 2 ? x.start : before[before.size() - 2]);
    const auto e = [&](std::size_t v) {
        const float logit = x.table(place, second_last, last, v);
        return std::isfinite(logit) ? std::exp(static_cast<long double>(logit)) : 0.0L;
    };
    long double sum = 0;
    for (std::size_t v = 0; v < x.table.shape(3); ++v) sum += e(v);
    return raw ? e(static_cast<std::size_t>(token)) : e(static_cast<std::size_t>(token)) / sum;
}

/// The probability of every beginning of at most max_tokens tokens, in which the end is nowhere but at the end.
std::map<Tokens, long double> all_beginnings(const BeamQuestion& x, const BeamFlaws& flaws) {
    std::map<Tokens, long double> known{{{}, 1.0L}};
    std::vector<Tokens> frontier{{}};
    for (std::size_t length = 0; length < x.max_tokens; ++length) {
        std::vector<Tokens> longer;
        for (const Tokens& before : frontier) {
            for (int token = 0; token < static_cast<int>(x.table.shape(3)); ++token) {
                const long double p = factor(x, before, token, flaws.logits_summed);
                if (p == 0) continue;
                Tokens tokens = before;
                tokens.push_back(token);
                known[tokens] = known.at(before) * (flaws.end_is_free && token == x.end ? 1.0L : p);
                if (token != x.end) longer.push_back(tokens);
            }
        }
        frontier = std::move(longer);
    }
    return known;
}

class Search {
 public:
    Search(const BeamQuestion& question, const BeamFlaws& flaws)
        : x_(question), flaws_(flaws), known_(all_beginnings(question, flaws)) {}

    std::vector<Found> run() {
        std::vector<Tokens> beam{{}}, whole;
        for (std::size_t length = 1; length <= x_.max_tokens && !beam.empty(); ++length) {
            const std::size_t places = flaws_.whole_take_no_place ? x_.width : x_.width - whole.size();
            std::vector<Tokens> next;
            for (Tokens& tokens : best_of(heirs(beam), places)) {
                (tokens.back() == x_.end ? whole : next).push_back(std::move(tokens));
            }
            beam = std::move(next);
            if (flaws_.ends_with_first && !whole.empty()) break;
            if (flaws_.whole_take_no_place && whole.size() >= x_.width) break;
        }
        if (!flaws_.unfinished_dropped) whole.insert(whole.end(), beam.begin(), beam.end());
        std::vector<Found> found;
        for (const Tokens& tokens : whole) found.push_back(describe(tokens));
        std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.score > b.score; });
        for (std::size_t n = 1; n < found.size(); ++n) note_gap(found[n - 1].score - found[n].score);
        if (found.size() > x_.width) found.resize(x_.width);
        return found;
    }

    [[nodiscard]] double gap() const { return gap_; }

    [[nodiscard]] std::vector<Found> everything() const {
        std::vector<Found> all;
        for (const auto& [tokens, p] : known_) {
            if (tokens.size() == x_.max_tokens || (!tokens.empty() && tokens.back() == x_.end))
                all.push_back(describe(tokens));
        }
        return all;
    }

 private:
    [[nodiscard]] Found describe(const Tokens& tokens) const {
        const auto p = static_cast<double>(std::log(known_.at(tokens)));
        auto length = static_cast<double>(tokens.size());
        if (flaws_.length_without_end && !tokens.empty() && tokens.back() == x_.end) length -= 1;
        const double penalty = std::pow(flaws_.penalty_is_power ? length : (5 + length) / 6, x_.length_penalty);
        return {tokens, p, flaws_.penalty_multiplies ? p * penalty : p / penalty};
    }
    [[nodiscard]] double rank(const Tokens& tokens) const { return describe(tokens).log_probability; }
    void note_gap(double distance) { gap_ = std::min(gap_, distance); }

    /// Every continuation of the beam, by beginning, then by token.
    [[nodiscard]] std::vector<Tokens> heirs(const std::vector<Tokens>& beam) const {
        std::vector<Tokens> all;
        for (const Tokens& before : beam) {
            std::vector<Tokens> own;
            for (auto at = known_.upper_bound(before); at != known_.end() && at->first.size() > before.size() &&
                                                       std::equal(before.begin(), before.end(), at->first.begin());
                 ++at) {
                if (at->first.size() == before.size() + 1) own.push_back(at->first);
            }
            if (flaws_.one_heir_each && !before.empty()) {
                const auto best = std::max_element(own.begin(), own.end(),
                                                   [&](const Tokens& a, const Tokens& b) { return rank(a) < rank(b); });
                own = {*best};
            }
            all.insert(all.end(), own.begin(), own.end());
        }
        return all;
    }

    std::vector<Tokens> best_of(std::vector<Tokens> all, std::size_t places) {
        std::stable_sort(all.begin(), all.end(), [&](const Tokens& a, const Tokens& b) { return rank(a) > rank(b); });
        for (std::size_t n = 1; n < all.size() && n <= places; ++n) note_gap(rank(all[n - 1]) - rank(all[n]));
        if (all.size() > places) all.resize(places);
        return all;
    }

    BeamQuestion x_;
    BeamFlaws flaws_;
    std::map<Tokens, long double> known_;
    double gap_ = std::numeric_limits<double>::infinity();
};

}  // namespace

std::vector<Found> beam_search(const BeamQuestion& question, const BeamFlaws& flaws, double* gap) {
    Search search(question, flaws);
    std::vector<Found> found = search.run();
    if (gap != nullptr) *gap = search.gap();
    return found;
}

std::vector<Found> everything(const BeamQuestion& question) {
    return Search(question, {}).everything();
}

}  // namespace wb::oracle
