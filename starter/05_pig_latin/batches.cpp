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
    throw wb::NotImplemented("5.1");
}

// TODO(5.1): one epoch's batches, in random order.
//   Start:    Random::permutation(count) gives 0 .. count - 1 in an order that is fair.
//   Ask:      why is it not enough to shuffle the pairs inside their buckets? What would the model see at the end of every
//             epoch, and what would its last steps be good for?
//   Traps:    the last batch of a bucket is smaller, not missing; buckets stay as they are; a seed of your own would give
//             every epoch the same batches.
std::vector<std::vector<std::size_t>> epoch_batches(const std::vector<Bucket>& buckets, std::size_t batch_size,
                                                    Random& random) {
    throw wb::NotImplemented("5.1");
}

// TODO(5.1): the tensors of a batch.
//   Equation: decoder_input[b, 0] = SOS, decoder_input[b, t] = target[b, t - 1].
//   Ask:      what would a decoder learn whose input at place t is target[b, t]?
//   Traps:    look at all pairs before you fill anything: pairs may differ in one of the two lengths only.
Batch make_batch(const std::vector<WordPair>& pairs, std::span<const std::size_t> numbers) {
    throw wb::NotImplemented("5.1");
}

// TODO(5.1): the mean over batches.
//   Ask:      a bucket of 65 pairs, batches of 64: how much does the last pair weigh here, and in token_loss?
double epoch_loss(const std::vector<BatchLoss>& losses) {
    throw wb::NotImplemented("5.1");
}

// TODO(5.1): the mean over tokens.
double token_loss(const std::vector<BatchLoss>& losses) {
    throw wb::NotImplemented("5.1");
}

}  // namespace wb
