#include "demo_vit_faithful.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <ostream>
#include <string>
#include <vector>

#include "demo_vit_explanations.hpp"
#include "faithfulness.hpp"
#include "wb/picture.hpp"
#include "wb/threads.hpp"

namespace wb::demo {
namespace {

/// Deletion or insertion in one order, on each picture.
struct Curves {
    explicit Curves(std::size_t pictures) : points(pictures), areas(pictures) {}
    void set(std::size_t picture, std::vector<double> curve) {
        areas[picture] = area_under_curve(curve);
        points[picture] = std::move(curve);
    }
    [[nodiscard]] Series mean(const std::string& label) const {
        Series series{label, {}, std::vector<double>(points[0].size())};
        for (std::size_t s = 0; s < series.y.size(); ++s) {
            series.x.push_back(static_cast<double>(s) / static_cast<double>(series.y.size() - 1));
            for (const auto& curve : points) series.y[s] += curve[s] / static_cast<double>(points.size());
        }
        return series;
    }
    std::vector<std::vector<double>> points;
    std::vector<double> areas;
};

struct Both {
    explicit Both(std::size_t pictures) : deletion(pictures), insertion(pictures) {}
    Curves deletion, insertion;
};

/// The mean over seeds, picture by picture.
Curves mean_of(const std::vector<Both>& random, Curves Both::*which) {
    Curves mean(random[0].deletion.areas.size());
    for (std::size_t n = 0; n < mean.areas.size(); ++n) {
        std::vector<double> curve((random[0].*which).points[n].size());
        for (const Both& seed : random) {
            for (std::size_t s = 0; s < curve.size(); ++s)
                curve[s] += (seed.*which).points[n][s] / static_cast<double>(random.size());
        }
        mean.set(n, std::move(curve));
    }
    return mean;
}

std::string difference_text(const AreaComparison& comparison) {
    return fmt::format("{:+.3f} +- {:.3f}", comparison.difference, comparison.standard_error);
}

double mean_of(const std::vector<double>& areas) {
    return std::accumulate(areas.begin(), areas.end(), 0.0) / static_cast<double>(areas.size());
}

/// ".412 to .420": of the seeds' mean areas.
std::string span_of(const std::vector<Both>& random, Curves Both::*which) {
    std::vector<double> means;
    for (const Both& seed : random) means.push_back(mean_of((seed.*which).areas));
    const auto [least, most] = std::minmax_element(means.begin(), means.end());
    return fmt::format("{:.3f} to {:.3f}", *least, *most);
}

}  // namespace

void measure_faithfulness(std::ostream& out, const LoadedVit& vit, const LabelledPictures& set,
                          const FaithfulOptions& options, const std::filesystem::path& folder) {
    const std::size_t pictures = options.pictures, patches = vit.config.options.tokens() - 1;
    CurveOptions how;
    how.patch_size = vit.config.options.patch_size;
    how.steps = std::min(options.steps, patches);
    for (std::size_t c = 0; c < vit.config.options.channels; ++c) {
        const double black = -vit.config.mean[c] / vit.config.deviation[c];
        how.baseline.push_back(options.covered == Covered::black ? static_cast<float>(black) : 0.0F);
    }
    const std::vector<Explanation> all = explanations(vit);
    std::vector<Both> results(all.size(), Both(pictures)), random(options.seeds, Both(pictures));
    std::vector<std::vector<std::vector<std::size_t>>> random_order;  // by seed and picture
    for (std::size_t seed = 1; seed <= options.seeds; ++seed)
        random_order.push_back(random_orders(patches, pictures, seed));
    std::vector<char> right(pictures);
    const Predict predict = predict_by(vit);
    const Tensor<4> inputs = inputs_of(vit, set, 0, pictures);

    // A picture is one thread's from its first curve to its last, so that threads need not wait for each other.
    in_pieces(threads_here(), pictures, [&](std::size_t, std::size_t begin, std::size_t end) {
        for (std::size_t n = begin; n < end; ++n) {
            Subject subject{look_at(vit, photo_of(set, n)), {}, how};
            subject.pixels.resize({inputs.shape(1), inputs.shape(2), inputs.shape(3)});
            std::copy_n(&inputs(n, 0, 0, 0), subject.pixels.size(), subject.pixels.data());
            const Tensor<1>& logits = subject.look.logits;
            subject.options.class_index =
                static_cast<std::size_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
            right[n] = subject.options.class_index == static_cast<std::size_t>(set.labels[n]) ? 1 : 0;
            const auto measure = [&](Both& both, const std::vector<std::size_t>& order) {
                both.deletion.set(n, deletion_curve(predict, subject.pixels, order, subject.options));
                both.insertion.set(n, insertion_curve(predict, subject.pixels, order, subject.options));
            };
            for (std::size_t k = 0; k < all.size(); ++k) measure(results[k], patch_order(all[k].map(predict, subject)));
            for (std::size_t s = 0; s < random.size(); ++s) measure(random[s], random_order[s][n]);
        }
    });

    const Curves deletion = mean_of(random, &Both::deletion), insertion = mean_of(random, &Both::insertion);
    out << fmt::format(
        "{} pictures, {:.1f} % of them taken for what they are; {} patches in {} steps, covered by {}\n", pictures,
        100.0 * static_cast<double>(std::count(right.begin(), right.end(), 1)) / static_cast<double>(pictures), patches,
        how.steps, options.covered == Covered::black ? "black" : "the mean grey");
    out << fmt::format("\n{:<40}{:<28}{}\n", "", "deletion: small is good", "insertion: large is good");
    out << fmt::format("{:<40}{:<10}{:<18}{:<10}{}\n", "patches in the order of", "area", "minus chance", "area",
                       "minus chance");
    for (std::size_t k = 0; k < all.size(); ++k) {
        const AreaComparison one = compare_areas(results[k].deletion.areas, deletion.areas);
        const AreaComparison two = compare_areas(results[k].insertion.areas, insertion.areas);
        out << fmt::format("{:<40}{:<10.3f}{:<18}{:<10.3f}{}\n", all[k].name, one.first_mean, difference_text(one),
                           two.first_mean, difference_text(two));
    }
    const std::string of_seeds = fmt::format("chance ({} seeds)", random.size());
    out << fmt::format("{:<40}{:<10.3f}{:<18}{:<10.3f}{}\n", of_seeds, mean_of(deletion.areas),
                       span_of(random, &Both::deletion), mean_of(insertion.areas), span_of(random, &Both::insertion));
    const Both &last_layer = results[0], &rollout = results[1];
    out << fmt::format("\nRollout (mean) minus attention of the last layer: deletion {}, insertion {}\n",
                       difference_text(compare_areas(rollout.deletion.areas, last_layer.deletion.areas)),
                       difference_text(compare_areas(rollout.insertion.areas, last_layer.insertion.areas)));
    std::vector<Series> down, up;
    for (std::size_t k = 0; k < all.size(); ++k) {
        if (!all[k].drawn) continue;
        down.push_back(results[k].deletion.mean(all[k].name));
        up.push_back(results[k].insertion.mean(all[k].name));
    }
    down.push_back(deletion.mean(of_seeds));
    up.push_back(insertion.mean(of_seeds));
    std::filesystem::create_directories(folder);
    const std::string title = fmt::format(": mean of {} pictures", pictures);
    write_line_chart(folder / "vit_deletion.png", down,
                     {"Deletion" + title, "share of the patches that are covered", "probability of the class"});
    write_line_chart(folder / "vit_insertion.png", up,
                     {"Insertion" + title, "share of the patches that are there", "probability of the class"});
    out << fmt::format("\nThe mean curves: {} and vit_insertion.png\n", (folder / "vit_deletion.png").string());
}

}  // namespace wb::demo
