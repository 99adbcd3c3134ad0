/// @file
/// Exercise 4.9: training, and fine-tuning. The contract is chapters/04_vit/fine_tuning.hpp.
#include "fine_tuning.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <stdexcept>
#include <string>

#include "wb/autograd/losses.hpp"
#include "wb/training/data_parallel.hpp"
#include "wb/training/schedule.hpp"
#include "wb/training/training_step.hpp"

namespace wb {

// TODO(4.9): a picture that shows the same, in other pixels.
//   Start:    for each picture draw the numbers in the contract's order, then fill the result pixel by pixel: for each one ask
//             where it comes from.
//   Ask:      a picture moves 2 to the right. Which column of the old picture does column 5 of the new one show? And when it has
//             been mirrored before?
//   Traps:    an option that is off draws nothing. std::size_t has no -1: compute places as signed numbers. Channels lie side by
//             side and stay together.
Tensor<4, std::uint8_t> augment(const Tensor<4, std::uint8_t>& pictures, const AugmentOptions& options,
                                Random& random) {
    // SOLUTION BEGIN 4.9
    const auto height = static_cast<std::ptrdiff_t>(pictures.shape(1)),
               width = static_cast<std::ptrdiff_t>(pictures.shape(2));
    const std::size_t channels = pictures.shape(3);
    const auto drawn_shift = [&] {
        if (options.shift == 0) return std::ptrdiff_t{0};
        return static_cast<std::ptrdiff_t>(random.below(2 * options.shift + 1)) -
               static_cast<std::ptrdiff_t>(options.shift);
    };
    Tensor<4, std::uint8_t> result(pictures.shape(), std::uint8_t{0});
    for (std::size_t n = 0; n < pictures.shape(0); ++n) {
        const bool mirrored = options.flip && random.below(2) == 1;
        const std::ptrdiff_t right = drawn_shift(), down = drawn_shift();
        for (std::ptrdiff_t y = std::max<std::ptrdiff_t>(0, down); y < std::min(height, height + down); ++y) {
            for (std::ptrdiff_t x = std::max<std::ptrdiff_t>(0, right); x < std::min(width, width + right); ++x) {
                const std::ptrdiff_t from = mirrored ? width - 1 - (x - right) : x - right;
                std::copy_n(&pictures(n, y - down, from, 0), channels, &result(n, y, x, 0));
            }
        }
    }
    return result;
    // SOLUTION END
}

// TODO(4.9): another last layer on the same body.
//   Start:    make a model of the pretrained one's options but for `classes`; its parameters have the same names, one by one.
//   Ask:      with a classifier of zeros, what is the loss of the first batch, whatever the picture? Through which matrix does the
//             body's gradient come, and how much of it arrives in the first step?
//   Traps:    `VisionTransformer copy = pretrained;` shares every parameter: fine-tuning it would change the pretrained model.
//             Copy numbers (`value`), not pointers. The classifier's shapes differ: leave them out.
VisionTransformer replace_head(const VisionTransformer& pretrained, std::size_t classes, Random& random) {
    // SOLUTION BEGIN 4.9
    if (classes == 0) throw std::invalid_argument("replace_head: 0 classes; a head has at least 1");
    VitOptions options = pretrained.options;
    options.classes = classes;
    VisionTransformer model(options, random);
    const ParameterList<float> from(pretrained), to(model);
    for (std::size_t n = 0; n < to.size(); ++n) to.all()[n]->value = from.all()[n]->value;
    model.classifier.weight->value.assign(classes * options.hidden, 0);
    model.classifier.bias->value.assign(classes, 0);
    return model;
    // SOLUTION END
}

// SOLUTION BEGIN 4.9 removed
namespace {

/// Pieces of a batch. Fixed: their number decides how sums are rounded.
constexpr std::size_t num_shards = 8;

[[noreturn]] void refuse(const std::string& what) {
    throw std::invalid_argument("train_vit: " + what);
}

void check_pictures(const LabelledPictures& part, const std::string& name, const VitOptions& model) {
    const std::size_t count = part.size();
    if (count == 0) refuse("no pictures " + name);
    const std::array<std::size_t, 4> wanted{count, model.image_size, model.image_size, model.channels};
    if (!std::equal(wanted.begin(), wanted.end(), part.pictures.shape().begin()))
        refuse("pictures " + name + " are " + shape_text(part.pictures) + ", [count, height, width, channels]; " +
               std::to_string(count) + " labels and this model want " + shape_text(wanted));
    for (std::size_t n = 0; n < count; ++n) {
        if (part.labels[n] < 0 || static_cast<std::size_t>(part.labels[n]) >= model.classes)
            refuse("label " + std::to_string(n) + " " + name + " is " + std::to_string(part.labels[n]) +
                   "; the model has classes 0 to " + std::to_string(model.classes - 1));
    }
}

void check_options(const TrainOptions& options, const VitOptions& model, std::size_t pictures) {
    if (options.batch_size == 0) refuse("a batch_size of 0; a batch has at least 1 picture");
    if (options.epochs < 1) refuse(std::to_string(options.epochs) + " epochs; a run has at least 1");
    const auto batches = static_cast<std::int64_t>((pictures + options.batch_size - 1) / options.batch_size);
    if (options.warm_up_steps < 0 || options.warm_up_steps > options.epochs * batches)
        refuse(std::to_string(options.warm_up_steps) + " warm_up_steps; the run has " +
               std::to_string(options.epochs * batches) + " steps");
    for (const double number : {options.rate, options.weight_decay}) {
        if (!std::isfinite(number) || number < 0)
            refuse("a rate of " + std::to_string(options.rate) + " and a weight_decay of " +
                   std::to_string(options.weight_decay) + "; both are numbers of at least 0");
    }
    if (!(options.clip_norm > 0)) refuse("a clip_norm of " + std::to_string(options.clip_norm) + "; it is above 0");
    if (options.mean.size() != model.channels || options.std.size() != model.channels)
        refuse(std::to_string(options.mean.size()) + " numbers of mean and " + std::to_string(options.std.size()) +
               " of std, for " + std::to_string(model.channels) + " channels");
    for (const float deviation : options.std) {
        if (!(deviation > 0)) refuse("a std of " + std::to_string(deviation) + "; it is above 0");
    }
}

/// The pixels of pictures begin .. end - 1, as a model reads them: [end - begin, channels, height, width].
Tensor<4> normalised(const Tensor<4, std::uint8_t>& pictures, std::size_t begin, std::size_t end,
                     const TrainOptions& options) {
    const std::size_t height = pictures.shape(1), width = pictures.shape(2), channels = pictures.shape(3);
    Tensor<4> pixels(std::array<std::size_t, 4>{end - begin, channels, height, width});
    float* to = pixels.data();
    for (std::size_t n = begin; n < end; ++n) {
        for (std::size_t c = 0; c < channels; ++c) {
            const std::uint8_t* from = &pictures(n, 0, 0, c);
            for (std::size_t i = 0; i < height * width; ++i)
                *to++ = (static_cast<float>(from[i * channels]) / 255.0F - options.mean[c]) / options.std[c];
        }
    }
    return pixels;
}

/// A model that is trained, and everything that it takes.
struct Training {
    Training(const VisionTransformer& trained, const TrainOptions& how)
        : model(trained),
          options(how),
          parameters(trained),
          optimizer(parameters, {.weight_decay = how.weight_decay}),
          parallel(parameters, num_shards) {}

