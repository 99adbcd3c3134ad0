/// @file
/// Writes the cases of exercise 5.6: random models and batches, and by the trusted model what comes of them. Families:
///
///     5.6/loss        a batch's loss                    5.6/gradient  its gradient by every parameter
///     5.6/first_step  the loss before a step            5.6/adam      parameters after each of three steps
///     5.6/evaluate    the losses of three batches
#include <cmath>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "batch_case.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "translation_gradient.hpp"
#include "translator_case.hpp"
#include "translator_draw.hpp"
#include "translator_oracle.hpp"

namespace wb {
namespace {

constexpr TranslatorOptions small{.hidden = 8, .layers = 2};

Tensor<1, double> one_number(double number) {
    Tensor<1, double> row(std::array<std::size_t, 1>{1});
    row(0) = number;
    return row;
}

/// The loss, and what a wrong one might be.
void expect_loss(CaseWriter& writer, const std::string& key, const oracle::Translator& model, const Batch& batch) {
    const double right = model.loss(batch);
    writer.expected(key, one_number(right));
    const auto mistake = [&](const char* words, double loss) {
        if (std::abs(loss - right) > 1e-4 * right) writer.mistake(words, key, one_number(loss));
    };
    mistake("the sum over all tokens, not their mean", right * static_cast<double>(batch.target.size()));
    mistake("the mean over words of the sum over their letters", right * static_cast<double>(batch.target.shape(1)));
    mistake("the sum over words of the mean over their letters", right * static_cast<double>(batch.target.shape(0)));
    mistake("the loss of answering decoder_input: a model that repeats the letter it reads",
            model.loss({batch.source, batch.decoder_input, batch.decoder_input}));
    mistake("the loss of a decoder that reads `target`, the letters that it is asked for",
            model.loss({batch.source, batch.target, batch.target}));
    mistake("the loss without the softmax", 0);
    if (batch.source.shape(1) == batch.target.shape(1))
        mistake("the loss with source and target exchanged",
                model.loss({batch.target, batch.decoder_input, batch.source}));
}

/// What a step has to do with the wrong loss, by the batch that it would be right for.
struct WrongBatch {
    const char* words;
    Batch batch;
};
std::vector<WrongBatch> wrong_batches(const Batch& batch) {
    return {{"those of a loss that asks for decoder_input, the letters that the decoder reads",
             {batch.source, batch.decoder_input, batch.decoder_input}},
            {"those of a decoder that reads `target`, the letters that it is asked for",
             {batch.source, batch.target, batch.target}}};
}

/// Every number of every parameter, changed.
ParameterNumbers changed(ParameterNumbers numbers, double times) {
    for (auto& [name, values] : numbers) {
        for (double& value : values) value *= times;
    }
    return numbers;
}

ModelWeights draw_small(Draw& draw) {
    return draw_weights(small, draw, 0.6);
}

void write_losses(const std::string& name, Draw draw) {
    const ModelWeights weights = draw_small(draw);
    for (const auto& [rows, source, target] :
         {std::tuple<std::size_t, std::size_t, std::size_t>{3, 4, 6}, {1, 1, 2}, {40, 2, 5}, {2, 15, 22}}) {
        CaseWriter writer("5.6/loss",
                          name + "_" + shape_name({{"rows", rows}, {"source", source}, {"target", target}}));
        const Batch batch = draw_batch(draw, rows, source, target);
        put_model(writer, {small, weights});
        put_batch(writer, batch);
        expect_loss(writer, "loss", oracle::Translator(weights, small), batch);
    }
}

void write_gradient(const std::string& name, Draw draw) {
    const ModelWeights weights = draw_small(draw);
    const Batch batch = draw_batch(draw, 5, 6, 8);
    CaseWriter writer("5.6/gradient", name);
    put_model(writer, {small, weights});
    put_batch(writer, batch);
    const ParameterShapes shapes = translator_shapes(small.hidden, small.layers);
    const oracle::TrainedTranslator trained(weights, small, {});
    const ParameterNumbers right = trained.loss(batch).gradient;
    expect_numbers(writer, "gradient.", right, shapes);
    const auto mistake = [&](const char* words, const ParameterNumbers& numbers) {
        add_mistake(writer, words, "gradient.", numbers, shapes);
    };
    for (const WrongBatch& wrong : wrong_batches(batch)) mistake(wrong.words, trained.loss(wrong.batch).gradient);
    mistake("the gradients of the sum over all tokens, not their mean",
            changed(right, static_cast<double>(batch.target.size())));
    mistake("the gradients of the mean over words of the sum over their letters",
            changed(right, static_cast<double>(batch.target.shape(1))));
    mistake("the gradients of the sum over words of the mean over their letters",
            changed(right, static_cast<double>(batch.target.shape(0))));
    mistake("the gradients of minus the loss: a step would make it larger", changed(right, -1));
}

void write_first_step(const std::string& name, Draw draw) {
    const ModelWeights weights = draw_small(draw);
    const Batch batch = draw_batch(draw, 7, 3, 5);
    oracle::TrainedTranslator trained(weights, small, {});
    CaseWriter writer("5.6/first_step", name);
    put_model(writer, {small, weights});
    put_batch(writer, batch);
    writer.number("rate", 0.05).expected("loss", one_number(trained.step(batch, 0.05)));
    writer.mistake("the loss after the step", "loss", one_number(trained.loss(batch).loss));
}

void write_adam(const std::string& name, Draw draw) {
    const ModelWeights weights = draw_small(draw);
    // With Adam's usual 1e-8 the step of a parameter whose gradient is 0 would be the sign of a rounding error. So a gradient's
    // error of 1e-6 moves a step by 1e-6 * rate / epsilon.
    constexpr double rate = 0.01, epsilon = 0.01, weight_decay = 0.1;
    const ParameterShapes shapes = translator_shapes(small.hidden, small.layers);
    const auto trained_with = [&](const oracle::TrainedTranslator::Settings& settings) {
        return oracle::TrainedTranslator(weights, small, settings);
    };
    oracle::TrainedTranslator trained = trained_with({.epsilon = epsilon, .weight_decay = weight_decay});
    const ParameterNumbers before = trained.parameters();
    std::vector<oracle::TrainedTranslator> wrong(2, trained);  // as wrong_batches
    oracle::TrainedTranslator by_words =
        trained_with({.epsilon = epsilon, .weight_decay = weight_decay, .sum_over_letters = true});
    oracle::TrainedTranslator undecayed = trained_with({.epsilon = epsilon});
    CaseWriter writer("5.6/adam", name);
    put_model(writer, {small, weights});
    writer.number("rate", rate).number("epsilon", epsilon).number("weight_decay", weight_decay);
    std::size_t n = 0;
    for (const std::size_t size : {6, 3, 9}) {
        const Batch batch = draw_batch(draw, 6, size, size + 2);
        const std::string number = "." + std::to_string(n++), prefix = "after" + number + ".";
        put_batch(writer, batch, number);
        trained.step(batch, rate);
        expect_numbers(writer, prefix, trained.parameters(), shapes);
        const auto mistake = [&](const char* words, const ParameterNumbers& numbers) {
            add_mistake(writer, words, prefix, numbers, shapes);
        };
        mistake("the parameters as they were: no step was taken", before);
        const std::vector<WrongBatch> batches = wrong_batches(batch);
        for (std::size_t w = 0; w < wrong.size(); ++w) {
            wrong[w].step(batches[w].batch, rate);
            mistake(batches[w].words, wrong[w].parameters());
        }
        by_words.step(batch, rate);
        mistake("those of steps along the gradient of a word's summed loss: the loss is a mean over tokens",
                by_words.parameters());
        undecayed.step(batch, rate);
        mistake("those of an optimizer without weight decay: the step is to be taken with the given one",
                undecayed.parameters());
    }
}

void write_evaluate(const std::string& name, Draw draw) {
    const ModelWeights weights = draw_small(draw);
    const oracle::Translator model(weights, small);
    CaseWriter writer("5.6/evaluate", name);
    put_model(writer, {small, weights});
    std::size_t n = 0;
    for (const auto& [rows, source, target] :
         {std::tuple<std::size_t, std::size_t, std::size_t>{3, 4, 6}, {1, 12, 15}, {9, 2, 4}}) {
        const Batch batch = draw_batch(draw, rows, source, target);
        const std::string number = "." + std::to_string(n++);
        put_batch(writer, batch, number);
        expect_loss(writer, "loss" + number, model, batch);
    }
}

WB_CASES(steps) {
    Draw draw(seed + 56);
    for (const char* name : {"first", "second"}) {
        const std::size_t own = draw.below(1U << 30U);
        write_losses(name, Draw(own));
        write_gradient(name, Draw(own));
        write_first_step(name, Draw(own));
        write_adam(name, Draw(own));
        write_evaluate(name, Draw(own));
    }
}

}  // namespace
}  // namespace wb
