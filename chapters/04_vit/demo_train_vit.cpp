#include "demo_train_vit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "demo_picture_loss.hpp"
#include "demo_vit_folder.hpp"
#include "wb/errors.hpp"
#include "wb/training/training.hpp"

namespace wb::demo {
namespace {

/// Everything that makes a run what it is: a checkpoint with other numbers belongs to another run.
std::map<std::string, double> numbers_of(const VitRecipe& recipe, const LabelledPictures& train) {
    double pixels = 0;  // a cheap sum over some of them: other pictures, most likely another sum
    for (std::size_t i = 0; i < train.pictures.size(); i += 101)
        pixels = std::fmod(pixels * 31 + static_cast<double>(train.pictures.data()[i]), 1e9);
    return {{"patch_size", static_cast<double>(recipe.model.patch_size)},
            {"heads", static_cast<double>(recipe.model.heads)},
            {"batch_size", static_cast<double>(recipe.batch_size)},
            {"epochs", static_cast<double>(recipe.epochs)},
            {"rate", recipe.rate},
            {"warm_up", recipe.warm_up},
            {"weight_decay", recipe.weight_decay},
            {"clip_norm", recipe.clip_norm},
            {"flip", recipe.augment.flip ? 1.0 : 0.0},
            {"shift", static_cast<double>(recipe.augment.shift)},
            {"seed", static_cast<double>(recipe.seed)},
            {"pictures", static_cast<double>(train.size())},
            {"pixels", pixels}};
}

/// A training run between two epochs.
class Run {
 public:
    Run(const LabelledPictures& train, const LabelledPictures& test, const VitRecipe& recipe,
        const VitRunFolder& folder)
        : train_(train),
          test_(test),
          recipe_(recipe),
          scale_(channel_statistics(train)),
          folder_(folder.path),
          random_(recipe.seed),
          model_(recipe.model, random_),
          parameters_(model_),
          adam_(parameters_, {.weight_decay = recipe.weight_decay}),
          parallel_(parameters_, 8),
          steps_per_epoch_(static_cast<std::int64_t>((train.size() + recipe.batch_size - 1) / recipe.batch_size)) {
        std::filesystem::create_directories(folder_);
        if (!folder.fresh && std::filesystem::exists(checkpoint())) resume();
    }

    double finish() {
        TrainingLog log(folder_ / "log.csv", {"epoch", "rate", "train_loss", "test_loss", "test_accuracy"},
                        static_cast<std::size_t>(epoch_));
        Progress progress(std::cout, stdout_is_terminal(), recipe_.epochs, steps_per_epoch_, epoch_ + 1);
        for (; epoch_ < recipe_.epochs;) {
            const double train_loss = run_epoch(progress), rate = rate_at((epoch_ + 1) * steps_per_epoch_ - 1);
            const PictureResult test = evaluate_pictures(parallel_, model_, test_, scale_);
            ++epoch_;
            log.add({static_cast<double>(epoch_), rate, train_loss, test.loss, test.accuracy});
            write_checkpoint(checkpoint(), state());
            progress.epoch_done(train_loss, rate,
                                fmt::format("test loss {:.4f}, {:.2f} % right", test.loss, 100 * test.accuracy));
        }
        log.write_curves(folder_ / "curves.png", "Loss per picture", {"train_loss", "test_loss"});
        write_vit_folder(folder_, model_, {train_.class_names, scale_.mean, scale_.std});
        return log.rows().empty() ? 0 : log.rows().back().back();
    }

 private:
    [[nodiscard]] std::filesystem::path checkpoint() const { return folder_ / "checkpoint.safetensors"; }
    [[nodiscard]] double rate_at(std::int64_t step) const {
        const std::int64_t steps = recipe_.epochs * steps_per_epoch_;
        return cosine_rate(recipe_.rate, step, steps,
                           static_cast<std::int64_t>(recipe_.warm_up * static_cast<double>(steps)));
    }
    TrainingState<float> state() {
        return {.parameters = parameters_,
                .optimizer = &adam_,
                .random = &random_,
                .epoch = epoch_,
                .numbers = numbers_of(recipe_, train_)};
    }

    void resume() {
        TrainingState<float> found = state();
        const std::map<std::string, double> wanted = found.numbers;
        const std::string cure = ". Give --fresh to begin anew, or another --out";
        try {
            read_checkpoint(checkpoint(), found);
        } catch (const FileError& error) {
            const std::string all = error.what();  // up to where it lists what the file has instead
            throw Error("this run cannot go on from it: " + all.substr(0, all.find(". There are")) + cure);
        }
        for (const auto& [name, value] : wanted) {
            const double there = found.numbers.contains(name) ? found.numbers.at(name) : 0;
            if (there == value) continue;
            throw Error(fmt::format("{} is of another run: its {} is {}, this one's {}{}", checkpoint().string(), name,
                                    there, value, cure));
        }
        epoch_ = found.epoch;
        std::cout << "Going on after epoch " << epoch_ << " of " << checkpoint().string() << '\n';
    }

    double run_epoch(Progress& progress) {
        double total = 0;
        std::int64_t step = epoch_ * steps_per_epoch_;
        const std::vector<std::size_t> order = random_.permutation(train_.size());
        for (std::size_t begin = 0; begin < order.size(); begin += recipe_.batch_size) {
            const std::size_t size = std::min(recipe_.batch_size, order.size() - begin);
            LabelledPictures batch = train_.gather(std::span(order).subspan(begin, size));
            batch.pictures = augment(batch.pictures, recipe_.augment, random_);
            const double rate = rate_at(step++);
            const double loss = training_step(parallel_, adam_, size, picture_loss(model_, batch, scale_),
                                              {.rate = rate, .clip_norm = recipe_.clip_norm});
            total += loss * static_cast<double>(size);
            progress.step(loss, rate);
        }
        return total / static_cast<double>(order.size());
    }

    const LabelledPictures& train_;
    const LabelledPictures& test_;
    VitRecipe recipe_;
    ChannelStatistics scale_;
    std::filesystem::path folder_;
    Random random_;
    VisionTransformer model_;
    ParameterList<float> parameters_;
    Adam<float> adam_;
    DataParallel<float> parallel_;
    std::int64_t steps_per_epoch_ = 0, epoch_ = 0;
};

}  // namespace

double train_from_scratch(const LabelledPictures& train, const LabelledPictures& test, const VitRecipe& recipe,
                          const VitRunFolder& folder) {
    return Run(train, test, recipe, folder).finish();
}

}  // namespace wb::demo
