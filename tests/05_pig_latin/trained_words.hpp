/// @file
/// What trained weights make of lists of words, by trained_translator.hpp.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "experiment_probes.hpp"
#include "trained_translator.hpp"

namespace wb::trained {

/// The plain mean over batches of their losses, where every bucket is one batch: that is so whatever a submission's draw, as long
/// as no bucket is larger than a batch.
/// @param batch_size  ends the test when a bucket is larger
double epoch_loss(const probes::TranslatorWeights& model, const probes::WordLists& words, std::size_t batch_size);

/// The mean loss of the words' tokens.
double token_loss(const probes::TranslatorWeights& model, const probes::WordLists& words);

/// The share of `written` that is right to the letter.
double exact_share(const std::vector<std::string>& written, const std::vector<std::string>& right);

/// The share of words that the weights translate to the letter.
inline double exact_match(const probes::TranslatorWeights& model, const probes::WordLists& words) {
    return exact_share(translations(model, words.sources), words.targets);
}

}  // namespace wb::trained
