/// @file
/// How the models of this chapter are trained for their marks, and what they have to reach. How often the reference reaches it is written in
/// chapter.toml.
#pragma once

#include "training_probes.hpp"

namespace wb::target {

/// A run, and the mean squared error that its model must not exceed on the test part.
struct Run {
    const char* model = "";  ///< as the report calls it
    double target = 0;
    probes::TrainingQuestion question;  ///< without series and calendar
};

/// Eight weeks of past, two weeks to forecast.
inline probes::TrainingQuestion question() {
    probes::TrainingQuestion question;
    question.shape = {56, 14};
    question.blocks = {.d_model = 32, .heads = 4, .layers = 2, .d_ff = 64, .dropout = 0.1};
    question.stride = 2;
    question.epochs = 3;
    return question;
}

inline Run dlinear() {
    Run run{"DLinear", 0.25, question()};
    run.question.rate = 5e-3;
    return run;
}

inline Run lstm() {
    Run run{"LSTM", 0.255, question()};
    run.question.epochs = 6;
    run.question.rate = 1e-2;
    return run;
}

inline Run encoder_decoder() {
    Run run{"encoder-decoder", 0.3, question()};
    run.question.blocks.layers = 1;
    run.question.rate = 2e-3;
    return run;
}

inline Run direct() {
    Run run{"direct forecaster", 0.26, question()};
    run.question.stride = 4;
    return run;
}

inline Run patchtst() {
    Run run{"PatchTST", 0.33, question()};
    run.question.stride = 10;  // each variate is a window of its own
    return run;
}

inline Run itransformer() {
    return {"iTransformer", 0.27, question()};
}

}  // namespace wb::target
