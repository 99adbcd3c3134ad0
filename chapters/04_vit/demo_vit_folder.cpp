#include "demo_vit_folder.hpp"

#include <nlohmann/json.hpp>
#include <span>

#include "wb/byte_source.hpp"
#include "wb/safetensors.hpp"
#include "wb/training/checkpoint.hpp"

namespace wb::demo {
namespace {

using Json = nlohmann::ordered_json;

/// As a decimal number of few digits: 0.286, not the 0.2860000133514404 that a float is.
double short_number(float value) {
    return std::stod(std::to_string(value));
}

Json numbers(const std::vector<float>& values) {
    Json list = Json::array();
    for (const float value : values) list.push_back(short_number(value));
    return list;
}

Json config(const VitOptions& options, const std::vector<std::string>& class_names) {
    Json names = Json::object(), classes = Json::object();
    for (std::size_t n = 0; n < class_names.size(); ++n) {
        names[std::to_string(n)] = class_names[n];
        classes[class_names[n]] = n;
    }
    return {{"architectures", {"ViTForImageClassification"}},
            {"model_type", "vit"},
            {"image_size", options.image_size},
            {"num_channels", options.channels},
            {"patch_size", options.patch_size},
            {"hidden_size", options.hidden},
            {"num_hidden_layers", options.layers},
            {"num_attention_heads", options.heads},
            {"intermediate_size", options.mlp},
            {"hidden_act", "gelu"},
            {"layer_norm_eps", options.layer_norm_epsilon},
            {"qkv_bias", true},
            {"id2label", names},
            {"label2id", classes}};
}

Json preprocessor_config(const VitOptions& options, const VitFolderInfo& info) {
    return {{"image_processor_type", "ViTImageProcessor"},
            {"do_resize", true},
            {"size", {{"height", options.image_size}, {"width", options.image_size}}},
            {"resample", 2},  // bilinear
            {"do_rescale", true},
            {"rescale_factor", 1 / 255.0},
            {"do_normalize", true},
            {"image_mean", numbers(info.mean)},
            {"image_std", numbers(info.std)}};
}

void write_json(const std::filesystem::path& path, const Json& json) {
    const std::string text = json.dump(2) + "\n";
    write_atomically(path, {std::as_bytes(std::span(text))});
}

}  // namespace

void write_vit_folder(const std::filesystem::path& folder, const VisionTransformer& model, const VitFolderInfo& info) {
    std::filesystem::create_directories(folder);
    SafeTensors file;
    store_parameters(file, ParameterList<float>(model));
    write_safetensors(folder / "model.safetensors", file);
    write_json(folder / "config.json", config(model.options, info.class_names));
    write_json(folder / "preprocessor_config.json", preprocessor_config(model.options, info));
}

}  // namespace wb::demo
