/// @file
/// What the tests may ask of exercise 4.9. Models cross the pipe as options and weights; the driver builds them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "fine_tuning.hpp"
#include "probe/probe.hpp"

namespace wb::probes {

/// Pictures, and where the stream of random numbers is afterwards.
struct AugmentAnswer {
    Tensor<4, std::uint8_t> pictures;
    std::uint64_t next_bits = 0;
};
inline auto fields(AugmentAnswer& answer) {
    return std::tie(answer.pictures, answer.next_bits);
}

/// pictures, options, seed of the Random
inline const Probe<AugmentAnswer(Tensor<4, std::uint8_t>, AugmentOptions, std::uint64_t)> augment{"4.9/augment"};

/// A vision transformer as plain data.
struct VitWeights {
    VitOptions options;
    ModelWeights weights;
};
inline auto fields(VitWeights& model) {
    return std::tie(model.options, model.weights);
}

/// The model with the new head; and the pretrained one, after 1 was added to every parameter of the new one.
struct HeadAnswer {
    VitWeights replaced, pretrained;
};
inline auto fields(HeadAnswer& answer) {
    return std::tie(answer.replaced, answer.pretrained);
}

/// pretrained, classes, seed of the Random
inline const Probe<HeadAnswer(VitWeights, std::size_t, std::uint64_t)> replace_head{"4.9/replace_head"};

/// Pictures [count, height, width, channels], and what they show.
struct Pictures {
    Tensor<4, std::uint8_t> pictures;
    std::vector<int> labels;
};
inline auto fields(Pictures& some) {
    return std::tie(some.pictures, some.labels);
}

/// A run to make.
struct TrainQuestion {
    VitWeights model;            ///< where it begins; without weights: from scratch, drawn from `seed`
    std::uint64_t seed = 1;      ///<
    std::size_t new_head = 0;    ///< where not 0: replace_head with so many classes first
    Pictures train, validation;  ///<
    TrainOptions options;        ///<
    int threads = 1;             ///< 0: as many as there are
    bool show_each = false;      ///< whether the answer holds the weights after each epoch
};
inline auto fields(TrainQuestion& question) {
    return std::tie(question.model, question.seed, question.new_head, question.train, question.validation,
                    question.options, question.threads, question.show_each);
}

/// What came of it, and what on_epoch was told.
struct TrainAnswer {
    TrainResult result;
    std::vector<std::size_t> told_epochs;
    std::vector<TrainEpoch> told;
    std::vector<ModelWeights> after_each;  ///< the model's parameters when on_epoch was called
};
inline auto fields(TrainAnswer& answer) {
    return std::tie(answer.result, answer.told_epochs, answer.told, answer.after_each);
}

inline const Probe<TrainAnswer(TrainQuestion)> train_vit{"4.9/train_vit"};

}  // namespace wb::probes
