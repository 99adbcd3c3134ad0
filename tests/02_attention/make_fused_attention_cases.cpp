/// @file
/// Writes the cases of exercise 2.10, fused attention. The families:
///
///     one_tile    16 keys or fewer                            dirty    key lengths, NaN in the slots past them
///     head_dims   32, 64, 128                                 no_key   queries that see no key at all
///     rising      scores that rise from tile to tile          long     512 keys
///     causal      also q_len != kv_len, either way round      small    for the race build, 50 times slower
///     profiled    256 queries and keys, for the counters of the profile build
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "attention_oracle.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "kernel_oracle.hpp"
#include "mask_case.hpp"

namespace wb {
namespace {

using oracle::to_double;

struct Attention {
    Tensor<4> q, k, v;
    Mask mask = {};
};

Attention draw_attention(std::size_t batch, std::size_t heads, std::size_t q_len, std::size_t kv_len,
                         std::size_t head_dim, Draw& draw) {
    return {draw.uniform<4>({batch, heads, q_len, head_dim}, 2), draw.uniform<4>({batch, heads, kv_len, head_dim}, 2),
            draw.uniform<4>({batch, heads, kv_len, head_dim}, 2)};
}

/// Fills the slots of k and v from key_lengths[b] on with NaN.
void dirty_the_padding(Attention& x) {
    for (std::size_t b = 0; b < x.k.shape()[0]; ++b)
        for (std::size_t h = 0; h < x.k.shape()[1]; ++h)
            for (std::size_t j = x.mask.key_lengths[b]; j < x.k.shape()[2]; ++j)
                for (std::size_t d = 0; d < x.k.shape()[3]; ++d)
                    x.k(b, h, j, d) = x.v(b, h, j, d) = std::numeric_limits<float>::quiet_NaN();
}

void write_attention_case(const std::string& family, const std::string& name, const Attention& x) {
    CaseWriter writer("2.10/" + family, name);
    writer.in("q", x.q).in("k", x.k).in("v", x.v);
    put_mask(writer, x.mask);
    const Tensor<4, double> q = to_double(x.q), k = to_double(x.k), v = to_double(x.v);
    const auto output = [&](const oracle::Flaws& flaws) { return oracle::attention(q, k, v, x.mask, flaws).output; };
    writer.expected("out", output({}));
    writer.mistake("the result without the 1/sqrt(head_dim) scale", "out", output({.no_scale = true}));
    writer.mistake("the result with 1/head_dim in place of 1/sqrt(head_dim)", "out",
                   output({.scale_by_head_dim = true}));
    if (x.mask.causal) {
        writer.mistake("the result with the causal mask aligned at the first key", "out",
                       output({.causal_at_start = true}));
        writer.mistake("the result when a query does not see its own key (j < where j <= is meant)", "out",
                       output({.causal_strict = true}));
        writer.mistake(
            "the result without the causal mask", "out",
            oracle::attention(q, k, v, {.causal = false, .key_lengths = x.mask.key_lengths, .allowed = {}}).output);
    }
    if (!x.mask.key_lengths.empty()) {
        writer.mistake("the result with key_lengths[0] for every batch row", "out",
                       output({.first_length_for_all = true}));
        writer.mistake("the result when the last key of key_lengths[b] is left out", "out",
                       output({.last_key_dropped = true}));
    }
}

/// Adds the answers of an online softmax that forgets to rescale: these depend on the tile, so for three tiles.
void write_online_case(const std::string& name, const Attention& x) {
    CaseWriter writer("2.10/rising", name);
    writer.in("q", x.q).in("k", x.k).in("v", x.v);
    put_mask(writer, x.mask);
    writer.expected("out", oracle::attention(to_double(x.q), to_double(x.k), to_double(x.v), x.mask).output);
    for (const std::size_t tile : {16, 32, 64}) {
        const std::string tiles = " (tiles of " + std::to_string(tile) + " keys)";
        const auto flawed = [&](oracle::OnlineFlaws flaws) {
            flaws.tile = tile;
            return oracle::flawed_online_attention(x.q, x.k, x.v, x.mask, flaws);
        };
        writer.mistake("the result when l is rescaled to a new maximum but acc is not" + tiles, "out",
                       flawed({.acc_not_rescaled = true}));
        writer.mistake("the result when acc is rescaled to a new maximum but l is not" + tiles, "out",
                       flawed({.l_not_rescaled = true}));
        writer.mistake("the result when a new maximum rescales neither l nor acc" + tiles, "out",
                       flawed({.neither_rescaled = true}));
        writer.mistake("the result of the last tile alone" + tiles, "out", flawed({.last_tile_only = true}));
        writer.mistake("the result when acc is divided by l after every tile" + tiles, "out",
                       flawed({.divided_each_tile = true}));
    }
}

/// Keys whose score rises from tile to tile, by `rise` over all keys, for every query. With whole numbers and head_dim 64
/// the scores are exact in float: q.k is a whole number, and 1/sqrt(64) a power of two.
Attention rising_scores(double rise, Draw& draw) {
    constexpr std::size_t kv_len = 128, head_dim = 64;
    Attention x{Tensor<4>({1, 2, 8, head_dim}), Tensor<4>({1, 2, kv_len, head_dim}),
                draw.uniform<4>({1, 2, kv_len, head_dim}, 2)};
    for (float& value : x.q) value = static_cast<float>(1 + draw.below(3));
    for (std::size_t h = 0; h < 2; ++h)
        for (std::size_t j = 0; j < kv_len; ++j)
            for (std::size_t d = 0; d < head_dim; ++d) {
                const double level =
                    rise * static_cast<double>(j) / kv_len * 8 / head_dim / 2;  // a sum of 64 q, each about 2
                const bool up = draw.below(1000) < 1000 * (level - std::floor(level));
                x.k(0, h, j, d) = static_cast<float>(std::floor(level) + (up ? 1 : 0));
            }
    return x;
}

}  // namespace

WB_CASES(fused_attention_kernel) {
    Draw draw(seed + 210);
    for (const std::size_t head_dim : {32, 64, 128}) {
        write_attention_case("head_dims", std::to_string(head_dim), draw_attention(2, 2, 40, 70, head_dim, draw));
    }
    write_attention_case("one_tile", "64x16", draw_attention(1, 2, 64, 16, 32, draw));
    write_attention_case("one_tile", "33x7", draw_attention(2, 3, 33, 7, 64, draw));
    write_attention_case("one_tile", "5x1", draw_attention(2, 1, 5, 1, 128, draw));
    for (const double rise : {6.0, 60.0, 10000.0}) {
        write_online_case("by_" + std::to_string(static_cast<int>(rise)), rising_scores(rise, draw));
    }
    const std::vector<std::pair<std::size_t, std::size_t>> lengths = {{40, 40}, {5, 77}, {33, 64}, {1, 90}, {70, 100}};
    for (const auto& [q_len, kv_len] : lengths) {
        Attention x = draw_attention(1, 2, q_len, kv_len, 32, draw);
        x.mask.causal = true;
        write_attention_case("causal", shape_name({{"q_len", q_len}, {"kv_len", kv_len}}), x);
    }
    for (const bool causal : {false, true}) {
        Attention x = draw_attention(4, 2, 20, 70, 64, draw);
        x.mask = {.causal = causal, .key_lengths = {70, 33, 1, 64}, .allowed = {}};
        dirty_the_padding(x);
        write_attention_case("dirty", causal ? "causal" : "plain", x);
    }
    {
        Attention x = draw_attention(3, 1, 10, 40, 32, draw);
        x.mask.key_lengths = {0, 40, 0};
        dirty_the_padding(x);
        write_attention_case("no_key", "length_0", x);
        x = draw_attention(1, 2, 50, 9, 32, draw);  // the first 41 queries come before every key
        x.mask.causal = true;
        write_attention_case("no_key", "causal_50x9", x);
        x = draw_attention(2, 1, 7, 0, 64, draw);
        write_attention_case("no_key", "kv_len_0", x);
    }
    {
        Attention x = draw_attention(1, 1, 512, 512, 64, draw);
        write_attention_case("long", "512x512", x);
        x = draw_attention(1, 1, 500, 511, 32, draw);
        x.mask.causal = true;
        write_attention_case("long", "causal_500x511", x);
    }
    for (const std::size_t head_dim : {32, 128}) {
        Attention x = draw_attention(2, 1, 37, 45, head_dim, draw);
        x.mask = {.causal = true, .key_lengths = {45, 19}, .allowed = {}};
        dirty_the_padding(x);
        write_attention_case("small", "causal_37x45x" + std::to_string(head_dim), x);
    }
    write_attention_case("small", "64x70x64", draw_attention(1, 1, 64, 70, 64, draw));
    write_attention_case("profiled", "256x256x64", draw_attention(1, 1, 256, 256, 64, draw));
}

}  // namespace wb
