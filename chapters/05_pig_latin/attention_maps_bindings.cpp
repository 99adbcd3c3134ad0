/// @file
/// Binds the probes of exercise 5.9 to the submission's functions.
#include "attention_maps_probes.hpp"
#include "probe/worker.hpp"

namespace wb {

WB_BIND(attention_maps) {
    worker.bind(probes::attention_maps, [](const probes::TranslatorWeights& from, const std::string& word) {
        return attention_maps(translator_of(from), word);
    });
    worker.bind(probes::alignment, &alignment);
    worker.bind(probes::entropy_bits, &entropy_bits);
}

}  // namespace wb
