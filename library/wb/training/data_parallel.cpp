#include "wb/training/data_parallel.hpp"

#include <omp.h>

#include <algorithm>
#include <stdexcept>

#include "wb/threads.hpp"

namespace wb {

template <class Real>
DataParallel<Real>::DataParallel(const ParameterList<Real>& parameters, std::size_t shards)
    : parameters_(parameters), results_(shards) {
    if (shards == 0) throw std::invalid_argument("DataParallel: a batch is cut into at least 1 shard, got 0");
}

template <class Real>
void DataParallel<Real>::make_buffers() {
    for (Result& result : results_) {
        if (!result.gradients.empty()) continue;
        result.gradients.resize(parameters_.count());
        Real* at = result.gradients.data();
        for (const ParameterPtr<Real>& parameter : parameters_) {
            result.buffers[parameter.get()] = at;
            at += parameter->value.size();
        }
    }
}

template <class Real>
void DataParallel<Real>::run_shard(Tape<Real>& tape, const Shard& shard, const LossFunction& loss, Mode mode,
                                   std::uint64_t dropout_seed) {
    Result& result = results_[shard.index];
    const OnOneThread
        on_one_thread;  // also where one thread runs all shards: else its operations would look for others
    result.loss = result.weight = 0;
    result.error = nullptr;
    try {
        if (mode != Mode::infer) std::fill(result.gradients.begin(), result.gradients.end(), Real{0});
        if (shard.size() == 0) return;
        tape.redirect_gradients(&result.buffers);
        tape.reset(mode, dropout_seed * 0x9e3779b97f4a7c15U + shard.index * 0xbf58476d1ce4e5b9U);
        const ShardLoss<Real> found = loss(tape, shard);
        result.loss = static_cast<double>(found.loss.item());
        result.weight = found.weight;
        // Weighed here and divided by the sum of the weights afterwards, which no shard knows yet.
        if (mode != Mode::infer) tape.backward(found.loss, static_cast<Real>(found.weight));
    } catch (...) {
        result.error = std::current_exception();
    }
}

template <class Real>
void DataParallel<Real>::sum_gradients(double weights) {
    const Real factor = weights == 0 ? Real{0} : static_cast<Real>(1 / weights);
    std::size_t offset = 0;
    for (const ParameterPtr<Real>& parameter : parameters_) {
        parameter->need_gradient();
        Real* total = parameter->gradient.data();
        const std::size_t count = parameter->gradient.size();
        for (std::size_t n = 0; n < results_.size(); ++n) {
            const Real* add = results_[n].gradients.data() + offset;
            const Real last = n + 1 == results_.size() ? factor : Real{1};
            if (n == 0) {
#pragma omp simd
                for (std::size_t i = 0; i < count; ++i) total[i] = add[i] * last;
            } else {
#pragma omp simd
                for (std::size_t i = 0; i < count; ++i) total[i] = (total[i] + add[i]) * last;
            }
        }
        offset += count;
    }
}

template <class Real>
double DataParallel<Real>::run(std::size_t batch, const LossFunction& loss, Mode mode, std::uint64_t dropout_seed) {
    const std::size_t shards = results_.size(),
                      threads = std::min(shards, static_cast<std::size_t>(omp_get_max_threads()));
    if (mode != Mode::infer) make_buffers();
    while (tapes_.size() < threads) tapes_.push_back(std::make_unique<Tape<Real>>());
#pragma omp parallel for schedule(dynamic, 1) num_threads(static_cast <int>(threads)) if (threads > 1)
    for (std::size_t n = 0; n < shards; ++n) {
        const Shard shard{n, batch * n / shards, batch * (n + 1) / shards};
        run_shard(*tapes_[static_cast<std::size_t>(omp_get_thread_num())], shard, loss, mode, dropout_seed);
    }
    double total = 0, weights = 0;
    for (const Result& result : results_) {
        if (result.error) std::rethrow_exception(result.error);
        if (result.weight == 0) continue;
        total += result.loss * result.weight;
        weights += result.weight;
    }
    if (mode != Mode::infer) sum_gradients(weights);
    return weights == 0 ? 0 : total / weights;
}

template <class Real>
double DataParallel<Real>::gradients(std::size_t batch, const LossFunction& loss, std::uint64_t dropout_seed) {
    return run(batch, loss, Mode::train, dropout_seed);
}

template <class Real>
double DataParallel<Real>::evaluate(std::size_t batch, const LossFunction& loss) {
    return run(batch, loss, Mode::infer, 0);
}

template <class Real>
std::size_t DataParallel<Real>::capacity() const {
    std::size_t bytes = 0;
    for (const Result& result : results_) bytes += result.gradients.size() * sizeof(Real);
    for (const auto& tape : tapes_) bytes += tape->capacity();
    return bytes;
}

template <class Real>
std::size_t DataParallel<Real>::allocations() const {
    std::size_t count = 0;
    for (const auto& tape : tapes_) count += tape->allocations();
    return count;
}

template class DataParallel<float>;
template class DataParallel<double>;

}  // namespace wb
