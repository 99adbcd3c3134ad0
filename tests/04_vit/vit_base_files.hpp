/// @file
/// What lies beside the weights of google/vit-base-patch16-224, written as its folder has it; its classes have other names here.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace wb {

inline nlohmann::json base_config() {
    nlohmann::json config = nlohmann::json::parse(R"({
        "_name_or_path": "google/vit-base-patch16-224-in21k", "architectures": ["ViTForImageClassification"],
        "attention_probs_dropout_prob": 0.0, "hidden_act": "gelu", "hidden_dropout_prob": 0.0, "hidden_size": 768,
        "image_size": 224, "initializer_range": 0.02, "intermediate_size": 3072, "layer_norm_eps": 1e-12,
        "model_type": "vit", "num_attention_heads": 12, "num_channels": 3, "num_hidden_layers": 12, "patch_size": 16,
        "qkv_bias": true, "transformers_version": "4.13.0.dev0"})");
    for (int n = 0; n < 1000; ++n) {
        const std::string label = "class number " + std::to_string(n);
        config["id2label"][std::to_string(n)] = label;
        config["label2id"][label] = n;
    }
    return config;
}

inline nlohmann::json base_preprocessor() {
    return nlohmann::json::parse(R"({"do_normalize": true, "do_resize": true, "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5], "size": 224})");
}

}  // namespace wb
