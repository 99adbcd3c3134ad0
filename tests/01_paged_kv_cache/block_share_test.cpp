/// @file
/// Judges exercise 1.8: blocks summed over steps, and what follows from them.
#include <array>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "simulator_case.hpp"
#include "simulator_probes.hpp"

namespace wb {
namespace {

constexpr std::array<int, 5> block_sizes{1, 4, 8, 16, 100};  // the rows of the cases

TEST(BlockSteps, AreASumInClosedForm) {
    EXPECT_EQ(probes::block_steps(3, 3, 4), 1 + 2 + 2) << "4, 5 and 6 tokens in blocks of 4";
    EXPECT_EQ(probes::block_steps(0, 8, 4), 4 * 1 + 4 * 2);
    EXPECT_EQ(probes::block_steps(100, 0, 16), 0) << "a request without output is never in the cache";
    EXPECT_EQ(probes::block_steps(161, 338, 1), 338 * 161 + 338 * 339 / 2) << "blocks of one slot: tokens times steps";
    constexpr int huge = 1 << 30;
    EXPECT_EQ(probes::block_steps(huge, huge, 1), (std::int64_t{3} << 59) + (std::int64_t{1} << 29))
        << "2^30 steps from 2^30 tokens on: no loop is fast enough, no int wide enough";
    EXPECT_EQ(probes::block_steps(huge, huge, huge), 2 * std::int64_t{huge});
    const Case c = grader::one_case("1.8/block_steps/random");
    const auto lengths = c.in<2, double>("lengths");
    Tensor<1, double> sums = zeros<1, double>({lengths.shape(0)});
    for (std::size_t n = 0; n < sums.size(); ++n) {
        sums(n) = static_cast<double>(probes::block_steps(
            static_cast<int>(lengths(n, 0)), static_cast<int>(lengths(n, 1)), static_cast<int>(lengths(n, 2))));
    }
    expect_close(sums, c, "sums", {});
    const std::array<int, 3> refused[] = {{-1, 5, 16}, {5, -1, 16}, {5, 5, 0}, {huge + 1, 1, 16}, {1, huge + 1, 16}};
    for (const auto& [prompt_len, output_len, block_size] : refused) {
        probes::block_steps.expect_error<std::invalid_argument>(prompt_len, output_len, block_size);
    }
}

TEST(TokenShare, IsTokensOverSlotsSummedOverRequestsAndSteps) {
    EXPECT_DOUBLE_EQ(probes::token_share({{0, 3, 3}}, 4), 15.0 / 20.0) << "4, 5 and 6 tokens in 4, 8 and 8 slots";
    for (const Case& c : cases("1.8/shares")) {
        Tensor<1, double> shares = zeros<1, double>({block_sizes.size()});
        for (std::size_t n = 0; n < shares.size(); ++n) shares(n) = probes::token_share(requests_of(c), block_sizes[n]);
        SCOPED_TRACE("a row for each block size: 1, 4, 8, 16, 100");
        expect_close(shares, c, "shares", {.relative = 1e-12});  // sums of whole numbers, and one division
    }
    probes::token_share.expect_error<std::invalid_argument>({}, 16);
    probes::token_share.expect_error<std::invalid_argument>({{0, 3, 3}}, 0);
}

TEST(SamplingSaving, CountsFullPromptBlocksOnce) {
    EXPECT_DOUBLE_EQ(probes::sampling_saving({{0, 20, 5}}, 2, 16), 1.0 / 4.0)
        << "two tables of 2 blocks; the first block is in both, the half-filled one was copied";
    EXPECT_DOUBLE_EQ(probes::sampling_saving({{0, 16, 5}}, 3, 16), 2.0 / 6.0) << "a full block is never written again";
    EXPECT_DOUBLE_EQ(probes::sampling_saving({{0, 15, 5}}, 6, 16), 0) << "a prompt shorter than a block saves nothing";
    EXPECT_DOUBLE_EQ(probes::sampling_saving({{0, 160, 5}}, 1, 16), 0) << "one sample shares with nobody";
    for (const Case& c : cases("1.8/shares")) {
        Tensor<2, double> savings = zeros<2, double>({block_sizes.size(), 4});
        for (std::size_t n = 0; n < block_sizes.size(); ++n) {
            for (int samples = 1; samples <= 4; ++samples) {
                savings(n, static_cast<std::size_t>(samples - 1)) =
                    probes::sampling_saving(requests_of(c), samples, block_sizes[n]);
            }
        }
        SCOPED_TRACE("a row for each block size: 1, 4, 8, 16, 100; columns: 1 to 4 samples");
        expect_close(savings, c, "savings", {.absolute = 1e-12});  // 1 - a ratio of whole numbers, or saved / logical
    }
    probes::sampling_saving.expect_error<std::invalid_argument>({}, 2, 16);
    probes::sampling_saving.expect_error<std::invalid_argument>({{0, 20, 5}}, 0, 16);
}

}  // namespace
}  // namespace wb
