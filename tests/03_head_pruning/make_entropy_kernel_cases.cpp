/// @file
/// Writes the cases of exercise 3.10, entropy of heads. The families:
///
///     entropy        softmax rows of 1 to 300 keys     entropy_padding  rows of padding, of NaN or leftovers; rows without a key
///     entropy_sharp  rows of few and tiny weights      entropy_none     nothing to sum
///     entropy_small  for the race build                entropy_profiled  for the counters of the profile build
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

const std::vector<std::pair<std::string, oracle::EntropyFlaws>> mistakes = {
    {"the entropies in bits, by log2", {.base_two = true}},
    {"the sum of p ln p, without its minus", {.negative = true}},
    {"the mean over rows: it is the sum", {.mean = true}},
    {"the sum over all rows, those of padding too", {.padding_counts = true}},
    {"rows that see no key among the rows", {.dead_rows_count = true}},
    {"the sum over entry 0 alone", {.first_entry = true}},
    {"the sum with weights read as [heads, batch, ..]", {.entry_of_head = true}},
    {"the entropies as shares of ln kv_len", {.share_of_largest = true}},
};

void write_case(const std::string& family, const Tensor<4>& weights, const std::vector<std::int32_t>& lengths = {}) {
    CaseWriter writer("3.10/" + family, shape_name({{"batch", weights.shape(0)},
                                                    {"heads", weights.shape(1)},
                                                    {"q_len", weights.shape(2)},
                                                    {"kv_len", weights.shape(3)}}));
    writer.in("weights", weights).in("query_lengths", as_tensor(lengths));
    const oracle::EntropySums right = oracle::head_entropy(weights, lengths);
    writer.expected("nats", right.nats).expected("rows", right.rows);
    for (const auto& [words, flaw] : mistakes) {
        const oracle::EntropySums wrong = oracle::head_entropy(weights, lengths, flaw);
        writer.mistake(words, "nats", wrong.nats).mistake(words, "rows", wrong.rows);
    }
}

/// Rows that sum to 1; heads with larger numbers are sharper.
Tensor<4> draw_weights(Draw& draw, std::size_t batch, std::size_t heads, std::size_t q_len, std::size_t kv_len) {
    Tensor<4> weights = draw.uniform<4>({batch, heads, q_len, kv_len}, 1);
    for (std::size_t row = 0; row < batch * heads * q_len; ++row) {
        float* numbers = weights.data() + row * kv_len;
        const double sharp = 1 + 3 * static_cast<double>(row / q_len % heads);
        double total = 0;
        for (std::size_t j = 0; j < kv_len; ++j) total += std::exp(sharp * static_cast<double>(numbers[j]));
        for (std::size_t j = 0; j < kv_len; ++j)
            numbers[j] = static_cast<float>(std::exp(sharp * static_cast<double>(numbers[j])) / total);
    }
    return weights;
}

void fill_row(Tensor<4>& weights, std::size_t b, std::size_t i, float value) {
    for (std::size_t h = 0; h < weights.shape(1); ++h) {
        for (std::size_t j = 0; j < weights.shape(3); ++j) weights(b, h, i, j) = value;
    }
}

}  // namespace

WB_CASES(entropy_kernel) {
    Draw draw(seed + 3102);
    write_case("entropy", draw_weights(draw, 1, 1, 1, 4));
    write_case("entropy", draw_weights(draw, 2, 3, 5, 7));
    write_case("entropy", draw_weights(draw, 1, 4, 50, 50));
    write_case("entropy", draw_weights(draw, 3, 2, 9, 300));
    write_case("entropy", draw_weights(draw, 8, 4, 25, 33));
    write_case("entropy", draw_weights(draw, 2, 2, 40, 1));

    Tensor<4> weights = draw_weights(draw, 3, 2, 6, 10);
    for (const std::size_t b : {1, 2}) {  // padding: NaN in every other row, and what looks like weights between
        for (std::size_t i = b == 1 ? 2 : 0; i < 6; i += 2)
            fill_row(weights, b, i, std::numeric_limits<float>::quiet_NaN());
    }
    write_case("entropy_padding", weights, {6, 2, 0});
    weights = draw_weights(draw, 2, 3, 12, 40);
    for (const std::size_t i : {0, 5, 11}) fill_row(weights, 0, i, 0);
    for (std::size_t i = 0; i < 12; ++i) {
        for (std::size_t j = 0; j < 40; ++j) weights(1, 2, i, j) = 0;
    }
    write_case("entropy_padding", weights);
    weights = draw_weights(draw, 2, 2, 9, 5);
    fill_row(weights, 0, 1, 0);
    for (std::size_t i = 7; i < 9; ++i) fill_row(weights, 1, i, std::numeric_limits<float>::quiet_NaN());
    write_case("entropy_padding", weights, {9, 7});

    weights = zeros<4>({2, 2, 3, 35});
    for (std::size_t row = 0; row < 12; ++row) {  // one key alone, the last one among them; or two, one of them hardly
        float* numbers = weights.data() + row * 35;
        numbers[row % 2 == 0 ? 34 : row] = 1;
        if (row % 3 == 0) numbers[20] = 1e-38F;
        if (row == 7) numbers[7] = numbers[33] = 0.5F;
    }
    write_case("entropy_sharp", weights);

    write_case("entropy_none", zeros<4>({0, 3, 4, 5}));
    write_case("entropy_none", zeros<4>({2, 3, 0, 5}));
    write_case("entropy_none", zeros<4>({2, 3, 4, 0}));
    write_case("entropy_none", zeros<4>({2, 2, 40, 3}));
    write_case("entropy_small", draw_weights(draw, 2, 2, 9, 35));
    write_case("entropy_small", draw_weights(draw, 1, 3, 3, 4), {2});
    write_case("entropy_profiled", draw_weights(draw, 2, 2, 32, 128));  // rows of four whole requests of a warp
}

}  // namespace wb
