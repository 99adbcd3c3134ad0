/// @file
/// Binds the probes of exercise 5.7 to the submission's functions.
#include <algorithm>
#include <memory>
#include <stdexcept>

#include "decoding_probes.hpp"
#include "probe/worker.hpp"

namespace wb {
namespace {

/// The table as a function; counts its calls.
NextLogits function_of(const probes::TableModel& table, int start, std::size_t& calls) {
    return [&table, start, &calls](std::span<const int> prefix) {
        ++calls;
        const std::size_t places = table.shape(0), vocabulary = table.shape(3);
        if (prefix.empty() || prefix[0] != start)
            throw std::logic_error("the decoder asked for a prefix that does not begin with the start token");
        for (const int token : prefix) {
            if (token >= 0 && static_cast<std::size_t>(token) < vocabulary) continue;
            throw std::logic_error("the decoder asked for a prefix with " + std::to_string(token) +
                                   " in it, but this model's tokens are 0 .. " + std::to_string(vocabulary - 1));
        }
        const std::size_t place = std::min(prefix.size() - 1, places - 1);
        const auto last = static_cast<std::size_t>(prefix.back());
        const auto before = static_cast<std::size_t>(prefix[prefix.size() < 2 ? 0 : prefix.size() - 2]);
        const float* row = &table(place, before, last, 0);
        return std::vector<float>(row, row + vocabulary);
    };
}

probes::GreedyRun run_greedy(const probes::TableModel& table, const DecodingLimits& limits) {
    probes::GreedyRun run;
    run.tokens = greedy_decode(function_of(table, limits.start, run.calls), limits);
    return run;
}

std::vector<Hypothesis> run_beam(const probes::TableModel& table, const BeamOptions& beam,
                                 const DecodingLimits& limits) {
    std::size_t calls = 0;
    return beam_search(function_of(table, limits.start, calls), beam, limits);
}

std::vector<std::vector<float>> ask_next_letter(const probes::TranslatorWeights& from, std::string word,
                                                const std::vector<std::vector<int>>& prefixes) {
    const Translator model = translator_of(from);
    auto first = std::make_unique<NextLogits>(next_letter(model, word));
    std::fill(word.begin(), word.end(), '?');
    for (const ParameterPtr<float>& parameter : ParameterList<float>(model.encoder))
        std::fill(parameter->value.begin(), parameter->value.end(), 0.0F);
    const NextLogits next = *first;
    first.reset();
    std::vector<std::vector<float>> logits;
    for (const std::vector<int>& prefix : prefixes) logits.push_back(next(prefix));
    return logits;
}

std::vector<std::string> translate_each(const probes::TranslatorWeights& from, const std::vector<std::string>& words) {
    const Translator model = translator_of(from);
    std::vector<std::string> translations;
    for (const std::string& word : words) translations.push_back(translate(model, word));
    return translations;
}

}  // namespace

WB_BIND(decoding) {
    worker.bind(probes::greedy_decode, &run_greedy);
    worker.bind(probes::beam_search, &run_beam);
    worker.bind(probes::next_letter, &ask_next_letter);
    worker.bind(probes::translate, &translate_each);
    worker.bind(probes::translate_all,
                [](const probes::TranslatorWeights& from, const std::vector<std::string>& words) {
                    return translate_all(translator_of(from), words);
                });
}

}  // namespace wb