    /// The loss of a shard of the batch that begins with picture `first`.
    /// @param right  where not null: has a place for each picture, and gets 1 where the largest logit is the label's
    [[nodiscard]] DataParallel<float>::LossFunction loss_of(const LabelledPictures& pictures, std::size_t first = 0,
                                                            std::vector<char>* right = nullptr) const {
        return [this, &pictures, first, right](Tape<float>& tape, const Shard& shard) {
            const std::size_t begin = first + shard.begin, end = first + shard.end;
            const std::span<const int> labels = std::span(pictures.labels).subspan(begin, shard.size());
            const Var<float> logits = model(tape, normalised(pictures.pictures, begin, end, options));
            for (std::size_t n = 0; right != nullptr && n < shard.size(); ++n) {
                const auto row = logits.value().subspan(n * model.options.classes, model.options.classes);
                (*right)[begin + n] = std::max_element(row.begin(), row.end()) - row.begin() == labels[n] ? 1 : 0;
            }
            return ShardLoss<float>{cross_entropy(logits, labels), static_cast<double>(shard.size())};
        };
    }

    const VisionTransformer& model;
    const TrainOptions& options;
    ParameterList<float> parameters;
    Adam<float> optimizer;
    DataParallel<float> parallel;
};

/// One pass over the training pictures. @return the mean loss
double train_epoch(Training& run, const LabelledPictures& train, Random& random) {
    const std::size_t count = train.size(), batch_size = run.options.batch_size;
    const auto batches = static_cast<std::int64_t>((count + batch_size - 1) / batch_size);
    const std::vector<std::size_t> order = random.permutation(count);
    double total = 0;
    for (std::size_t begin = 0; begin < count; begin += batch_size) {
        LabelledPictures batch = train.gather(std::span(order).subspan(begin, std::min(batch_size, count - begin)));
        batch.pictures = augment(batch.pictures, run.options.augment, random);
        const double rate = cosine_rate(run.options.rate, run.optimizer.steps(), run.options.epochs * batches,
                                        run.options.warm_up_steps);
        const double loss = training_step(run.parallel, run.optimizer, batch.size(), run.loss_of(batch),
                                          {.rate = rate, .clip_norm = run.options.clip_norm});
        total += loss * static_cast<double>(batch.size());
    }
    return total / static_cast<double>(count);
}

/// Loss and accuracy on pictures as they are.
void validate(Training& run, const LabelledPictures& pictures, TrainEpoch& epoch) {
    const std::size_t count = pictures.size(), at_once = 512;  // of which the tapes' memory is made
    std::vector<char> right(count);
    double total = 0;
    for (std::size_t first = 0; first < count; first += at_once) {
        const std::size_t size = std::min(at_once, count - first);
        total += run.parallel.evaluate(size, run.loss_of(pictures, first, &right)) * static_cast<double>(size);
    }
    epoch.validation_loss = total / static_cast<double>(count);
    epoch.validation_accuracy =
        static_cast<double>(std::count(right.begin(), right.end(), 1)) / static_cast<double>(count);
}

bool better(const TrainEpoch& a, const TrainEpoch& b) {
    if (a.validation_accuracy != b.validation_accuracy) return a.validation_accuracy > b.validation_accuracy;
    return a.validation_loss < b.validation_loss;
}

}  // namespace
// SOLUTION END

// TODO(4.9): a whole run.
//   Start:    check all arguments. ParameterList, Adam and DataParallel (8 shards) of the model; Random of options.seed. For each
//             epoch an order; for each batch: its pictures, augmented, a training_step with a loss function that normalises a
//             *shard*'s pictures, asks the model, and takes cross_entropy; its weight is the shard's number of pictures. Then the
//             validation pictures through DataParallel::evaluate with the same loss function, which also counts what is right.
//   Ask:      which numbers may depend on the number of threads, and why none, if every random number is drawn before a batch
//             is cut into shards? What would a picture of validation, augmented, measure?
//   Traps:    the best epoch's parameters have to be *copied* (copy_weights): the model goes on training. Warm-up counts steps,
//             not epochs. Shards run at once: each writes only to its own places. A mean of batches is not a mean of pictures
//             when the last batch is small.
TrainResult train_vit(const VisionTransformer& model, const LabelledPictures& train, const LabelledPictures& validation,
                      const TrainOptions& options,
                      const std::function<void(std::size_t epoch, const TrainEpoch&)>& on_epoch) {
    // SOLUTION BEGIN 4.9
    check_pictures(train, "in training", model.options);
    check_pictures(validation, "in validation", model.options);
    check_options(options, model.options, train.size());
    Training run(model, options);
    Random random(options.seed);
    TrainResult result;
    for (std::int64_t number = 0; number < options.epochs; ++number) {
        TrainEpoch epoch;
        epoch.train_loss = train_epoch(run, train, random);
        validate(run, validation, epoch);
        if (result.epochs.empty() || better(epoch, result.epochs[result.best_epoch])) {
            result.best_epoch = result.epochs.size();
            result.best = copy_weights(run.parameters);
        }
        result.epochs.push_back(epoch);
        if (on_epoch) on_epoch(result.epochs.size() - 1, epoch);
    }
    return result;
    // SOLUTION END
}

}  // namespace wb
