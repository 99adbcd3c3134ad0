/// @file
/// Exercise 4.9 another way: one tape and one thread, the step spelt out; augmentation that pushes each old pixel to its new place;
/// the best epoch remembered by two numbers; validation a picture at a time.
#include "fine_tuning.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#include "wb/autograd/losses.hpp"
#include "wb/errors.hpp"
#include "wb/training/adam.hpp"

namespace wb {

Tensor<4, std::uint8_t> augment(const Tensor<4, std::uint8_t>& pictures, const AugmentOptions& options,
                                Random& random) {
    Tensor<4, std::uint8_t> result = zeros<4, std::uint8_t>(pictures.shape());
    const int height = static_cast<int>(pictures.shape(1)), width = static_cast<int>(pictures.shape(2)),
              shift = static_cast<int>(options.shift);
    for (std::size_t n = 0; n < pictures.shape(0); ++n) {
        bool flip = false;
        int right = 0, down = 0;
        if (options.flip) flip = random.below(2) != 0;
        if (shift != 0) {
            right = static_cast<int>(random.below(2 * options.shift + 1)) - shift;
            down = static_cast<int>(random.below(2 * options.shift + 1)) - shift;
        }
        for (int y = 0; y < height; ++y) {
            for (int x = 0; x < width; ++x) {
                const int to_y = y + down, to_x = (flip ? width - 1 - x : x) + right;
                if (to_y < 0 || to_y >= height || to_x < 0 || to_x >= width) continue;
                for (std::size_t c = 0; c < pictures.shape(3); ++c) result(n, to_y, to_x, c) = pictures(n, y, x, c);
            }
        }
    }
    return result;
}

VisionTransformer replace_head(const VisionTransformer& pretrained, std::size_t classes, Random& random) {
    if (classes < 1) throw std::invalid_argument("replace_head: a head has at least one class");
    VitOptions options = pretrained.options;
    options.classes = classes;
    VisionTransformer model(options, random);
    ModelWeights weights = copy_weights(ParameterList<float>(pretrained));
    for (NamedWeights& one : weights) {
        if (one.name == "classifier.weight") one.values.assign(classes * options.hidden, 0.0F);
        if (one.name == "classifier.bias") one.values.assign(classes, 0.0F);
    }
    set_weights(ParameterList<float>(model), weights);
    return model;
}

namespace {

void require(bool good, const char* what) {
    if (!good) throw std::invalid_argument(std::string("train_vit: ") + what);
}

void check(const LabelledPictures& part, const VitOptions& model) {
    require(!part.labels.empty(), "a part without pictures");
    const auto& shape = part.pictures.shape();
    require(shape[0] == part.labels.size() && shape[1] == model.image_size && shape[2] == model.image_size &&
                shape[3] == model.channels,
            "pictures of another shape than the model's, or not as many as labels");
    for (const int label : part.labels)
        require(label >= 0 && label < static_cast<int>(model.classes), "a label that is no class");
}

Tensor<4> pixels_of(const Tensor<4, std::uint8_t>& pictures, const TrainOptions& options) {
    const auto& shape = pictures.shape();
    Tensor<4> pixels(std::array<std::size_t, 4>{shape[0], shape[3], shape[1], shape[2]});
    for (std::size_t n = 0; n < shape[0]; ++n)
        for (std::size_t c = 0; c < shape[3]; ++c)
            for (std::size_t y = 0; y < shape[1]; ++y)
                for (std::size_t x = 0; x < shape[2]; ++x)
                    pixels(n, c, y, x) =
                        (static_cast<float>(pictures(n, y, x, c)) / 255 - options.mean[c]) / options.std[c];
    return pixels;
}

LabelledPictures some_of(const LabelledPictures& all, const std::size_t* numbers, std::size_t count) {
    const auto& shape = all.pictures.shape();
    LabelledPictures some{zeros<4, std::uint8_t>({count, shape[1], shape[2], shape[3]}), {}, {}};
    for (std::size_t n = 0; n < count; ++n) {
        some.labels.push_back(all.labels[numbers[n]]);
        for (std::size_t y = 0; y < shape[1]; ++y)
            for (std::size_t x = 0; x < shape[2]; ++x)
                for (std::size_t c = 0; c < shape[3]; ++c)
                    some.pictures(n, y, x, c) = all.pictures(numbers[n], y, x, c);
    }
    return some;
}

double rate_of(const TrainOptions& options, std::int64_t step, std::int64_t steps) {
    if (step < options.warm_up_steps)
        return options.rate * static_cast<double>(step + 1) / static_cast<double>(options.warm_up_steps);
    const double done =
        static_cast<double>(step - options.warm_up_steps) / static_cast<double>(steps - options.warm_up_steps);
    return options.rate * 0.5 * (1 + std::cos(std::acos(-1.0) * done));
}

}  // namespace

TrainResult train_vit(const VisionTransformer& model, const LabelledPictures& train, const LabelledPictures& validation,
                      const TrainOptions& options,
                      const std::function<void(std::size_t epoch, const TrainEpoch&)>& on_epoch) {
    check(train, model.options);
    check(validation, model.options);
    require(options.batch_size > 0 && options.epochs > 0, "batch_size and epochs are at least 1");
    const std::size_t batches = (train.size() + options.batch_size - 1) / options.batch_size;
    const std::int64_t steps = options.epochs * static_cast<std::int64_t>(batches);
    require(options.warm_up_steps >= 0 && options.warm_up_steps <= steps, "warm_up_steps outside the run");
    require(options.rate >= 0 && options.weight_decay >= 0 && std::isfinite(options.rate + options.weight_decay),
            "rate and weight_decay are numbers of at least 0");
    require(options.clip_norm > 0, "clip_norm is above 0");
    require(options.mean.size() == model.options.channels && options.std.size() == model.options.channels,
            "mean and std have one number a channel");
    for (const float deviation : options.std) require(deviation > 0, "a std is above 0");

    const ParameterList<float> parameters(model);
    Adam<float> optimizer(parameters, {.weight_decay = options.weight_decay});
    Tape<float> tape;
    Random random(options.seed);
    TrainResult result;
    double best_accuracy = -1, best_loss = std::numeric_limits<double>::infinity();
    for (std::int64_t step = 0; step < steps;) {
        TrainEpoch epoch;
        const std::vector<std::size_t> order = random.permutation(train.size());
        for (std::size_t b = 0; b < batches; ++b, ++step) {
            const std::size_t begin = b * options.batch_size,
                              count = std::min(options.batch_size, order.size() - begin);
            LabelledPictures batch = some_of(train, order.data() + begin, count);
            batch.pictures = augment(batch.pictures, options.augment, random);
            tape.reset(Mode::train);
            const Var<float> loss =
                cross_entropy(model(tape, pixels_of(batch.pictures, options)), std::span<const int>(batch.labels));
            if (!std::isfinite(loss.item()))
                throw Error("train_vit: the loss of step " + std::to_string(step + 1) + " is no number");
            parameters.zero_gradients();
            tape.backward(loss);
            clip_gradient_norm(parameters, options.clip_norm);
            epoch.train_loss +=
                static_cast<double>(loss.item()) * static_cast<double>(count) / static_cast<double>(order.size());
            optimizer.step(rate_of(options, step, steps));
        }
        for (std::size_t n = 0; n < validation.size(); ++n) {
            const LabelledPictures one = some_of(validation, &n, 1);
            tape.reset(Mode::infer);
            const Var<float> logits = model(tape, pixels_of(one.pictures, options));
            const std::vector<float> row(logits.value().begin(), logits.value().end());
            epoch.validation_loss +=
                static_cast<double>(cross_entropy(logits, std::span<const int>(one.labels)).item());
            int largest = 0;
            for (std::size_t c = 1; c < row.size(); ++c) {
                if (row[c] > row[static_cast<std::size_t>(largest)]) largest = static_cast<int>(c);
            }
            epoch.validation_accuracy += largest == one.labels[0] ? 1 : 0;
        }
        epoch.validation_loss /= static_cast<double>(validation.size());
        epoch.validation_accuracy /= static_cast<double>(validation.size());
        const double accuracy = epoch.validation_accuracy, loss = epoch.validation_loss;
        if (accuracy > best_accuracy || (accuracy == best_accuracy && loss < best_loss)) {
            best_accuracy = accuracy;
            best_loss = loss;
            result.best_epoch = result.epochs.size();
            result.best = copy_weights(parameters);
        }
        result.epochs.push_back(epoch);
        if (on_epoch) on_epoch(result.epochs.size() - 1, epoch);
    }
    return result;
}

}  // namespace wb
