/// @file
/// What models say whose weights come from a submission's training: of these no case can know beforehand. In the full workbook the judge
/// asks models of its own (trusted_translator.cpp), in the student edition the submission's (own_translator.cpp).
#pragma once

#include <string>
#include <vector>

#include "batches.hpp"
#include "translator_weights.hpp"
#include "variant_probes.hpp"

namespace wb::trained {

// Each ends the test when no model of this shape has such weights.

/// The mean cross-entropy of the batch's target tokens.
double loss(const probes::TranslatorWeights& model, const Batch& batch);
/// What is written of each word, token by token the likeliest.
std::vector<std::string> translations(const probes::TranslatorWeights& model, const std::vector<std::string>& words);
std::vector<std::string> translations(const probes::DecoderOnlyModel& model, const std::vector<std::string>& words);

}  // namespace wb::trained
