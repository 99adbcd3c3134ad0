#include "pruning_task.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <numeric>
#include <utility>

#include "prunable_translator.hpp"
#include "prunable_vit.hpp"
#include "pruned_model.hpp"
#include "wb/autograd/elementwise.hpp"
#include "wb/autograd/layout.hpp"
#include "wb/autograd/losses.hpp"
#include "wb/dataset.hpp"
#include "wb/labelled_pictures.hpp"
#include "wb/pig_latin.hpp"
#include "wb/safetensors.hpp"
#include "wb/training/checkpoint.hpp"

namespace wb {
namespace {

constexpr std::size_t chunk = 64;  // samples that go through a model together

/// A model's answers to some samples.
struct Answer {
    Var<float> losses;           ///< [samples]
    std::vector<double> scores;  ///< [samples]
};
using Ask = std::function<Answer(Tape<float>& tape, const Shard& samples, const ModelUse& use)>;

/// Asks piece by piece, on all threads: a thread has its piece to itself, from the first layer to the last.
/// @param gates_of  the gates of a piece on its tape
template <class GatesOf>
Measures evaluate_with(const Ask& ask, const Shard& samples, std::size_t piece, const GatesOf& gates_of) {
    Measures all{std::vector<double>(samples.size()), std::vector<double>(samples.size())};
    const std::size_t pieces = (samples.size() + piece - 1) / piece;
    std::exception_ptr error;  // none may leave a team: an exercise that is not written yet, say
#pragma omp parallel
    {
        Tape<float> tape(Mode::infer);
#pragma omp for schedule(dynamic)
        for (std::size_t n = 0; n < pieces; ++n) {
            try {
                const std::size_t first = samples.begin + n * piece;
                const Shard some{n, first, std::min(samples.end, first + piece)};
                tape.reset(Mode::infer);
                ModelUse use;
                use.gates = gates_of(tape, some);
                const Answer answer = ask(tape, some, use);
                const std::span<const float> losses = answer.losses.value();
                std::copy(losses.begin(), losses.end(), all.losses.data() + n * piece);
                std::copy(answer.scores.begin(), answer.scores.end(), all.scores.data() + n * piece);
            } catch (...) {
#pragma omp critical
                error = std::current_exception();
            }
        }
    }
    if (error) std::rethrow_exception(error);
    return all;
}

TaskPart part_of(std::size_t samples, const Ask& ask) {
    TaskPart part;
    part.samples = samples;
    part.losses = [ask](Tape<float>& tape, const Shard& shard, Var<float> gates) {
        return ask(tape, shard, ModelUse{.gates = gates}).losses;
    };
    const Shard all{0, 0, samples};
    part.evaluate = [ask, all](const Tensor<1>& gates) {
        return evaluate_with(ask, all, chunk, [&](Tape<float>& tape, const Shard&) { return tape.constant(gates); });
    };
    // Row r of the gates is sample first + r's.
    const auto own_gates = [](Tape<float>& tape, const Shard& some, const Tensor<2>& gates, std::size_t first) {
        const std::size_t heads = gates.shape(1);
        return tape.constant({some.size(), heads}, std::span(&gates(some.begin - first, 0), some.size() * heads));
    };
    part.evaluate_each = [ask, all, own_gates](const Tensor<2>& gates) {
        return evaluate_with(ask, all, chunk,
                             [&](Tape<float>& tape, const Shard& some) { return own_gates(tape, some, gates, 0); });
    };
    part.quality = [ask, own_gates](const Shard& batch, const Tensor<2>& gates) {
        std::vector<double> quality = evaluate_with(ask, batch, 16, [&](Tape<float>& tape, const Shard& some) {
                                          return own_gates(tape, some, gates, batch.begin);
                                      }).losses;
        for (double& one : quality) one = -one;
        return quality;
    };
    return part;
}

/// Copies; a module without heads has none.
std::vector<Tensor<4>> tensors(const std::vector<Var<float>>& weights, const HeadSet& heads) {
    std::vector<Tensor<4>> result;
    for (std::size_t module = 0; module < heads.modules(); ++module)
        result.push_back(heads.heads[module] == 0 ? Tensor<4>() : weights[module].tensor<4>());
    return result;
}

/// What every task says of its model and of its parts.
template <class Model, class Data, class PartOf>
Task task_about(Model& model, const Data& data, const PartOf& part) {
    Task task;
    task.d_model = model.options.hidden;
    task.heads = model.heads();
    task.modules = model.attentions();
    task.parameters = ParameterList<float>(model);
    task.learned = part(data.learned);
    task.measured = part(data.measured);
    task.reported = part(data.reported);
    return task;
}

// ----- chapter 4's classifier

/// Pictures as the model takes them.
struct Pictures {
    Tensor<4> pixels;         ///< [n, 1, 28, 28]
    std::vector<int> labels;  ///< [n]
};

/// Pictures first .. first + count - 1 of a set, normalised as datasets/vit/fashion_mnist/preprocessor_config.json says.
Pictures some_of(const LabelledPictures& set, std::size_t first, std::size_t count) {
    constexpr float mean = 0.286041F, deviation = 0.353024F;
    const std::size_t side = set.pictures.shape(1);
    Pictures part{Tensor<4>(std::array<std::size_t, 4>{count, 1, side, side}), {}};
    const std::uint8_t* levels = set.pictures.data() + first * side * side;
    for (std::size_t n = 0; n < part.pixels.size(); ++n)
        part.pixels.data()[n] = (static_cast<float>(levels[n]) / 255 - mean) / deviation;
    const auto begin = set.labels.begin() + static_cast<std::ptrdiff_t>(first);
    part.labels.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
    return part;
}

Tensor<4> pixels_of(const Pictures& pictures, const Shard& samples) {
    const std::size_t side = pictures.pixels.shape(2);
    Tensor<4> pixels(std::array<std::size_t, 4>{samples.size(), 1, side, side});
    std::copy_n(&pictures.pixels(samples.begin, 0, 0, 0), pixels.size(), pixels.data());
    return pixels;
}

std::vector<int> largest_of_rows(const Tensor<2>& logits) {
    std::vector<int> classes;
    for (std::size_t n = 0; n < logits.shape(0); ++n) {
        const float* row = &logits(n, 0);
        classes.push_back(static_cast<int>(std::max_element(row, row + logits.shape(1)) - row));
    }
    return classes;
}

/// The mean brightness of each patch: what a policy sees of a picture.
Tensor<2> patch_means(const Tensor<4>& pixels, std::size_t patch) {
    const std::size_t side = pixels.shape(2), grid = side / patch;
    Tensor<2> means = zeros<2>({pixels.shape(0), grid * grid});
    for (std::size_t n = 0; n < pixels.shape(0); ++n) {
        for (std::size_t y = 0; y < side; ++y) {
            for (std::size_t x = 0; x < side; ++x)
                means(n, y / patch * grid + x / patch) += pixels(n, 0, y, x) / static_cast<float>(patch * patch);
        }
    }
    return means;
}

struct VitData {
    Pictures learned, measured, reported;
};

Task task_of(const std::shared_ptr<PrunableVit>& model, const std::shared_ptr<const VitData>& data) {
    const auto part = [&](const Pictures& pictures) {
        TaskPart made = part_of(pictures.labels.size(),
                                [model, data, &pictures](Tape<float>& tape, const Shard& samples, const ModelUse& use) {
                                    const Var<float> logits = (*model)(tape, pixels_of(pictures, samples), use);
                                    const std::span<const int> labels =
                                        std::span(pictures.labels).subspan(samples.begin, samples.size());
                                    Answer answer{cross_entropy_rows(logits, labels), {}};
                                    const std::vector<int> classes = largest_of_rows(logits.tensor<2>());
                                    for (std::size_t n = 0; n < classes.size(); ++n)
                                        answer.scores.push_back(classes[n] == labels[n] ? 1 : 0);
                                    return answer;
                                });
        made.weights = [model, data, &pictures](const Shard& samples, std::vector<std::vector<int>>& query_lengths) {
            Tape<float> tape(Mode::infer);
            std::vector<Var<float>> weights;
            (*model)(tape, pixels_of(pictures, samples), {.weights = &weights});
            const int tokens = static_cast<int>(model->position_embeddings->shape[1]);
            query_lengths.assign(model->layers.size(), std::vector<int>(samples.size(), tokens));
            return tensors(weights, model->heads());
        };
        made.inputs = patch_means(pictures.pixels, model->options.patch_size);
        return made;
    };
    Task task = task_about(*model, *data, part);
    task.name = "vit";
    task.metric = "accuracy";
    task.classes = model->options.classes;
    task.outputs = [model, data](const Tensor<1>* gates) {
        const Pictures& pictures = data->reported;
        Outputs outputs{Tensor<2>(std::array<std::size_t, 2>{pictures.labels.size(), model->options.hidden}),
                        {},
                        pictures.labels,
                        {},
                        {}};
        Tape<float> tape(Mode::infer);
        for (std::size_t first = 0; first < pictures.labels.size(); first += chunk) {
            const Shard shard{0, first, std::min(pictures.labels.size(), first + chunk)};
            tape.reset(Mode::infer);
            Var<float> features;
            ModelUse use{.features = &features};
            if (gates != nullptr) use.gates = tape.constant(*gates);
            const Var<float> logits = (*model)(tape, pixels_of(pictures, shard), use);
            for (const int one : largest_of_rows(logits.tensor<2>())) outputs.predicted.push_back(one);
            std::copy(features.value().begin(), features.value().end(), &outputs.features(first, 0));
        }
        return outputs;
    };
    task.without = [model, data](const Tensor<1>& gates) {
        return task_of(std::make_shared<PrunableVit>(pruned_model(*model, gates)), data);
    };
    task.run_once = [model, data](std::size_t samples) {
        Tape<float> tape(Mode::infer);
        return (*model)(tape, pixels_of(data->reported, {0, 0, samples})).value().back();
    };
    task.q_len = task.kv_len = std::vector<std::size_t>(model->layers.size(), model->position_embeddings->shape[1]);
    return task;
}

// ----- the translator of many heads

struct WordData {
    std::vector<WordPair> learned, measured, reported;  ///< each sorted by length, so that chunks have little padding
};

/// What a policy sees of a word: its first letter, its second letter, how long it is, and whether it has a hyphen.
Tensor<2> word_inputs(const std::vector<WordPair>& pairs) {
    Tensor<2> inputs = zeros<2>({pairs.size(), 2 * 27 + 2});
    const auto symbol = [](char letter) {
        return letter == '-' ? std::size_t{26} : static_cast<std::size_t>(letter - 'a');
    };
    for (std::size_t n = 0; n < pairs.size(); ++n) {
        const std::string& word = pairs[n].source;
        inputs(n, symbol(word[0])) = 1;
        if (word.size() > 1) inputs(n, 27 + symbol(word[1])) = 1;
        inputs(n, 54) = static_cast<float>(word.size()) / 10 - 1;
        inputs(n, 55) = word.find('-') == std::string::npos ? 0 : 1;
    }
    return inputs;
}

/// The mean of each word's features over its letters, without padding.
Tensor<2> mean_over_letters(const Tensor<3>& features, const LetterBatch& batch) {
    Tensor<2> means = zeros<2>({features.shape(0), features.shape(2)});
    for (std::size_t b = 0; b < features.shape(0); ++b) {
        std::size_t count = 0;
        while (count < features.shape(1) && batch.target(b, count) != letters::padding) ++count;
        for (std::size_t t = 0; t < count; ++t) {
            for (std::size_t c = 0; c < features.shape(2); ++c)
                means(b, c) += features(b, t, c) / static_cast<float>(count);
        }
    }
    return means;
}

Task task_of(const std::shared_ptr<PrunableTranslator>& model, const std::shared_ptr<const WordData>& data) {
    const auto part = [&](const std::vector<WordPair>& pairs) {
        TaskPart made =
            part_of(pairs.size(), [model, data, &pairs](Tape<float>& tape, const Shard& samples, const ModelUse& use) {
                const LetterBatch batch = make_letter_batch(std::span(pairs).subspan(samples.begin, samples.size()));
                const Var<float> logits = (*model)(tape, batch, use);
                const std::span<const int> targets(batch.target.data(), batch.target.size());
                const Var<float> of_letters = cross_entropy_rows(logits, targets, letters::padding);
                const std::size_t length = batch.target.shape(1);
                const Var<float> of_words = mean_over(reshape(of_letters, {samples.size(), length}), 1);
                return Answer{of_words * static_cast<float>(length), exact_matches(logits.tensor<3>(), batch)};
            });
        made.weights = [model, data, &pairs](const Shard& samples, std::vector<std::vector<int>>& query_lengths) {
            Tape<float> tape(Mode::infer);
            std::vector<Var<float>> weights;
            const std::span<const WordPair> some = std::span(pairs).subspan(samples.begin, samples.size());
            const LetterBatch batch = make_letter_batch(some);
            (*model)(tape, batch, {.weights = &weights});
            std::vector<int> target_lengths;
            for (const WordPair& pair : some) target_lengths.push_back(static_cast<int>(pair.target.size()) + 1);
            query_lengths.assign(model->encoder.size(), batch.source_lengths);
            query_lengths.resize(model->heads().modules(), target_lengths);
            return tensors(weights, model->heads());
        };
        made.inputs = word_inputs(pairs);
        return made;
    };
    Task task = task_about(*model, *data, part);
    task.name = "pig-latin";
    task.metric = "exact match";
    task.outputs = [model, data](const Tensor<1>* gates) {
        const std::vector<WordPair>& pairs = data->reported;
        Outputs outputs{Tensor<2>(std::array<std::size_t, 2>{pairs.size(), model->options.hidden}), {}, {}, {}, {}};
        Tape<float> tape(Mode::infer);
        for (std::size_t first = 0; first < pairs.size(); first += chunk) {
            const std::span<const WordPair> some =
                std::span(pairs).subspan(first, std::min(chunk, pairs.size() - first));
            const LetterBatch batch = make_letter_batch(some);
            tape.reset(Mode::infer);
            Var<float> features;
            ModelUse use{.features = &features};
            if (gates != nullptr) use.gates = tape.constant(*gates);
            (*model)(tape, batch, use);
            const Tensor<2> means = mean_over_letters(features.tensor<3>(), batch);
            std::copy(means.begin(), means.end(), &outputs.features(first, 0));
            for (std::string& word : translate_letters(*model, some, gates)) outputs.wrote.push_back(std::move(word));
            for (const WordPair& pair : some) outputs.right.push_back(pair.target);
        }
        return outputs;
    };
    task.without = [model, data](const Tensor<1>& gates) {
        return task_of(std::make_shared<PrunableTranslator>(pruned_model(*model, gates)), data);
    };
    const std::size_t middle = data->reported.size() / 2;  // sorted by length: words of typical length
    task.run_once = [model, data, middle](std::size_t samples) {
        Tape<float> tape(Mode::infer);
        const std::span<const WordPair> some = std::span(data->reported).subspan(middle, samples);
        return (*model)(tape, make_letter_batch(some)).value().back();
    };
    const std::size_t source = data->reported[middle].source.size() + 1,
                      target = data->reported[middle].target.size() + 1;
    for (std::size_t m = 0; m < task.heads.modules(); ++m) {
        const bool of_encoder = m < model->encoder.size(), cross = !of_encoder && (m - model->encoder.size()) % 2 == 1;
        task.q_len.push_back(of_encoder ? source : target);
        task.kv_len.push_back(of_encoder || cross ? source : target);
    }
    return task;
}

std::vector<WordPair> drawn_and_sorted(const std::vector<WordPair>& pairs, std::size_t first, std::size_t count) {
    Random random(3);
    const std::vector<std::size_t> order = random.permutation(pairs.size());
    std::vector<WordPair> part;
    for (std::size_t n = first; n < std::min(first + count, pairs.size()); ++n) part.push_back(pairs[order[n]]);
    std::stable_sort(part.begin(), part.end(), [](const WordPair& a, const WordPair& b) {
        return std::pair(a.target.size(), a.source.size()) < std::pair(b.target.size(), b.source.size());
    });
    return part;
}

}  // namespace

Task vit_task() {
    Random random(1);  // drawn, and then replaced
    const auto model = std::make_shared<PrunableVit>(PrunableVitOptions{}, random);
    load_parameters(read_safetensors(dataset("vit/fashion_mnist/model.safetensors")), ParameterList<float>(*model));
    const LabelledPictures train = read_fashion_mnist(Part::train), test = read_fashion_mnist(Part::test);
    const auto data = std::make_shared<const VitData>(
        VitData{some_of(train, 0, 8000), some_of(test, 0, 2000), some_of(test, 2000, 4000)});
    return task_of(model, data);
}

Task pig_latin_task() {
    Random random(1);  // drawn, and then replaced
    const auto model = std::make_shared<PrunableTranslator>(PrunableTranslatorOptions{}, random);
    const std::filesystem::path file = dataset("pig_latin/multi_head.safetensors");
    load_parameters(read_safetensors(file), ParameterList<float>(*model));
    const PairSplit words = read_pig_latin_sets(file.parent_path(), 1).large;
    const auto data = std::make_shared<const WordData>(
        WordData{drawn_and_sorted(words.train, 0, 8000), drawn_and_sorted(words.validation, 0, 2000),
                 drawn_and_sorted(words.validation, 2000, words.validation.size())});
    return task_of(model, data);
}

}  // namespace wb
