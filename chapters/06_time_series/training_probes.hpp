/// @file
/// What the tests may ask of every model of this chapter: to be trained. The driver is given (its loop is forecast_training.hpp, its windows and
/// their own measure are its own), so that a model is judged by what itself can learn, whatever the other exercises are like.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>

#include "encoder_block.hpp"
#include "probe/probe.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"
#include "windows.hpp"

namespace wb::probes {

/// A run: Adam on the mean squared error, over every `stride`-th window, in batches of another order each epoch.
struct TrainingQuestion {
    Tensor<2> series;    ///< [rows, variates]
    Tensor<2> calendar;  ///< [rows, features]
    WindowShape shape;
    BlockOptions blocks;
    std::uint64_t stride = 1, epochs = 1, batch = 32;
    double rate = 1e-3;  ///< halved each epoch from the third on
    std::uint64_t seed = 1;
};
inline auto fields(TrainingQuestion& question) {
    return std::tie(question.series, question.calendar, question.shape, question.blocks, question.stride,
                    question.epochs, question.batch, question.rate, question.seed);
}

/// -> the parameters, as the model lists them. Each window is normalised by its own mean and deviation before the model, and put back behind.
using TrainingProbe = Probe<ModelWeights(TrainingQuestion)>;

inline const TrainingProbe train_dlinear{"6.5/train_dlinear"}, train_lstm{"6.5/train_lstm"};
inline const TrainingProbe train_encoder_decoder{"6.7/train"};
inline const TrainingProbe train_direct{"6.8/train"};
inline const TrainingProbe train_patchtst{"6.10/train"};
inline const TrainingProbe train_itransformer{"6.11/train"};

}  // namespace wb::probes
