/// @file
/// Judges exercise 5.9 with a trained translator of 7,405 parameters. Weights are within 0 and 1, softmaxes of scores of the size
/// of 20 that are some 1e-5 off, so weights are no more than 1e-5 off; 5e-5 is five times that.
#include <cmath>

#include "attention_maps_probes.hpp"
#include "judge/judge.hpp"
#include "translator_case.hpp"

namespace wb {
namespace {

constexpr Tolerance of_weights{.absolute = 5e-5};

AttentionMaps ask_maps(const Case& c) {
    return probes::attention_maps(model_of(c), c.text("word"));
}

TEST(AttentionMaps, NameWhatWasReadAndWritten) {
    for (const Case& c : cases("5.9/maps")) {
        const AttentionMaps maps = ask_maps(c);
        EXPECT_EQ(maps.word, c.text("word")) << c.name();
        EXPECT_EQ(maps.translation, c.text("translation")) << c.name();
        EXPECT_EQ(maps.read, split(c.text("read"))) << c.name() << ": the letters of the word, and EOS";
        EXPECT_EQ(maps.wrote, split(c.text("wrote")))
            << c.name()
            << ": the letters of the translation, and EOS unless it ran out of tokens; an SOS in between is SOS";
    }
}

/// All maps but those of a decoder that is not causal.
template <class Look>
void for_causal_models(const Look& look) {
    for (const Case& c : cases("5.9/maps")) {
        if (c.number("causal") != 0) look(c, ask_maps(c));
    }
}

/// Whether all rows of `got` but the last are those that are expected one further down.
bool one_too_late(const Tensor<3>& got, const Tensor<3, double>& expected) {
    for (std::size_t layer = 0; layer < got.shape(0); ++layer) {
        for (std::size_t t = 0; t + 1 < got.shape(1); ++t) {
            for (std::size_t j = 0; j < got.shape(2); ++j) {
                if (!(std::abs(got(layer, t, j) - expected(layer, t + 1, j)) <= of_weights.absolute)) return false;
            }
        }
    }
    return true;
}

TEST(AttentionMaps, RowsOfCrossAreWhatEachLetterWasWrittenFrom) {
    for_causal_models([](const Case& c, const AttentionMaps& maps) {
        SCOPED_TRACE("cross [layers, wrote, read] of \"" + c.text("word") + "\"");
        expect_close(maps.cross, c, "cross", of_weights);
        EXPECT_FALSE(one_too_late(maps.cross, c.expected<3>("cross")))
            << "rows are one too late: row t is what was looked at after wrote[t] had been read, for the next letter";
    });
}

TEST(AttentionMaps, RowsOfTheDecoderSeeWhatWasWrittenBefore) {
    for_causal_models([](const Case& c, const AttentionMaps& maps) {
        SCOPED_TRACE("decoder [layers, wrote, wrote] of \"" + c.text("word") +
                     "\": row t is of wrote[t], column t of the token before it");
        expect_close(maps.decoder, c, "decoder", of_weights);
        for (std::size_t layer = 0; layer < maps.decoder.shape(0); ++layer) {
            EXPECT_NEAR(maps.decoder(layer, 0, 0), 1, 1e-6) << "the first letter was written with SOS alone before it";
        }
    });
}

TEST(AttentionMaps, TheEncoderSeesTheWholeWord) {
    for_causal_models([](const Case& c, const AttentionMaps& maps) {
        SCOPED_TRACE("encoder [layers, read, read] of \"" + c.text("word") + "\"");
        expect_close(maps.encoder, c, "encoder", of_weights);
    });
}

TEST(AttentionMaps, NothingIsSeenBeforeItIsWritten) {
    const Case c = grader::one_case("5.9/maps/not_causal");
    SCOPED_TRACE(
        "a decoder without a causal mask: when it wrote wrote[t] there was nothing behind column t to be seen, mask or "
        "not");
    const AttentionMaps maps = ask_maps(c);
    expect_close(maps.decoder, c, "decoder", of_weights);
    expect_close(maps.cross, c, "cross", of_weights);
    probes::attention_maps.expect_error<std::invalid_argument>(model_of(c), "t4am");
}

TEST(Alignment, IsThePlaceOfTheLargestWeight) {
    Tensor<3> cross = zeros<3>({2, 3, 4});
    const float weights[2][3][4] = {{{0.1F, 0.2F, 0.6F, 0.1F}, {0.7F, 0.1F, 0.1F, 0.1F}, {0.0F, 0.1F, 0.2F, 0.7F}},
                                    {{0.25F, 0.25F, 0.25F, 0.25F}, {0.1F, 0.4F, 0.1F, 0.4F}, {1, 0, 0, 0}}};
    std::copy_n(&weights[0][0][0], 24, cross.data());
    using Places = std::vector<std::size_t>;
    EXPECT_EQ(probes::alignment(cross, 0), (Places{2, 0, 3})) << "layer 0, a place in the word for each of 3 letters";
    EXPECT_EQ(probes::alignment(cross, 1), (Places{0, 1, 0})) << "layer 1: of equal weights the first";
    probes::alignment.expect_error<std::out_of_range>(cross, 2);
    EXPECT_TRUE(probes::alignment(zeros<3>({1, 0, 4}), 0).empty()) << "nothing was written";
}

TEST(EntropyBits, IsTheMeanOverRowsInBits) {
    Tensor<3> maps = zeros<3>({3, 2, 4});
    for (std::size_t row = 0; row < 2; ++row) {
        maps(0, row, row) = 1;                                                            // 0 bits
        for (std::size_t column = 0; column < 4; ++column) maps(1, row, column) = 0.25F;  // 2 bits
    }
    maps(2, 0, 1) = maps(2, 0, 3) = 0.5F;  // 1 bit
    maps(2, 1, 0) = 0.5F;                  // 1.75 bits
    maps(2, 1, 1) = 0.25F;
    maps(2, 1, 2) = maps(2, 1, 3) = 0.125F;
    const std::vector<double> bits = probes::entropy_bits(maps);
    ASSERT_EQ(bits.size(), 3U) << "one number a layer";
    EXPECT_NEAR(bits[0], 0, 1e-9) << "rows that look at one place: 0 log 0 is 0";
    EXPECT_NEAR(bits[1], 2, 1e-9) << "rows that look at four places alike: log2(4) bits, 1.386 would be in nats";
    EXPECT_NEAR(bits[2], (1 + 1.75) / 2, 1e-9) << "rows of 1 and 1.75 bits: the mean over rows, not their sum";
    maps(0, 1, 0) = std::nanf("");
    EXPECT_TRUE(std::isnan(probes::entropy_bits(maps).at(0))) << "a NaN among the weights must be seen";
}

}  // namespace
}  // namespace wb
