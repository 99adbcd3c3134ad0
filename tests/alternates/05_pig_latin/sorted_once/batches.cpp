// NOTE: Buckets by one sort of all numbers, a shuffle of its own that goes upwards, and batches cut out of flat lists.
#include "batches.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "vocabulary.hpp"

namespace wb {
namespace {

template <class T>
void shuffle(std::vector<T>& items, Random& random) {
    for (std::size_t i = 1; i < items.size(); ++i) std::swap(items[i], items[random.below(i + 1)]);
}

}  // namespace

std::vector<Bucket> make_buckets(const std::vector<WordPair>& pairs) {
    std::vector<std::size_t> order(pairs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto sizes = [&](std::size_t i) { return std::pair(pairs[i].source.size(), pairs[i].target.size()); };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return sizes(a) < sizes(b); });
    std::vector<Bucket> buckets;
    for (const std::size_t i : order) {
        if (buckets.empty() || std::pair(buckets.back().source_size, buckets.back().target_size) != sizes(i))
            buckets.push_back({sizes(i).first, sizes(i).second, {}});
        buckets.back().pairs.push_back(i);
    }
    return buckets;
}

std::vector<std::vector<std::size_t>> epoch_batches(const std::vector<Bucket>& buckets, std::size_t batch_size,
                                                    Random& random) {
    if (batch_size < 1) throw std::invalid_argument("batch_size must be at least 1");
    std::vector<std::vector<std::size_t>> batches;
    for (Bucket bucket : buckets) {
        shuffle(bucket.pairs, random);
        // The smaller batch is the first one: only its size is different.
        for (std::size_t end = bucket.pairs.size(); end > 0;) {
            const std::size_t begin = end > batch_size ? end - batch_size : 0;
            batches.emplace_back(bucket.pairs.begin() + static_cast<std::ptrdiff_t>(begin),
                                 bucket.pairs.begin() + static_cast<std::ptrdiff_t>(end));
            end = begin;
        }
    }
    shuffle(batches, random);
    return batches;
}

Batch make_batch(const std::vector<WordPair>& pairs, std::span<const std::size_t> numbers) {
    if (numbers.empty()) throw std::invalid_argument("no pairs");
    std::vector<int> source, target;
    for (const std::size_t number : numbers) {
        const WordPair& pair = pairs.at(number);
        if (pair.source.size() != pairs[numbers[0]].source.size() ||
            pair.target.size() != pairs[numbers[0]].target.size())
            throw std::invalid_argument("pairs of different lengths");
        const std::vector<int> x = encode(pair.source), y = encode(pair.target);
        source.insert(source.end(), x.begin(), x.end());
        target.insert(target.end(), y.begin(), y.end());
    }
    // All targets in one row, moved by one place: each EOS lands where the next row begins, and is overwritten.
    std::vector<int> input{sos_token};
    input.insert(input.end(), target.begin(), target.end() - 1);
    std::replace(input.begin(), input.end(), eos_token, sos_token);
    const auto tensor = [&](const std::vector<int>& flat) {
        Tensor<2, int> t(std::array<std::size_t, 2>{numbers.size(), flat.size() / numbers.size()});
        std::copy(flat.begin(), flat.end(), t.begin());
        return t;
    };
    return {tensor(source), tensor(input), tensor(target)};
}

double epoch_loss(const std::vector<BatchLoss>& losses) {
    if (losses.empty()) throw std::invalid_argument("no batches");
    double so_far = 0, seen = 0;
    for (const BatchLoss& loss : losses) so_far += (loss.mean - so_far) / ++seen;
    return so_far;
}

double token_loss(const std::vector<BatchLoss>& losses) {
    const double tokens = std::accumulate(losses.begin(), losses.end(), 0.0, [](double sum, const BatchLoss& loss) {
        return sum + static_cast<double>(loss.num_tokens);
    });
    if (!(tokens > 0)) throw std::invalid_argument("no tokens");
    double result = 0;
    for (const BatchLoss& loss : losses) result += loss.mean * (static_cast<double>(loss.num_tokens) / tokens);
    return result;
}

}  // namespace wb
