/// @file
/// `./workbook run prune --model vit|pig-latin`: measures every head of a trained model in all ways of this chapter, prunes by each of
/// them, and shows what is left: a picture, a table of areas, and a report of the model without the heads that it can spare.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "demo_prune_methods.hpp"
#include "demo_prune_report.hpp"
#include "wb/demo.hpp"
#include "wb/picture.hpp"

namespace wb::demo {
namespace {

struct Options {
    std::string model = "vit";
    std::filesystem::path out = "build/prune";
    double allowed = 0.005;  ///< loss of score that counts as none
    std::size_t draws = 5;   ///< random orders
    MethodOptions methods;
};

void print_measures(const Task& task, const HeadMeasures& measures) {
    const std::vector<std::size_t> found = significant_heads(measures.ablation.loss);
    std::cout << fmt::format("\n{:>4} {:>6}  {:>18}  {:>7} {:>7} {:>8} {:>8}\n", "head", "module", "loss without it",
                             task.metric == "accuracy" ? "acc." : "match", "I_h", "grad.", "entropy");
    for (std::size_t h = 0; h < task.heads.total(); ++h) {
        const PairedDifference& loss = measures.ablation.loss[h];
        const bool real = std::find(found.begin(), found.end(), h) != found.end();
        std::cout << fmt::format("{:>4} {:>6}  {:>+8.4f} +- {:.4f}{}  {:>+7.4f} {:>7.4f} {:>8.4f} {:>7.0f} %\n", h,
                                 task.heads.module_of(h), loss.mean, loss.standard_error, real ? "*" : " ",
                                 measures.ablation.score[h].mean, measures.importance(h), measures.gradient_norms(h),
                                 100 * measures.entropy.share(h));
    }
    std::cout << fmt::format("* more than chance among {} heads (Holm, .05). All measures together: {:.1f} s\n",
                             task.heads.total(), measures.seconds);
}

/// The most heads that can go, at points of the curve, before the score has fallen by more than is allowed.
std::size_t spared(const std::vector<CurvePoint>& curve, const std::vector<std::size_t>& counts, double allowed) {
    std::size_t most = 0;
    for (std::size_t n = 0; n < curve.size() && curve[n].score >= curve[0].score - allowed; ++n) most = counts[n];
    return most;
}

void print_areas(const std::vector<Method>& methods, const std::vector<std::vector<CurvePoint>>& random,
                 const std::vector<std::size_t>& counts, double allowed) {
    std::cout << fmt::format("\n{:<16} {:>6}   {:<26} {:>22} {:>8}\n", "order by", "area", "better than random by",
                             fmt::format("heads gone at {:.1f} points", 100 * allowed), "found in");
    const std::size_t heads = counts.back();
    for (const Method& method : methods) {
        const PairedDifference better = area_difference(random, method.curve);
        const std::size_t gone = spared(method.curve, counts, allowed);
        std::cout << fmt::format("{:<16} {:>6.3f}   {:>+6.3f}  [{:+.3f}, {:+.3f}] {:>14} of {} ({:.0f} %) {:>7.1f} s\n",
                                 method.name, area_under_curve(method.curve), better.mean, better.low, better.high,
                                 gone, heads, 100.0 * static_cast<double>(gone) / static_cast<double>(heads),
                                 method.seconds);
    }
    for (const Method& method : methods) {
        if (!method.own.empty()) std::cout << method.name << ": " << method.own << '\n';
    }
    double lowest = 1, highest = 0, total = 0;
    for (const std::vector<CurvePoint>& curve : random) {
        const double area = area_under_curve(curve);
        lowest = std::min(lowest, area);
        highest = std::max(highest, area);
        total += area;
    }
    std::cout << fmt::format("{:<16} {:>6.3f}   {} draws, {:.3f} to {:.3f}\n", "random",
                             total / static_cast<double>(random.size()), random.size(), lowest, highest);
}

void draw_curves(const std::filesystem::path& path, const Task& task, const std::vector<Method>& methods,
                 const std::vector<std::vector<CurvePoint>>& random) {
    std::vector<Series> series;
    Series band{"random", {}, {}, {}, {}};
    for (std::size_t n = 0; n < random[0].size(); ++n) {
        double lowest = 1, highest = 0, total = 0;
        for (const std::vector<CurvePoint>& curve : random) {
            lowest = std::min(lowest, curve[n].score);
            highest = std::max(highest, curve[n].score);
            total += curve[n].score;
        }
        band.x.push_back(100 * random[0][n].share);
        band.y.push_back(100 * total / static_cast<double>(random.size()));
        band.low.push_back(100 * lowest);
        band.high.push_back(100 * highest);
    }
    series.push_back(std::move(band));
    for (const Method& method : methods) {
        Series line{method.name, {}, {}};
        for (const CurvePoint& point : method.curve) {
            line.x.push_back(100 * point.share);
            line.y.push_back(100 * point.score);
        }
        series.push_back(std::move(line));
    }
    write_line_chart(path, series,
                     {.title = fmt::format("{}: {} heads, pruned in the order of ..", task.name, task.heads.total()),
                      .x_label = "heads pruned, %",
                      .y_label = task.metric + ", %"});
    std::cout << "The picture is " << path.string() << '\n';
}

void run(const Options& options) {
    const Task task = options.model == "vit" ? vit_task() : pig_latin_task();
    const std::size_t heads = task.heads.total();
    std::cout << fmt::format("{}: {} heads in {} modules; {} samples measured, {} others reported\n", task.name, heads,
                             task.heads.modules(), task.measured.samples, task.reported.samples);
    const HeadMeasures measures = measure_heads(task);
    print_measures(task, measures);

    std::vector<std::size_t> counts;
    for (std::size_t count = 0; count <= heads; count += heads > 20 ? 2 : 1) counts.push_back(count);
    std::cout << "\nPruning by\n";
    const std::vector<Method> methods = all_methods(task, measures, counts, options.methods);
    const std::vector<std::vector<CurvePoint>> random = random_curves(task, counts, options.draws);
    print_areas(methods, random, counts, options.allowed);
    std::filesystem::create_directories(options.out);
    draw_curves(options.out / (task.name + ".svg"), task, methods, random);

    const Method* best = nullptr;
    for (const Method& method : methods) {
        if (method.order.empty()) continue;  // a policy's heads differ from input to input: none can be taken out
        if (best == nullptr ||
            spared(method.curve, counts, options.allowed) > spared(best->curve, counts, options.allowed))
            best = &method;
    }
    const std::size_t most = spared(best->curve, counts, options.allowed);
    if (most > 0) print_report(task, best->name, best->order, most);
    print_report(task, best->name, best->order, heads / 2);
}

}  // namespace
}  // namespace wb::demo

int main(int argc, char** argv) {
    CLI::App app{"Chapter 3: measures a model's heads, prunes them in every way, and says what it cost."};
    wb::demo::Options options;
    app.add_option("--model", options.model, "vit (chapter 4's, 16 heads) or pig-latin (36 heads)")
        ->check(CLI::IsMember({"vit", "pig-latin"}));
    app.add_option("--out", options.out, "folder of the picture (default build/prune)");
    app.add_option("--allowed", options.allowed, "loss of accuracy that counts as none (default 0.005)")
        ->check(CLI::Range(0.0, 1.0));
    app.add_option("--draws", options.draws, "random orders (default 5)")->check(CLI::Range(1, 1000));
    app.add_option("--gate-penalty", options.methods.gate_penalty, "Hard-Concrete: nats for an open head")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--policy-cost", options.methods.policy_cost, "REINFORCE: the price of all heads")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--seed", options.methods.seed, "of gates and policy (default 1)");
    return wb::run_demo(app, argc, argv, [&] {
        wb::demo::run(options);
        return true;
    });
}
