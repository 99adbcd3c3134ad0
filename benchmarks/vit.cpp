/// @file
/// Chapter 4 in figures: a forward pass in the shape of ViT-Base, of random weights, against this machine's matrix products and
/// against PyTorch; and a training step of the small model, against PyTorch.
///
///     vit [--rounds R]
///
/// All take turns, and each counts with its fastest pass: neighbours on a shared machine only ever slow one down. Goals: no slower
/// than PyTorch, 80 % of the rate of the products alone, and no more memory than the weights and 15 %; for the step, 2/3 of PyTorch's
/// time.
#include <fmt/format.h>
#include <omp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "vit_forward.hpp"
#include "vit_step.hpp"
#include "wb/demo.hpp"

namespace {

using namespace wb;

void print_forward(std::size_t batch, int rounds) {
    const VitOptions base;
    const int threads = omp_get_max_threads();
    bench::ForwardCost ours;
    std::optional<bench::Rival> rival;
    double rate = 0;
    for (int round = 0; round < rounds; ++round) {
        rate = std::max(rate, bench::sgemm_rate(base, 10));
        const bench::ForwardCost cost = bench::our_forward(base, batch, batch == 1 ? 10 : 3);
        if (round == 0 || cost.seconds < ours.seconds) ours = cost;
        const auto other = bench::rival_forward(WB_VIT_RIVAL, batch, threads, batch == 1 ? 10 : 3);
        if (other && (!rival || other->seconds < rival->seconds)) rival = other;
    }
    const double flops = bench::forward_flops(base) * static_cast<double>(batch), achieved = flops / ours.seconds;
    std::cout
        << fmt::format("batch {}: {:.1f} ms, {:.0f} GFLOP/s, {:.0f} % of the products' {:.0f}\n", batch,
                       ours.seconds * 1e3, achieved / 1e9, 100 * achieved / rate, rate / 1e9)
        << fmt::format(
               "    memory {:.1f} MiB, {:.1f} % over the weights' {:.1f}; without program and libraries, {:.1f} %\n",
               ours.peak_mib, 100 * (ours.peak_mib / ours.weights_mib - 1), ours.weights_mib,
               100 * ((ours.peak_mib - ours.before_mib) / ours.weights_mib - 1))
        << fmt::format("    made in {:.2f} s\n", ours.construction);
    if (rival) {
        std::cout << fmt::format("    PyTorch {}: {:.1f} ms, {:.0f} MiB ({}); ratio {:.2f}\n", rival->version,
                                 rival->seconds * 1e3, rival->peak_mib, rival->setting, ours.seconds / rival->seconds);
    } else {
        std::cout << "    PyTorch did not run (Debian: python3-torch), so there is no ratio\n";
    }
    std::cout << std::flush;
}

void print_step(std::size_t batch, int rounds) {
    const VitOptions model = bench::fashion_model();
    const int threads = omp_get_max_threads();
    bench::VitStepCost ours;
    std::optional<bench::Rival> rival;
    for (int round = 0; round < rounds; ++round) {
        const bench::VitStepCost cost = bench::our_vit_step(model, batch, threads, 20);
        if (round == 0 || cost.one_thread < ours.one_thread) ours.one_thread = cost.one_thread;
        if (round == 0 || cost.all_threads < ours.all_threads) ours.all_threads = cost.all_threads;
        ours.peak_mib = std::max(ours.peak_mib, cost.peak_mib);
        const auto other = bench::rival_vit_step(WB_VIT_RIVAL, model, batch, threads);
        if (other && (!rival || other->seconds < rival->seconds)) rival = other;
    }
    std::cout << fmt::format("batch {}: {:.1f} ms on one thread, {:.1f} on all, {:.1f} MiB\n", batch,
                             ours.one_thread * 1e3, ours.all_threads * 1e3, ours.peak_mib);
    if (rival)
        std::cout << fmt::format("    PyTorch {}: {:.1f} ms ({}); ratio {:.2f}\n", rival->version, rival->seconds * 1e3,
                                 rival->setting, ours.all_threads / rival->seconds);
    std::cout << std::flush;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Chapter 4: a forward pass of ViT-Base against the machine's matrix products, and PyTorch.", "vit"};
    int rounds = 2;
    app.add_option("--rounds", rounds, "each of them takes part in (default 2)")->check(CLI::Range(1, 1000));
    return run_demo(app, argc, argv, [&] {
        std::cout << fmt::format("A forward pass of ViT-Base, {} threads\n", omp_get_max_threads());
        for (const std::size_t batch : {std::size_t{1}, std::size_t{8}}) print_forward(batch, rounds);
        std::cout << "A training step of the Fashion-MNIST model (hidden 64, 4 layers, 4 heads, patches of 4)\n";
        for (const std::size_t batch : {std::size_t{64}, std::size_t{128}}) print_step(batch, rounds);
        return true;
    });
}
