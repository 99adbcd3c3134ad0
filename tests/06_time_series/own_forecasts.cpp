/// @file
/// By the submission's own models, whose forward passes have tests of their own: at a student's desk nobody needs to be distrusted, and
/// second models in the judge would be the solutions of five exercises.
#include <algorithm>
#include <array>
#include <string>
#include <xtensor/xview.hpp>

#include "baselines_probes.hpp"
#include "direct_head_probes.hpp"
#include "encoder_decoder_probes.hpp"
#include "itransformer_probes.hpp"
#include "judge/judge.hpp"
#include "patchtst_probes.hpp"
#include "trained_forecasts.hpp"

namespace wb::trained {
namespace {

/// Windows begin .. begin + count - 1.
Tensor<3> some_of(const Numbers& x, std::size_t begin, std::size_t count) {
    Tensor<3> some(std::array<std::size_t, 3>{count, x.shape(1), x.shape(2)});
    const std::size_t size = x.shape(1) * x.shape(2);
    std::copy_n(x.data() + begin * size, some.size(), some.data());
    return some;
}

NamedWeights named(const std::string& name, const Tensor<3>& numbers) {
    return {name, {numbers.shape().begin(), numbers.shape().end()}, {numbers.begin(), numbers.end()}};
}

/// Asks about a few windows at a time: a worker's memory is limited.
/// @param ask  first window, count -> forecasts
template <class Ask>
Numbers in_parts(const Numbers& past, std::size_t horizon, const Ask& ask) {
    Numbers said = zeros<3, double>({past.shape(0), horizon, past.shape(2)});
    for (std::size_t begin = 0; begin < past.shape(0); begin += 16) {
        const std::size_t count = std::min<std::size_t>(16, past.shape(0) - begin);
        const Tensor<3> part = ask(begin, count);
        expect_shape(part, {count, horizon, past.shape(2)}, "the trained model's forecast");
        std::copy(part.begin(), part.end(), said.data() + begin * horizon * past.shape(2));
    }
    return said;
}

probes::AnyTensor any_tensor(const Tensor<3>& x) {
    return {{x.shape().begin(), x.shape().end()}, {x.begin(), x.end()}};
}

}  // namespace

Numbers d_linear(const ModelWeights& weights, const Numbers& past, std::size_t horizon, std::size_t window) {
    return in_parts(past, horizon, [&](std::size_t begin, std::size_t count) {
        const probes::ForecasterQuestion question{.lookback = past.shape(1),
                                                  .horizon = horizon,
                                                  .window = window,
                                                  .parameters = weights,
                                                  .past = any_tensor(some_of(past, begin, count))};
        return probes::d_linear(question).out;
    });
}

Numbers lstm(const ModelWeights& weights, const Numbers& past, std::size_t horizon, std::size_t hidden) {
    return in_parts(past, horizon, [&](std::size_t begin, std::size_t count) {
        const probes::ForecasterQuestion question{.horizon = horizon,
                                                  .variates = past.shape(2),
                                                  .hidden = hidden,
                                                  .parameters = weights,
                                                  .past = any_tensor(some_of(past, begin, count))};
        return probes::lstm_forecaster(question).out;
    });
}

Numbers encoder_decoder(const ModelWeights& weights, const Numbers& past, const Numbers& calendar,
                        const EncoderDecoderOptions& options) {
    return in_parts(past, options.horizon, [&](std::size_t begin, std::size_t count) {
        probes::DecoderQuestion question;
        question.options = options;
        question.parameters = weights;
        question.first = named("past", some_of(past, begin, count));
        question.second = named("calendar", some_of(calendar, begin, count));
        return probes::encoder_decoder(question).out;
    });
}

Numbers direct(const ModelWeights& weights, const Numbers& past, const Numbers& calendar,
               const DirectOptions& options) {
    const Numbers known = xt::view(calendar, xt::all(), xt::range(0, options.lookback), xt::all());
    return in_parts(past, options.horizon, [&](std::size_t begin, std::size_t count) {
        probes::DirectQuestion question;
        question.options = options;
        question.parameters = weights;
        question.past = named("past", some_of(past, begin, count));
        question.calendar = named("calendar", some_of(known, begin, count));
        return probes::direct_forecaster(question).out;
    });
}

Numbers patchtst(const ModelWeights& weights, const Numbers& past, const PatchTstOptions& options) {
    return in_parts(past, options.horizon, [&](std::size_t begin, std::size_t count) {
        probes::PatchTstQuestion question;
        question.options = options;
        question.parameters = weights;
        question.past = some_of(past, begin, count);
        question.want_weights = false;
        return probes::patchtst(question).out;
    });
}

Numbers itransformer(const ModelWeights& weights, const Numbers& past, const ITransformerOptions& options) {
    return in_parts(past, options.horizon, [&](std::size_t begin, std::size_t count) {
        probes::ITransformerQuestion question;
        question.options = options;
        question.parameters = weights;
        question.past = named("past", some_of(past, begin, count));
        return probes::itransformer(question).out;
    });
}

}  // namespace wb::trained
