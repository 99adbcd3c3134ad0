/// @file
/// Photos side by side on a white sheet with labels, drawn by gnuplot: a photo, and what each layer and head makes of it. The file's
/// ending decides: .png or .svg. Texts and failures are as picture.hpp says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "wb/tensor.hpp"

namespace wb {

/// One photo of a sheet.
struct PhotoPanel {
    std::string title;            ///< above it; empty: none
    Tensor<3, std::uint8_t> rgb;  ///< [height, width, 3], row 0 on top
};

/// What the panels of a sheet share. They are laid out row by row; those that are smaller than the largest stand in the middle of
/// their place.
struct PhotoSheet {
    std::string title = {};                       ///< above all pictures
    std::vector<std::string> column_labels = {};  ///< above the columns, e.g. "head 1"; empty: none
    std::vector<std::string> row_labels = {};     ///< left of the rows, e.g. "layer 1"; empty: none
    std::size_t columns = 0;                      ///< panels in a row; 0: as square as it gets
    std::size_t zoom = 1;                         ///< pixels of the sheet, along a side, for a pixel of a photo
};

/// @param path  ends in .png or .svg
/// @throws std::invalid_argument  no panel, a panel that is empty or not RGB, labels that are not one a column or row, another
///                                ending, or a sheet of more than 16,384 pixels a side
/// @throws FileError, Error       as write_heat_maps
void write_photo_sheet(const std::filesystem::path& path, const std::vector<PhotoPanel>& panels,
                       const PhotoSheet& sheet = {});

}  // namespace wb
