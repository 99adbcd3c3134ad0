/// @file
/// Writes the cases of exercise 3.10, attention of live heads. The families:
///
///     live       lists of all kinds         live_masks   causal, key lengths with NaN behind them, no keys
///     live_dims  head_dim 1 to 128          live_rising  scores that rise from tile to tile, or fall
///     live_many  70,000 pairs               live_small   for the race build, 50 times slower
///     live_profiled   half of the heads, 64 queries and keys, for the counters of the profile build
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "live_heads_case.hpp"
#include "pruning_kernel_oracle.hpp"

namespace wb {
namespace {

using probes::LiveHeadsQuestion;

const std::vector<std::pair<std::string, oracle::LiveHeadsFlaws>> mistakes = {
    {"the result without the 1/sqrt(head_dim) scale", {.no_scale = true}},
    {"the result with 1/sqrt(heads * head_dim) in place of 1/sqrt(head_dim)", {.scale_of_width = true}},
    {"the result with 0 in the columns that are not in the list: they are not written", {.zeros_elsewhere = true}},
    {"the result with the list read as head * batch + entry", {.entry_last = true}},
    {"the result of entry 0 alone: pair / heads is the entry", {.first_entry = true}},
    {"the result of an entry's first pair in its first columns, and so on: a head keeps its columns",
     {.compact = true}},
    {"the result with heads of columns h, h + heads, ..: head h has the columns h * head_dim and on",
     {.interleaved = true}},
    {"the result with q, k, v and out read as [batch, heads, length, head_dim]: a token's heads lie side by side",
     {.heads_first = true}},
    {"the result with the keys of entry 0 for all", {.first_entry_keys = true}},
};

void write_case(const std::string& family, std::string name, LiveHeadsQuestion x) {
    x.before = before_of(x);
    name = shape_name({{"batch", x.q.shape(0)},
                       {"heads", static_cast<std::size_t>(x.heads)},
                       {"head_dim", x.q.shape(2) / static_cast<std::size_t>(x.heads)},
                       {"q_len", x.q.shape(1)},
                       {"kv_len", x.k.shape(1)}}) +
           name;
    CaseWriter writer("3.10/" + family, name);
    writer.in("q", x.q).in("k", x.k).in("v", x.v).in("live", as_tensor(x.live));
    writer.in("key_lengths", as_tensor(x.key_lengths)).number("heads", x.heads).number("causal", x.causal ? 1 : 0);
    const oracle::LiveHeads asked{x.q,    x.k,           x.v,      static_cast<std::size_t>(x.heads),
                                  x.live, x.key_lengths, x.causal, x.before};
    writer.expected("out", oracle::live_heads(asked));
    if (family == "live_many") return;
    const auto mistake = [&](const std::string& words, const oracle::LiveHeadsFlaws& flaw) {
        writer.mistake(words, "out", oracle::live_heads(asked, flaw));
    };
    for (const auto& [words, flaw] : mistakes) mistake(words, flaw);
    if (!x.key_lengths.empty()) mistake("the result with all keys, whatever key_lengths says", {.no_lengths = true});
    if (!x.causal) return;
    mistake("the result with the causal mask aligned at the first key", {.causal_at_start = true});
    mistake("the result without the causal mask", {.causal_ignored = true});
}

LiveHeadsQuestion draw_question(Draw& draw, std::size_t batch, std::size_t heads, std::size_t head_dim,
                                std::size_t q_len, std::size_t kv_len, const std::vector<std::int32_t>& live) {
    LiveHeadsQuestion x;
    x.q = draw.uniform<3>({batch, q_len, heads * head_dim}, 2);
    x.k = draw.uniform<3>({batch, kv_len, heads * head_dim}, 2);
    x.v = draw.uniform<3>({batch, kv_len, heads * head_dim}, 2);
    x.heads = static_cast<std::int32_t>(heads);
    x.live = live;
    return x;
}

/// NaN in k and v from each entry's length on.
LiveHeadsQuestion with_lengths(LiveHeadsQuestion x, const std::vector<std::int32_t>& lengths) {
    x.key_lengths = lengths;
    for (std::size_t b = 0; b < lengths.size(); ++b) {
        for (auto j = static_cast<std::size_t>(lengths[b]); j < x.k.shape(1); ++j) {
            for (std::size_t c = 0; c < x.k.shape(2); ++c)
                x.k(b, j, c) = x.v(b, j, c) = std::numeric_limits<float>::quiet_NaN();
        }
    }
    return x;
}

LiveHeadsQuestion causal(LiveHeadsQuestion x) {
    x.causal = true;
    return x;
}

/// Scores that grow from 0 to `most`, key by key.
LiveHeadsQuestion rising(LiveHeadsQuestion x, double most) {
    const auto kv_len = static_cast<double>(x.k.shape(1)), head_dim = static_cast<double>(x.q.shape(2)) / x.heads;
    x.q.fill(1);
    for (std::size_t n = 0; n < x.k.size(); ++n) {
        const auto key = static_cast<double>(n / x.k.shape(2) % x.k.shape(1));
        x.k.data()[n] = static_cast<float>(most * key / (kv_len - 1) / std::sqrt(head_dim));
    }
    return x;
}

/// The same with the keys the other way round: the largest score comes first.
LiveHeadsQuestion falling(LiveHeadsQuestion x, double most) {
    x = rising(std::move(x), most);
    std::reverse(x.k.begin(), x.k.end());  // all columns of a key are alike
    return x;
}

}  // namespace

WB_CASES(live_heads_kernel) {
    Draw draw(seed + 3101);
    const auto drawn = [&](std::size_t batch, std::size_t heads, std::size_t head_dim, std::size_t q_len,
                           std::size_t kv_len, const std::vector<std::int32_t>& live) {
        return draw_question(draw, batch, heads, head_dim, q_len, kv_len, live);
    };
    write_case("live", "_one_head", drawn(1, 2, 4, 3, 5, {1}));
    write_case("live", "_in_any_order", drawn(2, 4, 16, 10, 10, {6, 0, 5, 3}));
    write_case("live", "_every_head", drawn(2, 3, 8, 7, 45, {0, 1, 2, 3, 4, 5}));
    write_case("live", "_one_entry_has_none", drawn(3, 4, 12, 6, 33, {1, 8, 11}));
    write_case("live", "_same_in_all", drawn(4, 3, 16, 5, 70, {1, 4, 7, 10}));

    write_case("live_masks", "_causal", causal(drawn(2, 3, 8, 9, 9, {0, 2, 4})));
    write_case("live_masks", "_causal_more_keys", causal(drawn(1, 2, 8, 6, 77, {1})));
    write_case("live_masks", "_causal_more_queries", causal(drawn(1, 2, 4, 9, 4, {0, 1})));
    write_case("live_masks", "_lengths", with_lengths(drawn(3, 2, 8, 5, 40, {0, 3, 4}), {40, 33, 3}));
    write_case("live_masks", "_empty_entry", with_lengths(drawn(2, 2, 8, 5, 6, {0, 2, 3}), {6, 0}));
    write_case("live_masks", "_causal_lengths", causal(with_lengths(drawn(2, 2, 8, 8, 8, {1, 2}), {5, 8})));
    write_case("live_masks", "_no_keys", drawn(2, 2, 8, 5, 0, {0, 3}));

    for (const std::size_t head_dim : {1, 5, 33, 64, 100, 128})
        write_case("live_dims", "", drawn(1, 3, head_dim, 5, 37, {2, 0}));
    for (const double most : {6.0, 60.0, 10000.0})
        write_case("live_rising", "_by_" + std::to_string(static_cast<int>(most)),
                   rising(drawn(1, 2, 4, 3, 100, {1}), most));
    write_case("live_rising", "_not_at_all_but_falling_by_10000", falling(drawn(1, 2, 4, 3, 100, {1}), 10000));

    std::vector<std::int32_t> many(70'000);
    for (std::size_t n = 0; n < many.size(); ++n) many[n] = static_cast<std::int32_t>(n);
    std::vector<std::int32_t> lengths(many.size());  // most have no key: that makes the engine's day shorter
    std::fill(lengths.end() - 10, lengths.end(), 1);
    write_case("live_many", "", with_lengths(drawn(many.size(), 1, 1, 1, 1, many), lengths));

    write_case("live_small", "", drawn(1, 2, 8, 5, 37, {1}));
    write_case("live_small", "_causal", causal(with_lengths(drawn(2, 2, 3, 6, 6, {1, 2}), {4, 6})));
    write_case("live_small", "_two_tiles", drawn(1, 1, 4, 4, 70, {0}));
    write_case("live_profiled", "", drawn(2, 2, 64, 64, 64, {1, 2}));
}

}  // namespace wb
