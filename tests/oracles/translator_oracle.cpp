#include "translator_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

namespace wb::oracle {
namespace {

/// Hands a model's parameters out by name, each once, and refuses whatever is not as it should be.
class Parameters {
 public:
    explicit Parameters(const ModelWeights& weights, Nudge nudge = {}) : nudge_(std::move(nudge)) {
        for (const NamedWeights& one : weights) {
            if (!by_name_.emplace(one.name, &one).second)
                throw std::invalid_argument("weights: " + one.name + " is given twice");
        }
    }

    std::vector<double> take(const std::string& name, const std::vector<std::size_t>& shape) {
        const auto found = by_name_.find(name);
        if (found == by_name_.end()) throw std::invalid_argument("weights: there is no " + name);
        const NamedWeights& one = *found->second;
        std::size_t size = 1;
        for (const std::size_t extent : shape) size *= extent;
        if (one.shape != shape || one.values.size() != size) {
            throw std::invalid_argument("weights: " + name + " has shape " + shape_text(one.shape) + " and " +
                                        std::to_string(one.values.size()) + " values, but this model's has shape " +
                                        shape_text(shape));
        }
        for (std::size_t n = 0; n < size; ++n) {
            if (!std::isfinite(one.values[n])) {
                throw std::invalid_argument("weights: " + name + " has " + std::to_string(one.values[n]) +
                                            " as its value number " + std::to_string(n) + ", counted from 0");
            }
        }
        taken_.insert(name);
        std::vector<double> values(one.values.begin(), one.values.end());
        for (const NamedWeights& moved : nudge_.direction) {
            if (moved.name != name) continue;
            for (std::size_t n = 0; n < size; ++n) values[n] += nudge_.step * static_cast<double>(moved.values.at(n));
        }
        return values;
    }

    Projection projection(const std::string& name, std::size_t in, std::size_t out) {
        const std::vector<double> weight = take(name + ".weight", {out, in});
        Projection p{in, out, std::vector<double>(in * out), take(name + ".bias", {out})};
        for (std::size_t o = 0; o < out; ++o) {
            for (std::size_t i = 0; i < in; ++i) p.weight[i * out + o] = weight[o * in + i];
        }
        return p;
    }

    AttentionProjections attention(const std::string& prefix, std::size_t hidden) {
        return {projection(prefix + "query", hidden, hidden), projection(prefix + "key", hidden, hidden),
                projection(prefix + "value", hidden, hidden)};
    }

    StackLayer layer(const std::string& prefix, std::size_t hidden, bool has_cross) {
        StackLayer layer{attention(prefix + "self_attention.", hidden), {}, {}};
        if (has_cross) layer.cross = {attention(prefix + "cross_attention.", hidden)};
        layer.feed_forward = projection(prefix + "feed_forward", hidden, hidden);
        return layer;
    }

    /// Embedding and layers.
    Stack stack(const std::string& prefix, std::size_t vocabulary, std::size_t hidden, std::size_t num_layers,
                bool has_cross, const TranslatorFlaws& flaws) {
        if (hidden == 0 || hidden % 2 != 0)
            throw std::invalid_argument("weights: a model of hidden " + std::to_string(hidden) + " has no positions");
        Stack stack;
        stack.hidden = hidden;
        stack.vocabulary = vocabulary;
        stack.flaws = flaws;
        stack.position_table = make_position_table(hidden);
        stack.embedding = take(prefix + "embedding.weight", {vocabulary, hidden});
        for (std::size_t n = 0; n < num_layers; ++n)
            stack.layers.push_back(layer(prefix + "layers." + std::to_string(n) + ".", hidden, has_cross));
        return stack;
    }

    void nothing_is_left() const {
        for (const auto& [name, one] : by_name_) {
            if (!taken_.contains(name)) throw std::invalid_argument("weights: " + name + " is none of this model's");
        }
    }

