/// @file
/// Writes the cases of exercise 3.3 whose gradients are given, or a formula's. Families:
///
///     3.3/table      importance with all heads      3.3/pruned  at gates some of which are 0
///     3.3/normalise  shares of modules              3.3/pull    norms of given gradients
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "importance_answers.hpp"
#include "importance_case.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"

namespace wb {
namespace {

/// dL_n/dg_h = slope_nh + 2 curve_n weight_h sum_k weight_k g_k
Tensor<2, double> table_gradients(const probes::SlopeTable& table, const Tensor<1>& gates) {
    const std::size_t samples = table.base.size(), heads = gates.size();
    Tensor<2, double> gradients(std::array<std::size_t, 2>{samples, heads});
    double total = 0;
    for (std::size_t h = 0; h < heads; ++h) total += double{table.weight(h)} * double{gates(h)};
    for (std::size_t n = 0; n < samples; ++n) {
        for (std::size_t h = 0; h < heads; ++h)
            gradients(n, h) = double{table.slope(n, h)} + 2 * double{table.curve(n)} * double{table.weight(h)} * total;
    }
    return gradients;
}

probes::SlopeTable draw_slope_table(Draw& draw, std::size_t samples, std::size_t heads) {
    return {draw.uniform<1>({samples}, 1), draw.uniform<2>({samples, heads}, 1), draw.uniform<1>({samples}, 0.5),
            draw.uniform<1>({heads}, 1)};
}

void write_table_case(const std::string& family, const std::string& name, const probes::SlopeTable& table,
                      const Tensor<1>& gates, std::size_t max_batch) {
    CaseWriter writer(family, name);
    write_table(writer, table);
    write_importance(writer, table_gradients(table, gates), gates, max_batch);
    if (family == "3.3/table") return;
    const Tensor<2, double> at_one = table_gradients(table, full<1>({gates.size()}, 1));
    Tensor<1, double> wrong = over_batches(
        at_one, 1, [&](const auto& one) { return absolute_sum(one) / static_cast<double>(table.base.size()); });
    writer.mistake("the importance in the model with all its heads: use the gates that are given", "importance", wrong);
    for (std::size_t h = 0; h < gates.size(); ++h) wrong(h) *= gates(h) == 0 ? 0 : 1;
    writer.mistake(
        "the importance in the model with all its heads, and 0 for closed ones: use the gates that are given",
        "importance", wrong);
}

void write_normalise(const std::string& name, const Tensor<1, double>& importance,
                     const std::vector<std::size_t>& heads) {
    CaseWriter writer("3.3/normalise", name);
    writer.in("importance", importance).in("heads", sizes_tensor(heads));
    const auto divided = [&](const std::function<double(const std::vector<double>&)>& norm) {
        Tensor<1, double> result = importance;
        std::size_t first = 0;
        for (const std::size_t count : heads) {
            const double by = norm({importance.begin() + static_cast<std::ptrdiff_t>(first),
                                    importance.begin() + static_cast<std::ptrdiff_t>(first + count)});
            for (std::size_t h = first; h < first + count; ++h) result(h) = by == 0 ? 0 : importance(h) / by;
            first += count;
        }
        return result;
    };
    const auto squares = [](const std::vector<double>& numbers) {
        double total = 0;
        for (const double number : numbers) total += number * number;
        return total;
    };
    const Tensor<1, double> right =
        divided([&](const std::vector<double>& numbers) { return std::sqrt(squares(numbers)); });
    writer.expected("share", right);
    double all = 0;
    for (const double number : importance) all += number * number;
    const auto mistake = [&](const char* words, const Tensor<1, double>& wrong) {
        write_mistake(writer, words, "share", right, wrong);
    };
    mistake("importance divided by the norm over all modules", divided([&](const auto&) { return std::sqrt(all); }));
    mistake("importance divided by the module's sum, where its l2 norm belongs", divided(sum_of));
    mistake("importance divided by the sum of squares, without its root", divided(squares));
    mistake("importance divided by the module's largest", divided([](const std::vector<double>& numbers) {
                return numbers.empty() ? 0 : *std::max_element(numbers.begin(), numbers.end());
            }));
    mistake("importance divided by the root of the mean square", divided([&](const std::vector<double>& numbers) {
                return std::sqrt(squares(numbers) / static_cast<double>(std::max<std::size_t>(1, numbers.size())));
            }));
    mistake("the importance as it was", importance);
}

void write_pull(Draw& draw, const std::string& name, probes::PulledModules modules, std::size_t samples,
                std::size_t max_batch) {
    const auto parts = parts_of(modules.heads, modules.head_dims, modules.d_model);
    std::size_t numbers = 0, heads = 0;
    for (const HeadPart& part : parts) numbers += part.numbers.size();
    for (const std::size_t count : modules.heads) heads += count;
    modules.pull = draw.uniform<2>({samples, numbers}, 1);
    const Tensor<1> common = draw.uniform<1>({numbers}, 0.5);  // without it, means would be small
    for (std::size_t n = 0; n < samples; ++n) {
        for (std::size_t i = 0; i < numbers; ++i) modules.pull(n, i) += common(i);
    }
    CaseWriter writer("3.3/pull", name);
    write_modules(writer, modules);
    write_norms(writer, Tensor<2, double>(modules.pull), parts,
                parts_of(modules.heads, modules.head_dims, modules.d_model, true), heads, max_batch);
}

WB_CASES(importance) {
    Draw draw(seed + 33);
    const auto ones = [](std::size_t heads) { return full<1>({heads}, 1); };
    write_table_case("3.3/table", "5_samples_at_once", draw_slope_table(draw, 5, 4), ones(4), 64);
    write_table_case("3.3/table", "10_samples_by_4", draw_slope_table(draw, 10, 5), ones(5), 4);
    write_table_case("3.3/table", "3_samples_one_by_one", draw_slope_table(draw, 3, 6), ones(6), 1);
    write_table_case("3.3/table", "one_sample_one_head", draw_slope_table(draw, 1, 1), ones(1), 2);

    Tensor<1> gates = ones(5);
    gates(1) = gates(4) = 0;
    write_table_case("3.3/pruned", "two_of_five_closed", draw_slope_table(draw, 7, 5), gates, 3);
    gates(0) = 0.5F;
    gates(2) = -1;
    write_table_case("3.3/pruned", "half_open", draw_slope_table(draw, 6, 5), gates, 6);

    Tensor<1, double> importance(draw.uniform<1>({9}, 1));
    for (double& one : importance) one = std::abs(one);
    write_normalise("3_modules_of_3", importance, {3, 3, 3});
    for (std::size_t n = 2; n < 6; ++n) importance(n) = 0;
    write_normalise("unequal_and_zeros", importance, {2, 4, 0, 3});

    write_pull(draw, "2_modules", {{2, 3}, {3, 2}, 4, {}}, 5, 2);
    write_pull(draw, "one_without_heads", {{2, 0, 1}, {2, 2, 4}, 3, {}}, 4, 64);
}

}  // namespace
}  // namespace wb
