/// @file
/// A vision transformer as a folder in Hugging Face's layout, which `./workbook run vit --weights FOLDER` reads, and PyTorch too.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "vit.hpp"

namespace wb::demo {

/// What belongs to a model besides its parameters.
struct VitFolderInfo {
    std::vector<std::string> class_names;  ///< [classes]
    std::vector<float> mean, std;          ///< [channels]: pixels are (v / 255 - mean) / std
};

/// Writes model.safetensors, config.json and preprocessor_config.json; makes the folder where there is none.
/// @throws FileError when something cannot be written
void write_vit_folder(const std::filesystem::path& folder, const VisionTransformer& model, const VitFolderInfo& info);

}  // namespace wb::demo
