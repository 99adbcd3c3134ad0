/// @file
/// Binds the probes of exercise 6.9 to the submission's functions, and holds the models that can be asked by name.
#include <array>
#include <cstring>
#include <stdexcept>
#include <string>

#include "probe/worker.hpp"
#include "rollout_probes.hpp"

namespace wb {
namespace {

using probes::NextRowsKind;

/// The formula of NextRowsKind, in double, for an answer of `steps` rows. A past without rows counts as 0.
Tensor<3> weighted_rows(const Tensor<3>& x, std::size_t steps) {
    const std::size_t n = x.shape(1);
    Tensor<3> y = zeros<3>({x.shape(0), steps, x.shape(2)});
    for (std::size_t b = 0; b < x.shape(0); ++b) {
        for (std::size_t v = 0; v < x.shape(2); ++v) {
            const double weight = 2.0 * static_cast<double>(v + 2) / static_cast<double>(n * (n + 1) * (v + 3));
            double sum = n > 0 ? double{x(b, 0, v)} / 8 : 0;
            for (std::size_t t = 0; t < n; ++t) sum += weight * static_cast<double>(t + 1) * double{x(b, t, v)};
            for (std::size_t k = 0; k < steps; ++k) {
                const double share = static_cast<double>(k) / static_cast<double>(2 * steps);
                y(b, k, v) = static_cast<float>((1 - share) * sum + static_cast<double>(k) / 8);
            }
        }
    }
    return y;
}

Tensor<3> decaying(const Tensor<3>& x) {
    Tensor<3> y = zeros<3>({x.shape(0), 1, x.shape(2)});
    for (std::size_t b = 0; b < x.shape(0) && x.shape(1) > 0; ++b) {
        for (std::size_t v = 0; v < x.shape(2); ++v)
            y(b, 0, v) = static_cast<float>((0.8 - 0.3 * static_cast<double>(v)) * double{x(b, x.shape(1) - 1, v)});
    }
    return y;
}

Tensor<3> answer(NextRowsKind kind, const Tensor<3>& x, bool first_question) {
    const std::size_t batch = x.shape(0), variates = x.shape(2);
    switch (kind) {
        case NextRowsKind::decaying:
            return decaying(x);
        case NextRowsKind::one_row:
            return weighted_rows(x, 1);
        case NextRowsKind::three_rows:
            return weighted_rows(x, 3);
        case NextRowsKind::five_rows:
            return weighted_rows(x, 5);
        case NextRowsKind::fewer_rows_later:
            return weighted_rows(x, first_question ? 3 : 2);
        case NextRowsKind::more_rows_later:
            return weighted_rows(x, first_question ? 2 : 3);
        case NextRowsKind::without_rows:
            return weighted_rows(x, 0);
        case NextRowsKind::without_rows_later:
            return weighted_rows(x, first_question ? 1 : 0);
        case NextRowsKind::another_batch:
            return full<3>({batch + 1, 1, variates}, 1);
        case NextRowsKind::another_batch_later:
            return full<3>({first_question ? batch : batch + 1, 1, variates}, 1);
        case NextRowsKind::other_variates:
            return full<3>({batch, 1, variates + 1}, 1);
        case NextRowsKind::other_variates_later:
            return full<3>({batch, 1, first_question ? variates : variates + 1}, 1);
        case NextRowsKind::refuses:
            break;
    }
    throw std::out_of_range("this model refuses to answer");
}

/// A model that keeps what it is asked.
NextRows recorded(NextRowsKind kind, std::vector<Tensor<3>>& questions) {
    return [kind, &questions](const Tensor<3>& past) {
        constexpr std::size_t most_asked = 200;
        if (questions.size() == most_asked)
            throw std::runtime_error("the model was asked more than " + std::to_string(most_asked) +
                                     " times, and no test needs as many. Does each answer bring you on?");
        questions.push_back(past);
        return answer(kind, past, questions.size() == 1);
    };
}

void refuse_change(const Tensor<3>& now, const Tensor<3>& before, const std::string& what) {
    if (now.shape() != before.shape() ||
        (now.size() > 0 && std::memcmp(now.data(), before.data(), now.size() * sizeof(float)) != 0))
        throw std::runtime_error("the caller's " + what + " was changed");
}

probes::AskedForecast ask_roll_out(NextRowsKind kind, const Tensor<3>& past, std::size_t horizon) {
    // A submission may cast const away: NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
    const Tensor<3> before = past;
    probes::AskedForecast result;
    result.forecast = roll_out(recorded(kind, result.questions), past, horizon);
    refuse_change(past, before, "past");
    return result;
}

probes::AskedForecast ask_one_step_ahead(NextRowsKind kind, const Tensor<3>& past, const Tensor<3>& future) {
    // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): as above
    const Tensor<3> past_before = past, future_before = future;
    probes::AskedForecast result;
    result.forecast = one_step_ahead(recorded(kind, result.questions), past, future);
    refuse_change(past, past_before, "past");
    refuse_change(future, future_before, "future");
    return result;
}

}  // namespace

WB_BIND(rollout) {
    worker.bind(probes::roll_out, &ask_roll_out);
    worker.bind(probes::one_step_ahead, &ask_one_step_ahead);
    worker.bind(probes::autoregressive_error, &autoregressive_error);
}

}  // namespace wb
