#include "vit_forward.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "vit.hpp"
#include "wb/matmul.hpp"
#include "wb/threads.hpp"
#include "wb/training/infer_batch.hpp"

namespace wb::bench {
namespace {

ForwardCost measure_forward(const VitOptions& shape, std::size_t batch, int repetitions) {
    ForwardCost cost{.before_mib = peak_mib()};
    Random random(1);
    const auto start = std::chrono::steady_clock::now();
    const VisionTransformer model(shape, random);
    cost.construction = seconds_since(start);
    cost.weights_mib = static_cast<double>(ParameterList<float>(model).count() * sizeof(float)) / (1 << 20);
    const Tensor<4> pixels = normal_tensor<4>(random, {1, shape.channels, shape.image_size, shape.image_size});
    cost.seconds = fastest(repetitions, [&] {
        const Tensor<2> logits =
            infer_batch<float>(batch, [&](Tape<float>& tape, const Shard&) { return model(tape, pixels); });
        if (!std::isfinite(logits(batch - 1, 0))) throw Error("vit: the logits are no numbers");
    });
    cost.peak_mib = peak_mib();
    return cost;
}

/// A product of x [rows, in] with a weight, cut over the threads.
struct Product {
    std::size_t rows, in, out;
    std::vector<float> x = std::vector<float>(rows * in, 0.5F), weight = std::vector<float>(in * out, 0.25F),
                       y = std::vector<float>(rows * out);
    Transpose weight_as = Transpose::no;  ///< [in, out], or with yes [out, in]
    bool by_columns = false;              ///< what is cut: y's columns, or its rows

    void operator()() {
        const bool turned = weight_as == Transpose::yes;
        over_threads(by_columns ? out : rows, 1e6, [&](std::size_t begin, std::size_t end) {
            const std::size_t row = by_columns ? 0 : begin, column = by_columns ? begin : 0;
            gemm(Transpose::no, weight_as, by_columns ? rows : end - begin, by_columns ? end - begin : out, in, 1.0F,
                 x.data() + row * in, weight.data() + (turned ? column * in : column), 0.0F,
                 y.data() + row * out + column, {in, turned ? in : out, out});
        });
    }
    void take_the_fastest_way(int repetitions) {
        double best = std::numeric_limits<double>::infinity();
        Transpose best_as = weight_as;
        bool best_by_columns = by_columns;
        for (const Transpose as : {Transpose::no, Transpose::yes}) {
            for (const bool columns : {false, true}) {
                weight_as = as;
                by_columns = columns;
                const double seconds = fastest(repetitions, [&] { (*this)(); });
                if (seconds >= best) continue;
                best = seconds;
                best_as = as;
                best_by_columns = columns;
            }
        }
        weight_as = best_as;
        by_columns = best_by_columns;
    }
};

}  // namespace

double forward_flops(const VitOptions& model) {
    const auto tokens = static_cast<double>(model.tokens()), hidden = static_cast<double>(model.hidden),
               mlp = static_cast<double>(model.mlp), layers = static_cast<double>(model.layers);
    const auto patch = static_cast<double>(model.channels * model.patch_size * model.patch_size);
    const double layer = tokens * (4 * hidden * hidden + 2 * hidden * mlp) + 2 * tokens * tokens * hidden;
    return 2 * ((tokens - 1) * patch * hidden + layers * layer + hidden * static_cast<double>(model.classes));
}

ForwardCost our_forward(const VitOptions& model, std::size_t batch, int repetitions) {
    return in_another_process([&] { return measure_forward(model, batch, repetitions); });
}

double sgemm_rate(const VitOptions& model, int repetitions) {
    return in_another_process([&] {
        Product square{model.tokens(), model.hidden, model.hidden}, widen{model.tokens(), model.hidden, model.mlp},
            narrow{model.tokens(), model.mlp, model.hidden};
        for (Product* product : {&square, &widen, &narrow}) product->take_the_fastest_way(repetitions);
        const double seconds = fastest(repetitions, [&] {
            for (std::size_t layer = 0; layer < model.layers; ++layer) {
                for (int n = 0; n < 4; ++n) square();
                widen();
                narrow();
            }
        });
        const auto hidden = static_cast<double>(model.hidden), mlp = static_cast<double>(model.mlp);
        return 2 * static_cast<double>(model.layers * model.tokens()) * (4 * hidden * hidden + 2 * hidden * mlp) /
               seconds;
    });
}

std::optional<Rival> rival_forward(const std::string& script, std::size_t batch, int threads, int repetitions) {
    return ask_rival(script, fmt::format("--threads {} --batch {} --repetitions {}", threads, batch, repetitions));
}

}  // namespace wb::bench
