#include "demo_translator_file.hpp"

#include "wb/errors.hpp"
#include "wb/safetensors.hpp"
#include "wb/training/checkpoint.hpp"

namespace wb::demo {

Translator read_translator(const std::filesystem::path& path) {
    const SafeTensors file = read_safetensors(path);
    const std::size_t hidden = file.get<2>("encoder.embedding.weight").shape(1);
    if (hidden < 2 || hidden % 2 != 0) {
        throw FileError(path.string() + ": encoder.embedding.weight has " + std::to_string(hidden) +
                        " columns, and a translator's hidden is even");
    }
    std::size_t layers = 0;
    while (file.contains("encoder.layers." + std::to_string(layers) + ".feed_forward.weight")) ++layers;
    Random random(0);  // drawn, and then replaced
    Translator model({.hidden = hidden, .layers = layers}, random);
    load_parameters(file, ParameterList<float>(model));
    return model;
}

void write_translator(const std::filesystem::path& path, const Translator& model) {
    SafeTensors file;
    store_parameters(file, ParameterList<float>(model));
    write_safetensors(path, file);
}

}  // namespace wb::demo
