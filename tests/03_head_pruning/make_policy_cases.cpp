/// @file
/// Writes the cases of exercise 3.9's parts. Families:
///
///     3.9/draw        gates for given u          3.9/log   log probabilities and their gradient
///     3.9/rewards     quality and cost           3.9/loss  the policy's loss and its gradient
///     3.9/advantages  what is better than others
///     3.9/two_heads   all that two heads can draw: how likely it is, and the slope of -E[R]
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "policy_case.hpp"
#include "trusted_policy.hpp"

namespace wb {
namespace {

using trusted::probability;
using trusted::Rows;

Tensor<2, double> table_of(const Rows& rows) {
    Tensor<2, double> table(std::array<std::size_t, 2>{rows.size(), rows.front().size()});
    for (std::size_t b = 0; b < rows.size(); ++b) std::copy(rows[b].begin(), rows[b].end(), &table(b, 0));
    return table;
}

Rows rows_of(const Tensor<2>& table) {
    Rows rows;
    for (std::size_t b = 0; b < table.shape(0); ++b) rows.emplace_back(&table(b, 0), &table(b, 0) + table.shape(1));
    return rows;
}

Tensor<2> draw_coins(Draw& draw, std::size_t batch, std::size_t heads) {
    Tensor<2> gates(std::array<std::size_t, 2>{batch, heads});
    for (float& gate : gates) gate = static_cast<float>(draw.below(2));
    return gates;
}

void write_draw(Draw& draw, std::size_t batch, std::size_t heads) {
    const Tensor<2> logits = draw.uniform<2>({batch, heads}, 3);
    Tensor<2, double> u(logits.shape());
    for (std::size_t n = 0; n < u.size(); ++n) {
        do {  // not where float and double could disagree
            u.data()[n] = 0.5 + static_cast<double>(draw.uniform<1>({1}, 0.5)(0));
        } while (std::abs(u.data()[n] - probability(static_cast<double>(logits.data()[n]))) < 1e-4);
    }
    const auto gates = [&](const auto& open) {
        Tensor<2, double> result(logits.shape());
        for (std::size_t n = 0; n < u.size(); ++n)
            result.data()[n] = open(static_cast<double>(logits.data()[n]), u.data()[n]) ? 1 : 0;
        return result;
    };
    CaseWriter writer("3.9/draw", shape_name({{"batch", batch}, {"heads", heads}}));
    writer.in("logits", logits).in("u", u);
    writer.expected("gates", gates([](double logit, double coin) { return coin < probability(logit); }));
    writer.expected("greedy", gates([](double logit, double) { return logit > 0; }));
    writer.mistake("gates that are 1 where u is above the probability", "gates",
                   gates([](double logit, double coin) { return coin > probability(logit); }));
    writer.mistake("u compared with the logit; its probability is sigmoid(logit)", "gates",
                   gates([](double logit, double coin) { return coin < logit; }));
    writer.mistake("the greedy gates, without chance", "gates", gates([](double logit, double) { return logit > 0; }));
    writer.mistake("gates of logits above 1/2; it is the probability that is above 1/2", "greedy",
                   gates([](double logit, double) { return logit > 0.5; }));
}

void write_log(Draw& draw, std::size_t batch, std::size_t heads) {
    const Tensor<2> logits = draw.uniform<2>({batch, heads}, 3), gates = draw_coins(draw, batch, heads);
    const Tensor<1> d_out = draw.uniform<1>({batch}, 1);
    const Rows rows = rows_of(logits), open = rows_of(gates);
    CaseWriter writer("3.9/log", shape_name({{"batch", batch}, {"heads", heads}}));
    writer.in("logits", logits).in("gates", gates).in("d_out", d_out);
    const auto sums = [&](const auto& term) {
        std::vector<double> values(batch);
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t h = 0; h < heads; ++h) values[b] += term(rows[b][h], open[b][h]);
        }
        return values;
    };
    const auto right = [](double logit, double gate) { return trusted::log_pi({logit}, {gate}); };
    const auto only_open = [&](double logit, double gate) { return gate * right(logit, gate); };
    const std::vector<double> value = sums(right);
    std::vector<double> likely = value, mean = value;
    for (double& one : likely) one = std::exp(one);
    for (double& one : mean) one /= static_cast<double>(heads);
    writer.expected("value", row_of(value));
    writer.mistake("the probability; its logarithm is asked", "value", row_of(likely));
    if (heads > 1)
        writer.mistake("a mean over the heads; logarithms of independent coins add up", "value", row_of(mean));
    writer.mistake("the open heads' part alone; that the others are shut was a coin, too", "value",
                   row_of(sums(only_open)));
    writer.mistake("log p for every head, whatever its gate", "value",
                   row_of(sums([&](double logit, double) { return right(logit, 1); })));
    writer.mistake("open and shut exchanged", "value",
                   row_of(sums([&](double logit, double gate) { return right(logit, 1 - gate); })));

