/// @file
/// What the tests may ask of exercise 5.11. Pairs cross the pipe as two lists of words; of a trained model, its weights do.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "experiment.hpp"
#include "probe/probe.hpp"

namespace wb::probes {

/// Pairs of words.
struct WordLists {
    std::vector<std::string> sources, targets;
};
inline auto fields(WordLists& lists) {
    return std::tie(lists.sources, lists.targets);
}

/// A run, and what on_epoch was told of it.
struct RunAnswer {
    RunResult result;
    std::vector<std::size_t> told_epochs;
    std::vector<EpochResult> told_results;
};
inline auto fields(RunAnswer& answer) {
    return std::tie(answer.result, answer.told_epochs, answer.told_results);
}

/// training pairs, validation pairs, options, threads (0: as many as there are)
inline const Probe<RunAnswer(WordLists, WordLists, RunOptions, int)> train_translator{"5.11/train_translator"};

/// model, weights, pairs -> the share that is right
inline const Probe<double(TranslatorOptions, ModelWeights, WordLists)> exact_match{"5.11/exact_match"};

}  // namespace wb::probes
