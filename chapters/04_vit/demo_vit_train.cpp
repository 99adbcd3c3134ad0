/// @file
/// `./workbook run vit-train`: a vision transformer from scratch, in the format that `./workbook run vit --weights FOLDER` reads.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "demo_picture_loss.hpp"
#include "demo_train_vit.hpp"
#include "wb/demo.hpp"
#include "wb/errors.hpp"

namespace wb::demo {
namespace {

struct Options {
    VitRecipe recipe;
    VitRunFolder folder{"build/vit", false};
    std::string data = "fashion-mnist";
    std::size_t pictures = 0;  ///< to train on; 0: all
    bool no_flip = false;
};

/// The first of them, or all.
LabelledPictures first_of(const LabelledPictures& all, std::size_t count) {
    if (count == 0 || count >= all.size()) return all;
    std::vector<std::size_t> numbers(count);
    for (std::size_t n = 0; n < count; ++n) numbers[n] = n;
    return all.gather(numbers);
}

void check(const VitOptions& model) {
    if (model.image_size % model.patch_size != 0)
        throw Error(fmt::format("--patch {} does not divide the pictures, {} pixels a side", model.patch_size,
                                model.image_size));
    if (model.hidden % model.heads != 0)
        throw Error(fmt::format("--heads {} does not divide --hidden {}", model.heads, model.hidden));
}

void run(Options options) {
    const auto read = options.data == "cifar10" ? &read_cifar10 : &read_fashion_mnist;
    const LabelledPictures train = first_of(read(Part::train, {}), options.pictures), test = read(Part::test, {});
    VitOptions& model = options.recipe.model;
    model.image_size = train.pictures.shape(1);
    model.channels = train.pictures.shape(3);
    model.classes = train.class_names.size();
    check(model);
    options.recipe.augment.flip = !options.no_flip;
    Random random(1);
    std::cout << fmt::format("{} pictures, {} parameters\n", train.size(),
                             ParameterList<float>(VisionTransformer(model, random)).count());
    const double accuracy = train_from_scratch(train, test, options.recipe, options.folder);
    std::cout << fmt::format("{:.2f} % of {} test pictures right. The model is in {}\n", 100 * accuracy, test.size(),
                             options.folder.path.string());
}

}  // namespace
}  // namespace wb::demo

int main(int argc, char** argv) {
    CLI::App app{"Chapter 4: trains a vision transformer from scratch. A run that is interrupted goes on."};
    wb::demo::Options options;
    wb::demo::VitRecipe& recipe = options.recipe;
    const CLI::Range at_least_1(1, 1'000'000);
    app.add_option("--data", options.data, "fashion-mnist or cifar10")
        ->check(CLI::IsMember({"fashion-mnist", "cifar10"}));
    app.add_option("--pictures", options.pictures, "train on the first so many (default: all)");
    app.add_option("--patch", recipe.model.patch_size, "pixels a side of a patch (default 4)")->check(at_least_1);
    app.add_option("--hidden", recipe.model.hidden, "width of the model (default 64)")->check(at_least_1);
    app.add_option("--layers", recipe.model.layers, "layers (default 4)")->check(at_least_1);
    app.add_option("--heads", recipe.model.heads, "heads of a layer (default 4)")->check(at_least_1);
    app.add_option("--mlp", recipe.model.mlp, "width of a layer's inner part (default 128)")->check(at_least_1);
    app.add_option("--batch", recipe.batch_size, "pictures in a batch (default 128)")->check(at_least_1);
    app.add_option("--epochs", recipe.epochs, "epochs (default 24)")->check(at_least_1);
    app.add_option("--rate", recipe.rate, "the highest learning rate (default 0.001)")->check(CLI::PositiveNumber);
    app.add_option("--warm-up", recipe.warm_up, "share of the steps in which the rate rises (default 0.1)")
        ->check(CLI::Range(0.0, 1.0));
    app.add_option("--weight-decay", recipe.weight_decay, "AdamW's (default 0.05)")->check(CLI::NonNegativeNumber);
    app.add_option("--clip", recipe.clip_norm, "largest norm of the gradients (default 1)")->check(CLI::PositiveNumber);
    app.add_option("--shift", recipe.augment.shift, "pictures move by up to so many pixels (default 1)")
        ->check(CLI::Range(0, 100));
    app.add_flag("--no-flip", options.no_flip, "pictures are not mirrored");
    app.add_option("--seed", recipe.seed, "of parameters, order and augmentation (default 1)");
    app.add_option("--out", options.folder.path, "folder of the model, its checkpoint, table and curves");
    app.add_flag("--fresh", options.folder.fresh, "begin anew, even where a checkpoint lies");
    return wb::run_demo(app, argc, argv, [&] {
        wb::demo::run(options);
        return true;
    });
}
