/// @file
/// Exercise 5.1: buckets, batches and the loss of an epoch. The contract is chapters/05_pig_latin/batches.hpp.
#include "batches.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "vocabulary.hpp"

namespace wb {

// TODO(5.1): sort pairs by both lengths.
//   Ask:      cat -> atcay and our -> ourway: which tensor would be no rectangle if they shared a batch?
std::vector<Bucket> make_buckets(const std::vector<WordPair>& pairs) {
    // SOLUTION BEGIN 5.1
    std::map<std::pair<std::size_t, std::size_t>, std::vector<std::size_t>> by_sizes;
    for (std::size_t i = 0; i < pairs.size(); ++i)
        by_sizes[{pairs[i].source.size(), pairs[i].target.size()}].push_back(i);
    std::vector<Bucket> buckets;
    for (auto& [sizes, numbers] : by_sizes) buckets.push_back({sizes.first, sizes.second, std::move(numbers)});
    return buckets;
    // SOLUTION END
}

// TODO(5.1): one epoch's batches, in random order.
//   Start:    Random::permutation(count) gives 0 .. count - 1 in an order that is fair.
//   Ask:      why is it not enough to shuffle the pairs inside their buckets? What would the model see at the end of every
//             epoch, and what would its last steps be good for?
//   Traps:    the last batch of a bucket is smaller, not missing; buckets stay as they are; a seed of your own would give
//             every epoch the same batches.
std::vector<std::vector<std::size_t>> epoch_batches(const std::vector<Bucket>& buckets, std::size_t batch_size,
                                                    Random& random) {
    // SOLUTION BEGIN 5.1
    if (batch_size == 0) throw std::invalid_argument("epoch_batches: a batch_size of 0; a batch has at least 1 pair");
    std::vector<std::vector<std::size_t>> in_order;
    for (const Bucket& bucket : buckets) {
        const std::vector<std::size_t> order = random.permutation(bucket.pairs.size());
        for (std::size_t i = 0; i < order.size(); ++i) {
            if (i % batch_size == 0) in_order.emplace_back();
            in_order.back().push_back(bucket.pairs[order[i]]);
        }
    }
    std::vector<std::vector<std::size_t>> batches;
    for (const std::size_t i : random.permutation(in_order.size())) batches.push_back(std::move(in_order[i]));
    return batches;
    // SOLUTION END
}

// TODO(5.1): the tensors of a batch.
//   Equation: decoder_input[b, 0] = SOS, decoder_input[b, t] = target[b, t - 1].
//   Ask:      what would a decoder learn whose input at place t is target[b, t]?
//   Traps:    look at all pairs before you fill anything: pairs may differ in one of the two lengths only.
Batch make_batch(const std::vector<WordPair>& pairs, std::span<const std::size_t> numbers) {
    // SOLUTION BEGIN 5.1
    if (numbers.empty()) throw std::invalid_argument("make_batch: a batch without pairs");
    for (const std::size_t number : numbers) {
        if (number >= pairs.size()) {
            throw std::out_of_range("make_batch: pair " + std::to_string(number) + " of " +
                                    std::to_string(pairs.size()));
        }
    }
    const WordPair& first = pairs[numbers[0]];
    for (const std::size_t number : numbers) {
        const WordPair& pair = pairs[number];
        if (pair.source.size() != first.source.size() || pair.target.size() != first.target.size()) {
            throw std::invalid_argument("make_batch: " + first.source + " -> " + first.target + " and " + pair.source +
                                        " -> " + pair.target + " are not equally long. Take a batch from one bucket");
        }
    }
    const std::size_t rows = numbers.size(), source_length = first.source.size() + 1,
                      target_length = first.target.size() + 1;
    Batch batch{zeros<2, int>({rows, source_length}), zeros<2, int>({rows, target_length}),
                zeros<2, int>({rows, target_length})};
    for (std::size_t row = 0; row < rows; ++row) {
        const std::vector<int> source = encode(pairs[numbers[row]].source), target = encode(pairs[numbers[row]].target);
        std::copy(source.begin(), source.end(), &batch.source(row, 0));
        std::copy(target.begin(), target.end(), &batch.target(row, 0));
        batch.decoder_input(row, 0) = sos_token;
        std::copy(target.begin(), target.end() - 1, &batch.decoder_input(row, 0) + 1);
    }
    return batch;
    // SOLUTION END
}

// TODO(5.1): the mean over batches.
//   Ask:      a bucket of 65 pairs, batches of 64: how much does the last pair weigh here, and in token_loss?
double epoch_loss(const std::vector<BatchLoss>& losses) {
    // SOLUTION BEGIN 5.1
    if (losses.empty()) throw std::invalid_argument("epoch_loss: an epoch without batches has no mean loss");
    double total = 0;
    for (const BatchLoss& loss : losses) total += loss.mean;
    return total / static_cast<double>(losses.size());
    // SOLUTION END
}

// TODO(5.1): the mean over tokens.
double token_loss(const std::vector<BatchLoss>& losses) {
    // SOLUTION BEGIN 5.1
    double total = 0, tokens = 0;
    for (const BatchLoss& loss : losses) {
        total += loss.mean * static_cast<double>(loss.num_tokens);
        tokens += static_cast<double>(loss.num_tokens);
    }
    if (tokens == 0) throw std::invalid_argument("token_loss: without tokens there is no loss per token");
    return total / tokens;
    // SOLUTION END
}

}  // namespace wb
