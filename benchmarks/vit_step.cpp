#include "vit_step.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <vector>

#include "vit.hpp"
#include "wb/autograd/losses.hpp"
#include "wb/training/training_step.hpp"

namespace wb::bench {
namespace {

VitStepCost measure(const VitOptions& shape, std::size_t batch, int threads, int repetitions) {
    const double before = peak_mib();
    Random random(1);
    const VisionTransformer model(shape, random);
    const ParameterList<float> parameters(model);
    Adam<float> optimizer(parameters, {.weight_decay = 0.05});
    DataParallel<float> parallel(parameters, 8);
    const Tensor<4> pixels = normal_tensor<4>(random, {batch, shape.channels, shape.image_size, shape.image_size});
    std::vector<int> labels(batch);
    for (int& label : labels) label = static_cast<int>(random.below(shape.classes));
    const std::size_t picture = pixels.size() / batch;
    const auto step = [&] {
        training_step<float>(parallel, optimizer, batch,
                             [&](Tape<float>& tape, const Shard& shard) {
                                 Tensor<4> of_shard(std::array<std::size_t, 4>{shard.size(), pixels.shape(1),
                                                                               pixels.shape(2), pixels.shape(3)});
                                 std::copy_n(pixels.data() + shard.begin * picture, of_shard.size(), of_shard.data());
                                 const std::span<const int> targets =
                                     std::span(labels).subspan(shard.begin, shard.size());
                                 return ShardLoss<float>{cross_entropy(model(tape, of_shard), targets),
                                                         static_cast<double>(shard.size())};
                             },
                             {.rate = 1e-3, .clip_norm = 1.0});
    };
    VitStepCost cost;
    omp_set_num_threads(1);
    cost.one_thread = fastest(repetitions, step);
    omp_set_num_threads(threads);
    cost.all_threads = fastest(repetitions, step);
    cost.peak_mib = peak_mib() - before;
    return cost;
}

}  // namespace

VitOptions fashion_model() {
    return {.image_size = 28,
            .channels = 1,
            .patch_size = 4,
            .hidden = 64,
            .layers = 4,
            .heads = 4,
            .mlp = 128,
            .classes = 10,
            .layer_norm_epsilon = 1e-6};
}

VitStepCost our_vit_step(const VitOptions& model, std::size_t batch, int threads, int repetitions) {
    return in_another_process([&] { return measure(model, batch, threads, repetitions); });
}

std::optional<Rival> rival_vit_step(const std::string& script, const VitOptions& model, std::size_t batch,
                                    int threads) {
    return ask_rival(
        script, fmt::format("--step --threads {} --batch {} --size {} --channels {} --patch {} --hidden {} --layers {} "
                            "--heads {} --mlp {} --classes {} --repetitions 30 --limit 10",
                            threads, batch, model.image_size, model.channels, model.patch_size, model.hidden,
                            model.layers, model.heads, model.mlp, model.classes));
}

}  // namespace wb::bench