 private:
    Nudge nudge_;  // a copy: the default argument ends with the constructor
    std::map<std::string, const NamedWeights*> by_name_;
    std::set<std::string> taken_;
};

std::vector<int> row_of(const Tensor<2, int>& tokens, std::size_t b) {
    const int* first = tokens.data() + b * tokens.shape(1);
    return {first, first + tokens.shape(1)};
}

/// Copies a row of a batch; the first one decides the tensor's shape.
void put(Tensor<3, double>& all, std::size_t batch, std::size_t b, const Rows& rows) {
    if (b == 0) all = zeros<3, double>({batch, rows.count(), rows.width});
    std::copy(rows.values.begin(), rows.values.end(), all.data() + b * rows.values.size());
}

void put_maps(std::vector<Tensor<3, double>>& all, std::size_t batch, std::size_t b, const std::vector<Rows>& layers) {
    all.resize(layers.size());
    for (std::size_t n = 0; n < layers.size(); ++n) put(all[n], batch, b, layers[n]);
}

template <class Real>
Rows rows_of(const Tensor<3, Real>& x, std::size_t b) {
    const std::size_t size = x.shape(1) * x.shape(2);
    const Real* first = x.data() + b * size;
    return {x.shape(2), std::vector<double>(first, first + size)};
}

/// The mean of -log softmax(logits)[target] over the places whose target is not negative.
double cross_entropy(const Tensor<3, double>& logits, const Tensor<2, int>& target) {
    const std::size_t vocabulary = logits.shape(2);
    double total = 0;
    std::size_t count = 0;
    for (std::size_t n = 0; n < target.size(); ++n) {
        const int wanted = target.data()[n];
        if (wanted < 0) continue;
        const double* row = logits.data() + n * vocabulary;
        const double largest = *std::max_element(row, row + vocabulary);
        double powers = 0;
        for (std::size_t t = 0; t < vocabulary; ++t) powers += std::exp(row[t] - largest);
        total += largest + std::log(powers) - row[wanted];
        ++count;
    }
    return total / static_cast<double>(count);
}

std::vector<int> tokens_of(std::string_view word) {
    std::vector<int> tokens;
    for (const char c : word) {
        if (c != '-' && (c < 'a' || c > 'z'))
            throw std::invalid_argument("oracle: \"" + std::string(word) + "\" is no word");
        tokens.push_back(c == '-' ? hyphen_token : c - 'a');
    }
    return tokens;
}

std::string text_of(const std::vector<int>& tokens) {
    std::string text;
    for (const int token : tokens) {
        if (token == eos_token) break;
        text += token == hyphen_token ? '-' : token < hyphen_token ? static_cast<char>('a' + token) : '^';
    }
    return text;
}

/// Writes after `start`, token by token. A stack without causal mask reads everything anew each time.
std::vector<int> write(const Stack& stack, const std::vector<int>& start, const Rows* annotations,
                       std::size_t max_tokens) {
    std::vector<int> written, fresh = start;
    StackMemory memory;
    while (written.size() < max_tokens) {
        const Rows logits = stack.read(fresh, annotations, memory);
        const double* last = logits.row(logits.count() - 1);
        const int token = static_cast<int>(std::max_element(last, last + logits.width) - last);
        written.push_back(token);
        if (token == eos_token) break;
        if (stack.causal) {
            fresh = {token};
        } else {
            memory = StackMemory();
            fresh.push_back(token);
        }
    }
    return written;
}

}  // namespace

Tensor<3, double> attention_layer(const PartQuestion& question, const TranslatorFlaws& flaws, TranslatorMaps* maps,
                                  const Nudge& nudge) {
    const std::size_t batch = question.x.shape(0), hidden = question.x.shape(2);
    const AttentionProjections parts = Parameters(question.weights, nudge).attention("", hidden);
    Tensor<3, double> out;
    for (std::size_t b = 0; b < batch; ++b) {
        const Rows x = rows_of(question.x, b), memory = question.memory ? rows_of(*question.memory, b) : x;
        const std::vector<char> mask = question.causal ? causal_mask(x.count(), memory.count()) : std::vector<char>{};
        std::vector<Rows> weights(1);
        put(out, batch, b,
            attend(project(x, parts.query), project(memory, parts.key), project(memory, parts.value), mask, flaws,
                   weights.data()));
        if (maps != nullptr) put_maps(maps->self, batch, b, weights);
    }
    return out;
}

Tensor<3, double> model_layer(const PartQuestion& question, const TranslatorFlaws& flaws, TranslatorMaps* maps,
                              const Nudge& nudge) {
    const std::size_t batch = question.x.shape(0);
    Stack stack;
    stack.hidden = question.x.shape(2);
    stack.causal = question.causal;
    stack.flaws = flaws;
    stack.layers = {Parameters(question.weights, nudge).layer("", stack.hidden, question.memory.has_value())};
    Tensor<3, double> out;
    for (std::size_t b = 0; b < batch; ++b) {
        StackMemory memory;
        const Rows annotations = question.memory ? rows_of(*question.memory, b) : Rows{};
        put(out, batch, b, stack.pass(rows_of(question.x, b), &annotations, memory));
        if (maps != nullptr) {
            put_maps(maps->self, batch, b, memory.self_weights);
            if (question.memory) put_maps(maps->cross, batch, b, memory.cross_weights);
        }
    }
    return out;
}

Translator::Translator(const ModelWeights& weights, const TranslatorOptions& options, const TranslatorFlaws& flaws,
                       const Nudge& nudge) {
    Parameters parameters(weights, nudge);
    encoder_ = parameters.stack("encoder.", vocabulary_size, options.hidden, options.layers, false, flaws);
    decoder_ = parameters.stack("decoder.", vocabulary_size, options.hidden, options.layers, true, flaws);
    decoder_.causal = options.causal;
    decoder_.out = {parameters.projection("decoder.out", options.hidden, vocabulary_size)};
    parameters.nothing_is_left();
}

Tensor<3, double> Translator::encode(const Tensor<2, int>& source, TranslatorMaps* maps) const {
    const std::size_t batch = source.shape(0);
    Tensor<3, double> annotations;
    for (std::size_t b = 0; b < batch; ++b) {
        StackMemory memory;
        put(annotations, batch, b, encoder_.read(row_of(source, b), nullptr, memory));
        if (maps != nullptr) put_maps(maps->encoder, batch, b, memory.self_weights);
    }
    return annotations;
}

Tensor<3, double> Translator::decode(const Tensor<2, int>& decoder_input, const Tensor<3, double>& annotations,
                                     TranslatorMaps* maps) const {
    const std::size_t batch = decoder_input.shape(0);
    Tensor<3, double> logits;
    for (std::size_t b = 0; b < batch; ++b) {
        StackMemory memory;
        const Rows of_row = rows_of(annotations, b);
        put(logits, batch, b, decoder_.read(row_of(decoder_input, b), &of_row, memory));
        if (maps != nullptr) {
            put_maps(maps->self, batch, b, memory.self_weights);
            put_maps(maps->cross, batch, b, memory.cross_weights);
        }
    }
    return logits;
}

Tensor<3, double> Translator::logits(const Tensor<2, int>& source, const Tensor<2, int>& decoder_input,
                                     TranslatorMaps* maps) const {
    return decode(decoder_input, encode(source, maps), maps);
}

double Translator::loss(const Batch& batch) const {
    return cross_entropy(logits(batch.source, batch.decoder_input), batch.target);
}

std::vector<int> Translator::greedy(std::string_view word, std::size_t max_tokens) const {
    std::vector<int> source = tokens_of(word);
    source.push_back(eos_token);
    StackMemory memory;
    const Rows annotations = encoder_.read(source, nullptr, memory);
    return write(decoder_, {sos_token}, &annotations, max_tokens);
}

std::string Translator::translate(std::string_view word, std::size_t max_tokens) const {
    return text_of(greedy(word, max_tokens));
}

DecoderOnly::DecoderOnly(const ModelWeights& weights, std::size_t hidden, std::size_t layers,
                         const TranslatorFlaws& flaws) {
    Parameters parameters(weights);
    stack_ = parameters.stack("", prompt_vocabulary_size, hidden, layers, false, flaws);
    stack_.causal = true;
    stack_.out = {parameters.projection("out", hidden, prompt_vocabulary_size)};
    parameters.nothing_is_left();
}

Tensor<3, double> DecoderOnly::logits(const Tensor<2, int>& tokens, TranslatorMaps* maps) const {
    Tensor<3, double> all;
    for (std::size_t b = 0; b < tokens.shape(0); ++b) {
        StackMemory memory;
        put(all, tokens.shape(0), b, stack_.read(row_of(tokens, b), nullptr, memory));
        if (maps != nullptr) put_maps(maps->self, tokens.shape(0), b, memory.self_weights);
    }
    return all;
}

double DecoderOnly::loss(const PromptBatch& batch) const {
    return cross_entropy(logits(batch.tokens), batch.target);
}

std::vector<int> DecoderOnly::greedy(std::string_view word, std::size_t max_tokens) const {
    std::vector<int> prompt = {sos_token};
    const std::vector<int> letters = tokens_of(word);
    prompt.insert(prompt.end(), letters.begin(), letters.end());
    prompt.push_back(eop_token);
    return write(stack_, prompt, nullptr, max_tokens);
}

std::string DecoderOnly::translate(std::string_view word, std::size_t max_tokens) const {
    return text_of(greedy(word, max_tokens));
}

}  // namespace wb::oracle
