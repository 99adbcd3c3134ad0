/// @file
/// By the submission's own models of exercises 5.5, 5.7 and 5.8, which have tests of their own: at a student's desk nobody needs to be
/// distrusted, and second models in the judge would be these exercises' solutions.
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "decoding_probes.hpp"
#include "judge/judge.hpp"
#include "model_probes.hpp"
#include "trained_translator.hpp"

namespace wb::trained {
namespace {

std::vector<std::string> each_of(std::vector<std::string> written, const std::vector<std::string>& words) {
    if (written.size() != words.size())
        stop_test("of " + std::to_string(words.size()) + " words the trained model translated " +
                  std::to_string(written.size()));
    return written;
}

}  // namespace

double loss(const probes::TranslatorWeights& model, const Batch& batch) {
    const Tensor<3> logits = probes::translator(model.weights, model.options, batch).out;
    const Tensor<2, int>& target = batch.target;
    expect_shape(logits, {target.shape(0), target.shape(1), vocabulary_size}, "logits of the trained model");
    double total = 0;
    for (std::size_t n = 0; n < target.size(); ++n) {
        const float* row = logits.data() + n * vocabulary_size;
        const auto largest = static_cast<double>(*std::max_element(row, row + vocabulary_size));
        double sum = 0;
        for (std::size_t v = 0; v < vocabulary_size; ++v) sum += std::exp(static_cast<double>(row[v]) - largest);
        total += largest + std::log(sum) - static_cast<double>(row[target.data()[n]]);
    }
    return total / static_cast<double>(target.size());
}

std::vector<std::string> translations(const probes::TranslatorWeights& model, const std::vector<std::string>& words) {
    return each_of(probes::translate(model, words), words);
}

std::vector<std::string> translations(const probes::DecoderOnlyModel& model, const std::vector<std::string>& words) {
    return each_of(probes::translate_prompts(model, words), words);
}

}  // namespace wb::trained
