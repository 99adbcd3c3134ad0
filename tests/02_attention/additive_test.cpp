/// @file
/// Judges exercise 2.3: additive attention, and the memory it takes.
///
/// Tolerances: a score is a sum of up to 64 terms of size up to 1, rounded to about 64^0.5 * 6e-8 = 5e-7 and off by as
/// much again through tanh; weights and outputs inherit that. 1e-5 of the largest element (2e-5 behind projections)
/// leaves a factor of ten.
#include "judge/judge.hpp"
#include "module_case.hpp"
#include "probes.hpp"

namespace wb {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr Tolerance close = {.absolute = 1e-6, .of_largest = 1e-5};
constexpr Tolerance close_behind_projections = {.absolute = 1e-6, .of_largest = 2e-5};

void expect_family(const std::string& family) {
    for (const Case& c : cases("2.3/" + family)) {
        const AttentionResult result =
            probes::additive_attention(c.in<4>("q"), c.in<4>("k"), c.in<4>("v"), c.in<2>("score_vectors"), mask_of(c));
        expect_close(result.weights, c, "weights", close);
        expect_close(result.output, c, "output", close);
    }
}

TEST(AdditiveScores, MatchTheOracle) {
    for (const Case& c : cases("2.3/scores")) {
        expect_close(probes::additive_scores(c.in<4>("q"), c.in<4>("k"), c.in<2>("score_vectors")), c, "scores", close);
    }
}

TEST(AdditiveScores, TakeLittleMemory) {
    constexpr std::size_t heads = 2, length = 512, hidden = 64;
    Tensor<4> q = zeros<4>({1, heads, length, hidden}), k = q;
    for (std::size_t n = 0; n < q.size(); ++n) {
        q.data()[n] = static_cast<float>(n % 97) / 50.0F - 1.0F;
        k.data()[n] = static_cast<float>(n % 89) / 50.0F - 1.0F;
    }
    const probes::MeasuredScores measured = probes::additive_scores_memory(q, k, full<2>({heads, hidden}, 0.125F));
    expect_shape(measured.scores, {1, heads, length, length}, "scores");
    // The result takes 2 * 512 * 512 * 4 bytes = 2.1 MB, and as much again is allowed on the way; [q_len, kv_len, hidden] of a
    // single head takes 67 MB, and of a tile of 32 queries 4.2 MB. The allocator's own is under 1 MB.
    constexpr double result_mb = heads * length * length * 4 / 1e6, allowed_mb = 2 * result_mb + 1;
    constexpr double broadcast_mb = length * length * hidden * 4 / 1e6;
    const double peak_mb = static_cast<double>(measured.peak_bytes) / 1e6;
    metric("2.3 peak memory of additive_scores, MB", peak_mb);
    EXPECT_LE(peak_mb, allowed_mb) << "additive_scores of 2 heads of 512 x 512 with 64 channels may take " << allowed_mb
                                   << " MB: " << result_mb
                                   << " for its result and as much again for rows on the way. q + k broadcast to "
                                   << "[q_len, kv_len, hidden] takes " << broadcast_mb << " MB for each head.";
}

TEST(AdditiveScores, WrongShapesNameTensorsShapesAndAxis) {
    const Tensor<4> q = zeros<4>({2, 3, 5, 8}), k = zeros<4>({2, 3, 7, 8});
    const auto error = [](const Tensor<4>& a, const Tensor<4>& b, const Tensor<2>& w) {
        return probes::additive_scores.expect_error<ShapeError>(a, b, w);
    };
    EXPECT_THAT(error(q, zeros<4>({2, 3, 7, 4}), zeros<2>({3, 8})),
                AllOf(HasSubstr("q [2, 3, 5, 8]"), HasSubstr("k [2, 3, 7, 4]"), HasSubstr("axis 3")));
    EXPECT_THAT(error(q, zeros<4>({2, 2, 7, 8}), zeros<2>({3, 8})),
                AllOf(HasSubstr("q [2, 3, 5, 8]"), HasSubstr("k [2, 2, 7, 8]"), HasSubstr("axis 1")));
    EXPECT_THAT(error(q, k, zeros<2>({3, 7})), AllOf(HasSubstr("score_vectors [3, 7]"), HasSubstr("axis")));
    EXPECT_THAT(error(q, k, zeros<2>({2, 8})), AllOf(HasSubstr("score_vectors [2, 8]"), HasSubstr("axis")));
}

TEST(AdditiveAttention, MatchesTheOracleWithoutAMask) {
    expect_family("plain");
}

TEST(AdditiveAttention, MatchesTheOracleUnderMasks) {
    expect_family("masks");
}

TEST(AdditiveAttention, AgreesWithPyTorch) {
    expect_family("pytorch");
}

TEST(AdditiveAttention, ShiftingKeysAgainstQueriesChangesNothing) {  // tanh(q + k): only the sum counts
    Tensor<4> q = zeros<4>({1, 1, 3, 4}), k = zeros<4>({1, 1, 5, 4}), v = zeros<4>({1, 1, 5, 2});
    for (std::size_t n = 0; n < q.size(); ++n) q.data()[n] = static_cast<float>(n % 7) / 4.0F - 0.75F;
    for (std::size_t n = 0; n < k.size(); ++n) k.data()[n] = static_cast<float>(n % 11) / 8.0F - 0.5F;
    for (std::size_t n = 0; n < v.size(); ++n) v.data()[n] = static_cast<float>(n);
    const Tensor<2> w = {{1.0F, -0.5F, 0.25F, 2.0F}};
    const AttentionResult before = probes::additive_attention(q, k, v, w, {});
    for (float& element : q) element += 0.5F;
    for (float& element : k) element -= 0.5F;  // exact in float: eighths
    const AttentionResult after = probes::additive_attention(q, k, v, w, {});
    expect_close(after.output, before.output, "output with q + 0.5 and k - 0.5 against the output with q and k", close);
}

TEST(MultiHeadAdditive, MatchesTheOracle) {
    for (const Case& c : cases("2.3/multi_head")) {
        const ModuleQuestion x = question_of(c);
        const MultiHeadResult result =
            probes::multi_head_additive_attention(x.additive(), x.query, x.key, x.value, x.mask);
        expect_close(result.weights, c, "weights", close_behind_projections);
        expect_close(result.output, c, "output", close_behind_projections);
    }
}

}  // namespace
}  // namespace wb