    const auto slopes = [&](const auto& function, double factor, double of_driver, bool incoming) {
        Tensor<2, double> gradient(logits.shape());
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t h = 0; h < heads; ++h) {
                const double slope =
                    (function(rows[b][h] + 1e-5, open[b][h]) - function(rows[b][h] - 1e-5, open[b][h])) / 2e-5;
                gradient(b, h) = of_driver + factor * slope * (incoming ? static_cast<double>(d_out(b)) : 1);
            }
        }
        return gradient;
    };
    writer.expected("gradient", slopes(right, 1, 1, true));
    writer.mistake("the gradient of the last use alone: add to what is there, unless the slot is fresh", "gradient",
                   slopes(right, 1, 0, true));
    writer.mistake("p - gate; it is gate - p", "gradient", slopes(right, -1, 1, true));
    writer.mistake("the gradient without what comes in: multiply by the result's own gradient", "gradient",
                   slopes(right, 1, 1, false));
    writer.mistake("the gradient of the open heads alone", "gradient", slopes(only_open, 1, 1, true));
}

void write_rewards(Draw& draw, std::size_t batch, std::size_t heads, double cost) {
    const Tensor<1, double> quality(draw.uniform<1>({batch}, 5));
    const Tensor<2> gates = draw_coins(draw, batch, heads);
    CaseWriter writer("3.9/rewards", shape_name({{"batch", batch}, {"heads", heads}}));
    writer.in("quality", quality).in("gates", gates).number("cost", cost);
    const Rows open = rows_of(gates);
    const auto with = [&](const auto& price) {
        std::vector<double> result;
        for (std::size_t b = 0; b < batch; ++b) result.push_back(quality(b) - price(share_of(open[b])));
        return row_of(result);
    };
    writer.expected("rewards", with([&](double share) { return cost * share; }));
    writer.mistake("the cost of each head taken off for each; it is that of all heads together", "rewards",
                   with([&](double share) { return cost * share * static_cast<double>(heads); }));
    writer.mistake("the cost added", "rewards", with([&](double share) { return -cost * share; }));
    writer.mistake("the heads that are shut paid for", "rewards",
                   with([&](double share) { return cost * (1 - share); }));
    writer.mistake("the whole cost taken off, however many heads are open", "rewards",
                   with([&](double) { return cost; }));
}

void write_advantages(Draw& draw, std::size_t batch, std::size_t rollouts) {
    const Tensor<2> drawn = draw.uniform<2>({batch, rollouts}, 1);
    Rows rewards = rows_of(drawn);
    for (std::vector<double>& row : rewards) {
        const double level = static_cast<double>(draw.uniform<1>({1}, 20)(0));  // easy inputs and hard ones
        for (double& reward : row) reward += level;
    }
    CaseWriter writer("3.9/advantages", shape_name({{"batch", batch}, {"rollouts", rollouts}}));
    const auto mistake = [&](const char* words, const Rows& answer) {
        writer.mistake(words, "advantages", table_of(answer));
    };
    writer.in("rewards", table_of(rewards));
    const Rows right = trusted::advantages(rewards, Baseline::others);
    writer.expected("advantages", table_of(right));
    mistake("rewards as they are, without the baseline", rewards);
    mistake("rewards minus the mean of all rollouts, this one among them: too small by (rollouts - 1) / rollouts",
            trusted::advantages(rewards, Baseline::others, {.own_reward = true}));
    if (batch > 1)
        mistake("rewards minus the mean of the whole batch: that says which input was easy",
                trusted::advantages(rewards, Baseline::others, {.batch_baseline = true}));
    Rows reversed = right;
    for (std::vector<double>& row : reversed) {
        for (double& one : row) one = -one;
    }
    mistake("b - R; what is better than the others is positive", reversed);
}

