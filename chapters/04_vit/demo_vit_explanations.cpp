#include "demo_vit_explanations.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "cls_attention.hpp"
#include "rollout.hpp"
#include "wb/training/infer_batch.hpp"

namespace wb::demo {
namespace {

Tensor<2> rollout_of(const Look& look, const RolloutOptions& options) {
    const Tensor<3> rollout = attention_rollout(look.attention, 0, options);
    Tensor<2> top(std::array<std::size_t, 2>{rollout.shape(1), rollout.shape(2)});
    std::copy_n(&rollout(rollout.shape(0) - 1, 0, 0), top.size(), top.data());
    return rollout_map(top);
}

/// The class token's look at the patches in one layer, the mean of the heads.
Tensor<2> attention_of(const Look& look, std::size_t layer) {
    const Tensor<4> maps = cls_attention({look.attention[layer]}, 0);
    Tensor<2> mean = zeros<2>({maps.shape(2), maps.shape(3)});
    for (std::size_t n = 0; n < maps.size(); ++n)
        mean.data()[n % mean.size()] += maps.data()[n] / static_cast<float>(maps.shape(1));
    return mean;
}

/// How bright the patches are: a map that has never heard of the model.
Tensor<2> brightness_of(const Look& look, std::size_t patch_size) {
    Tensor<2> sums = zeros<2>({look.seen.shape(0) / patch_size, look.seen.shape(1) / patch_size});
    for (std::size_t y = 0; y < look.seen.shape(0); ++y) {
        for (std::size_t x = 0; x < look.seen.shape(1); ++x) {
            for (std::size_t c = 0; c < 3; ++c) sums(y / patch_size, x / patch_size) += look.seen(y, x, c);
        }
    }
    return sums;
}

/// By how much the class's probability falls when a patch alone is covered: the model itself is asked, once a patch.
Tensor<2> drop_of_each(const Predict& predict, const Subject& subject) {
    const std::size_t size = subject.options.patch_size, height = subject.pixels.shape(1);
    const std::size_t width = subject.pixels.shape(2), columns = width / size, patches = height / size * columns;
    Tensor<4> pictures({patches, subject.pixels.shape(0), height, width});
    for (std::size_t patch = 0; patch < patches; ++patch) {
        std::copy_n(subject.pixels.data(), subject.pixels.size(), &pictures(patch, 0, 0, 0));
        for (std::size_t c = 0; c < pictures.shape(1); ++c) {
            for (std::size_t y = 0; y < size; ++y)
                std::fill_n(&pictures(patch, c, patch / columns * size + y, patch % columns * size), size,
                            subject.options.baseline[c]);
        }
    }
    const Tensor<2> answers = predict(pictures);
    Tensor<2> drops(std::array<std::size_t, 2>{height / size, columns});
    for (std::size_t patch = 0; patch < patches; ++patch)
        drops.data()[patch] = -answers(patch, subject.options.class_index);  // less what is the same for all
    return drops;
}

}  // namespace

Predict predict_by(const LoadedVit& vit) {
    return [&vit](const Tensor<4>& pixels) {
        Tensor<2> answers = infer_batch<float>(pixels.shape(0), [&](Tape<float>& tape, const Shard& shard) {
            Tensor<4> one({1, pixels.shape(1), pixels.shape(2), pixels.shape(3)});
            std::copy_n(&pixels(shard.begin, 0, 0, 0), one.size(), one.data());
            return vit.model(tape, one);
        });
        const std::size_t classes = answers.shape(1);
        for (std::size_t n = 0; n < answers.shape(0); ++n) {  // softmax
            float* row = &answers(n, 0);
            const float largest = *std::max_element(row, row + classes);
            std::transform(row, row + classes, row, [&](float logit) { return std::exp(logit - largest); });
            const float sum = std::accumulate(row, row + classes, 0.0F);
            std::transform(row, row + classes, row, [&](float part) { return part / sum; });
        }
        return answers;
    };
}

std::vector<Explanation> explanations(const LoadedVit& vit) {
    std::vector<Explanation> all;
    const std::size_t last = vit.config.options.layers - 1;
    all.push_back({"attention, last layer",
                   [last](const Predict&, const Subject& subject) { return attention_of(subject.look, last); }, true});
    const auto add_rollout = [&](const std::string& fusion, const RolloutOptions& options) {
        const bool plain = options.fusion == HeadFusion::average && options.discard_ratio == 0;
        all.push_back({"rollout, " + fusion + (options.discard_ratio > 0 ? ", half of the links cut" : ""),
                       [options](const Predict&, const Subject& subject) { return rollout_of(subject.look, options); },
                       plain});
    };
    for (const double discard : {0.0, 0.5}) {
        add_rollout("mean", {HeadFusion::average, discard});
        add_rollout("min", {HeadFusion::minimum, discard});
        add_rollout("max", {HeadFusion::maximum, discard});
    }
    all.push_back({"attention, first layer",
                   [](const Predict&, const Subject& subject) { return attention_of(subject.look, 0); }, true});
    all.push_back(
        {"bright patches (no model)",
         [](const Predict&, const Subject& subject) { return brightness_of(subject.look, subject.options.patch_size); },
         true});
    all.push_back({"each patch covered alone", drop_of_each, true});
    return all;
}

}  // namespace wb::demo
