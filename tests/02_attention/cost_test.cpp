/// @file
/// Judges exercise 2.6: FLOPs, bytes and activation memory. Whole numbers below 2^53: nothing needs a tolerance.
#include <iterator>
#include <sstream>

#include "count_case.hpp"
#include "judge/judge.hpp"
#include "probes.hpp"

namespace wb {
namespace {

enum Column : std::size_t { flops, bytes_read, bytes_written };

/// Ends the test unless the stages have the names of the contract, in order; then the numbers can be compared by place.
void expect_names(const AttentionCost& cost, const Case& c) {
    std::ostringstream names;
    for (const StageCost& stage : cost.stages) names << (names.tellp() > 0 ? " " : "") << stage.name;
    if (names.str() != c.text("names")) {
        stop_test(c.name() + ": expected the stages \"" + c.text("names") + "\", got \"" + names.str() + "\"");
    }
}

/// [stages, 3] with the columns that are asked for; the others as expected, so that only what is asked for can differ.
Tensor<2, double> table(const AttentionCost& cost, const Case& c, std::initializer_list<Column> columns) {
    Tensor<2, double> t = c.expected<2>("stages");
    for (std::size_t row = 0; row < cost.stages.size(); ++row) {
        const StageCost& stage = cost.stages[row];
        const std::uint64_t values[] = {stage.flops, stage.bytes_read, stage.bytes_written};
        for (const Column column : columns) t(row, column) = static_cast<double>(values[column]);
    }
    return t;
}

template <class Ask>
void expect_family(const std::string& family, std::initializer_list<Column> columns, Ask ask) {
    for (const Case& c : cases("2.6/" + family)) {
        const AttentionCost cost = ask(sizes_of(c));
        expect_names(cost, c);
        SCOPED_TRACE("stages " + c.text("names") + "; columns: FLOPs, bytes read, bytes written");
        expect_close(table(cost, c, columns), c, "stages", {});
    }
}

template <class Ask>
void expect_activations(const std::string& family, Ask ask) {
    for (const Case& c : cases("2.6/" + family)) {
        Tensor<1, double> got(std::array<std::size_t, 1>{1});
        got(0) = static_cast<double>(ask(sizes_of(c)).activation_bytes);
        expect_close(got, c, "activations", {});
    }
}

AttentionCost dot_product(const AttentionSizes& s) {
    return probes::dot_product_cost(s);
}
AttentionCost broadcast(const AttentionSizes& s) {
    return probes::additive_cost(s, AdditiveMethod::broadcast);
}
AttentionCost streamed(const AttentionSizes& s) {
    return probes::additive_cost(s, AdditiveMethod::streamed);
}

TEST(DotProductCost, FlopsOfEachStage) {
    expect_family("dot_product", {flops}, dot_product);
}

TEST(DotProductCost, BytesOfEachStage) {
    expect_family("dot_product", {bytes_read, bytes_written}, dot_product);
}

TEST(DotProductCost, KeepsOnlyTheWeights) {
    expect_activations("dot_product", dot_product);
}

TEST(AdditiveCost, FlopsOfEachStage) {
    expect_family("broadcast", {flops}, broadcast);
    expect_family("streamed", {flops}, streamed);
}

TEST(AdditiveCost, BytesOfEachStage) {
    expect_family("broadcast", {bytes_read, bytes_written}, broadcast);
    expect_family("streamed", {bytes_read, bytes_written}, streamed);
}

TEST(AdditiveCost, BroadcastKeepsTanhAndStreamedDoesNot) {
    expect_activations("broadcast", broadcast);
    expect_activations("streamed", streamed);
}

TEST(Costs, OneHeadOfLength256ByHand) {  // batch 1, heads 1, 256 queries and keys, head_dim = hidden = 64
    const AttentionSizes s{1, 1, 256, 256, 64, 64};
    const AttentionCost dot = dot_product(s), wide = broadcast(s), narrow = streamed(s);
    EXPECT_EQ(dot.flops(), 65536U * (129 + 5 + 128)) << "65,536 pairs: 129 for a score, 5 for softmax, 128 to mix";
    EXPECT_EQ(dot.activation_bytes, 262144U) << "65,536 weights of 4 bytes";
    EXPECT_EQ(narrow.flops(), 4194304U + 65536U * (256 + 5 + 128))
        << "2 * 64 * 64 * 512 to project, 4 * 64 for a score";
    EXPECT_EQ(wide.flops(), narrow.flops()) << "the same arithmetic, in another order";
    EXPECT_EQ(narrow.activation_bytes, 131072U + 262144U) << "projected q and k, and the weights";
    EXPECT_EQ(wide.activation_bytes, narrow.activation_bytes + 16777216U) << "and tanh's 65,536 * 64 numbers: 16 MB";
}

TEST(Costs, CountPast32Bits) {
    const AttentionSizes s{64, 16, 8192, 8192, 128, 128};  // 2^36 scores
    EXPECT_EQ(dot_product(s).activation_bytes, std::uint64_t{1} << 38U);
    EXPECT_EQ(dot_product(s).stages.back().flops, std::uint64_t{1} << 44U) << "mix: 2 * 2^36 * 128";
    EXPECT_GT(broadcast(s).activation_bytes, std::uint64_t{1} << 45U);
}

}  // namespace
}  // namespace wb
