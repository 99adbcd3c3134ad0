/// @file
/// Writes the cases of exercise 5.7 that need an oracle. Families:
///
///     beam        random tables at several widths        penalty  the same with a length penalty
///     everything  beams as wide as there are words       seeds    of the tables that tests draw
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "decoding_oracle.hpp"
#include "hypothesis_table.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

using oracle::BeamFlaws;
using oracle::BeamQuestion;
using oracle::Found;

const std::vector<std::pair<std::string, BeamFlaws>> mistakes = {
    {"a search by sums of logits; only after a softmax can two beginnings be compared", {.logits_summed = true}},
    {"a search in which `width` beginnings go on in every round; each whole word takes its place with it",
     {.whole_take_no_place = true}},
    {"a result without what was left at max_tokens, which counts as if it were whole", {.unfinished_dropped = true}},
    {"a search that is over with the first whole word", {.ends_with_first = true}},
    {"log-probabilities without the end's; the model has to say that a word is over, too", {.end_is_free = true}},
    {"a search in which each beginning keeps its best continuation only; all continuations compete with all",
     {.one_heir_each = true}},
    {"scores whose length does not count the end token", {.length_without_end = true}},
    {"the log-probability over length^alpha; Wu et al.'s penalty is ((5 + length) / 6)^alpha",
     {.penalty_is_power = true}},
    {"the log-probability times the penalty in place of divided by it", {.penalty_multiplies = true}},
};

CaseWriter& put(CaseWriter& writer, const BeamQuestion& x) {
    return writer.in("table", x.table)
        .number("start", x.start)
        .number("end", x.end)
        .number("width", static_cast<double>(x.width))
        .number("max_tokens", static_cast<double>(x.max_tokens))
        .number("length_penalty", x.length_penalty);
}

/// Logits in +-2, the end's somewhat higher, so that words of all lengths are among the likely ones. The last two tokens are
/// the end and the start.
Tensor<4> random_table(std::size_t places, std::size_t vocabulary, Draw& draw) {
    Tensor<4> table = draw.uniform<4>({places, vocabulary, vocabulary, vocabulary}, 2);
    for (std::size_t row = 0; row < table.size() / vocabulary; ++row) {
        float* logits = table.data() + row * vocabulary;
        const float shift = static_cast<float>(draw.below(7));  // of no effect on probabilities
        for (std::size_t v = 0; v < vocabulary; ++v) logits[v] += shift;
        logits[vocabulary - 2] += 0.5F;
    }
    return table;
}

/// Draws until rounding decides nothing: every choice is one between log-probabilities that differ by 1e-3.
void write_beam(const std::string& family, std::size_t vocabulary, std::size_t width, std::size_t max_tokens,
                double length_penalty, Draw& draw) {
    for (int attempt = 0; attempt < 1000; ++attempt) {
        BeamQuestion x{random_table(2, vocabulary, draw)};
        x.end = static_cast<int>(vocabulary) - 2;
        x.start = x.end + 1;
        x.width = width;
        x.max_tokens = max_tokens;
        x.length_penalty = length_penalty;
        double gap = 0;
        const std::vector<Found> found = oracle::beam_search(x, {}, &gap);
        if (gap < 1e-3) continue;
        CaseWriter writer("5.7/" + family,
                          shape_name({{"vocabulary", vocabulary}, {"width", width}, {"max_tokens", max_tokens}}));
        put(writer, x).expected("found", hypothesis_table(found, x.width, x.max_tokens));
        for (const auto& [words, flaws] : mistakes)
            writer.mistake(words, "found", hypothesis_table(oracle::beam_search(x, flaws), x.width, x.max_tokens));
        return;
    }
    throw Error("no table among 1000 keeps its beginnings apart");
}

void write_everything(std::size_t vocabulary, std::size_t max_tokens, Draw& draw) {
    BeamQuestion x{random_table(2, vocabulary, draw)};
    x.end = static_cast<int>(vocabulary) - 2;
    x.start = x.end + 1;
    x.max_tokens = max_tokens;
    std::vector<Found> all = oracle::everything(x);
    std::sort(all.begin(), all.end(), [](const Found& a, const Found& b) { return a.tokens < b.tokens; });
    x.width = all.size();
    CaseWriter writer("5.7/everything", shape_name({{"vocabulary", vocabulary}, {"max_tokens", max_tokens}}));
    put(writer, x).expected("found", hypothesis_table(all, x.width, x.max_tokens));
}

WB_CASES(decoding) {
    Draw draw(seed + 57);
    for (const std::size_t width : {1, 2, 3, 5, 8}) write_beam("beam", 6, width, 5, 0, draw);
    write_beam("beam", 4, 4, 7, 0, draw);
    write_beam("beam", 4, 3, 3, 0, draw);
    write_beam("penalty", 6, 4, 5, 1, draw);
    write_beam("penalty", 5, 6, 5, 0.6, draw);
    write_beam("penalty", 4, 3, 7, 2, draw);
    write_everything(3, 4, draw);
    write_everything(5, 3, draw);
    for (const char* name : {"first", "second", "third"})
        CaseWriter("5.7/seeds", name).number("seed", static_cast<double>(draw.below(1U << 30U)));
}

}  // namespace
}  // namespace wb
