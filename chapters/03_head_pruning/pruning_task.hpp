/// @file
/// A trained model and its data, as this chapter's measures ask about them: chapter 4's classifier of clothes, and the translator of
/// many heads. Given code, for the demo `prune`.
///
/// Samples come in three parts that share none. On `learned`, from the model's own training part, gates and policies are trained; on
/// `measured`, held out from training, heads are judged; on `reported`, held out as well, the choice is paid for. Who measures and
/// reports on the same samples finds that his choice was good, whatever it was.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "gated_model.hpp"
#include "head_gates.hpp"
#include "head_set.hpp"
#include "wb/autograd/parameter.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// One part of the data, and the model's answers to it.
struct TaskPart {
    std::size_t samples = 0;  ///< words or pictures
    GatedLosses losses;       ///< on a tape, with gradients where the tape wants them
    EvaluateGates evaluate;   ///< all samples; gates [heads], the same for all
    std::function<Measures(const Tensor<2>& gates)> evaluate_each;  ///< gates [samples, heads], each sample's own
    /// Minus the losses of some samples. @param gates  [samples.size(), heads]
    std::function<std::vector<double>(const Shard& samples, const Tensor<2>& gates)> quality;
    /// The attention's weights of some samples, an entry a module, [samples, heads, q_len, kv_len], and how many queries of each sample
    /// are no padding, [modules][samples].
    std::function<std::vector<Tensor<4>>(const Shard& samples, std::vector<std::vector<int>>& query_lengths)> weights;
    /// What a policy may know of each sample before the model has seen it: [samples, features].
    Tensor<2> inputs;
};

/// What a part's samples come to, beyond their losses: what the downstream report is about.
struct Outputs {
    Tensor<2> features;  ///< [samples, d_model]: what the last layer reads; of a word, the mean over its letters
    std::vector<int> predicted, labels;     ///< classes; of a translator none
    std::vector<std::string> wrote, right;  ///< words; of a classifier none
};

/// A model whose heads may have been taken out.
struct Task {
    std::string name;                         ///< "vit" or "pig-latin"
    std::string metric;                       ///< what Measures::scores count: "accuracy" or "exact match"
    std::size_t classes = 0;                  ///< that a model's answer chooses from
    std::size_t d_model = 0;                  ///< width of the model
    HeadSet heads;                            ///< of all modules
    std::vector<PrunableAttention*> modules;  ///< the model's; not owned
    ParameterList<float> parameters;          ///< of the whole model
    TaskPart learned, measured, reported;     ///< gates learn from the first, the second chooses
    std::function<Outputs(const Tensor<1>* gates)> outputs;  ///< of the reported part; null: no gates
    /// The same model without the heads that gates close (pruned_model), about the same data. @param gates  [heads]
    std::function<Task(const Tensor<1>& gates)> without;
    /// Runs the model once over the first samples of the reported part, for a clock. @return a number that depends on all
    std::function<float(std::size_t samples)> run_once;
    /// Queries and keys of each module for a typical sample, for counting: [modules]
    std::vector<std::size_t> q_len, kv_len;  ///< for each module
};

/// Chapter 4's model of Fashion-MNIST. Reported: 4,000 of its test pictures; measured: 2,000 others; learned: 8,000 training pictures.
/// @throws FileError when model or pictures are not there
Task vit_task();

/// The translator. Reported: 2,187 of the words held out; measured: the other 2,000; learned: 8,000 training words.
/// @throws FileError when model or words are not there
Task pig_latin_task();

}  // namespace wb
