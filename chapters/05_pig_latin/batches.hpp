/// @file
/// Exercise 5.1: pairs of words as batches. A tensor is a rectangle and words are not equally long; so pairs are sorted into
/// *buckets* by both lengths, and a batch takes its pairs from one bucket. No token is padding, and no mask is needed.
///
///     cat -> atcay    (3, 5)      bucket (3, 5): cat, dog      batch: source  [2, 4]  c a t EOS / d o g EOS
///     dog -> ogday    (3, 5)                                          decoder_input [2, 6]  SOS a t c a y / ..
///     our -> ourway   (3, 6)      bucket (3, 6): our                  target  [2, 6]  a t c a y EOS / ..
///
/// In the middle of a training run the tensors of one batch are all that a model sees of the data.
#pragma once

#include <cstddef>
#include <span>
#include <tuple>
#include <vector>

#include "wb/random.hpp"
#include "wb/tensor.hpp"
#include "wb/word_pairs.hpp"

namespace wb {

/// Pairs whose sources are equally long, and whose targets are.
struct Bucket {
    std::size_t source_size = 0;     ///< characters of each source
    std::size_t target_size = 0;     ///< characters of each target
    std::vector<std::size_t> pairs;  ///< their numbers, from 0, ascending
};

/// The members, in wire order.
inline auto fields(Bucket& bucket) {
    return std::tie(bucket.source_size, bucket.target_size, bucket.pairs);
}

/// Sorts pairs into buckets.
/// @return  every pair in one bucket, no bucket empty, ascending by source_size and then by target_size
std::vector<Bucket> make_buckets(const std::vector<WordPair>& pairs);

/// The batches of one epoch, as numbers of pairs. Each bucket is shuffled and cut into batches of `batch_size`, the last one
/// smaller where it does not come out even; then all batches of all buckets are shuffled. So every pair is in one batch, and
/// in another company and at another time each epoch.
/// @param buckets     as make_buckets returns them
/// @param batch_size  pairs in a batch, >= 1
/// @param random      the only source of chance: the same state gives the same batches. Each call moves it on, so that the
///                    next epoch differs. Every order of a bucket, and every order of the batches, is equally likely.
/// @throws std::invalid_argument for a batch_size of 0
std::vector<std::vector<std::size_t>> epoch_batches(const std::vector<Bucket>& buckets, std::size_t batch_size,
                                                    Random& random);

/// What a model is given for some pairs, and what it should answer.
struct Batch {
    Tensor<2, int> source;         ///< [batch, source_size + 1], each row a word and EOS
    Tensor<2, int> decoder_input;  ///< [batch, target_size + 1], SOS and the target without its EOS
    Tensor<2, int> target;         ///< [batch, target_size + 1], each row a word and EOS
};

/// The members, in wire order.
inline auto fields(Batch& batch) {
    return std::tie(batch.source, batch.decoder_input, batch.target);
}

/// The tensors of a batch. decoder_input is the target moved by one place, so that at every place t the decoder has read
/// target[0 .. t - 1] and is to answer target[t] ("teacher forcing").
/// @param numbers  of the batch's pairs, in the order of its rows
/// @throws std::out_of_range for a number that is no pair's
/// @throws std::invalid_argument for no numbers at all, and for pairs that are not equally long
Batch make_batch(const std::vector<WordPair>& pairs, std::span<const std::size_t> numbers);

/// What one batch cost.
struct BatchLoss {
    double mean = 0;             ///< over the batch's target tokens
    std::size_t num_tokens = 0;  ///< target tokens, EOS included
};

/// The members, in wire order.
inline auto fields(BatchLoss& loss) {
    return std::tie(loss.mean, loss.num_tokens);
}

/// The loss of an epoch as the source course reports it, and as this chapter's tables do: the plain mean over batches, whatever
/// their size. A batch of one pair weighs as much as one of 64.
/// @throws std::invalid_argument without batches
double epoch_loss(const std::vector<BatchLoss>& losses);

/// The loss per token: each batch weighs as many tokens as it has. It does not depend on how pairs are put into batches.
/// @throws std::invalid_argument without tokens
double token_loss(const std::vector<BatchLoss>& losses);

}  // namespace wb
