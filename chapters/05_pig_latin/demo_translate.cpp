/// @file
/// `./workbook run translate "the air conditioning is working"`: into Pig Latin, with a picture of where the model looked.
/// `./workbook run translate --best`: trains the model that does so, and says how many unseen words it gets right.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>

#include "attention_maps.hpp"
#include "decoding.hpp"
#include "demo_attention_picture.hpp"
#include "demo_train.hpp"
#include "demo_translator_file.hpp"
#include "experiment.hpp"
#include "wb/dataset.hpp"
#include "wb/demo.hpp"
#include "wb/errors.hpp"
#include "wb/pig_latin.hpp"
#include "wb/training/training_log.hpp"

namespace wb::demo {
namespace {

struct Options {
    std::vector<std::string> sentence;
    bool best = false, fresh = false;
    std::string model, data;
    Recipe recipe;
    std::filesystem::path out = "build/pictures";
};

/// The parts of a text that are words of a-z and '-', in lower case, and what is between them, as it is.
std::vector<std::string> words_and_rest(const std::string& text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; };
    std::vector<std::string> parts;
    for (char c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (parts.empty() || letter(c) != letter(parts.back().back())) parts.emplace_back();
        parts.back() += c;
    }
    return parts;
}

bool is_word(const std::string& part) {
    return part.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string::npos;
}

void translate_text(const Translator& model, const std::string& text, const std::filesystem::path& out) {
    std::string longest, translation;
    for (const std::string& part : words_and_rest(text)) {
        if (!is_word(part)) {
            translation += part;
            continue;
        }
        if (part.size() > 64)
            throw Error("\"" + part.substr(0, 20) + "..\" has " + std::to_string(part.size()) +
                        " letters; a word has 64 at most");
        translation += translate(model, part);
        if (part.size() > longest.size()) longest = part;
    }
    if (longest.empty()) throw Error("there is no word in \"" + text + "\"");
    std::cout << translation << '\n';
    std::filesystem::create_directories(out);
    const std::filesystem::path picture = out / "translate.png";
    draw_attention(picture, attention_maps(model, longest));
    std::cout << "Where the model looked for each letter of \"" << longest << "\": " << picture.string() << '\n';
}

PairSplit split_of(const Options& options) {
    constexpr std::uint64_t split_seed = 1;  // one split for all: a model must never be asked what it was taught
    if (options.data.empty())
        return read_pig_latin_sets(dataset("pig_latin/large.txt").parent_path(), split_seed).large;
    const WordPairFile file = read_word_pairs(options.data);
    for (const std::string& line : file.odd.reports) std::cerr << line << '\n';
    if (file.odd.count > 0) std::cerr << file.odd.count << " odd lines skipped\n";
    return split_by_word(file.pairs, split_seed);
}

Translator train_best(const Options& options) {
    const PairSplit split = split_of(options);
    std::cout << split.train.size() << " pairs for training, " << split.validation.size() << " held out; hidden "
              << options.recipe.model.hidden << ", " << options.recipe.model.layers << " layers\n";
    const auto start = std::chrono::steady_clock::now();
    const RunFolder folder{options.out / "translate_best", options.fresh};
    const Translator model = train(split, options.recipe, folder);
    const double right = exact_match(model, split.validation);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::cout << "Exact match on held-out words: " << 100 * right << " % of " << split.validation.size() << ", after "
              << duration_text(seconds.count()) << ". Model, table and curve: " << folder.path.string() << '\n';
    return model;
}

void run(const Options& options) {
    std::string text;
    for (const std::string& word : options.sentence) text += (text.empty() ? "" : " ") + word;
    if (options.best) {
        const Translator model = train_best(options);
        if (!text.empty()) translate_text(model, text, options.out);
        return;
    }
    const std::filesystem::path file =
        options.model.empty() ? dataset("pig_latin/best.safetensors") : std::filesystem::path(options.model);
    translate_text(read_translator(file), text.empty() ? "the air conditioning is working" : text, options.out);
}

}  // namespace
}  // namespace wb::demo

int main(int argc, char** argv) {
    wb::demo::Options options;
    CLI::App app{"Chapter 5: English into Pig Latin, letter by letter."};
    app.add_option("sentence", options.sentence, "what to translate (default: the air conditioning is working)");
    app.add_option("--model", options.model,
                   "a translator.safetensors (default: the one that comes with the workbook)");
    app.add_option("--out", options.out, "folder of pictures and of training runs");
    app.add_flag("--best", options.best, "train a model first; goes on with a run that was interrupted");
    auto* training = app.add_option_group("training", "with --best");
    training->add_flag("--fresh", options.fresh, "begin anew, even where a run was interrupted");
    training->add_option("--data", options.data,
                         "a file of pairs, a word and its translation a line (default: the large set)");
    training->add_option("--hidden", options.recipe.model.hidden, "width of the model")->check(CLI::Range(2, 512));
    training->add_option("--layers", options.recipe.model.layers, "of encoder and decoder each")
        ->check(CLI::Range(1, 12));
    training->add_option("--batch", options.recipe.batch_size, "pairs a step")->check(CLI::Range(1, 4096));
    training->add_option("--epochs", options.recipe.epochs)->check(CLI::Range(1, 10000));
    training->add_option("--rate", options.recipe.rate, "highest learning rate")->check(CLI::Range(1e-9, 10.0));
    training->add_option("--weight-decay", options.recipe.weight_decay)->check(CLI::Range(0.0, 100.0));
    training->add_option("--seed", options.recipe.seed);
    return wb::run_demo(app, argc, argv, [&] {
        if (options.recipe.model.hidden % 2 != 0) {
            throw wb::Error("--hidden: expected an even number, got " + std::to_string(options.recipe.model.hidden) +
                            ": each sine needs its cosine");
        }
        wb::demo::run(options);
        return true;
    });
}
