/// @file
/// Gradients of the trusted model's loss, and Adam's steps along them, in float64. The model is written anew from the library's
/// operations, whose gradients are checked in double against finite differences; nothing of it is from solutions/. Its loss
/// equals oracle::Translator's, which shares no code with it, and its gradients equal PyTorch's (translation_gradient_test.cpp).
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "batches.hpp"
#include "translator.hpp"
#include "wb/nn/model_weights.hpp"

namespace wb::oracle {

/// Numbers of each parameter, by its name.
using Numbers = std::map<std::string, std::vector<double>>;

/// A loss, and its derivative by every parameter.
struct LossAndGradient {
    double loss = 0;
    Numbers gradient;
};

/// A translator that is being trained.
class TrainedTranslator {
 public:
    /// AdamW's numbers, as wb::AdamOptions; only matrices decay.
    struct Settings {
        double epsilon = 1e-8, weight_decay = 0;
        bool sum_over_letters = false;  ///< a mistake: steps along the gradient of a word's summed loss
    };

    TrainedTranslator(const ModelWeights& weights, const TranslatorOptions& options, const Settings& settings);

    /// The mean cross-entropy of the batch's target tokens.
    [[nodiscard]] LossAndGradient loss(const Batch& batch) const;
    /// One step: Kingma and Ba 2015, algorithm 1; Loshchilov and Hutter 2019, algorithm 2.
    /// @return the loss before it
    double step(const Batch& batch, double rate);
    /// The parameters after the steps so far.
    [[nodiscard]] const Numbers& parameters() const { return parameters_; }

 private:
    TranslatorOptions options_;
    Settings settings_;
    std::map<std::string, std::vector<std::size_t>> shapes_;
    Numbers parameters_, first_, second_;
    int steps_ = 0;
};

}  // namespace wb::oracle
