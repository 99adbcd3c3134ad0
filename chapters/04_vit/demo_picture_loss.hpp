/// @file
/// What the training demos do with labelled pictures: statistics, the loss of a shard, and the share that a model gets right.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "vit.hpp"
#include "wb/labelled_pictures.hpp"
#include "wb/training/data_parallel.hpp"

namespace wb::demo {

/// Of each channel's numbers / 255.
struct ChannelStatistics {
    std::vector<float> mean, std;
};
ChannelStatistics channel_statistics(const LabelledPictures& pictures);

/// The loss of a shard of the batch that begins with picture `first`. All arguments must outlive it.
/// @param right  where not null: has a place for each picture, and gets 1 where the largest logit is the label's
DataParallel<float>::LossFunction picture_loss(const VisionTransformer& model, const LabelledPictures& pictures,
                                               const ChannelStatistics& scale, std::size_t first = 0,
                                               std::vector<char>* right = nullptr);

struct PictureResult {
    double loss = 0, accuracy = 0;  ///< means over the pictures
};
PictureResult evaluate_pictures(DataParallel<float>& parallel, const VisionTransformer& model,
                                const LabelledPictures& pictures, const ChannelStatistics& scale);

}  // namespace wb::demo
