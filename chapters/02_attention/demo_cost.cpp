// Predicted and measured time of both attentions. The prediction knows the counts of exercise 2.6 and three rates of this machine:
// how fast it multiplies matrices, takes exponentials, and takes hyperbolic tangents.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "additive.hpp"
#include "attention.hpp"
#include "cost.hpp"
#include "demo.hpp"
#include "wb/matmul.hpp"
#include "wb/picture.hpp"
#include "wb/random.hpp"
#include "wb/tensor.hpp"

namespace wb::demo {
namespace {

constexpr std::size_t heads = 4, head_dim = 64;

template <std::size_t N>
Tensor<N> random_tensor(const std::array<std::size_t, N>& shape) {
    static std::mt19937 bits(2);
    auto tensor = zeros<N>(shape);
    for (float& value : tensor) value = static_cast<float>(bits()) / static_cast<float>(std::mt19937::max()) - 0.5F;
    return tensor;
}

/// Seconds of the fastest of several calls: the one that the rest of the machine disturbed least.
template <class Call>
double seconds_of(const Call& call) {
    double best = 1e9;
    double spent = 0;
    for (int i = 0; i < 3 || (spent < 0.2 && i < 50); ++i) {
        const auto start = std::chrono::steady_clock::now();
        call();
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        best = std::min(best, seconds);
        spent += seconds;
    }
    return best;
}

/// What this machine does, measured at one size, so that the counts alone predict the others.
struct Rates {
    double matmul_flops;    ///< FLOPs a second of dot-product attention's two products
    double softmax_flops;   ///< of softmax
    double additive_flops;  ///< of w . tanh(q + k)
};

AttentionSizes sizes(std::size_t length) {
    return {1, heads, length, length, head_dim, head_dim};
}

double flops_of(const AttentionCost& cost, const std::string& stage) {
    for (const StageCost& one : cost.stages) {
        if (one.name == stage) return static_cast<double>(one.flops);
    }
    return 0;
}

Rates measure_rates(Random& random, std::size_t length) {
    const auto q = normal_tensor<4>(random, {1, heads, length, head_dim});
    const auto w = normal_tensor<2>(random, {heads, head_dim});
    const auto scores = normal_tensor<4>(random, {1, heads, length, length});
    const AttentionCost dot = dot_product_cost(sizes(length));
    const AttentionCost additive = additive_cost(sizes(length), AdditiveMethod::streamed);
    const double products = seconds_of([&] { (void)matmul(q, q, Transpose::no, Transpose::yes); });
    const double softmax = seconds_of([&] { (void)masked_softmax(scores, Mask{}); });
    const double tanh = seconds_of([&] { (void)additive_scores(q, q, w); });
    return {flops_of(dot, "scores") / products, flops_of(dot, "softmax") / softmax,
            flops_of(additive, "scores") / tanh};
}

double predict(const AttentionCost& cost, const Rates& rates, const std::string& scores_stage_is) {
    double seconds = 0;
    for (const StageCost& stage : cost.stages) {
        double rate = rates.matmul_flops;
        if (stage.name == "softmax") rate = rates.softmax_flops;
        if (stage.name == "scores" && scores_stage_is == "additive") rate = rates.additive_flops;
        if (stage.name == "project") continue;  // the measured call starts from projected queries and keys
        seconds += static_cast<double>(stage.flops) / rate;
    }
    return seconds;
}

}  // namespace

void draw_cost(const std::filesystem::path& folder) {
    const std::vector<std::size_t> lengths{32, 64, 128, 256, 512};
    Random random(2);
    const Rates rates = measure_rates(random, 128);
    Series dot_predicted{"dot product, predicted", {}, {}}, dot_measured{"dot product, measured", {}, {}};
    Series additive_predicted{"additive, predicted", {}, {}}, additive_measured{"additive, measured", {}, {}};
    std::cout << "length   dot product ms (predicted)   additive ms (predicted)   ratio\n";
    for (const std::size_t length : lengths) {
        const auto q = normal_tensor<4>(random, {1, heads, length, head_dim});
        const auto w = normal_tensor<2>(random, {heads, head_dim});
        const double dot = seconds_of([&] { (void)scaled_dot_product_attention(q, q, q, Mask{}); }) * 1e3;
        const double additive = seconds_of([&] { (void)additive_attention(q, q, q, w, Mask{}); }) * 1e3;
        const double dot_guess = predict(dot_product_cost(sizes(length)), rates, "dot") * 1e3;
        const double additive_guess =
            predict(additive_cost(sizes(length), AdditiveMethod::streamed), rates, "additive") * 1e3;
        const auto add = [&](Series& series, double y) {
            series.x.push_back(static_cast<double>(length));
            series.y.push_back(y);
        };
        add(dot_predicted, dot_guess);
        add(dot_measured, dot);
        add(additive_predicted, additive_guess);
        add(additive_measured, additive);
        std::printf("%6zu   %14.3f (%9.3f)   %11.3f (%9.3f)   %5.1f\n", length, dot, dot_guess, additive,
                    additive_guess, additive / dot);
    }
    LineChart chart;
    chart.title = "Attention forward, 4 heads of 64 channels: predicted from counts and measured";
    chart.x_label = "sequence length";
    chart.y_label = "milliseconds";
    chart.log_x = chart.log_y = true;
    const std::filesystem::path file = folder / "cost.png";
    write_line_chart(file, {dot_predicted, dot_measured, additive_predicted, additive_measured}, chart);
    std::cout << file.string()
              << ": rates were measured at length 128, everything else is predicted from your counts\n";
}

}  // namespace wb::demo