void write_loss(Draw& draw, std::size_t batch, std::size_t heads, std::size_t rollouts) {
    const Tensor<2> logits = draw.uniform<2>({batch, heads}, 2);
    const Tensor<2, double> worth(draw.uniform<2>({batch, rollouts}, 1));
    CaseWriter writer("3.9/loss", shape_name({{"batch", batch}, {"heads", heads}, {"rollouts", rollouts}}));
    writer.in("logits", logits).in("advantages", worth);
    std::vector<Rows> gates;
    for (std::size_t k = 0; k < rollouts; ++k) {
        const Tensor<2> coins = draw_coins(draw, batch, heads);
        writer.in("gates" + std::to_string(k), coins);
        gates.push_back(rows_of(coins));
    }
    const auto loss = [&](const Rows& rows, bool first_gates) {
        double total = 0;
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t k = 0; k < rollouts; ++k)
                total -= worth(b, k) * trusted::log_pi(rows[b], gates[first_gates ? 0 : k][b]);
        }
        return total / static_cast<double>(batch * rollouts);
    };
    const auto answer = [&](double factor, bool first_gates) {
        std::pair<Tensor<1, double>, Tensor<2, double>> result{row_of({factor * loss(rows_of(logits), first_gates)}),
                                                               Tensor<2, double>(logits.shape())};
        for (std::size_t b = 0; b < batch; ++b) {
            for (std::size_t h = 0; h < heads; ++h) {
                Rows up = rows_of(logits), down = up;
                up[b][h] += 1e-5;
                down[b][h] -= 1e-5;
                result.second(b, h) = factor * (loss(up, first_gates) - loss(down, first_gates)) / 2e-5;
            }
        }
        return result;
    };
    const auto right = answer(1, false);
    writer.expected("loss", right.first).expected("gradient", right.second);
    const auto mistake = [&](const char* words, double factor, bool first_gates) {
        const auto wrong = answer(factor, first_gates);
        writer.mistake(words, "loss", wrong.first).mistake(words, "gradient", wrong.second);
    };
    mistake("the sign lost: going down it would make the best gates less likely", -1, false);
    mistake("a sum over batch and rollouts in place of a mean", static_cast<double>(batch * rollouts), false);
    if (rollouts > 1) mistake("a sum over the rollouts in place of a mean", static_cast<double>(rollouts), false);
    if (rollouts > 1) mistake("the first rollout's gates for all", 1, true);
    if (batch > 1) mistake("a sum over the batch in place of a mean", static_cast<double>(batch), false);
}

void write_two_heads() {
    const std::vector<double> reward{10.3, 10.9, 9.6, 11.4};  // of gates 00, 01, 10, 11
    Tensor<2> drawn_by = zeros<2>({1, 2});
    drawn_by(0, 0) = 0.4F;
    drawn_by(0, 1) = -0.7F;
    const auto likely = [](const std::vector<double>& logits) {
        std::vector<double> shares;
        for (std::size_t n = 0; n < 4; ++n)
            shares.push_back(std::exp(trusted::log_pi(logits, {n >= 2 ? 1.0 : 0.0, n % 2 == 1 ? 1.0 : 0.0})));
        return shares;
    };
    const auto mean_reward = [&](const std::vector<double>& logits) {
        const std::vector<double> shares = likely(logits);
        return std::inner_product(shares.begin(), shares.end(), reward.begin(), 0.0);
    };
    const std::vector<double> logits = rows_of(drawn_by).front();
    std::vector<double> gradient;  // -d E[R] / d logits, as a loss goes
    for (std::size_t h = 0; h < 2; ++h) {
        std::vector<double> up = logits, down = logits;
        up[h] += 1e-5;
        down[h] -= 1e-5;
        gradient.push_back(-(mean_reward(up) - mean_reward(down)) / 2e-5);
    }
    CaseWriter writer("3.9/two_heads", "all_draws");
    writer.in("logits", drawn_by).in("reward", row_of(reward)).in("likely", row_of(likely(logits)));
    writer.expected("gradient", row_of(gradient));
}

WB_CASES(policy) {
    Draw draw(seed + 391);
    write_draw(draw, 1, 4);
    write_draw(draw, 9, 12);
    write_log(draw, 1, 1);
    write_log(draw, 4, 3);
    write_log(draw, 7, 12);
    write_rewards(draw, 5, 4, 0.6);
    write_rewards(draw, 8, 7, 3);
    write_advantages(draw, 1, 2);
    write_advantages(draw, 5, 4);
    write_advantages(draw, 3, 9);
    write_loss(draw, 1, 2, 1);
    write_loss(draw, 4, 3, 5);
    write_loss(draw, 3, 6, 2);
    write_two_heads();
}

}  // namespace
}  // namespace wb
