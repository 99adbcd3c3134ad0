#include "unpaged.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace wb {
namespace {

/// A sequence that is computed: its cache, and the logits after its last token.
struct Sequence {
    ContiguousCache cache;
    int num_tokens = 0;
    Tensor<2> logits;  ///< [1, vocabulary]

    void compute(CharModel& model, const std::vector<int>& tokens) {
        std::vector<int> positions(tokens.size());
        std::iota(positions.begin(), positions.end(), num_tokens);
        const Tensor<2> all = model.logits(tokens, positions, cache);
        logits = Tensor<2>(std::array<std::size_t, 2>{1, all.shape(1)});
        std::copy(&all(tokens.size() - 1, 0), &all(tokens.size() - 1, 0) + all.shape(1), logits.data());
        num_tokens += static_cast<int>(tokens.size());
    }
};

Sequence prefill(CharModel& model, const std::vector<int>& prompt) {
    Sequence sequence{ContiguousCache(model.sizes().num_layers), 0, {}};
    sequence.compute(model, prompt);
    return sequence;
}

/// One way in which a beam may go on.
struct Extension {
    double log_prob = 0;
    std::size_t parent = 0;
    int token = 0;
};

}  // namespace

UnpagedText generate_unpaged(CharModel& model, const GenerationRequest& request) {
    UnpagedText text{{}, std::numeric_limits<double>::infinity()};
    const Sequence prompt = prefill(model, request.prompt);
    for (int sample = 0; sample < request.num_sequences; ++sample) {
        Sequence sequence = prompt;  // the whole cache is copied
        std::vector<int>& tokens = text.sequences.emplace_back();
        while (true) {
            const std::span<const float> logits(sequence.logits.data(), sequence.logits.size());
            const Choice choice = choose_token(logits, request.sampling, request.id, sample, sequence.num_tokens);
            tokens.push_back(choice.token);
            text.margin = std::min(text.margin, choice.margin);
            if (choice.token == request.stop_token ||
                tokens.size() == static_cast<std::size_t>(request.max_new_tokens)) {
                break;
            }
            sequence.compute(model, {choice.token});
        }
    }
    return text;
}

UnpagedBeams beams_unpaged(CharModel& model, const std::vector<int>& prompt, int width, int num_new_tokens) {
    UnpagedBeams result{{Beam{}}, std::numeric_limits<double>::infinity()};
    std::vector<Sequence> sequences{prefill(model, prompt)};
    for (int step = 0; step < num_new_tokens; ++step) {
        std::vector<Extension> extensions;
        for (std::size_t parent = 0; parent < sequences.size(); ++parent) {
            const Tensor<2> next = log_softmax(sequences[parent].logits);
            for (std::size_t token = 0; token < next.size(); ++token) {
                extensions.push_back({result.beams[parent].log_prob + next(0, token), parent, static_cast<int>(token)});
            }
        }
        std::ranges::stable_sort(extensions, std::greater(), &Extension::log_prob);
        const std::size_t survivors = std::min(static_cast<std::size_t>(width), extensions.size());
        const bool last = step + 1 == num_new_tokens;
        for (std::size_t i = last ? 1 : survivors; i <= survivors && i < extensions.size(); ++i) {
            result.margin = std::min(result.margin, extensions[i - 1].log_prob - extensions[i].log_prob);
        }

        std::vector<Sequence> children;
        std::vector<Beam> beams;
        for (std::size_t i = 0; i < survivors; ++i) {
            const Extension& chosen = extensions[i];
            beams.push_back(result.beams[chosen.parent]);
            beams.back().tokens.push_back(chosen.token);
            beams.back().log_prob = chosen.log_prob;
            if (last) continue;
            children.push_back(sequences[chosen.parent]);  // the whole cache is copied
            children.back().compute(model, {chosen.token});
        }
        sequences = std::move(children);
        result.beams = std::move(beams);
    }
    return result;
}

}  // namespace wb
