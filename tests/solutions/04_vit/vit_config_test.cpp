/// @file
/// Chapter 4's reader of config.json and preprocessor_config.json: both as Hugging Face writes them, and all that it refuses.
#include "vit_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "vit_base_files.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

class VitConfigFiles : public testing::Test {
 protected:
    VitConfigFiles() : folder_(std::filesystem::temp_directory_path() / folder_name()) {
        std::filesystem::create_directory(folder_);
    }
    ~VitConfigFiles() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }
    [[nodiscard]] VitConfig read(const Json& config, const Json& preprocessor = base_preprocessor()) const {
        write("config.json", config.dump());
        write("preprocessor_config.json", preprocessor.dump());
        return read_vit_config(folder_);
    }
    /// The error's text; empty, with the test failed, when there was none.
    [[nodiscard]] std::string error(const Json& config, const Json& preprocessor = base_preprocessor()) const {
        try {
            (void)read(config, preprocessor);
        } catch (const FileError& error) {
            return error.what();
        }
        ADD_FAILURE() << "was read";
        return {};
    }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
    static std::string folder_name() {
        return "vit_config_test." + std::to_string(std::random_device{}()) + "." +
               std::to_string(std::random_device{}());
    }
    std::filesystem::path folder_;
};

TEST_F(VitConfigFiles, SayWhatTheModelIs) {
    Json preprocessor = base_preprocessor();
    preprocessor["image_std"] = {0.5, 0.25, 0.5};
    const VitConfig got = read(base_config(), preprocessor);
    const VitOptions defaults;  // those of this very model
    EXPECT_EQ(got.options.image_size, defaults.image_size);
    EXPECT_EQ(got.options.channels, defaults.channels);
    EXPECT_EQ(got.options.patch_size, defaults.patch_size);
    EXPECT_EQ(got.options.hidden, defaults.hidden);
    EXPECT_EQ(got.options.layers, defaults.layers);
    EXPECT_EQ(got.options.heads, defaults.heads);
    EXPECT_EQ(got.options.mlp, defaults.mlp);
    EXPECT_EQ(got.options.classes, 1000);
    EXPECT_EQ(got.options.layer_norm_epsilon, 1e-12);
    EXPECT_EQ(got.labels.at(999), "class number 999") << "labels are in order of their numbers, not of their texts";
    EXPECT_EQ(got.labels.at(2), "class number 2");
    EXPECT_THAT(got.mean, ElementsAre(0.5, 0.5, 0.5));
    EXPECT_THAT(got.deviation, ElementsAre(0.5, 0.25, 0.5));
}

TEST_F(VitConfigFiles, OfNewerVersionsAreReadToo) {
    Json newer = base_preprocessor();
    newer["size"] = {{"height", 224}, {"width", 224}};
    newer["do_rescale"] = true;
    newer["rescale_factor"] = 0.00392156862745098;
    newer["resample"] = 2;
    EXPECT_THAT(read(base_config(), newer).mean, ElementsAre(0.5, 0.5, 0.5));
    newer["do_normalize"] = false;
    EXPECT_THAT(read(base_config(), newer).mean, ElementsAre(0, 0, 0));
    EXPECT_THAT(read(base_config(), newer).deviation, ElementsAre(1, 1, 1));
    Json config = base_config();
    config.erase("qkv_bias");
    EXPECT_EQ(read(config).options.hidden, 768) << "projections have biases unless they say otherwise";
}

TEST_F(VitConfigFiles, MissingKeysAreNamedWithTheirFile) {
    for (const char* key : {"hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
                            "hidden_act", "layer_norm_eps", "image_size", "patch_size", "num_channels", "id2label"}) {
        Json config = base_config();
        config.erase(key);
        EXPECT_THAT(error(config), testing::AllOf(HasSubstr((folder() / "config.json").string()), HasSubstr(key)));
    }
    for (const char* key : {"size", "image_mean", "image_std"}) {
        Json preprocessor = base_preprocessor();
        preprocessor.erase(key);
        EXPECT_THAT(error(base_config(), preprocessor),
                    testing::AllOf(HasSubstr("preprocessor_config.json"), HasSubstr(key)));
    }
}

