#include "demo_finetune_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <ostream>

#include "demo_picture_loss.hpp"
#include "wb/picture.hpp"
#include "wb/safetensors.hpp"
#include "wb/training/checkpoint.hpp"
#include "wb/training/training_log.hpp"

namespace wb::demo {
namespace {

/// The share of pictures of `asked` that are nearest to their own class's mean, or its nearest picture, in pixels.
double nearest(const LabelledPictures& known, const LabelledPictures& asked, std::size_t classes, bool means) {
    const std::size_t size = known.pictures.size() / known.size();
    std::vector<std::vector<float>> centres;
    std::vector<int> labels;
    if (means) centres.assign(classes, std::vector<float>(size));
    std::vector<float> counts(classes);
    for (const int label : known.labels) counts[static_cast<std::size_t>(label)] += 1;
    for (std::size_t n = 0; n < known.size(); ++n) {
        const std::uint8_t* picture = known.pictures.data() + n * size;
        const auto label = static_cast<std::size_t>(known.labels[n]);
        if (!means) centres.emplace_back(picture, picture + size);
        for (std::size_t i = 0; means && i < size; ++i)
            centres[label][i] += static_cast<float>(picture[i]) / counts[label];
    }
    for (std::size_t n = 0; n < centres.size(); ++n) labels.push_back(means ? static_cast<int>(n) : known.labels[n]);
    std::size_t right = 0;
    for (std::size_t n = 0; n < asked.size(); ++n) {
        const std::vector<float> picture(asked.pictures.data() + n * size, asked.pictures.data() + (n + 1) * size);
        float least = std::numeric_limits<float>::infinity();
        int best = -1;
        for (std::size_t k = 0; k < centres.size(); ++k) {
            float squares = 0;
            for (std::size_t i = 0; i < size; ++i) {
                const float difference = picture[i] - centres[k][i];
                squares += difference * difference;
            }
            if (squares < least) {
                least = squares;
                best = labels[k];
            }
        }
        right += best == asked.labels[n] ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(asked.size());
}

/// Of one run: its share of right test pictures, and its accuracy in validation by epoch.
struct Outcome {
    double accuracy = 0;
    std::vector<double> curve;
};

Outcome run_once(const VisionTransformer& model, const LabelledPictures& train, const LabelledPictures& validation,
                 const LabelledPictures& test, const TrainOptions& options) {
    Outcome outcome;
    const TrainResult result = train_vit(model, train, validation, options);
    for (const TrainEpoch& epoch : result.epochs) outcome.curve.push_back(epoch.validation_accuracy);
    const ParameterList<float> parameters(model);
    set_weights(parameters, result.best);
    DataParallel<float> parallel(parameters, 8);
    outcome.accuracy = evaluate_pictures(parallel, model, test, {options.mean, options.std}).accuracy;
    return outcome;
}

/// "87.12 +- 0.41"
std::string mean_and_deviation(const std::vector<double>& values) {
    double mean = 0, squares = 0;
    for (const double value : values) mean += value / static_cast<double>(values.size());
    for (const double value : values) squares += (value - mean) * (value - mean);
    const double deviation = values.size() < 2 ? 0 : std::sqrt(squares / static_cast<double>(values.size() - 1));
    return fmt::format("{:.1f} +- {:.1f}", 100 * mean, 100 * deviation);
}

/// The mean curve of several runs.
Series mean_curve(const std::string& label, const std::vector<std::vector<double>>& curves) {
    Series series{label, {}, {}};
    for (std::size_t epoch = 0; epoch < curves[0].size(); ++epoch) {
        double mean = 0;
        for (const std::vector<double>& curve : curves) mean += curve[epoch] / static_cast<double>(curves.size());
        series.x.push_back(static_cast<double>(epoch + 1));
        series.y.push_back(mean);
    }
    return series;
}

}  // namespace

FineTuneOptions::FineTuneOptions() {
    for (TrainOptions* options : {&pretrain, &tune}) {
        options->augment = {.flip = true, .shift = 2};
        options->mean = {0.286F};  // of Fashion-MNIST's training pictures
        options->std = {0.353F};
    }
    pretrain.batch_size = 64;
    pretrain.epochs = 12;
    pretrain.rate = 2e-3;
    pretrain.warm_up_steps = 200;
    tune.batch_size = 16;
    tune.epochs = 8;
    tune.rate = 1e-3;
    tune.warm_up_steps = 30;
}

LabelledPictures pictures_of(const LabelledPictures& all, const std::vector<int>& classes, std::size_t skip,
                             std::size_t count, std::uint64_t seed) {
    Random random(seed);
    std::vector<std::size_t> numbers, seen(classes.size());
    for (const std::size_t n : random.permutation(all.size())) {
        const auto found = std::find(classes.begin(), classes.end(), all.labels[n]);
        if (found == classes.end()) continue;
        const std::size_t place = seen[static_cast<std::size_t>(found - classes.begin())]++;
        if (place >= skip && place - skip < count) numbers.push_back(n);
    }
    LabelledPictures some = all.gather(numbers);
    for (int& label : some.labels)
        label = static_cast<int>(std::find(classes.begin(), classes.end(), label) - classes.begin());
    some.class_names.clear();
    for (const int number : classes) some.class_names.push_back(all.class_names.at(static_cast<std::size_t>(number)));
    return some;
}

void pretrain(std::ostream& out, const LabelledPictures& train, const LabelledPictures& test,
              const FineTuneOptions& options, const std::filesystem::path& file) {
    const auto all = static_cast<std::size_t>(-1);
    Random random(1);
    const VisionTransformer body(options.model, random);
    const LabelledPictures some = pictures_of(train, options.first, 0, all, 1);
    const auto start = std::chrono::steady_clock::now();
    out << fmt::format("Pretraining {} parameters on {} pictures of {} classes\n", ParameterList<float>(body).count(),
                       some.size(), options.first.size());
    const TrainResult result =
        train_vit(body, some, pictures_of(test, options.first, 0, all, 1), options.pretrain,
                  [&](std::size_t epoch, const TrainEpoch& told) {
                      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
                      out << fmt::format("  epoch {:>2}  loss {:.4f}  test loss {:.4f}  {:.2f} % right  {}\n",
                                         epoch + 1, told.train_loss, told.validation_loss,
                                         100 * told.validation_accuracy, duration_text(seconds.count()))
                          << std::flush;
                  });
    set_weights(ParameterList<float>(body), result.best);
    SafeTensors content;
    store_parameters(content, ParameterList<float>(body));
    write_safetensors(file, content);
}

void compare_runs(std::ostream& out, const LabelledPictures& train, const LabelledPictures& test,
                  const FineTuneOptions& options, const std::filesystem::path& file,
                  const std::filesystem::path& picture) {
    Random drawn(0);
    const VisionTransformer body(options.model, drawn);
    load_parameters(read_safetensors(file), ParameterList<float>(body));
    const std::size_t classes = options.second.size();
    const LabelledPictures unseen = pictures_of(test, options.second, 0, static_cast<std::size_t>(-1), 1);
    out << fmt::format("{} pictures a class for training, {} for validation; % of {} test pictures right\n\n",
                       options.per_class, options.validation_per_class, unseen.size());
    out << fmt::format("{:<10}{:>14}{:>14}{:>14}{:>16}{:>20}\n", "seed", "from scratch", "fine-tuned", "difference",
                       "nearest mean", "nearest neighbour");
    std::vector<double> scratch, tuned, difference, means, neighbours;
    std::vector<std::vector<double>> scratch_curves, tuned_curves;
    for (std::uint64_t seed = 1; seed <= options.seeds; ++seed) {
        const LabelledPictures few = pictures_of(train, options.second, 0, options.per_class, seed);
        const LabelledPictures validation =
            pictures_of(train, options.second, options.per_class, options.validation_per_class, seed);
        TrainOptions how = options.tune;
        how.seed = seed;
        Random random(seed);
        VitOptions fresh = options.model;
        fresh.classes = classes;
        const Outcome from_scratch = run_once(VisionTransformer(fresh, random), few, validation, unseen, how);
        const Outcome from_body = run_once(replace_head(body, classes, random), few, validation, unseen, how);
        scratch.push_back(from_scratch.accuracy);
        tuned.push_back(from_body.accuracy);
        difference.push_back(from_body.accuracy - from_scratch.accuracy);
        means.push_back(nearest(few, unseen, classes, true));
        neighbours.push_back(nearest(few, unseen, classes, false));
        scratch_curves.push_back(from_scratch.curve);
        tuned_curves.push_back(from_body.curve);
        out << fmt::format("{:<10}{:>14.1f}{:>14.1f}{:>14.1f}{:>16.1f}{:>20.1f}\n", seed, 100 * scratch.back(),
                           100 * tuned.back(), 100 * difference.back(), 100 * means.back(), 100 * neighbours.back())
            << std::flush;
    }
    out << fmt::format("{:<10}{:>14}{:>14}{:>14}{:>16}{:>20}\n", "mean", mean_and_deviation(scratch),
                       mean_and_deviation(tuned), mean_and_deviation(difference), mean_and_deviation(means),
                       mean_and_deviation(neighbours));
    write_line_chart(picture, {mean_curve("fine-tuned", tuned_curves), mean_curve("from scratch", scratch_curves)},
                     {fmt::format("{} pictures a class, mean of {} seeds", options.per_class, options.seeds), "epoch",
                      "accuracy in validation"});
    out << "Picture: " << picture.string() << '\n';
}

}  // namespace wb::demo
