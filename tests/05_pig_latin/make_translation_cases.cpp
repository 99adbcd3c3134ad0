/// @file
/// Writes the cases of exercises 5.7 and 5.9 that need a trained translator. Its parameters are committed (WB_TRAINED_TRANSLATOR;
/// the file says where they are from); what it should write is the float64 oracle's. Families:
///
///     5.7/next_letter   logits after several prefixes        5.7/translate  words and their translations
///     5.9/maps          the weights of a translation
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "translator_case.hpp"
#include "translator_oracle.hpp"
#include "vocabulary.hpp"
#include "wb/dataset.hpp"
#include "wb/errors.hpp"
#include "wb/safetensors.hpp"
#include "wb/word_pairs.hpp"

namespace wb {
namespace {

using probes::TranslatorWeights;
using Tokens = std::vector<int>;

constexpr std::size_t max_tokens = 30;

TranslatorWeights trained_translator() {
    const SafeTensors file = read_safetensors(WB_TRAINED_TRANSLATOR);
    TranslatorWeights model{
        {.hidden = std::stoul(file.metadata.at("hidden")), .layers = std::stoul(file.metadata.at("layers"))}, {}};
    for (const auto& [name, raw] : file.tensors) {
        NamedWeights one{name, raw.shape, {}};
        if (raw.shape.size() == 2) {
            const Tensor<2> values = file.get<2>(name);
            one.values.assign(values.begin(), values.end());
        } else {
            const Tensor<1> values = file.get<1>(name);
            one.values.assign(values.begin(), values.end());
        }
        model.weights.push_back(one);
    }
    return model;
}

/// The model with another liking for one token.
TranslatorWeights biased(TranslatorWeights model, int token, float by) {
    for (NamedWeights& one : model.weights) {
        if (one.name == "decoder.out.bias") one.values.at(static_cast<std::size_t>(token)) += by;
    }
    return model;
}

// Written out here, so that no line of a submission decides what is expected of it.
Tokens tokens_of(const std::string& word) {
    Tokens tokens;
    for (const char c : word) tokens.push_back(c == '-' ? hyphen_token : c - 'a');
    tokens.push_back(eos_token);
    return tokens;
}

std::string text_of(const Tokens& tokens) {
    std::string text;
    for (std::size_t n = 0; n < tokens.size() && tokens[n] != eos_token; ++n) {
        if (tokens[n] == sos_token) {
            text += n > 0 ? "^" : "";
        } else {
            text += tokens[n] == hyphen_token ? '-' : static_cast<char>('a' + tokens[n]);
        }
    }
    return text;
}

std::vector<std::string> labels_of(const Tokens& tokens) {
    std::vector<std::string> labels;
    for (const int token : tokens)
        labels.push_back(token == eos_token      ? "EOS"
                         : token == sos_token    ? "SOS"
                         : token == hyphen_token ? "-"
                                                 : std::string(1, static_cast<char>('a' + token)));
    return labels;
}

Tensor<2, int> row_of(const Tokens& tokens) {
    Tensor<2, int> row(std::array<std::size_t, 2>{1, tokens.size()});
    std::copy(tokens.begin(), tokens.end(), row.data());
    return row;
}

/// What the model wrote, letter by letter, and what it looked at.
struct Translation {
    Tokens tokens;
    double gap = INFINITY;                      ///< between the likeliest token and the next one, at the closest step
    oracle::TranslatorMaps read;                ///< the encoder's
    std::vector<oracle::TranslatorMaps> steps;  ///< the decoder's, of the prefix at each step
    Tensor<3, double> annotations;
};

Translation translation_of(const oracle::Translator& model, const std::string& word) {
    Translation result;
    result.annotations = model.encode(row_of(tokens_of(word)), &result.read);
    Tokens prefix{sos_token};
    while (result.tokens.size() < max_tokens && prefix.back() != eos_token) {
        result.steps.emplace_back();
        const Tensor<3, double> logits = model.decode(row_of(prefix), result.annotations, &result.steps.back());
        const double* last = &logits(0, prefix.size() - 1, 0);
        const auto best = std::max_element(last, last + vocabulary_size) - last;
        for (std::ptrdiff_t v = 0; v < vocabulary_size; ++v) {
            if (v != best) result.gap = std::min(result.gap, last[best] - last[v]);
        }
        result.tokens.push_back(static_cast<int>(best));
        prefix.push_back(static_cast<int>(best));
    }
    return result;
}

/// Logits of a float model are some 1e-5 off; a choice between two that are 1e-2 apart is the same in every order of summation.
constexpr double clear_gap = 1e-2;

// ---- 5.7 ----

void write_next_letter(const TranslatorWeights& model, const std::string& word, const std::vector<Tokens>& prefixes) {
    const oracle::Translator translator(model.weights, model.options);
    const Tensor<3, double> annotations = translator.encode(row_of(tokens_of(word)));
    const std::size_t longest = 12;
    Tensor<2, int> rows = full<2, int>({prefixes.size(), longest}, -1);
    Tensor<2, double> right = zeros<2, double>({prefixes.size(), vocabulary_size}), first = right, before = right,
                      softmax = right;
    for (std::size_t n = 0; n < prefixes.size(); ++n) {
        const Tokens& prefix = prefixes[n];
        std::copy(prefix.begin(), prefix.end(), &rows(n, 0));
        const Tensor<3, double> logits = translator.decode(row_of(prefix), annotations);
        double sum = 0;
        for (std::size_t v = 0; v < vocabulary_size; ++v) sum += std::exp(logits(0, prefix.size() - 1, v));
        for (std::size_t v = 0; v < vocabulary_size; ++v) {
            right(n, v) = logits(0, prefix.size() - 1, v);
            first(n, v) = logits(0, 0, v);
            before(n, v) = logits(0, prefix.size() < 2 ? 0 : prefix.size() - 2, v);
            softmax(n, v) = std::exp(right(n, v)) / sum;
        }
    }
    CaseWriter writer("5.7/next_letter", word);
    put_model(writer, model);
    writer.text("word", word).in("prefixes", rows).expected("logits", right);
    writer.mistake("the logits of the prefix's first place: those of the first letter", "logits", first);
    writer.mistake("the logits of the place before the last, which has been answered already", "logits", before);
    writer.mistake("probabilities; logits are what comes before the softmax", "logits", softmax);
}

void write_translate(const std::string& name, const TranslatorWeights& model, const std::vector<std::string>& words) {
    const oracle::Translator translator(model.weights, model.options);
    std::vector<std::string> kept, translations;
    for (const std::string& word : words) {
        const Translation translation = translation_of(translator, word);
        if (translation.gap < clear_gap) continue;
        kept.push_back(word);
        translations.push_back(text_of(translation.tokens));
    }
    if (kept.size() * 2 < words.size()) throw Error("5.7/translate/" + name + ": half of the words are undecided");
    CaseWriter writer("5.7/translate", name);
    put_model(writer, model);
    writer.text("words", join(kept)).text("translations", join(translations));
}

/// The model, less willing to end, such that of these words some end and some run out of tokens.
TranslatorWeights talkative(const TranslatorWeights& model, const std::vector<std::string>& words) {
    for (float by = 1; by < 60; by += 1) {
        const TranslatorWeights candidate = biased(model, eos_token, -by);
        const oracle::Translator translator(candidate.weights, candidate.options);
        std::size_t endless = 0;
        for (const std::string& word : words)
            endless += translation_of(translator, word).tokens.back() != eos_token ? 1 : 0;
        if (endless * 4 > words.size()) return candidate;
    }
    throw Error("a model that never runs out of tokens");
}

// ---- 5.9 ----

using Layers = std::vector<Tensor<3, double>>;

/// Row `row` of each layer's map as row `to` of `out`, as far as it goes.
void copy_row(const Layers& from, std::size_t row, Tensor<3, double>& out, std::size_t to) {
    for (std::size_t layer = 0; layer < from.size(); ++layer) {
        const std::size_t columns = std::min(from[layer].shape(2), out.shape(2));
        std::copy_n(&from[layer](0, row, 0), columns, &out(layer, to, 0));
    }
}

void write_maps(const std::string& name, const TranslatorWeights& model, const std::string& word) {
    const oracle::Translator translator(model.weights, model.options);
    const Translation translation = translation_of(translator, word);
    if (translation.gap < clear_gap) throw Error("5.9/maps/" + name + " is undecided");
    const std::size_t layers = model.options.layers, wrote = translation.tokens.size(), read = word.size() + 1;
    Tensor<3, double> encoder = zeros<3, double>({layers, read, read}),
                      decoder = zeros<3, double>({layers, wrote, wrote}),
                      cross = zeros<3, double>({layers, wrote, read});
    for (std::size_t row = 0; row < read; ++row) copy_row(translation.read.encoder, row, encoder, row);
    for (std::size_t t = 0; t < wrote; ++t) {
        copy_row(translation.steps[t].self, t, decoder, t);
        copy_row(translation.steps[t].cross, t, cross, t);
    }
    CaseWriter writer("5.9/maps", name);
    put_model(writer, model);
    writer.text("word", word).text("translation", text_of(translation.tokens));
    writer.text("read", join(labels_of(tokens_of(word)))).text("wrote", join(labels_of(translation.tokens)));
    writer.expected("encoder", encoder).expected("decoder", decoder).expected("cross", cross);

    const auto one_run = [&](const Tokens& input, std::size_t first_row, const std::string& words) {
        oracle::TranslatorMaps maps;
        (void)translator.decode(row_of(input), translation.annotations, &maps);
        Tensor<3, double> self_rows = zeros<3, double>({layers, wrote, wrote}),
                          cross_rows = zeros<3, double>({layers, wrote, read});
        for (std::size_t t = 0; t < wrote; ++t) {
            copy_row(maps.self, first_row + t, self_rows, t);
            copy_row(maps.cross, first_row + t, cross_rows, t);
        }
        writer.mistake(words, "decoder", self_rows).mistake(words, "cross", cross_rows);
    };
    Tokens input = translation.tokens;
    one_run(input, 0,
            "the rows of a decoder that read the translation without SOS in front of it: row t belongs to what comes "
            "after wrote[t]");
    input.insert(input.begin(), sos_token);
    one_run(
        input, 1,
        "rows that are one too late: row t is what was looked at after wrote[t] had been read, for the next letter");
    input.pop_back();
    one_run(input, 0,
            "the rows of one run over all that was written, in which every place sees letters that were not there yet");
    Tensor<3, double> reversed = cross;
    for (std::size_t layer = 0; layer < layers; ++layer) {
        for (std::size_t t = 0; t < wrote; ++t)
            std::copy_n(&cross(layers - 1 - layer, t, 0), read, &reversed(layer, t, 0));
    }
    writer.mistake("the layers from the last to the first", "cross", reversed);
}

/// The smallest liking for SOS with which this word has one in its middle.
TranslatorWeights stammering(const TranslatorWeights& model, const std::string& word) {
    for (float by = 1; by < 60; by += 0.25F) {
        const TranslatorWeights candidate = biased(model, sos_token, by);
        const Translation translation = translation_of(oracle::Translator(candidate.weights, candidate.options), word);
        if (text_of(translation.tokens).find('^') != std::string::npos && translation.gap > clear_gap) return candidate;
    }
    throw Error("a model that never writes SOS");
}

WB_CASES(translation) {
    Draw draw(seed + 579);
    const TranslatorWeights model = trained_translator();
    const auto prefix_of = [](const std::string& text) {
        Tokens prefix = tokens_of(text);
        prefix.pop_back();
        prefix.insert(prefix.begin(), sos_token);
        return prefix;
    };
    for (const std::string word : {"team", "well-bred", "i"}) {
        write_next_letter(model, word,
                          {prefix_of(""), prefix_of("e"), prefix_of("ea"), prefix_of("eamtay"), prefix_of("zq-"),
                           prefix_of("e"), prefix_of("")});
    }

    const std::vector<std::string> all = read_words(dataset("pig_latin/small.txt")).words;
    std::vector<std::string> words{"", "a", "-", "team"};
    while (words.size() < 240) words.push_back(all[draw.below(all.size())]);
    words.push_back("team");
    write_translate("trained", model, words);
    std::vector<std::string> some(words.begin() + 4, words.begin() + 104);
    write_translate("talkative", talkative(model, some), some);

    for (const std::string word : {"team", "street", "impress", "well-bred", "a"}) write_maps(word, model, word);
    write_maps("endless", biased(model, eos_token, -1000), "shop");
    write_maps("stammering", stammering(model, "shopping"), "shopping");
    TranslatorWeights sees_all = model;
    sees_all.options.causal = false;
    write_maps("not_causal", sees_all, "team");
}

}  // namespace
}  // namespace wb
