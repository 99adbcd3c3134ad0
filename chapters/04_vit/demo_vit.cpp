/// @file
/// `./workbook run vit classify PICTURE`: what a vision transformer takes a picture for; `run vit maps PICTURE`: what its class token
/// looks at, in every layer and head; `run vit rollout PICTURE`: what has reached the class token, layer by layer. Without a picture
/// they take one of Fashion-MNIST, --example N. And over many of its pictures: `run vit faithful`, whether maps show what counts, and
/// `run vit heads`, which heads are needed. Without --weights FOLDER all take the model that comes with the workbook.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "demo_vit_faithful.hpp"
#include "demo_vit_heads.hpp"
#include "demo_vit_sheets.hpp"
#include "top_classes.hpp"
#include "wb/dataset.hpp"
#include "wb/demo.hpp"
#include "wb/errors.hpp"
#include "wb/labelled_pictures.hpp"
#include "wb/photo.hpp"

namespace wb::demo {
namespace {

struct Options {
    std::string picture, weights;
    std::size_t example = 0, top = 5;
    std::string fusion = "mean", scale = "panel", covered = "black";
    double discard = 0;
    FaithfulOptions faithful;
    HeadsOptions heads;
    std::filesystem::path out = "build/pictures";
};

/// What is looked at.
struct Subject {
    Tensor<3, std::uint8_t> photo;
    std::string name;
};

Subject subject_of(const Options& options) {
    if (!options.picture.empty())
        return {read_photo(options.picture), std::filesystem::path(options.picture).filename().string()};
    const LabelledPictures set = read_fashion_mnist(Part::test);
    if (options.example >= set.size()) {
        throw Error("--example: expected a number from 0 to " + std::to_string(set.size() - 1) + ", got " +
                    std::to_string(options.example));
    }
    const std::string& label = set.class_names[static_cast<std::size_t>(set.labels[options.example])];
    return {photo_of(set, options.example), "Fashion-MNIST " + std::to_string(options.example) + " (" + label + ")"};
}

std::string percent(double probability) {
    char text[16];
    std::snprintf(text, sizeof text, "%.1f %%", 100 * probability);
    return text;
}

/// "Fashion-MNIST 0 (Ankle boot), taken for Ankle boot (99.8 %)"
std::string verdict(const Subject& subject, const LoadedVit& vit, const Look& look) {
    const ClassProbability best = top_classes(look.logits, 1).front();
    return subject.name + ", taken for " + vit.config.labels[best.index] + " (" + percent(best.probability) + ")";
}

void print_classes(const LoadedVit& vit, const Look& look, std::size_t count) {
    const std::vector<ClassProbability> classes = top_classes(look.logits, count);
    std::size_t longest = 0;
    for (const ClassProbability& one : classes) longest = std::max(longest, vit.config.labels[one.index].size());
    for (const ClassProbability& one : classes) {
        const std::string& label = vit.config.labels[one.index];
        const std::string share = percent(one.probability);
        std::string bar;
        for (long part = 0; part < std::lround(30 * one.probability); ++part) bar += "█";
        std::cout << "  " << label << std::string(longest - label.size() + 2 + 7 - share.size(), ' ') << share << "  "
                  << bar << '\n';
    }
}

HeadFusion fusion_of(const std::string& word) {
    return word == "min" ? HeadFusion::minimum : word == "max" ? HeadFusion::maximum : HeadFusion::average;
}

/// classify, maps and rollout.
void show(const Options& options, const LoadedVit& vit, const std::string& command) {
    const Subject subject = subject_of(options);
    const Look look = look_at(vit, subject.photo);
    const std::string title = verdict(subject, vit, look);
    const Scale scale = options.scale == "sheet" ? Scale::sheet : Scale::panel;
    const std::filesystem::path file = options.out / ("vit_" + command + ".png");
    std::filesystem::create_directories(options.out);
    std::cout << title << '\n';
    if (command == "classify") {
        print_classes(vit, look, options.top);
        draw_seen(file, title, subject.photo, look);
        std::cout << "The picture as the model gets it: ";
    } else if (command == "maps") {
        draw_maps(file, title, subject.photo, look, scale);
        std::cout << "What the class token looks at, in each layer and head: ";
    } else {
        const std::string cut = options.discard > 0 ? ", " + percent(options.discard) + " of the links cut" : "";
        draw_rollout(file, title + "; " + options.fusion + " of the heads" + cut, subject.photo, look,
                     {fusion_of(options.fusion), options.discard}, scale);
        std::cout << "Where what the class token holds after each layer came from: ";
    }
    std::cout << file.string() << '\n';
}

/// Of the model, before it is read: what is missing is said in the words of this command line.
std::filesystem::path model_folder(const Options& options) {
    const std::string train = "To train one: ./workbook run vit-train, and then --weights build/vit";
    std::error_code none;
    if (options.weights.empty()) {
        try {
            return dataset("vit/fashion_mnist/model.safetensors").parent_path();
        } catch (const FileError& error) {
            throw Error("The model that comes with the workbook is missing: " + std::string(error.what()) + ". " +
                        train);
        }
    }
    const std::filesystem::path folder = options.weights;
    const std::string files = "a folder with model.safetensors, config.json and preprocessor_config.json";
    if (std::filesystem::is_regular_file(folder, none)) {
        const std::filesystem::path parent = folder.has_parent_path() ? folder.parent_path() : ".";
        throw Error("--weights: expected " + files + ", got the file " + folder.string() + ". Try: --weights " +
                    parent.string());
    }
    if (!std::filesystem::is_directory(folder, none))
        throw Error("--weights: expected " + files + "; there is no " + folder.string() + ". " + train);
    if (!std::filesystem::exists(folder / "model.safetensors", none))
        throw Error("--weights: expected " + files + "; " + folder.string() + " has no model.safetensors. " + train);
    return folder;
}

void run(const Options& options, const std::string& command) {
    const LoadedVit vit = read_vit(model_folder(options));
    if (command != "faithful" && command != "heads") return show(options, vit, command);
    const LabelledPictures set = read_fashion_mnist(Part::test);
    if (vit.config.options.classes != set.class_names.size()) {
        throw Error("--weights: the model has " + std::to_string(vit.config.options.classes) +
                    " classes, Fashion-MNIST 10. Train one: ./workbook run vit-train");
    }
    if (command == "heads") return measure_heads(std::cout, vit, set, options.heads, options.out);
    FaithfulOptions how = options.faithful;
    how.covered = options.covered == "mean" ? Covered::mean : Covered::black;
    measure_faithfulness(std::cout, vit, set, how, options.out);
}

void add_scale(CLI::App& command, Options& options) {
    command
        .add_option("--scale", options.scale, "colours over each panel's own numbers (default), or the whole sheet's")
        ->check(CLI::IsMember({"panel", "sheet"}));
}

void add_faithful(CLI::App& command, Options& options) {
    command.add_option("--pictures", options.faithful.pictures, "test pictures (default 200)")
        ->check(CLI::Range(2, 10000));
    command.add_option("--seeds", options.faithful.seeds, "of random orders (default 5)")->check(CLI::Range(1, 1000));
    command.add_option("--steps", options.faithful.steps, "of a curve (default 14)")->check(CLI::Range(1, 10000));
    command.add_option("--covered", options.covered, "by black (default), or by the mean of the training pictures")
        ->check(CLI::IsMember({"black", "mean"}));
}

}  // namespace
}  // namespace wb::demo

