#include "demo_vit_heads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "head_drop.hpp"
#include "wb/picture.hpp"
#include "wb/threads.hpp"

namespace wb::demo {
namespace {

/// evaluate() of exercise 4.10 on pictures first .. first + count - 1, an equal share on each thread.
EvaluateGates evaluator(const LoadedVit& vit, const LabelledPictures& set, std::size_t first, std::size_t count) {
    struct Part {
        Tensor<4> inputs;
        std::span<const int> labels;
    };
    std::vector<Part> parts;
    const std::size_t pieces = std::min(threads_here(), count);
    for (std::size_t n = 0; n < pieces; ++n) {
        const std::size_t begin = first + count * n / pieces, end = first + count * (n + 1) / pieces;
        parts.push_back({inputs_of(vit, set, begin, end), std::span(set.labels).subspan(begin, end - begin)});
    }
    return [&vit, parts](const Tensor<2>& gates) {
        std::vector<Evaluation> evaluations(parts.size());
        in_pieces(parts.size(), parts.size(), [&](std::size_t, std::size_t begin, std::size_t end) {
            for (std::size_t n = begin; n < end; ++n)
                evaluations[n] = evaluate(vit.model, parts[n].inputs, parts[n].labels, gates, 8);
        });
        Evaluation whole;
        for (const Evaluation& part : evaluations)
            whole.losses.insert(whole.losses.end(), part.losses.begin(), part.losses.end());
        for (const Evaluation& part : evaluations) {
            const double share = static_cast<double>(part.losses.size()) / static_cast<double>(whole.losses.size());
            whole.loss += share * part.loss;
            whole.accuracy += share * part.accuracy;
        }
        return whole;
    };
}

void print_increases(std::ostream& out, const HeadDrops& drops) {
    const std::size_t layers = drops.increase.shape(0), heads = drops.increase.shape(1);
    out << fmt::format("{:<9}", "");
    for (std::size_t head = 1; head <= heads; ++head) out << fmt::format("{:<20}", "head " + std::to_string(head));
    for (std::size_t layer = 0; layer < layers; ++layer) {
        out << fmt::format("\n{:<9}", "layer " + std::to_string(layer + 1));
        for (std::size_t head = 0; head < heads; ++head)
            out << fmt::format("{:<20}", fmt::format("{:+.4f} +- {:.4f}", drops.increase(layer, head),
                                                     drops.standard_error(layer, head)));
    }
    out << "\n\n";
}

std::vector<std::string> numbered(const std::string& word, std::size_t count) {
    std::vector<std::string> labels;
    for (std::size_t n = 1; n <= count; ++n) labels.push_back(word + " " + std::to_string(n));
    return labels;
}

Series accuracies(const std::string& label, const std::vector<Evaluation>& evaluations) {
    Series series{label, {}, {}};
    for (const Evaluation& evaluation : evaluations) {
        series.x.push_back(static_cast<double>(series.x.size()));
        series.y.push_back(100 * evaluation.accuracy);
    }
    return series;
}

}  // namespace

void measure_heads(std::ostream& out, const LoadedVit& vit, const LabelledPictures& set, const HeadsOptions& options,
                   const std::filesystem::path& folder) {
    const std::size_t layers = vit.config.options.layers, heads = vit.config.options.heads;
    out << fmt::format("Increase of the loss without each head by itself, on {} pictures:\n\n", options.pictures)
        << std::flush;
    const HeadDrops drops = drop_each_head(evaluator(vit, set, 0, options.pictures), layers, heads);
    print_increases(out, drops);

    const std::vector<std::size_t> least_first = order_by_importance(drops.increase);
    const std::vector<std::size_t> most_first(least_first.rbegin(), least_first.rend());
    const EvaluateGates others = evaluator(vit, set, options.pictures, options.pictures);
    out << fmt::format("One head after the other, on {} other pictures:\n\n", options.pictures);
    out << fmt::format("{:<9}{:<18}{:<10}{:<12}{:<24}{:<14}{}\n", "dropped", "the last of them", "loss", "increase",
                       "sum of the single ones", "accuracy", "most important first");
    const std::vector<Evaluation> up = drop_in_order(others, layers, heads, least_first);
    const std::vector<Evaluation> down = drop_in_order(others, layers, heads, most_first);
    double single = 0;
    for (std::size_t n = 0; n < up.size(); ++n) {
        std::string head = "-";
        if (n > 0) {
            single += drops.increase.data()[least_first[n - 1]];
            head = fmt::format("layer {} head {}", least_first[n - 1] / heads + 1, least_first[n - 1] % heads + 1);
        }
        out << fmt::format("{:<9}{:<18}{:<10.4f}{:<+12.4f}{:<+22.4f}{:<14}{:.1f} %\n", n, head, up[n].loss,
                           up[n].loss - up[0].loss, single, fmt::format("{:.1f} %", 100 * up[n].accuracy),
                           100 * down[n].accuracy);
    }

    std::filesystem::create_directories(folder);
    HeatMap map{"", zeros<2>({layers, heads})};
    std::copy(drops.increase.begin(), drops.increase.end(), map.values.begin());
    write_heat_maps(folder / "vit_heads.png", {map},
                    {.title = fmt::format("Increase of the loss without a head, {} pictures", options.pictures),
                     .x_ticks = numbered("head", heads),
                     .y_ticks = numbered("layer", layers)});
    write_line_chart(folder / "vit_heads_order.png",
                     {accuracies("the least important first", up), accuracies("the most important first", down)},
                     {"Heads dropped one after the other", "heads that are dropped", "% right"});
    out << fmt::format("\nPictures: {} and vit_heads_order.png\n", (folder / "vit_heads.png").string());
}

}  // namespace wb::demo
