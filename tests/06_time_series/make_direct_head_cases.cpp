/// @file
/// Writes the cases of exercise 6.8. Families:
///
///     6.8/pool     tokens, their vectors, and gradients        6.8/model    a forecast, and slopes by differences
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "direct_head_case.hpp"
#include "direct_oracle.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "mistake.hpp"

namespace wb {
namespace {

using oracle::DirectFlaws;
using oracle::ForecastParameters;
using oracle::Nudge;
using oracle::Pool;
using oracle::Tokens;

constexpr std::array poolings{Pooling::last, Pooling::average, Pooling::flatten};

/// [1, batch, pooled] as [batch, pooled].
Tensor<2, double> vectors(const Tokens& x, Pool how) {
    const Tokens pooled = oracle::pool(x, how);
    Tensor<2, double> result(std::array<std::size_t, 2>{pooled.shape(1), pooled.shape(2)});
    std::copy(pooled.begin(), pooled.end(), result.begin());
    return result;
}

/// Written as in.tokens; for each pooling in.d_pooled.<pooling>, expected.pooled.<pooling>, expected.d_tokens.<pooling>, which is the
/// gradient of sum(pooled * d_pooled) + sum(tokens).
void write_pool(Draw& draw, std::size_t batch, std::size_t count, std::size_t d_model) {
    CaseWriter writer("6.8/pool", shape_name({{"batch", batch}, {"tokens", count}, {"d_model", d_model}}));
    const Tensor<3> tokens = draw.uniform<3>({batch, count, d_model}, 2);
    writer.in("tokens", tokens);
    const Tokens x = tokens;
    for (const Pooling pooling : poolings) {
        const std::string name = name_of(pooling), key = "pooled." + name, d_key = "d_tokens." + name;
        const Tensor<2, double> right = vectors(x, oracle::right_pool(pooling));
        const Tensor<2> d_pooled = draw.uniform<2>({batch, right.shape(1)}, 1);
        writer.expected(key, right).in("d_pooled." + name, d_pooled);
        const auto wrong = [&](const char* words, Pool how) { mistake(writer, words, key, vectors(x, how), right); };
        if (pooling == Pooling::flatten) {
            wrong("tokens flattened channel by channel: all of the first token comes first", Pool::by_channel);
        } else {
            wrong("the first token", Pool::first);
            wrong("the sum of the tokens", Pool::total);
            wrong("the largest number of each channel", Pool::largest);
            wrong("the mean over all windows of the batch: each has a vector of its own", Pool::of_all_windows);
            if (count > 1) wrong("the mean of all tokens but the last", Pool::without_last);
            if (pooling == Pooling::last) wrong("the mean of the tokens", Pool::average);
            if (pooling == Pooling::average) wrong("the last token", Pool::last);
        }
        Tensor<3, double> d_tokens = zeros<3, double>({batch, count, d_model}), alone = d_tokens, whole = d_tokens;
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t t = 0; t < count; ++t) {
                for (std::size_t c = 0; c < d_model; ++c) {
                    const std::size_t from = pooling == Pooling::flatten ? t * d_model + c : c;
                    const double d = static_cast<double>(d_pooled(b, from));
                    const bool read = pooling != Pooling::last || t + 1 == count;
                    alone(b, t, c) = read ? pooling == Pooling::average ? d / static_cast<double>(count) : d : 0;
                    d_tokens(b, t, c) = alone(b, t, c) + 1;
                    whole(b, t, c) = d + 1;
                }
            }
        }
        writer.expected(d_key, d_tokens);
        mistake(writer, "the gradient without what another use of the tokens has added: add to what is there", d_key,
                alone, d_tokens);
        mistake(writer, "the gradient of that other use alone: nothing comes back from the vector", d_key,
                Tensor<3, double>(full<3, double>({batch, count, d_model}, 1)), d_tokens);
        mistake(writer, "the vector's gradient for every token, whole: only what was read has one, and a mean divides",
                d_key, whole, d_tokens);
    }
}

