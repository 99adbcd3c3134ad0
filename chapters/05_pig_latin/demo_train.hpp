/// @file
/// Training of a translator that can be interrupted: a checkpoint after every epoch, a table, a curve, a progress bar. Unlike
/// exercise 5.11's runs, which keep to the source course's recipe, it takes any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "translator.hpp"
#include "wb/word_split.hpp"

namespace wb::demo {

/// How a translator is trained. The numbers are the best recipe that we found: the source course's model, with another width,
/// weight decay against learning words by heart, and a rate that rises and falls.
struct Recipe {
    TranslatorOptions model{.hidden = 96, .layers = 3};
    std::size_t batch_size = 64;
    std::int64_t epochs = 60;
    double rate = 2e-3;         ///< the highest
    double warm_up = 0.05;      ///< share of the steps in which the rate rises; then it falls along half a cosine
    double weight_decay = 0.2;  ///< AdamW's, of matrices and embeddings
    std::uint64_t seed = 1;     ///< of parameters and batches; the split has its own
};

/// Where a run leaves its files: checkpoint.safetensors, log.csv, losses.png, translator.safetensors.
struct RunFolder {
    std::filesystem::path path;
    bool fresh = false;  ///< begin anew, even where a checkpoint lies
};

/// Trains, or goes on where a run that was interrupted had got to: it then ends with the same numbers, to the bit.
/// @return the trained model, which lies in translator.safetensors too
/// @throws Error when the folder's checkpoint is of another recipe or other words
Translator train(const PairSplit& split, const Recipe& recipe, const RunFolder& folder);

}  // namespace wb::demo
