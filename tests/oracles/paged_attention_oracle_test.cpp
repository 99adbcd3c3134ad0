/// @file
/// The oracles of exercises 1.9 to 1.12: against PyTorch's goldens, and partitions against the whole.
#include "paged_attention_oracle.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "cache_oracle.hpp"
#include "wb/safetensors.hpp"

namespace wb {
namespace {

oracle::PagedDecode golden(const SafeTensors& file) {
    return {file.get<3>("in.q"), file.get<4>("in.k_cache"), file.get<4>("in.v_cache"),
            file.get<2, std::int32_t>("in.block_table"), file.get<1, std::int32_t>("in.context_lens")};
}

SafeTensors golden_file(const std::string& name) {
    return read_safetensors(std::filesystem::path(WB_GOLDENS) / "01_paged_kv_cache" / (name + ".safetensors"));
}

TEST(PagedDecodeOracle, AgreesWithPyTorch) {
    for (const char* name : {"1.9_one_head_each", "1.9_grouped", "1.9_shared_by_all"}) {
        const SafeTensors file = golden_file(name);
        const Tensor<3, double> got = oracle::paged_decode(golden(file));
        const auto wanted = file.get<3, double>("expected.out");
        ASSERT_EQ(got.shape(), wanted.shape());
        for (std::size_t n = 0; n < got.size(); ++n) EXPECT_NEAR(got.data()[n], wanted.data()[n], 1e-13) << name;
    }
}

TEST(PagedDecodeOracle, PartitionsMergeToTheWhole) {
    const oracle::PagedDecode x = golden(golden_file("1.9_grouped"));  // contexts of 17 and 40
    const oracle::Partitions parts = oracle::paged_partitions(x, 8, 6);
    const Tensor<3, double> whole = oracle::paged_decode(x);
    EXPECT_EQ(parts.sum(0, 0, 3), 0) << "17 tokens reach into 3 partitions of 8";
    const Tensor<3, double> merged = oracle::merged(parts, x.context_lens, 8);
    for (std::size_t n = 0; n < whole.size(); ++n) EXPECT_NEAR(merged.data()[n], whole.data()[n], 1e-13);
}

TEST(CacheOracle, ASlotIsABlockAndAnOffset) {
    const Tensor<4> empty({2, 1, 2, 1}, 0.0F);
    const Tensor<3> tokens{{{1.0F}}, {{2.0F}}};
    const oracle::Caches caches = oracle::written({tokens, tokens, {3, -1}, empty, empty});
    EXPECT_EQ(caches.k, (Tensor<4, double>{{{{0}, {0}}}, {{{0}, {1}}}}))
        << "slot 3 is block 1, offset 1; -1 is skipped";
    EXPECT_EQ(oracle::copied({{{{1}, {2}}}, {{{3}, {4}}}}, {{1, 0}}), (Tensor<4, double>{{{{3}, {4}}}, {{{3}, {4}}}}));
}

}  // namespace
}  // namespace wb
