/// @file
/// Binds the probes of exercise 5.11 to the submission's functions.
#include <omp.h>

#include "experiment_probes.hpp"
#include "pair_lists.hpp"
#include "probe/worker.hpp"
#include "translator_weights.hpp"

namespace wb {
namespace {

std::vector<WordPair> pairs_in(const probes::WordLists& lists) {
    return probes::pairs_of(lists.sources, lists.targets);
}

probes::RunAnswer run(const probes::WordLists& train, const probes::WordLists& validation, const RunOptions& options,
                      int threads) {
    if (threads > 0) omp_set_num_threads(threads);
    probes::RunAnswer answer;
    answer.result = train_translator({pairs_in(train), pairs_in(validation)}, options,
                                     [&](std::size_t epoch, const EpochResult& result) {
                                         answer.told_epochs.push_back(epoch);
                                         answer.told_results.push_back(result);
                                     });
    return answer;
}

double share_right(const TranslatorOptions& options, const ModelWeights& weights, const probes::WordLists& lists) {
    return exact_match(translator_of(options, weights), pairs_in(lists));
}

}  // namespace

WB_BIND(experiment) {
    worker.bind(probes::train_translator, &run);
    worker.bind(probes::exact_match, &share_right);
}

}  // namespace wb
