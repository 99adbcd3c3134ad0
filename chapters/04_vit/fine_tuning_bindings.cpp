/// @file
/// Binds the probes of exercise 4.9 to the submission's functions.
#include <omp.h>

#include "fine_tuning_probes.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

VisionTransformer model_of(const probes::VitWeights& from, std::uint64_t seed) {
    Random random(seed);
    VisionTransformer model(from.options, random);
    if (!from.weights.empty()) set_weights(ParameterList<float>(model), from.weights);
    return model;
}

probes::AugmentAnswer augmented(const Tensor<4, std::uint8_t>& pictures, const AugmentOptions& options,
                                std::uint64_t seed) {
    Random random(seed);
    probes::AugmentAnswer answer{augment(pictures, options, random), 0};
    answer.next_bits = random.bits();
    return answer;
}

probes::HeadAnswer with_new_head(const probes::VitWeights& from, std::size_t classes, std::uint64_t seed) {
    const VisionTransformer pretrained = model_of(from, seed);
    Random random(seed);
    const VisionTransformer replaced = replace_head(pretrained, classes, random);
    const ParameterList<float> parameters(replaced);
    probes::HeadAnswer answer{{replaced.options, copy_weights(parameters)}, {pretrained.options, {}}};
    for (const ParameterPtr<float>& parameter : parameters) {
        for (float& number : parameter->value) number += 1;
    }
    answer.pretrained.weights = copy_weights(ParameterList<float>(pretrained));
    return answer;
}

probes::TrainAnswer run(const probes::TrainQuestion& question) {
    if (question.threads > 0) omp_set_num_threads(question.threads);
    VisionTransformer model = model_of(question.model, question.seed);
    if (question.new_head > 0) {
        Random random(question.seed);
        model = replace_head(model, question.new_head, random);
    }
    const ParameterList<float> parameters(model);
    probes::TrainAnswer answer;
    answer.result = train_vit(model, {question.train.pictures, question.train.labels, {}},
                              {question.validation.pictures, question.validation.labels, {}}, question.options,
                              [&](std::size_t epoch, const TrainEpoch& told) {
                                  answer.told_epochs.push_back(epoch);
                                  answer.told.push_back(told);
                                  if (question.show_each) answer.after_each.push_back(copy_weights(parameters));
                              });
    return answer;
}

}  // namespace

WB_BIND(fine_tuning) {
    worker.bind(probes::augment, &augmented);
    worker.bind(probes::replace_head, &with_new_head);
    worker.bind(probes::train_vit, &run);
}

}  // namespace wb
