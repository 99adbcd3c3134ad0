/// @file
/// Writes the cases of exercise 5.2's function, by the trusted model's attention. Families:
///
///     5.2/attention  shapes of every kind      5.2/masked  causal, by lengths of keys, and by a table
///
/// Gradients, number by number, are central differences in float64.
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "attention_mistakes.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "translator_oracle.hpp"

namespace wb {
namespace {

using oracle::TranslatorFlaws;

oracle::Rows rows_of(const Tensor<3>& x, std::size_t b) {
    const float* first = x.data() + b * x.shape(1) * x.shape(2);
    return {x.shape(2), std::vector<double>(first, first + x.shape(1) * x.shape(2))};
}

/// softmax(q k^T * scale + mask) v for a batch; `visible` of row b.
struct AttentionNumbers {
    Tensor<3> q, k, v, d_out;
    std::vector<std::vector<char>> visible;  ///< a mask a row
};

Tensor<3, double> attend(const AttentionNumbers& x, const TranslatorFlaws& flaws, Tensor<3, double>* weights) {
    const std::size_t batch = x.q.shape(0), q_len = x.q.shape(1), kv_len = x.k.shape(1);
    if (weights != nullptr) *weights = zeros<3, double>({batch, q_len, kv_len});
    Tensor<3, double> out;
    for (std::size_t b = 0; b < batch; ++b) {
        oracle::Rows shown;
        const oracle::Rows row =
            oracle::attend(rows_of(x.q, b), rows_of(x.k, b), rows_of(x.v, b), x.visible[b], flaws, &shown);
        if (b == 0) out = zeros<3, double>({batch, q_len, row.width});
        std::copy(row.values.begin(), row.values.end(), out.data() + b * row.values.size());
        if (weights != nullptr)
            std::copy(shown.values.begin(), shown.values.end(), weights->data() + b * shown.values.size());
    }
    return out;
}

/// The gradient of sum(out * d_out) by one of q, k and v of row b, number by number.
std::vector<double> attention_gradient(const AttentionNumbers& x, std::size_t b, int which) {
    constexpr double h = 1e-6;
    oracle::Rows parts[3] = {rows_of(x.q, b), rows_of(x.k, b), rows_of(x.v, b)};
    const oracle::Rows d_out = rows_of(x.d_out, b);
    const auto loss = [&] {
        const oracle::Rows out = oracle::attend(parts[0], parts[1], parts[2], x.visible[b]);
        double sum_of = 0;
        for (std::size_t n = 0; n < out.values.size(); ++n) sum_of += out.values[n] * d_out.values[n];
        return sum_of;
    };
    std::vector<double> gradient;
    for (double& value : parts[which].values) {
        const double before = value;
        value = before + h;
        const double up = loss();
        value = before - h;
        gradient.push_back((up - loss()) / (2 * h));
        value = before;
    }
    return gradient;
}

struct AttentionShape {
    std::size_t batch, q_len, kv_len, hidden, v_dim;
    bool causal;
};

void write_attention(const std::string& family, const AttentionShape& s, Draw& draw,
                     const std::vector<int>& key_lengths = {}, bool some_forbidden = false) {
    AttentionNumbers x{draw.uniform<3>({s.batch, s.q_len, s.hidden}, 2),
                       draw.uniform<3>({s.batch, s.kv_len, s.hidden}, 2),
                       draw.uniform<3>({s.batch, s.kv_len, s.v_dim}, 2),
                       draw.uniform<3>({s.batch, s.q_len, s.v_dim}, 1),
                       {}};
    std::vector<char> allowed(s.q_len * s.kv_len, 1);
    if (some_forbidden) {  // and query 1 sees nothing
        for (std::size_t n = 0; n < allowed.size(); ++n) allowed[n] = n / s.kv_len == 1 || draw.below(3) == 0 ? 0 : 1;
    }
    for (std::size_t b = 0; b < s.batch; ++b) {
        std::vector<char> visible = s.causal ? oracle::causal_mask(s.q_len, s.kv_len) : allowed;
        for (std::size_t n = 0; n < visible.size(); ++n) {
            if (s.causal && allowed[n] == 0) visible[n] = 0;
            if (!key_lengths.empty() && static_cast<int>(n % s.kv_len) >= key_lengths[b]) visible[n] = 0;
        }
        x.visible.push_back(std::move(visible));
    }
    std::string name = shape_name({{"batch", s.batch}, {"q_len", s.q_len}, {"kv_len", s.kv_len}, {"hidden", s.hidden}});
    if (s.causal) name += "_causal";
    if (!key_lengths.empty()) name += "_key_lengths";
    if (some_forbidden) name += "_allowed";
    CaseWriter writer("5.2/" + family, name);
    writer.in("q", x.q).in("k", x.k).in("v", x.v).in("d_out", x.d_out).number("causal", s.causal ? 1 : 0);
    if (!key_lengths.empty()) {
        Tensor<1, std::int32_t> lengths(std::array<std::size_t, 1>{key_lengths.size()});
        std::copy(key_lengths.begin(), key_lengths.end(), lengths.begin());
        writer.in("key_lengths", lengths);
    }
    if (some_forbidden) {
        Tensor<2, std::int32_t> keys(std::array<std::size_t, 2>{s.q_len, s.kv_len});
        std::copy(allowed.begin(), allowed.end(), keys.begin());
        writer.in("allowed", keys);
    }
    Tensor<3, double> weights;
    writer.expected("out", attend(x, {}, &weights)).expected("weights", weights);
    for (const auto& [words, flaws] : attention_mistakes) {
        if (flaws.swaps_key_and_value && s.hidden != s.v_dim) continue;
        Tensor<3, double> wrong;
        writer.mistake(words, "out", attend(x, flaws, &wrong)).mistake(words, "weights", wrong);
    }
    if (s.causal || !key_lengths.empty() || some_forbidden) {
        AttentionNumbers unmasked = x;
        unmasked.visible.assign(s.batch, {});
        writer.mistake("the result without the mask", "out", attend(unmasked, {}, nullptr));
    }
    const char* names[] = {"dq", "dk", "dv"};
    const Tensor<3>* parts[] = {&x.q, &x.k, &x.v};
    for (int which = 0; which < 3; ++which) {
        Tensor<3, double> gradient(parts[which]->shape());
        double* next = gradient.data();
        for (std::size_t b = 0; b < s.batch; ++b) {
            for (const double value : attention_gradient(x, b, which)) *next++ = value;
        }
        writer.expected(names[which], gradient);
    }
}

WB_CASES(tape_attention) {
    Draw draw(seed + 52);
    write_attention("attention", {2, 4, 4, 8, 8, false}, draw);
    write_attention("attention", {2, 3, 7, 6, 6, false}, draw);
    write_attention("attention", {1, 7, 3, 32, 5, false}, draw);
    write_attention("masked", {2, 5, 5, 8, 8, true}, draw);
    write_attention("masked", {1, 2, 5, 8, 8, true}, draw);
    write_attention("masked", {1, 5, 3, 8, 8, true}, draw);  // queries 0 and 1 see nothing
    write_attention("masked", {3, 3, 4, 8, 8, false}, draw, {2, 4, 1});
    write_attention("masked", {2, 4, 5, 8, 8, false}, draw, {}, true);
}

}  // namespace
}  // namespace wb
