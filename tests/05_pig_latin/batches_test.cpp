/// @file
/// Judges the batches of exercise 5.1. How a submission draws is its own choice, so tests look at what every fair shuffle
/// keeps, and at frequencies; a fair shuffle is past one of their limits less often than once in 10^11.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "data_probes.hpp"
#include "word_draw.hpp"

namespace wb {
namespace {

using probes::EpochBatches;
using testing::HasSubstr;
using Numbers = std::vector<std::size_t>;

/// Buckets without any words: `sizes[n]` pairs in bucket n, numbered through.
std::vector<Bucket> buckets_of(const std::vector<std::size_t>& sizes) {
    std::vector<Bucket> buckets;
    std::size_t next = 0;
    for (const std::size_t size : sizes) {
        Bucket bucket{buckets.size() + 1, buckets.size() + 3, Numbers(size)};
        std::iota(bucket.pairs.begin(), bucket.pairs.end(), next);
        next += size;
        buckets.push_back(bucket);
    }
    return buckets;
}

/// The bucket that each pair is in.
std::map<std::size_t, std::size_t> bucket_of_pair(const std::vector<Bucket>& buckets) {
    std::map<std::size_t, std::size_t> result;
    for (std::size_t n = 0; n < buckets.size(); ++n)
        for (const std::size_t pair : buckets[n].pairs) result[pair] = n;
    return result;
}

std::vector<EpochBatches> ask_epochs(const std::vector<Bucket>& buckets, std::size_t batch_size, std::uint64_t seed,
                                     std::size_t epochs) {
    std::vector<EpochBatches> result = probes::epoch_batches(buckets, batch_size, seed, epochs);
    if (result.size() != epochs) stop_test("the driver answered with another number of epochs");
    return result;
}

TEST(Buckets, HoldEveryPairOnceSortedByBothLengths) {
    for (const Case& c : cases("5.1/words")) {
        Draw draw = draw_of(c);
        const Pairs pairs = random_pairs(draw, 60);
        std::map<std::pair<std::size_t, std::size_t>, Numbers> expected;
        for (std::size_t i = 0; i < pairs.size(); ++i)
            expected[{pairs.sources[i].size(), pairs.targets[i].size()}].push_back(i);
        const std::vector<Bucket> got = probes::make_buckets(pairs.sources, pairs.targets);
        std::set<std::size_t> source_sizes, target_sizes;
        for (const auto& [sizes, numbers] : expected) {
            source_sizes.insert(sizes.first);
            target_sizes.insert(sizes.second);
        }
        ASSERT_EQ(got.size(), expected.size())
            << "one bucket for each pair of lengths that occurs"
            << known_mistake(
                   got.size(), expected.size(),
                   {{"the lengths of sources that occur: words of one length have translations of several, and share a "
                     "bucket only where both lengths are equal",
                     source_sizes.size()},
                    {"the lengths of translations that occur: a bucket's sources have one length, too",
                     target_sizes.size()},
                    {"the number of pairs: pairs of equal lengths share a bucket", pairs.sources.size()}});
        std::size_t n = 0;
        for (const auto& [sizes, numbers] : expected) {
            EXPECT_EQ(got[n].source_size, sizes.first) << "bucket " << n << ", counted in characters, without EOS";
            EXPECT_EQ(got[n].target_size, sizes.second) << "bucket " << n << ", counted in characters, without EOS";
            EXPECT_EQ(got[n].pairs, numbers)
                << "bucket " << n << ": pairs of lengths " << sizes.first << " and " << sizes.second;
            ++n;
        }
    }
    EXPECT_TRUE(probes::make_buckets({}, {}).empty()) << "no pairs, no buckets";
}

/// Words for an epoch that holds only whole batches, as a data loader's drop_last makes it.
std::string left_out(const EpochBatches& batches, const std::vector<Bucket>& buckets, std::size_t batch_size) {
    std::size_t whole = 0, pairs = 0;
    for (const Bucket& bucket : buckets) {
        whole += bucket.pairs.size() / batch_size;
        pairs += bucket.pairs.size();
    }
    const bool all_whole =
        std::all_of(batches.begin(), batches.end(), [&](const Numbers& batch) { return batch.size() == batch_size; });
    if (!all_whole || batches.size() != whole || whole * batch_size == pairs) return {};
    return "\n  The numbers equal those of whole batches alone: what is left of a bucket is a smaller batch, and comes "
           "too.";
}

TEST(EpochBatches, HoldEveryPairOnceAndNeverMixBuckets) {
    const std::vector<Bucket> buckets = buckets_of({1, 7, 8, 9, 23, 2});
    const auto bucket_of = bucket_of_pair(buckets);
    for (const std::size_t batch_size : {1, 4, 8, 100}) {
        for (const EpochBatches& batches : ask_epochs(buckets, batch_size, 5, 3)) {
            std::vector<int> seen(bucket_of.size(), 0);
            std::map<std::size_t, Numbers> sizes;  // of the batches of each bucket
            for (const Numbers& batch : batches) {
                ASSERT_FALSE(batch.empty()) << "a batch without pairs";
                for (const std::size_t pair : batch) {
                    ASSERT_TRUE(bucket_of.contains(pair)) << "there is no pair " << pair;
                    ASSERT_EQ(bucket_of.at(pair), bucket_of.at(batch[0]))
                        << "pairs " << batch[0] << " and " << pair << " are not equally long, but share a batch";
                    ++seen[pair];
                }
                sizes[bucket_of.at(batch[0])].push_back(batch.size());
            }
            for (std::size_t pair = 0; pair < seen.size(); ++pair)
                ASSERT_EQ(seen[pair], 1) << "times that pair " << pair << " comes in an epoch, batch_size "
                                         << batch_size << left_out(batches, buckets, batch_size);
            for (auto& [bucket, of_batches] : sizes) {
                std::sort(of_batches.begin(), of_batches.end());
                const std::size_t pairs = buckets[bucket].pairs.size();
                ASSERT_EQ(of_batches.size(), (pairs + batch_size - 1) / batch_size)
                    << "batches of " << pairs << " pairs, batch_size " << batch_size;
                ASSERT_EQ(of_batches.back(), std::min(pairs, batch_size))
                    << "all batches of a bucket are full, but for one that is smaller";
                if (of_batches.size() > 1) {
                    ASSERT_EQ(of_batches[1], batch_size) << "only one batch of a bucket may be smaller";
                }
            }
        }
    }
    EXPECT_THAT(probes::epoch_batches.expect_error<std::invalid_argument>(buckets, 0, 1, 1), HasSubstr("batch_size"));
}

TEST(EpochBatches, TheSeedDecidesAndEachEpochDiffers) {
    const std::vector<Bucket> buckets = buckets_of({40, 30, 30});
    const std::vector<EpochBatches> once = ask_epochs(buckets, 4, 11, 3);
    EXPECT_EQ(ask_epochs(buckets, 4, 11, 3), once)
        << "the same seed, another order: is there a source of chance beside `random`?";
    // As truths, not by EXPECT_NE, which would print all batches twice.
    EXPECT_TRUE(ask_epochs(buckets, 4, 12, 1)[0] != once[0]) << "another seed, the same order: `random` is to decide";
    EXPECT_TRUE(once[0] != once[1]) << "two epochs in the same order";
    EXPECT_TRUE(once[1] != once[2]) << "two epochs in the same order";
    // Without their order, too: who shares a batch with whom.
    const auto company = [](EpochBatches batches) {
        for (Numbers& batch : batches) std::sort(batch.begin(), batch.end());
        std::sort(batches.begin(), batches.end());
        return batches;
    };
    EXPECT_TRUE(company(once[0]) != company(once[1]))
        << "the same pairs share a batch in both epochs: shuffle inside the buckets";
}

// 4 batches of one pair each, from 4 buckets or from one: 24 orders, 250 times each of 6,000 epochs. Chi-squared with 23
// degrees of freedom is 23 on average and above 112 once in 10^13; a swap with *any* place in place of Fisher and Yates's
// gives orders 8/256 to 15/256, and about 230.
double chi_squared_of_orders(const std::vector<Bucket>& buckets) {
    constexpr std::size_t epochs = 6000;
    std::map<EpochBatches, double> times;
    for (const EpochBatches& batches : ask_epochs(buckets, 1, 3, epochs)) ++times[batches];
    constexpr double expected = epochs / 24.0;
    double sum =
        static_cast<double>(24 - std::min<std::size_t>(24, times.size())) * expected;  // orders that never came
    for (const auto& [order, count] : times) sum += (count - expected) * (count - expected) / expected;
    return sum;
}

TEST(EpochBatches, EveryOrderOfTheBatchesIsEquallyLikely) {
    EXPECT_LT(chi_squared_of_orders(buckets_of({1, 1, 1, 1})), 112)
        << "chi-squared of the 24 orders of four batches over 6,000 epochs; a fair shuffle has about 23. One that "
           "swaps each place with any of all four, and not with one of those that are left, has about 230";
    EXPECT_LT(chi_squared_of_orders(buckets_of({4})), 112)
        << "chi-squared of the 24 orders of one bucket's four pairs, batch_size 1";
}

// Six pairs of one bucket, batches of 3: pair 0 has each of the 10 companies of two others equally often, 600 times of 6,000
// epochs. Chi-squared with 9 degrees of freedom is above 80 once in 10^13.
TEST(EpochBatches, EveryCompanyInABucketIsEquallyLikely) {
    constexpr std::size_t epochs = 6000;
    std::map<Numbers, double> times;
    for (const EpochBatches& batches : ask_epochs(buckets_of({6}), 3, 4, epochs)) {
        for (Numbers batch : batches) {
            std::sort(batch.begin(), batch.end());
            if (!batch.empty() && batch[0] == 0) ++times[batch];
        }
    }
    double sum = static_cast<double>(10 - std::min<std::size_t>(10, times.size())) * (epochs / 10.0);
    for (const auto& [company, count] : times)
        sum += (count - epochs / 10.0) * (count - epochs / 10.0) / (epochs / 10.0);
    EXPECT_LT(sum, 80) << "chi-squared of the 10 companies of one pair; a fair shuffle has about 9";
}

// 100 batches from 10 buckets: two neighbours are of one bucket 99 * 9 / 99 = 9 times on average, with a standard deviation
// of 2.9. Bucket by bucket they are 90 times.
TEST(EpochBatches, LengthsAreMixed) {
    const std::vector<Bucket> buckets = buckets_of(std::vector<std::size_t>(10, 40));
    const auto bucket_of = bucket_of_pair(buckets);
    for (const EpochBatches& batches : ask_epochs(buckets, 4, 9, 5)) {
        ASSERT_EQ(batches.size(), 100U);
        int together = 0;
        for (std::size_t n = 0; n + 1 < batches.size(); ++n) {
            ASSERT_FALSE(batches[n].empty() || batches[n + 1].empty());
            together += bucket_of.at(batches[n][0]) == bucket_of.at(batches[n + 1][0]) ? 1 : 0;
        }
        EXPECT_LT(together, 40) << "neighbours of one bucket among 100 batches; shuffled, about 9: the model would see "
                                   "all short words, then all longer ones";
    }
}

Tensor<2, int> rows_of(const std::vector<std::vector<int>>& rows) {
    Tensor<2, int> tensor(std::array<std::size_t, 2>{rows.size(), rows[0].size()});
    for (std::size_t r = 0; r < rows.size(); ++r) std::copy(rows[r].begin(), rows[r].end(), &tensor(r, 0));
    return tensor;
}

using Rows = std::vector<std::vector<int>>;

/// Rows on their way to becoming a known mistake, as one list of numbers.
std::vector<double> flat_rows(const Rows& rows) {
    std::vector<double> numbers;
    for (const std::vector<int>& row : rows) numbers.insert(numbers.end(), row.begin(), row.end());
    return numbers;
}

/// The rows of a batch that should be.
struct BatchRows {
    Rows source, decoder_input, target;
};

/// Compares a batch, and names what is mostly done wrong.
/// @param in_order  the batch of pairs 0, 1, .., where `numbers` were others
void expect_batch(const Batch& got, const BatchRows& wanted, const std::string& of,
                  const std::optional<BatchRows>& in_order = std::nullopt) {
    const auto moved_out = [](Rows rows, int first) {  // each token one place later, the last one dropped
        for (std::vector<int>& row : rows) {
            row.insert(row.begin(), first);
            row.pop_back();
        }
        return rows;
    };
    Rows moved_in = wanted.target;  // each token one place earlier
    for (std::vector<int>& row : moved_in) {
        row.erase(row.begin());
        row.push_back(28);
    }
    const char* pairs = "pairs 0, 1, ..: row r holds pair numbers[r]";
    KnownMistakes source, input, target;
    if (in_order) {
        source.emplace_back(pairs, flat_rows(in_order->source));
        input.emplace_back(pairs, flat_rows(in_order->decoder_input));
        target.emplace_back(pairs, flat_rows(in_order->target));
    }
    source.emplace_back("sources behind SOS: only the decoder's input begins with it",
                        flat_rows(moved_out(wanted.source, 27)));
    input.emplace_back(
        "the target itself: the decoder would read each letter that it is asked for. It reads SOS, and then the "
        "target's letters one place later",
        flat_rows(wanted.target));
    input.emplace_back("the target behind EOS, 28: the decoder begins with SOS, 27",
                       flat_rows(moved_out(wanted.target, 28)));
    input.emplace_back(
        "the target one place earlier: the decoder would read the letter after the one that it is asked for",
        flat_rows(moved_in));
    target.emplace_back("the decoder's input: what it is asked for is the next letter",
                        flat_rows(wanted.decoder_input));
    target.emplace_back(
        "the target one place earlier, without its first letter: decoder_input is moved, not the target",
        flat_rows(moved_in));
    expect_close(got.source, rows_of(wanted.source), "source" + of, {}, source);
    expect_close(got.target, rows_of(wanted.target), "target" + of, {}, target);
    expect_close(got.decoder_input, rows_of(wanted.decoder_input), "decoder_input" + of, {}, input);
}

TEST(MakeBatch, DecoderInputIsTheTargetMovedByOnePlace) {
    expect_batch(probes::make_batch({"cat", "our", "dog"}, {"atcay", "ourway", "ogday"}, {2, 0}),
                 {.source = {{3, 14, 6, 28}, {2, 0, 19, 28}},
                  .decoder_input = {{27, 14, 6, 3, 0, 24}, {27, 0, 19, 2, 0, 24}},
                  .target = {{14, 6, 3, 0, 24, 28}, {0, 19, 2, 0, 24, 28}}},
                 " of pairs 2 and 0: d o g EOS, SOS o g d a y, o g d a y EOS / c a t EOS, SOS a t c a y, a t c a y EOS",
                 BatchRows{.source = {{2, 0, 19, 28}, {14, 20, 17, 28}},
                           .decoder_input = {{27, 0, 19, 2, 0, 24}, {27, 14, 20, 17, 22, 0}},
                           .target = {{0, 19, 2, 0, 24, 28}, {14, 20, 17, 22, 0, 24}}});
    for (const Case& c : cases("5.1/words")) {
        Draw draw = draw_of(c);
        Pairs pairs;
        Rows source, input, target;
        for (int row = 0; row < 5; ++row) {
            pairs.add(random_word(draw, 4), random_word(draw, 7));
            const auto number = [](char letter) { return letter == '-' ? 26 : letter - 'a'; };
            source.emplace_back();
            input.push_back({27});
            target.emplace_back();
            for (const char letter : pairs.sources.back()) source.back().push_back(number(letter));
            for (const char letter : pairs.targets.back()) input.back().push_back(number(letter));
            for (const char letter : pairs.targets.back()) target.back().push_back(number(letter));
            source.back().push_back(28);
            target.back().push_back(28);
        }
        expect_batch(probes::make_batch(pairs.sources, pairs.targets, {0, 1, 2, 3, 4}), {source, input, target},
                     " of 5 random pairs of lengths 4 and 7");
    }
}

TEST(MakeBatch, PairsThatShareNoBucketAreRefused) {
    const auto error = [](const Numbers& numbers) {
        return probes::make_batch.expect_error<std::invalid_argument>({"cat", "our", "a", "dog"},
                                                                      {"atcay", "ourway", "away-", "ogday"}, numbers);
    };
    EXPECT_NE(error({0, 3, 1}), "") << "cat and our: equal sources, unequal targets";
    EXPECT_NE(error({0, 2}), "") << "unequal sources, equal targets";
    EXPECT_NE(error({}), "") << "a batch without pairs";
    probes::make_batch.expect_error<std::out_of_range>({"cat"}, {"atcay"}, {0, 1});
}

TEST(EpochLoss, IsTheMeanOverBatchesWhateverTheirSize) {
    const std::vector<BatchLoss> losses{{1.0, 600}, {2.5, 6}, {4.0, 60}};
    constexpr double by_tokens = (1.0 * 600 + 2.5 * 6 + 4.0 * 60) / 666;
    const double over_batches = probes::epoch_loss(losses), over_tokens = probes::token_loss(losses);
    EXPECT_NEAR(over_batches, 2.5, 1e-12)
        << "(1 + 2.5 + 4) / 3"
        << known_mistake(
               over_batches, 2.5, {.absolute = 1e-12},
               {{"the mean over tokens: here every batch counts alike, however many tokens it has", by_tokens},
                {"the sum over tokens, divided by the number of batches", by_tokens * 666 / 3}});
    EXPECT_NEAR(over_tokens, by_tokens, 1e-12)
        << "(1 * 600 + 2.5 * 6 + 4 * 60) / 666. Over batches it would be 2.5"
        << known_mistake(over_tokens, by_tokens, {.absolute = 1e-12},
                         {{"the sum of the means, divided by the tokens", 7.5 / 666}});
    EXPECT_NEAR(probes::token_loss({{7.0, 0}, {3.0, 2}}), 3, 1e-12) << "a batch without tokens has no weight";
    EXPECT_TRUE(std::isnan(probes::epoch_loss({{1.0, 5}, {std::nan(""), 5}}))) << "a NaN must be seen, not skipped";
    probes::epoch_loss.expect_error<std::invalid_argument>({});
    probes::token_loss.expect_error<std::invalid_argument>({});
    probes::token_loss.expect_error<std::invalid_argument>({{1.0, 0}});
}

}  // namespace
}  // namespace wb
