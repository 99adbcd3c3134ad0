#include "demo_prune_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <numeric>

#include "demo_prune_latency.hpp"
#include "demo_prune_methods.hpp"
#include "pruning.hpp"
#include "report.hpp"

namespace wb::demo {
namespace {

double mean_of(const std::vector<double>& numbers) {
    return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

void line(const std::string& what, const std::string& before, const std::string& after, const std::string& note = "") {
    std::cout << fmt::format("  {:<28} {:>12} {:>12}   {}\n", what, before, after, note);
}

void line(const std::string& what, double before, double after, int digits) {
    line(what, fmt::format("{:.{}f}", before, digits), fmt::format("{:.{}f}", after, digits),
         fmt::format("{:+.{}f}", after - before, digits));
}

void cost_line(const std::string& what, double before, double after) {
    line(what, fmt::format("{:.0f}", before), fmt::format("{:.0f}", after),
         fmt::format("{:.1f} % less", 100 * (1 - after / before)));
}

void latency_line(const std::string& what, const Latency& latency) {
    line(what, fmt::format("{:.3f} ms", 1e3 * latency.before), fmt::format("{:.3f} ms", 1e3 * latency.after),
         fmt::format("{:.1f} % less", 100 * (1 - latency.ratio)));
}

/// Quality on the reported part.
void print_quality(const Task& task, const Task& smaller) {
    const Measures before = task.reported.evaluate(full<1>({task.heads.total()}, 1));
    const Measures after = smaller.reported.evaluate(full<1>({smaller.heads.total()}, 1));
    const PairedDifference score = paired_difference(before.scores, after.scores);
    line(task.metric + ", %", fmt::format("{:.2f}", 100 * mean_of(before.scores)),
         fmt::format("{:.2f}", 100 * mean_of(after.scores)),
         fmt::format("{:+.2f}  [{:+.2f}, {:+.2f}]", 100 * score.mean, 100 * score.low, 100 * score.high));
    line("loss, nats", mean_of(before.losses), mean_of(after.losses), 4);
    const Outputs was = task.outputs(nullptr), is = smaller.outputs(nullptr);
    if (!was.predicted.empty()) {
        line("macro F1, %", 100 * macro_f1(was.predicted, was.labels, task.classes),
             100 * macro_f1(is.predicted, is.labels, task.classes), 2);
        line("answers as before, %", "", fmt::format("{:.2f}", 100 * accuracy(is.predicted, was.predicted)));
    } else {
        line("edit distance, % of a word", 100 * mean_edit_distance(was.wrote, was.right),
             100 * mean_edit_distance(is.wrote, is.right), 2);
    }
    line("drift of features: 1 - cos", "", fmt::format("{:.4f}", cosine_drift(was.features, is.features)));
    line("likeness of features: CKA", "", fmt::format("{:.4f}", linear_cka(was.features, is.features)));
}

/// How much wider or narrower the heads look that are left.
void print_entropy_shift(const Task& task, const Task& smaller, const Tensor<1>& gates) {
    std::vector<std::size_t> live;
    for (std::size_t h = 0; h < gates.size(); ++h) {
        if (gates(h) != 0) live.push_back(h);
    }
    const HeadEntropy before = entropies_of(task, task.reported), after = entropies_of(smaller, smaller.reported);
    const HeadEntropy shift = entropy_shift(before, after, live);
    double was = 0, widest = 0;
    for (const std::size_t h : live) was += before.nats(h) / static_cast<double>(live.size());
    const double mean_shift =
        std::accumulate(shift.nats.begin(), shift.nats.end(), 0.0) / static_cast<double>(live.size());
    for (const double one : shift.nats) widest = std::abs(one) > std::abs(widest) ? one : widest;
    line("entropy of live heads, nats", fmt::format("{:.3f}", was), fmt::format("{:.3f}", was + mean_shift),
         fmt::format("{:+.3f}, at most {:+.3f}", mean_shift, widest));
}

}  // namespace

void print_report(const Task& task, const std::string& method, const std::vector<std::size_t>& order,
                  std::size_t count) {
    const Tensor<1> gates = gates_after(task.heads.total(), order, count);
    const Task smaller = task.without(gates);
    std::cout << fmt::format("\n{} of {} heads taken out, by {}; left in each module:", count, task.heads.total(),
                             method);
    for (const std::size_t heads : smaller.heads.heads) std::cout << ' ' << heads;
    std::cout << fmt::format("\n  {:<28} {:>12} {:>12}\n", "", "before", "after");
    print_quality(task, smaller);
    print_entropy_shift(task, smaller, gates);
    const AttentionTotals was = attention_totals(task), is = attention_totals(smaller);
    cost_line("parameters", static_cast<double>(task.parameters.count()),
              static_cast<double>(smaller.parameters.count()));
    cost_line("  of attention", was.parameters, is.parameters);
    cost_line("FLOPs of attention", was.flops, is.flops);
    cost_line("bytes of attention", was.bytes, is.bytes);
    for (const std::size_t samples : {1, 32}) {
        const std::size_t rounds = samples == 1 ? 400 : 60;
        latency_line(fmt::format("attention alone, batch {}", samples),
                     attention_latency(task, smaller, samples, rounds));
        latency_line(fmt::format("whole model, batch {}", samples), whole_latency(task, smaller, samples, rounds));
    }
}

}  // namespace wb::demo