void add_wrong_forecasts(CaseWriter& writer, const ForecastParameters& parameters, const DirectOptions& options,
                         std::size_t batch, const Tokens& right) {
    const auto wrong = [&](const char* words, const DirectFlaws& flaws) {
        mistake(writer, words, "out", oracle::direct_forecast(parameters, options, batch, flaws), right);
    };
    wrong("the head's numbers taken variate by variate: they are the first row's variates, then the second's",
          {.by_variate = true});
    wrong("the forecast with its last row first", {.last_row_first = true});
    wrong("the forecast without the calendar", {.no_calendar = true});
    wrong("the forecast without places: attention does not know the order of rows", {.no_places = true});
    wrong("the forecast of rows at places from `lookback` on: the past begins at place 0", {.places_behind = true});
    wrong("the forecast of tokens that have not seen the blocks", {.no_blocks = true});
    wrong("the forecast with the first block in every block's place", {.first_block_again = true});
    wrong("the forecast by the last block alone: each reads what the one before it has made",
          {.last_block_alone = true});
    wrong("the forecast of windows normalised by themselves: that is 6.12's, around the model", {.normalised = true});
    wrong("the forecast plus the last row: the head says the rows themselves", {.plus_last_row = true});
    const auto pooled = [&](const char* words, Pool how) { wrong(words, {.pool = &how}); };
    if (options.pooling == Pooling::flatten) {
        pooled("the forecast of tokens flattened channel by channel", Pool::by_channel);
    } else {
        pooled("the forecast from the first token", Pool::first);
        if (options.pooling == Pooling::average) pooled("the forecast from the last token, not the mean", Pool::last);
        if (options.pooling == Pooling::last)
            pooled("the forecast from the mean of all tokens, not the last", Pool::average);
        pooled("the forecast from the mean over all windows of the batch", Pool::of_all_windows);
    }
}

void write_model(Draw& draw, std::size_t batch, const DirectOptions& options) {
    const std::size_t pooled = options.blocks.d_model * (options.pooling == Pooling::flatten ? options.lookback : 1);
    CaseWriter writer("6.8/model", std::string(name_of(options.pooling)) + "_" +
                                       shape_name({{"batch", batch},
                                                   {"lookback", options.lookback},
                                                   {"variates", options.variates},
                                                   {"horizon", options.horizon},
                                                   {"layers", options.blocks.layers}}));
    ParameterShapes shapes = direct_shapes(options, pooled);
    ModelWeights all = draw_parameters(shapes, 0.45, draw);
    const Tensor<3> past = draw.uniform<3>({batch, options.lookback, options.variates}, 2);
    const Tensor<3> calendar = draw.uniform<3>({batch, options.lookback, options.features}, 1);
    const Tensor<3> d_out = draw.uniform<3>({batch, options.horizon, options.variates}, 1);
    write_direct(writer, options, pooled);
    write_parameters(writer, "parameter", all);
    writer.in("past", past).in("calendar", calendar).in("d_out", d_out);
    all.push_back(numbers_of("past", past));
    all.push_back(numbers_of("calendar", calendar));
    const Tokens out = oracle::direct_forecast(ForecastParameters(all), options, batch);
    writer.expected("out", out);
    add_wrong_forecasts(writer, ForecastParameters(all), options, batch, out);

    shapes.push_back({"past", {batch, options.lookback, options.variates}});
    shapes.push_back({"calendar", {batch, options.lookback, options.features}});
    const ModelWeights directions = draw_parameters(shapes, 0.45, draw);
    Tensor<1, double> slopes = zeros<1, double>({directions.size()});
    const auto loss = [&](const Nudge& nudge) {
        return oracle::sum_of_products(oracle::direct_forecast(ForecastParameters(all, nudge), options, batch), d_out);
    };
    for (std::size_t n = 0; n < directions.size(); ++n) slopes(n) = oracle::slope(loss, directions[n]);
    write_parameters(writer, "direction", directions);
    writer.expected("slopes", slopes);
}

}  // namespace

WB_CASES(direct_head) {
    Draw draw(seed + 68);
    write_pool(draw, 2, 3, 4);
    write_pool(draw, 1, 96, 6);
    write_pool(draw, 3, 1, 5);  // one token: all three agree
    write_pool(draw, 4, 7, 1);
    for (const Pooling pooling : poolings) {
        write_model(draw, 2, {6, 4, 3, 4, pooling, {.d_model = 8, .heads = 2, .layers = 1, .d_ff = 10}});
        write_model(draw, 3, {5, 2, 5, 3, pooling, {.d_model = 6, .heads = 3, .layers = 2, .d_ff = 7}});
        write_model(draw, 1, {9, 7, 1, 2, pooling, {.d_model = 12, .heads = 4, .layers = 3, .d_ff = 5}});
    }
}

}  // namespace wb
