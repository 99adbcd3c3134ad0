/// @file
/// The trusted model of chapter 5 against PyTorch, against itself read place by place, and what it refuses.
#include "translator_oracle.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <string>

#include "wb/safetensors.hpp"

namespace wb {
namespace {

SafeTensors golden(const std::string& name) {
    return read_safetensors(std::filesystem::path(WB_GOLDENS) / "05_pig_latin" / (name + ".safetensors"));
}

ModelWeights weights_in(const SafeTensors& file) {
    const std::string prefix = "in.parameter.";
    ModelWeights weights;
    for (const auto& [name, raw] : file.tensors) {
        if (!name.starts_with(prefix)) continue;
        NamedWeights one{name.substr(prefix.size()), raw.shape, {}};
        if (raw.shape.size() == 1) {
            const Tensor<1> values = file.get<1>(name);
            one.values.assign(values.begin(), values.end());
        } else {
            const Tensor<2> values = file.get<2>(name);
            one.values.assign(values.begin(), values.end());
        }
        weights.push_back(std::move(one));
    }
    return weights;
}

// Both in float64, and both sums of some dozen numbers of size 1 to 10, in another order.
void expect_equal(const Tensor<3, double>& got, const SafeTensors& file, const std::string& name) {
    const Tensor<3, double> expected = file.get<3, double>("expected." + name);
    ASSERT_EQ(got.shape(), expected.shape()) << file.source << ": " << name;
    for (std::size_t n = 0; n < got.size(); ++n)
        ASSERT_NEAR(got.data()[n], expected.data()[n], 1e-12) << file.source << ": " << name << ", element " << n;
}

TEST(TranslatorOracle, AgreesWithPyTorch) {
    for (const char* name : {"5.5_translator", "5.5_non_causal"}) {
        const SafeTensors file = golden(name);
        const oracle::Translator model(weights_in(file),
                                       {.hidden = 8, .layers = 2, .causal = file.metadata.at("causal") == "1"});
        const Batch batch{file.get<2, int>("in.source"), file.get<2, int>("in.decoder_input"),
                          file.get<2, int>("in.target")};
        oracle::TranslatorMaps maps;
        expect_equal(model.encode(batch.source), file, "annotations");
        expect_equal(model.logits(batch.source, batch.decoder_input, &maps), file, "logits");
        for (std::size_t n = 0; n < 2; ++n) {
            expect_equal(maps.encoder.at(n), file, "weights.encoder." + std::to_string(n));
            expect_equal(maps.self.at(n), file, "weights.self." + std::to_string(n));
            expect_equal(maps.cross.at(n), file, "weights.cross." + std::to_string(n));
        }
        EXPECT_NEAR(model.loss(batch), (file.get<1, double>("expected.loss")(0)), 1e-12) << name;
    }
}

TEST(TranslatorOracle, AgreesWithPyTorchWithoutAnEncoder) {
    const SafeTensors file = golden("5.8_decoder_only");
    const oracle::DecoderOnly model(weights_in(file), 8, 2);
    const PromptBatch batch{file.get<2, int>("in.tokens"), file.get<2, int>("in.target")};
    expect_equal(model.logits(batch.tokens), file, "logits");
    EXPECT_NEAR(model.loss(batch), (file.get<1, double>("expected.loss")(0)), 1e-12);
}

int likeliest_last(const Tensor<3, double>& logits) {
    const std::size_t vocabulary = logits.shape(2);
    const double* last = logits.data() + logits.size() - vocabulary;
    return static_cast<int>(std::max_element(last, last + vocabulary) - last);
}

Tensor<2, int> one_row(const std::vector<int>& tokens) {
    Tensor<2, int> row(std::array<std::size_t, 2>{1, tokens.size()});
    std::copy(tokens.begin(), tokens.end(), row.begin());
    return row;
}

TEST(TranslatorOracle, WritesPlaceByPlaceWhatWholeSequencesSay) {
    for (const char* name : {"5.5_translator", "5.5_non_causal"}) {
        const oracle::Translator model(weights_in(golden(name)),
                                       {.hidden = 8, .layers = 2, .causal = std::string(name) == "5.5_translator"});
        const std::vector<int> source = {2, 0, 19, hyphen_token, eos_token};  // "cat-"
        std::vector<int> prefix = {sos_token};
        const std::vector<int> written = model.greedy("cat-", 12);
        ASSERT_FALSE(written.empty());
        for (const int token : written) {
            EXPECT_EQ(token, likeliest_last(model.logits(one_row(source), one_row(prefix)))) << name;
            prefix.push_back(token);
        }
        EXPECT_TRUE(written.size() == 12 || written.back() == eos_token) << name;
    }
    const oracle::DecoderOnly model(weights_in(golden("5.8_decoder_only")), 8, 2);
    std::vector<int> prefix = {sos_token, 2, 0, 19, eop_token};
    for (const int token : model.greedy("cat", 12)) {
        EXPECT_EQ(token, likeliest_last(model.logits(one_row(prefix)))) << "decoder-only";
        prefix.push_back(token);
    }
}

TEST(TranslatorOracle, TextEndsBeforeEosAndShowsWhatIsNoLetter) {
    const SafeTensors file = golden("5.5_translator");
    ModelWeights weights = weights_in(file);
    const auto bias_says = [&](int token) {  // whatever it is asked
        for (NamedWeights& one : weights) {
            if (one.name.starts_with("decoder.out")) std::fill(one.values.begin(), one.values.end(), 0.0F);
            if (one.name == "decoder.out.bias") one.values[static_cast<std::size_t>(token)] = 1;
        }
        return oracle::Translator(weights, {.hidden = 8, .layers = 2});
    };
    EXPECT_EQ(bias_says(4).translate("cat", 3), "eee");
    EXPECT_EQ(bias_says(hyphen_token).translate("cat", 2), "--");
    EXPECT_EQ(bias_says(sos_token).translate("cat", 2), "^^");
    EXPECT_EQ(bias_says(eos_token).translate("cat", 3), "");
    EXPECT_EQ(bias_says(eos_token).greedy("cat", 3), std::vector<int>{eos_token});
    EXPECT_THROW((void)bias_says(4).translate("Cat"), std::invalid_argument);
}

/// The message with which weights are refused; `change` spoils them.
template <class Change>
std::string refusal(const Change& change) {
    ModelWeights weights = weights_in(golden("5.5_translator"));
    change(weights);
    try {
        const oracle::Translator model(weights, {.hidden = 8, .layers = 2});
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "nothing was refused";
}

TEST(TranslatorOracle, RefusesWeightsThatAreNotThisModels) {
    const auto is_name = [](const NamedWeights& one) { return one.name == "decoder.out.weight"; };
    const auto found = [&](ModelWeights& weights) -> NamedWeights& {
        return *std::find_if(weights.begin(), weights.end(), is_name);
    };
    EXPECT_EQ(refusal([&](ModelWeights& w) { std::erase_if(w, is_name); }), "weights: there is no decoder.out.weight");
    EXPECT_EQ(refusal([&](ModelWeights& w) { w.push_back(found(w)); }), "weights: decoder.out.weight is given twice");
    EXPECT_EQ(refusal([&](ModelWeights& w) {
                  found(w).shape = {8, 29};
              }),
              "weights: decoder.out.weight has shape [8, 29] and 232 values, but this model's has shape [29, 8]");
    EXPECT_EQ(refusal([&](ModelWeights& w) { found(w).values.pop_back(); }),
              "weights: decoder.out.weight has shape [29, 8] and 231 values, but this model's has shape [29, 8]");
    EXPECT_EQ(refusal([&](ModelWeights& w) { found(w).values[17] = std::numeric_limits<float>::infinity(); }),
              "weights: decoder.out.weight has inf as its value number 17, counted from 0");
    EXPECT_EQ(refusal([&](ModelWeights& w) {
                  w.push_back({"decoder.layers.2.feed_forward.bias", {8}, {}});
              }),
              "weights: decoder.layers.2.feed_forward.bias is none of this model's");
    EXPECT_EQ(refusal([](ModelWeights&) {}), "nothing was refused");
}

TEST(TranslatorOracle, EveryFlawChangesTheLogits) {
    using oracle::TranslatorFlaws;
    const SafeTensors file = golden("5.5_translator");
    const ModelWeights weights = weights_in(file);
    const Tensor<2, int> decoder_input = file.get<2, int>("in.decoder_input");
    const Tensor<2, int>& source = decoder_input;  // equal lengths
    const TranslatorOptions options{.hidden = 8, .layers = 2};
    const auto right = oracle::Translator(weights, options).logits(source, decoder_input);
    int number = 0;
    for (const TranslatorFlaws& flaws :
         {TranslatorFlaws{.unscaled = true}, TranslatorFlaws{.scaled_by_hidden = true},
          TranslatorFlaws{.swaps_key_and_value = true}, TranslatorFlaws{.no_residual = true},
          TranslatorFlaws{.relu_outside = true}, TranslatorFlaws{.no_relu = true},
          TranslatorFlaws{.feed_forward_on_old = true}, TranslatorFlaws{.no_positions = true},
          TranslatorFlaws{.positions_every_layer = true}, TranslatorFlaws{.scaled_embeddings = true},
          TranslatorFlaws{.last_layer_only = true}, TranslatorFlaws{.annotations_ask = true},
          TranslatorFlaws{.causal_cross = true}, TranslatorFlaws{.cross_before_self = true},
          TranslatorFlaws{.softmaxed_logits = true}}) {
        const Tensor<3, double> flawed = oracle::Translator(weights, options, flaws).logits(source, decoder_input);
        double largest = 0;
        for (std::size_t n = 0; n < flawed.size(); ++n)
            largest = std::max(largest, std::abs(flawed.data()[n] - right.data()[n]));
        EXPECT_GT(largest, 0.01) << "flaw number " << number;
        ++number;
    }
}

}  // namespace
}  // namespace wb
