#include "trained_words.hpp"

#include <map>
#include <utility>

#include "judge/judge.hpp"

namespace wb::trained {
namespace {

int token_of(char c) {
    return c == '-' ? hyphen_token : c - 'a';
}

/// The tensors of some words, made without the submission's exercise 5.1.
Batch batch_of(const probes::WordLists& words, const std::vector<std::size_t>& numbers) {
    const std::size_t rows = numbers.size(), source_size = words.sources[numbers[0]].size(),
                      target_size = words.targets[numbers[0]].size();
    Batch batch{zeros<2, int>({rows, source_size + 1}), zeros<2, int>({rows, target_size + 1}),
                zeros<2, int>({rows, target_size + 1})};
    for (std::size_t row = 0; row < rows; ++row) {
        const std::string &source = words.sources[numbers[row]], &target = words.targets[numbers[row]];
        for (std::size_t t = 0; t < source_size; ++t) batch.source(row, t) = token_of(source[t]);
        batch.source(row, source_size) = eos_token;
        batch.decoder_input(row, 0) = sos_token;
        for (std::size_t t = 0; t < target_size; ++t)
            batch.target(row, t) = batch.decoder_input(row, t + 1) = token_of(target[t]);
        batch.target(row, target_size) = eos_token;
    }
    return batch;
}

/// Words of equal lengths, and translations of equal lengths, together.
std::vector<Batch> buckets_of(const probes::WordLists& words) {
    std::map<std::pair<std::size_t, std::size_t>, std::vector<std::size_t>> buckets;
    for (std::size_t i = 0; i < words.sources.size(); ++i)
        buckets[{words.sources[i].size(), words.targets[i].size()}].push_back(i);
    std::vector<Batch> batches;
    for (const auto& [sizes, numbers] : buckets) batches.push_back(batch_of(words, numbers));
    return batches;
}

}  // namespace

double epoch_loss(const probes::TranslatorWeights& model, const probes::WordLists& words, std::size_t batch_size) {
    const std::vector<Batch> batches = buckets_of(words);
    double total = 0;
    for (const Batch& batch : batches) {
        if (batch.source.shape(0) > batch_size) stop_test("a fault of this test: a bucket is larger than a batch");
        total += loss(model, batch);
    }
    return total / static_cast<double>(batches.size());
}

double token_loss(const probes::TranslatorWeights& model, const probes::WordLists& words) {
    double total = 0, count = 0;
    for (const Batch& batch : buckets_of(words)) {
        const auto tokens = static_cast<double>(batch.target.size());
        total += loss(model, batch) * tokens;
        count += tokens;
    }
    return total / count;
}

double exact_share(const std::vector<std::string>& written, const std::vector<std::string>& right) {
    double same = 0;
    for (std::size_t n = 0; n < right.size(); ++n) same += written.at(n) == right[n] ? 1 : 0;
    return same / static_cast<double>(right.size());
}

}  // namespace wb::trained