TEST_F(VitConfigFiles, ValuesOfAnotherTypeAreNamed) {
    const Json wrong[] = {
        nullptr, true, -1, 0, 2.5, "768", Json::array(), Json::object(), 1e300, 18446744073709551615U};
    for (const char* key : {"hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
                            "image_size", "patch_size", "num_channels", "hidden_act", "id2label", "layer_norm_eps"}) {
        for (const Json& value : wrong) {
            Json config = base_config();
            config[key] = value;
            EXPECT_THAT(error(config), HasSubstr(key)) << value;
        }
    }
    for (const char* key :
         {"size", "image_mean", "image_std", "do_normalize", "do_resize", "do_rescale", "resample", "rescale_factor"}) {
        for (const Json& value : {Json("no"), Json(3), Json({1, 2}), Json({{"height", 224}})}) {
            Json preprocessor = base_preprocessor();
            preprocessor[key] = value;
            EXPECT_THAT(error(base_config(), preprocessor), HasSubstr(key)) << value;
        }
    }
}

TEST_F(VitConfigFiles, ModelsThatThisChapterHasNotAreRefused) {
    const auto refuses = [&](const char* key, const Json& value, const std::string& named) {
        Json config = base_config();
        config[key] = value;
        EXPECT_THAT(error(config), HasSubstr(named)) << key << " = " << value;
    };
    refuses("hidden_act", "gelu_new", "hidden_act");
    refuses("qkv_bias", false, "qkv_bias");
    refuses("num_attention_heads", 7, "num_attention_heads");
    refuses("patch_size", 15, "patch_size");
    refuses("layer_norm_eps", 0, "layer_norm_eps");
    refuses("id2label", {{"0", "a"}, {"2", "c"}}, "\"1\"");
    refuses("id2label", {{"0", "a"}, {"1", 7}}, "id2label.1");
    Json config = base_config();
    config["hidden_size"] = 49152;
    config["num_hidden_layers"] = 1024;
    EXPECT_THAT(error(config), HasSubstr("2^32 parameters"));
    Json preprocessor = base_preprocessor();
    preprocessor["size"] = 384;
    EXPECT_THAT(error(base_config(), preprocessor), HasSubstr("224")) << "it names the model's size";
    preprocessor = base_preprocessor();
    preprocessor["image_std"] = {0.5, 0, 0.5};
    EXPECT_THAT(error(base_config(), preprocessor), HasSubstr("image_std"));
}

TEST_F(VitConfigFiles, WhatIsNoJsonIsAnError) {
    EXPECT_THROW((void)read_vit_config(folder()), FileError) << "no files at all";
    const std::string good = base_config().dump();
    write("preprocessor_config.json", base_preprocessor().dump());
    for (const std::string& text :
         {std::string(), std::string("[]"), std::string("7"), good.substr(0, good.size() / 2), std::string(100000, '['),
          std::string("\xff\xfe{}"), std::string("{\"a\":\"\xff\"}"), std::string(17U << 20U, ' ')}) {
        write("config.json", text);
        EXPECT_THROW((void)read_vit_config(folder()), FileError) << text.substr(0, 20);
    }
}

TEST_F(VitConfigFiles, ChangedBytesAreReadOrRefused) {
    Json config = base_config();
    config["id2label"] = {{"0", "cat"}, {"1", "dog"}};
    const std::string texts[] = {config.dump(), base_preprocessor().dump()};
    const char* const names[] = {"config.json", "preprocessor_config.json"};
    std::mt19937 random(4);
    std::size_t refused = 0;
    for (int n = 0; n < 400; ++n) {
        for (int file = 0; file < 2; ++file) {
            std::string text = texts[file];
            for (int changes = 0; n % 2 == file && changes < 1 + n % 3; ++changes)
                text[random() % text.size()] =
                    static_cast<char>(random() % 2 == 0 ? random() % 256 : "0-9.e\"{}[],:"[random() % 13]);
            write(names[file], text);
        }
        try {
            (void)read_vit_config(folder());
        } catch (const FileError&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 200U);
}

}  // namespace
}  // namespace wb
