/// @file
/// What lies beside a checkpoint of Hugging Face's: config.json, which says the model's shape and what its classes are called, and
/// preprocessor_config.json, which says what pictures must be like. Given code. Both files are untrusted: what is missing, of another
/// type, or means a model that this chapter has not, is a FileError that names the file and the key.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "vit_options.hpp"

namespace wb {

/// A checkpoint's settings. Pictures are resized to options.image_size, their pixels brought to 0 .. 1, and then
/// (pixel - mean) / deviation is taken in each channel (exercise 4.1).
struct VitConfig {
    VitOptions options;               ///< the model's shape
    std::vector<std::string> labels;  ///< of each class
    std::vector<double> mean;         ///< of each channel: preprocessor_config.json's image_mean, or 0
    std::vector<double> deviation;    ///< of each channel: image_std, or 1
};

/// Reads both files of a folder.
/// @throws FileError for a file that cannot be read or is not JSON; a key that is missing or has a value of another type or size; an
///         activation but "gelu"; projections without bias; a resize that is not bilinear, or not to the model's size; labels that do
///         not number the classes 0, 1, ..; and for a model of more than 2^32 parameters
VitConfig read_vit_config(const std::filesystem::path& folder);

}  // namespace wb
