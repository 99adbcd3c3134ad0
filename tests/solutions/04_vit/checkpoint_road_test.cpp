/// @file
/// The whole road of a checkpoint of ViT-Base's size: a folder in Hugging Face's layout, its settings, its weights, a picture, logits and
/// attention. The weights are hashed, so that PyTorch knows the answers and no file of 346 MB is needed.
#include <stdlib.h>  // mkdtemp

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "hashed_weights.hpp"
#include "process/process.hpp"
#include "vit_base_files.hpp"
#include "vit_checkpoint.hpp"
#include "vit_config.hpp"
#include "wb/safetensors.hpp"
#include "wb/training/checkpoint.hpp"

namespace wb {
namespace {

/// The folder, made once for all tests.
class CheckpointRoad : public testing::Test {
 protected:
    static void SetUpTestSuite() {
        std::string name = (std::filesystem::temp_directory_path() / "checkpoint_road.XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error(name + ": cannot be made");
        folder_ = name;
        Random random(1);
        const VisionTransformer model(VitOptions{}, random);
        const ParameterList<float> parameters(model);
        set_hashed_weights(parameters);
        SafeTensors file;
        store_parameters(file, parameters);
        file.metadata["format"] = "pt";  // as Hugging Face's files have it
        write_safetensors(folder_ / "model.safetensors", file);
        std::ofstream(folder_ / "config.json") << base_config().dump(2);
        std::ofstream(folder_ / "preprocessor_config.json") << base_preprocessor().dump(2);
    }
    static void TearDownTestSuite() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    static const std::filesystem::path& folder() { return folder_; }
    static SafeTensors golden() { return read_safetensors(WB_GOLDENS "/4.3base_hashed.safetensors"); }

    /// Twelve layers of sums of 768 and 3,072 terms in float: PyTorch's own float32 is 4e-6 off its float64, with logits up to 3.6.
    static void expect_first_logits(const Tensor<2>& logits) {
        const auto expected = golden().get<2, double>("expected.logits");
        ASSERT_EQ(logits.shape(1), expected.shape(1));
        double worst = 0;
        for (std::size_t n = 0; n < expected.shape(1); ++n) {
            const double off = std::abs(static_cast<double>(logits(0, n)) - expected(0, n));
            if (!(off <= worst)) worst = off;  // NaN stays
        }
        EXPECT_LE(worst, 1e-4) << "the logits' largest error";
    }

    /// A process that only loads and infers must not need more than this share of the weights' bytes.
    static void expect_peak(std::size_t batch, std::size_t threads, double share) {
        const std::filesystem::path answers = folder_ / "answers.safetensors";
        const grader::ProcessResult result = grader::run_process(
            {.argv = {WB_INFER_CHECKPOINT, folder_.string(), std::to_string(batch), answers.string()},
             .environment = {{"OMP_NUM_THREADS", std::to_string(threads)}}});
        ASSERT_TRUE(result.ok()) << result.how_it_ended() << "\n" << result.output;
        const double peak = std::stod(result.output), weights = 4 * 86567656.0;
        RecordProperty("peak_bytes", result.output);
        ASSERT_GT(peak, weights) << "the system does not say what the peak was";
        EXPECT_LE(peak, share * weights) << "bytes, where the weights have " << weights
                                         << ": does anything hold the file, gradients or a layer's numbers for longer?";
        const auto logits = read_safetensors(answers).get<2>("logits");
        EXPECT_EQ(logits.shape(0), batch);
        expect_first_logits(logits);
    }

 private:
    inline static std::filesystem::path folder_;
};

TEST_F(CheckpointRoad, EndsInPyTorchsLogitsAndAttention) {
    const VitConfig config = read_vit_config(folder());
    EXPECT_EQ(config.labels.size(), 1000);
    Random random(0);
    const VisionTransformer model(config.options, random);
    load_checkpoint(folder() / "model.safetensors", model);
    Tape<float> tape(Mode::infer);
    std::vector<Var<float>> attention;
    const Tensor<2> logits = model(tape, hashed_pixels(config.options), nullptr, &attention).tensor<2>();
    expect_first_logits(logits);

    const auto expected = golden().get<3, double>("expected.cls");  // [layers, heads, tokens]
    ASSERT_EQ(attention.size(), expected.shape(0));
    for (std::size_t layer = 0; layer < attention.size(); ++layer) {
        const auto weights = attention[layer].tensor<4>();
        for (std::size_t head = 0; head < expected.shape(1); ++head) {
            for (std::size_t j = 0; j < expected.shape(2); ++j) {
                // PyTorch's float32 is 3e-6 off in single weights
                ASSERT_NEAR(static_cast<double>(weights(0, head, 0, j)), expected(layer, head, j), 1e-5)
                    << "layer " << layer << ", head " << head << ", token " << j;
            }
        }
    }
}

TEST_F(CheckpointRoad, OnePictureTakesTheWeightsAndLittleMore) {
    expect_peak(1, 1, 1.15);
}

TEST_F(CheckpointRoad, ABatchTakesNoMoreThanOnePictureAtATime) {
    expect_peak(8, 1, 1.15);
}

// A thread has a picture's numbers of its own, some 14 MB or 0.04 of the weights; all eight pictures' would be 0.33.
TEST_F(CheckpointRoad, OfABatchEachThreadHoldsOnePicture) {
    expect_peak(8, 2, 1.15);
}

}  // namespace
}  // namespace wb
