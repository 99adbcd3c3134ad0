/// @file
/// The measurement of `./workbook run vit heads`: which heads a trained model needs (exercise 4.10). Given code.
#pragma once

#include <cstddef>
#include <filesystem>
#include <iosfwd>

#include "demo_vit_model.hpp"
#include "wb/labelled_pictures.hpp"

namespace wb::demo {

struct HeadsOptions {
    std::size_t pictures = 2000;  ///< two or more; the set has at least twice as many
};

/// Drops each head by itself on the first so many pictures of the set, and then one head after the other on as many others: an order is
/// judged by pictures that had no part in it. Prints tables, and draws FOLDER/vit_heads.png (the increases) and
/// FOLDER/vit_heads_order.png (the accuracy, by the number of heads that are dropped).
void measure_heads(std::ostream& out, const LoadedVit& vit, const LabelledPictures& set, const HeadsOptions& options,
                   const std::filesystem::path& folder);

}  // namespace wb::demo
