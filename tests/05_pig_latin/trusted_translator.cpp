/// @file
/// By the judge's own models: a submission's word for its losses and translations counts for nothing.
#include <stdexcept>

#include "judge/judge.hpp"
#include "trained_translator.hpp"
#include "translator_oracle.hpp"

namespace wb::trained {
namespace {

template <class Model, class... Options>
Model model_of(const ModelWeights& weights, const Options&... options) {
    try {
        return Model(weights, options...);
    } catch (const std::invalid_argument& error) {
        stop_test(std::string("the weights that came back are no model of this shape: ") + error.what());
    }
}

template <class Model>
std::vector<std::string> translations_by(const Model& model, const std::vector<std::string>& words) {
    std::vector<std::string> written;
    for (const std::string& word : words) written.push_back(model.translate(word));
    return written;
}

}  // namespace

double loss(const probes::TranslatorWeights& model, const Batch& batch) {
    return model_of<oracle::Translator>(model.weights, model.options).loss(batch);
}

std::vector<std::string> translations(const probes::TranslatorWeights& model, const std::vector<std::string>& words) {
    return translations_by(model_of<oracle::Translator>(model.weights, model.options), words);
}

std::vector<std::string> translations(const probes::DecoderOnlyModel& model, const std::vector<std::string>& words) {
    return translations_by(model_of<oracle::DecoderOnly>(model.weights, model.hidden, model.layers), words);
}

}  // namespace wb::trained
