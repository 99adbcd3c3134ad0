/// @file
/// `./workbook run vit-finetune`: what a body that has learnt to see other things is worth, over several seeds.
#include <CLI/CLI.hpp>
#include <iostream>

#include "demo_finetune_runs.hpp"
#include "wb/demo.hpp"

int main(int argc, char** argv) {
    CLI::App app{
        "Chapter 4: pretrain on five classes, fine-tune to five others, and compare with training from scratch."};
    wb::demo::FineTuneOptions options;
    std::filesystem::path out = "build/pictures", body;
    bool pretrain_only = false;
    app.add_option("--seeds", options.seeds, "runs of each kind (default 5)")->check(CLI::Range(1, 1000));
    app.add_option("--per-class", options.per_class, "pictures of each class for training (default 100)")
        ->check(CLI::Range(1, 5000));
    app.add_option("--epochs", options.tune.epochs, "epochs of each run (default 8)")->check(CLI::Range(1, 100'000));
    app.add_option("--batch", options.tune.batch_size, "pictures in a batch (default 16)")
        ->check(CLI::Range(1, 100'000));
    app.add_option("--rate", options.tune.rate, "highest learning rate of each run (default 0.001)")
        ->check(CLI::PositiveNumber);
    app.add_option("--pretrain-epochs", options.pretrain.epochs, "epochs on the first five classes (default 12)")
        ->check(CLI::Range(1, 1000));
    app.add_flag("--pretrain-only", pretrain_only, "write the pretrained body and stop");
    app.add_option("--body", body, "a pretrained body (default: OUT/vit_body.safetensors, made where there is none)");
    app.add_option("--out", out, "folder of the picture and the pretrained body");
    return wb::run_demo(app, argc, argv, [&] {
        using namespace wb;
        const LabelledPictures train = read_fashion_mnist(Part::train), test = read_fashion_mnist(Part::test);
        std::filesystem::create_directories(out);
        if (body.empty()) body = out / "vit_body.safetensors";
        if (pretrain_only || !std::filesystem::exists(body)) demo::pretrain(std::cout, train, test, options, body);
        if (!pretrain_only) demo::compare_runs(std::cout, train, test, options, body, out / "vit_finetune.png");
        return true;
    });
}
