/// @file
/// Writes the cases of exercise 5.8: seeds, from which its tests draw what they ask of no model's numbers; random models, and by the
/// trusted one what they should answer. Families:
///
///     5.8/logits     5.8/positions  the same without layers     5.8/loss
///     5.8/next_token  logits after a prompt and a prefix        5.8/translate
#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "decoder_only_case.hpp"
#include "decoder_only_models.hpp"
#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "translator_case.hpp"
#include "translator_oracle.hpp"

namespace wb {
namespace {

using Tokens = std::vector<int>;

oracle::DecoderOnly trusted(const probes::DecoderOnlyModel& model) {
    return {model.weights, model.hidden, model.layers};
}

/// The logits of the last place after one row of tokens.
Tensor<1, double> last_logits(const probes::DecoderOnlyModel& model, const Tokens& tokens) {
    const Tensor<3, double> logits = trusted(model).logits(token_rows({tokens}));
    Tensor<1, double> last(std::array<std::size_t, 1>{logits.shape(2)});
    std::copy_n(&logits(0, tokens.size() - 1, 0), logits.shape(2), last.data());
    return last;
}

Tokens joined(Tokens row, const Tokens& behind) {
    row.insert(row.end(), behind.begin(), behind.end());
    return row;
}

void write_logits(const std::string& name, Draw draw) {
    for (const std::size_t layers : {1, 3}) {
        const probes::DecoderOnlyModel model = random_model(draw, 10, layers);
        const Tensor<2, int> tokens = random_prompts(draw, 2 + layers, 5).tokens;
        CaseWriter writer("5.8/logits", name + "_" + shape_name({{"layers", layers}}));
        put_model(writer, model);
        writer.in("tokens", tokens).expected("logits", trusted(model).logits(tokens));
    }
}

void write_positions(Draw draw) {
    const probes::DecoderOnlyModel model = random_model(draw, 6, 0);
    const Tensor<2, int> tokens = random_prompts(draw, 4, 5).tokens;
    CaseWriter writer("5.8/positions", "no_layers");
    put_model(writer, model);
    const Tensor<3, double> right = trusted(model).logits(tokens);
    writer.in("tokens", tokens).expected("logits", right);
    std::vector<Tokens> rows;  // the translation read as a row of its own, from EOP on
    for (std::size_t b = 0; b < tokens.shape(0); ++b) rows.emplace_back(&tokens(b, 5), &tokens(b, 0) + tokens.shape(1));
    const Tensor<3, double> own = trusted(model).logits(token_rows(rows));
    Tensor<3, double> restarted = right;
    for (std::size_t b = 0; b < own.shape(0); ++b)
        std::copy_n(&own(b, 0, 0), own.size() / own.shape(0), &restarted(b, 5, 0));
    writer.mistake(
        "those of positions that start again at EOP. It is one row: EOP after a word of 4 letters stands at place 5",
        "logits", restarted);
}

void write_loss(const std::string& name, Draw draw) {
    const probes::DecoderOnlyModel model = random_model(draw, 8, 2);
    const PromptBatch batch = random_prompts(draw, 5, 3);  // 4 of 10 places count
    const double right = trusted(model).loss(batch);
    CaseWriter writer("5.8/loss", name);
    put_model(writer, model);
    writer.in("tokens", batch.tokens).in("target", batch.target);
    const auto number = [](double loss) {
        Tensor<1, double> row(std::array<std::size_t, 1>{1});
        row(0) = loss;
        return row;
    };
    writer.expected("loss", number(right));
    writer.mistake("the sum divided by all 20 places of the batch, but only 8 of them count", "loss",
                   number(0.4 * right));
    writer.mistake("a sum over a row's places, not their mean", "loss", number(4 * right));
    writer.mistake("a sum over all places, not their mean", "loss", number(8 * right));
}

void write_next_token(const std::string& name, Draw draw) {
    const probes::DecoderOnlyModel model = random_model(draw, 10, 2);
    CaseWriter writer("5.8/next_token", name);
    put_model(writer, model);
    writer.text("word", "c-at");
    std::size_t n = 0;
    for (const Tokens& prefix : {Tokens{29}, Tokens{29, 0, 19}, Tokens{29, 0, 19, 2, 0, 24}, Tokens{29, 27, 29, 5}}) {
        const std::string number = std::to_string(n++), key = "logits." + number;
        Tensor<1, int> asked(std::array<std::size_t, 1>{prefix.size()});
        std::copy(prefix.begin(), prefix.end(), asked.begin());
        writer.in("prefix." + number, asked);
        writer.expected(key, last_logits(model, joined({27, 2, 26, 0, 19}, prefix)));
        const Tokens after_eop(prefix.begin() + 1, prefix.end());
        for (const auto& [words, row] : std::vector<std::pair<const char*, Tokens>>{
                 {"those of a prompt that ends with the word's EOS", joined({27, 2, 26, 0, 19, 28}, prefix)},
                 {"those of a row without SOS before the word", joined({2, 26, 0, 19}, prefix)},
                 {"those of a row with EOP twice: the prefix begins with it already",
                  joined({27, 2, 26, 0, 19, 29}, prefix)},
                 {"those of a row without EOP, the first token of the prefix",
                  joined({27, 2, 26, 0, 19, 0}, after_eop)},
                 {"those of the prefix alone, without the word's letters", prefix}})
            writer.mistake(words, key, last_logits(model, row));
    }
}

void write_translations(Draw draw) {
    const probes::DecoderOnlyModel model = random_model(draw, 10, 2);
    const std::vector<std::string> words{"cat", "well-bred", "", "a"};
    std::vector<std::string> written;
    for (const std::string& word : words) written.push_back(trusted(model).translate(word));
    CaseWriter writer("5.8/translate", "untrained");
    put_model(writer, model);
    writer.text("words", join(words)).text("written", join(written));
}

WB_CASES(variants) {
    Draw draw(seed + 58);
    for (const char* name : {"first", "second"}) {
        const std::size_t own = draw.below(1U << 30U);
        CaseWriter("5.8/draw", name).number("seed", static_cast<double>(own));
        write_logits(name, Draw(own));
        write_loss(name, Draw(own));
        write_next_token(name, Draw(own));
        if (name == std::string("second")) write_positions(Draw(own));
        if (name == std::string("second")) write_translations(Draw(own));
    }
}

}  // namespace
}  // namespace wb
