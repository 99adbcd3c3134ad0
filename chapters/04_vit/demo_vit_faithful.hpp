/// @file
/// The measurement of `./workbook run vit faithful`: deletion and insertion over many pictures (exercise 4.8), for rollout, for the
/// attention of single layers, and for what knows nothing of attention. Given code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iosfwd>

#include "demo_vit_model.hpp"
#include "wb/labelled_pictures.hpp"

namespace wb::demo {

/// What a pixel becomes when its patch is taken away.
enum class Covered : std::uint8_t {
    black,  ///< what 0 is after normalising: the background of Fashion-MNIST, so a covered patch is one where nothing lies
    mean  ///< 0 after normalising: the training set's mean, a grey that no picture of it has over a whole patch
};

struct FaithfulOptions {
    std::size_t pictures = 200;  ///< of the set, the first ones; two or more
    std::size_t seeds = 5;       ///< of random orders; each seed draws an order for every picture
    std::size_t steps = 14;      ///< of a curve, or as many as there are patches, if these are fewer
    Covered covered = Covered::black;
};

/// Prints a table of mean areas, each held against random orders picture by picture, and draws the mean curves into
/// FOLDER/vit_deletion.png and FOLDER/vit_insertion.png. The class that is followed is the one that the model takes the whole picture
/// for, right or wrong: it is the model's answer that is to be explained.
void measure_faithfulness(std::ostream& out, const LoadedVit& vit, const LabelledPictures& set,
                          const FaithfulOptions& options, const std::filesystem::path& folder);

}  // namespace wb::demo
