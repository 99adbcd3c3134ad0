#include "wb/char_model.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>
#include <string>

#include "wb/dataset.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

const SafeTensors& checkpoint() {
    static const SafeTensors file = read_safetensors(dataset("char_lm/sense_and_sensibility.safetensors"));
    return file;
}

std::vector<int> from_0(std::size_t count) {
    std::vector<int> positions(count);
    std::iota(positions.begin(), positions.end(), 0);
    return positions;
}

// Float32 sums of up to 256 terms through three blocks: measured within 6e-6 of PyTorch's float64, with logits up to 15.
TEST(CharModel, LogitsAgreeWithPyTorch) {
    const SafeTensors golden =
        read_safetensors(std::filesystem::path(WB_LIBRARY_GOLDENS) / "char_lm_logits.safetensors");
    const Tensor<1, std::int32_t> tokens = golden.get<1, std::int32_t>("in.tokens");
    const Tensor<2, double> expected = golden.get<2, double>("expected.logits");
    CharModel model(checkpoint());
    ContiguousCache cache(model.sizes().num_layers);
    const Tensor<2> logits = model.logits(std::span(tokens.data(), tokens.size()), from_0(tokens.size()), cache);
    ASSERT_EQ(shape_text(logits), shape_text(expected));
    double worst = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
        ASSERT_NEAR(logits.data()[i], expected.data()[i], 1e-4) << "logit " << i;
        worst = std::max(worst, std::abs(logits.data()[i] - expected.data()[i]));
    }
    RecordProperty("worst", std::to_string(worst));
}

TEST(CharModel, TokensOneByOneGiveTheSameBitsAsAllAtOnce) {
    CharModel model(checkpoint());
    const std::vector<int> tokens = model.encode("Elinor saw, and pitied her for it.\n");
    ContiguousCache at_once(model.sizes().num_layers), one_by_one(model.sizes().num_layers);
    const Tensor<2> all = model.logits(tokens, from_0(tokens.size()), at_once);
    for (std::size_t t = 0; t < tokens.size(); ++t) {
        const int position = static_cast<int>(t);
        const Tensor<2> one = model.logits({&tokens[t], 1}, {&position, 1}, one_by_one);
        for (std::size_t i = 0; i < one.size(); ++i) ASSERT_EQ(one(0, i), all(t, i)) << "token " << t;
    }
    EXPECT_EQ(model.tokens_computed(), 2 * static_cast<std::int64_t>(tokens.size()));
}

TEST(CharModel, TextGoesThereAndBack) {
    const CharModel model(checkpoint());
    const std::string text = "\"Oh! Mr. Willoughby,\" said Marianne;--\n";
    EXPECT_EQ(model.decode(model.encode(text)), text);
    try {
        (void)model.encode("a~b");
        FAIL() << "the model does not know '~'";
    } catch (const std::invalid_argument& error) {
        EXPECT_NE(std::string(error.what()).find("does not know the character '~'. It knows:  !"), std::string::npos)
            << error.what();
    }
    const std::vector<int> no_token{static_cast<int>(model.sizes().vocabulary)};
    EXPECT_THROW((void)model.decode(no_token), std::out_of_range);
}

TEST(CharModel, RefusesACheckpointThatDoesNotFitTogether) {
    SafeTensors other = checkpoint();
    other.put("blocks.1.key.weight", zeros<2>({48, 95}));
    try {
        const CharModel model(other);
        FAIL() << "a key projection of 95 columns";
    } catch (const FileError& error) {
        EXPECT_NE(
            std::string(error.what()).find("blocks.1.key.weight is [48, 95], but the other tensors want [48, 96]"),
            std::string::npos)
            << error.what();
    }
    other = checkpoint();
    other.metadata.erase("num_heads");
    EXPECT_THROW(CharModel{other}, FileError);
    other = checkpoint();
    other.tensors.erase("norm.bias");
    EXPECT_THROW(CharModel{other}, FileError);
}

TEST(Dataset, NamesThePathThatIsNotThere) {
    try {
        (void)dataset("char_lm/emma.safetensors");
        FAIL() << "there is no such file";
    } catch (const FileError& error) {
        EXPECT_NE(std::string(error.what()).find("datasets/char_lm/emma.safetensors"), std::string::npos)
            << error.what();
    }
}

TEST(CharModel, RefusesPositionsBeyondItsContext) {
    CharModel model(checkpoint());
    ContiguousCache cache(model.sizes().num_layers);
    const int token = 0, position = static_cast<int>(model.sizes().context);
    EXPECT_THROW((void)model.logits({&token, 1}, {&position, 1}, cache), std::out_of_range);
    EXPECT_THROW((void)model.logits({&token, 1}, {}, cache), ShapeError);
}

}  // namespace
}  // namespace wb
