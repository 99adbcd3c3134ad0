/// @file
/// A program that does nothing but load a checkpoint of a vision transformer and ask it about pictures, so that its peak of memory
/// is theirs alone:  infer_checkpoint FOLDER BATCH ANSWERS
/// Prints the peak in bytes, and writes the logits to the file ANSWERS.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "hashed_weights.hpp"
#include "vit_checkpoint.hpp"
#include "vit_config.hpp"
#include "wb/safetensors.hpp"
#include "wb/training/infer_batch.hpp"

namespace {

/// The most memory that this process ever had, in bytes; 0 where the system does not say.
std::uint64_t peak_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        std::uint64_t kilobytes = 0;
        if (word == "VmHWM:" && status >> kilobytes) return 1024 * kilobytes;
    }
    return 0;
}

wb::Tensor<4> picture(const wb::Tensor<4>& pixels, std::size_t n) {
    auto shape = pixels.shape();
    shape[0] = 1;
    wb::Tensor<4> one(shape);
    std::copy_n(pixels.data() + n * one.size(), one.size(), one.data());
    return one;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) return 2;
    const std::filesystem::path folder = argv[1];
    const std::size_t batch = std::stoul(argv[2]);

    const wb::VitConfig config = wb::read_vit_config(folder);
    wb::Random random(0);  // drawn, and then replaced
    const wb::VisionTransformer model(config.options, random);
    wb::load_checkpoint(folder / "model.safetensors", model);
    const wb::Tensor<4> pixels = wb::hashed_pixels(config.options, batch);
    const wb::Tensor<2> logits = wb::infer_batch<float>(batch, [&](wb::Tape<float>& tape, const wb::Shard& shard) {
        return model(tape, picture(pixels, shard.begin));
    });
    std::cout << peak_memory() << '\n';

    wb::SafeTensors answers;
    answers.put("logits", logits);
    wb::write_safetensors(argv[3], answers);
    return 0;
}
