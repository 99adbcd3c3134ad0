/// @file
/// What the tests may ask of exercise 6.10: patches by their numbers, and the model by its parameters.
#pragma once

#include <cstddef>
#include <optional>
#include <tuple>
#include <vector>

#include "patchtst.hpp"
#include "probe/probe.hpp"
#include "wb/nn/model_weights.hpp"
#include "wb/tensor.hpp"

namespace wb::probes {

/// look-back, patch, stride -> patches
inline const Probe<std::size_t(std::size_t, std::size_t, std::size_t)> patch_count{"6.10/patch_count"};

/// How unfold_patches is asked.
enum class UnfoldUse : int {
    infer,   ///< in Mode::infer: there is no gradient
    shared,  ///< x is used a second time, in sum(x): its gradient holds 1 everywhere before the patches' is added
    alone,  ///< on a tape that was used before and reset, so that x's gradient has memory of its own, in which anything may lie
    constant  ///< x wants no gradient
};

/// Patches, and the gradient of sum(patches * d_patches) by x.
struct UnfoldAnswer {
    Tensor<3> patches;             ///< [rows, patches, patch]
    Tensor<2> x;                   ///< as it is after the call
    std::optional<Tensor<2>> d_x;  ///< where there is one
};
inline auto fields(UnfoldAnswer& answer) {
    return std::tie(answer.patches, answer.x, answer.d_x);
}

/// x, patch, stride, d_patches, use -> answer
inline const Probe<UnfoldAnswer(Tensor<2>, std::size_t, std::size_t, Tensor<3>, UnfoldUse)> unfold_patches{
    "6.10/unfold_patches"};

/// shape of x, all zeros, of any number of axes; patch, stride -> shape of the patches
inline const Probe<std::vector<std::size_t>(std::vector<std::size_t>, std::size_t, std::size_t)> unfold_zeros{
    "6.10/unfold_zeros"};

/// What is asked of the model.
struct PatchTstQuestion {
    PatchTstOptions options;
    ModelWeights parameters;  ///< named as the model lists them
    Tensor<3> past;           ///< [batch, lookback, variates]
    Mode mode = Mode::infer;
    Tensor<3> d_out = {};      ///< [batch, horizon, variates]; is not read in Mode::infer
    bool want_weights = true;  ///< false: the pointer to the weights is null
};
inline auto fields(PatchTstQuestion& question) {
    return std::tie(question.options, question.parameters, question.past, question.mode, question.d_out,
                    question.want_weights);
}

/// What it answers.
struct PatchTstAnswer {
    Tensor<3> out;
    std::vector<Tensor<4>> weights;  ///< an entry a block; none if they were not wanted
    ModelWeights parameters;         ///< as they are after the call
    ModelWeights gradients;          ///< of sum(out * d_out), by each parameter and "past"
};
inline auto fields(PatchTstAnswer& answer) {
    return std::tie(answer.out, answer.weights, answer.parameters, answer.gradients);
}

inline const Probe<PatchTstAnswer(PatchTstQuestion)> patchtst{"6.10/patchtst"};

/// options, shape of a past of zeros, of any number of axes -> shape of the forecast
inline const Probe<std::vector<std::size_t>(PatchTstOptions, std::vector<std::size_t>)> patchtst_of_zeros{
    "6.10/patchtst_of_zeros"};

}  // namespace wb::probes