int main(int argc, char** argv) {
    wb::demo::Options options;
    CLI::App app{"Chapter 4: what a vision transformer sees, and where it looks."};
    app.require_subcommand(1);
    const auto add_command = [&](const char* name, const char* words) {
        CLI::App* command = app.add_subcommand(name, words);
        command->add_option("--weights", options.weights,
                            "folder with model.safetensors, config.json and preprocessor_config.json (default: the "
                            "model that comes with the workbook, for Fashion-MNIST)");
        command->add_option("--out", options.out, "folder of the pictures");
        return command;
    };
    const auto add_look = [&](const char* name, const char* words) {
        CLI::App* command = add_command(name, words);
        auto* picture = command->add_option("picture", options.picture, "a PNG, JPEG or BMP (default: --example 0)");
        command->add_option("--example", options.example, "a test picture of Fashion-MNIST, by number")
            ->check(CLI::Range(0, 9999))
            ->excludes(picture);
        return command;
    };
    add_look("classify", "the likeliest classes")
        ->add_option("--top", options.top, "how many classes")
        ->check(CLI::Range(1, 1000));
    wb::demo::add_scale(*add_look("maps", "the class token's attention, a row a layer, a column a head"), options);
    CLI::App* rollout = add_look("rollout", "attention rollout, a panel a layer");
    rollout->add_option("--fusion", options.fusion, "of the heads: mean (default), min or max")
        ->check(CLI::IsMember({"mean", "min", "max"}));
    rollout->add_option("--discard", options.discard, "share of the weakest links that is cut, from 0 to less than 1");
    wb::demo::add_scale(*rollout, options);
    wb::demo::add_faithful(*add_command("faithful", "deletion and insertion: do maps show what the answer hangs on?"),
                           options);
    add_command("heads", "which heads the model needs")
        ->add_option("--pictures", options.heads.pictures, "test pictures to find the order, and as many to judge it")
        ->check(CLI::Range(2, 5000));
    return wb::run_demo(app, argc, argv, [&] {
        wb::demo::run(options, app.get_subcommands().front()->get_name());
        return true;
    });
}
