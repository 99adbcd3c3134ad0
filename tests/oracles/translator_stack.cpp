#include "translator_stack.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "position_oracle.hpp"

namespace wb::oracle {
namespace {

constexpr std::size_t table_places = 128;  // the longest sequence of a word and its translation is shorter

void add(Rows& x, const Rows& y, const char* what) {
    if (x.values.size() != y.values.size())
        throw std::invalid_argument(std::string("oracle: ") + what + " needs as many places as it is added to");
    for (std::size_t n = 0; n < x.values.size(); ++n) x.values[n] += y.values[n];
}

void append(Rows& x, const Rows& y) {
    x.width = y.width;
    x.values.insert(x.values.end(), y.values.begin(), y.values.end());
}

void relu(Rows& x) {
    for (double& value : x.values) value = std::max(value, 0.0);
}

void softmax(Rows& x) {
    for (std::size_t n = 0; n < x.count(); ++n) {
        double* row = x.row(n);
        const double largest = *std::max_element(row, row + x.width);
        double total = 0;
        for (std::size_t c = 0; c < x.width; ++c) total += row[c] = std::exp(row[c] - largest);
        for (std::size_t c = 0; c < x.width; ++c) row[c] /= total;
    }
}

/// What a layer adds, or in `no_residual` puts in place of x.
void combine(Rows& x, Rows&& y, const TranslatorFlaws& flaws, const char* what) {
    if (flaws.no_residual) {
        x = std::move(y);
    } else {
        add(x, y, what);
    }
}

void add_positions(Rows& x, std::size_t first, const std::vector<double>& table) {
    for (std::size_t n = 0; n < x.count(); ++n) {
        const std::size_t place = first + n;
        if (place < table_places) {
            for (std::size_t c = 0; c < x.width; ++c) x.row(n)[c] += table[place * x.width + c];
        } else {
            const Tensor<2, double> far = positions({place}, x.width);
            for (std::size_t c = 0; c < x.width; ++c) x.row(n)[c] += far(0, c);
        }
    }
}

}  // namespace

std::vector<char> causal_mask(std::size_t q_len, std::size_t kv_len) {
    std::vector<char> visible(q_len * kv_len);
    for (std::size_t i = 0; i < q_len; ++i) {
        for (std::size_t j = 0; j < kv_len; ++j) visible[i * kv_len + j] = j + q_len <= i + kv_len ? 1 : 0;
    }
    return visible;
}

Rows project(const Rows& x, const Projection& p) {
    Rows y{p.out, {}};
    y.values.reserve(x.count() * p.out);
    for (std::size_t n = 0; n < x.count(); ++n) {
        std::vector<double> sum_of = p.bias;
        for (std::size_t i = 0; i < p.in; ++i) {
            const double factor = x.row(n)[i];
            const double* weight = p.weight.data() + i * p.out;
            for (std::size_t o = 0; o < p.out; ++o) sum_of[o] += factor * weight[o];
        }
        y.values.insert(y.values.end(), sum_of.begin(), sum_of.end());
    }
    return y;
}

Rows attend(const Rows& q, const Rows& k, const Rows& v, const std::vector<char>& visible, const TranslatorFlaws& flaws,
            Rows* weights) {
    const std::size_t q_len = q.count(), kv_len = k.count();
    if (q.width != k.width || v.count() != kv_len)
        throw std::invalid_argument("oracle: attend was given q, k and v that do not fit");
    const Rows& key = flaws.swaps_key_and_value ? v : k;
    const Rows& value = flaws.swaps_key_and_value ? k : v;
    double scale = 1 / std::sqrt(static_cast<double>(q.width));
    if (flaws.unscaled) scale = 1;
    if (flaws.scaled_by_hidden) scale *= scale;

    Rows out{value.width, std::vector<double>(q_len * value.width)};
    Rows all{kv_len, std::vector<double>(q_len * kv_len)};
    for (std::size_t i = 0; i < q_len; ++i) {
        double* weight = all.values.data() + i * kv_len;
        double largest = -std::numeric_limits<double>::infinity(), total = 0;
        const auto sees = [&](std::size_t j) { return visible.empty() || visible[i * kv_len + j] != 0; };
        for (std::size_t j = 0; j < kv_len; ++j) {
            for (std::size_t c = 0; c < q.width; ++c) weight[j] += q.row(i)[c] * key.row(j)[c];
            weight[j] *= scale;
            if (sees(j)) largest = std::max(largest, weight[j]);
        }
        for (std::size_t j = 0; j < kv_len; ++j) {
            weight[j] = sees(j) ? std::exp(weight[j] - largest) : 0;
            total += weight[j];
        }
        for (std::size_t j = 0; j < kv_len; ++j) {
            if (total > 0) weight[j] /= total;
            for (std::size_t c = 0; c < value.width; ++c) out.row(i)[c] += weight[j] * value.row(j)[c];
        }
    }
    if (weights != nullptr) *weights = std::move(all);
    return out;
}

Rows Stack::embed(const std::vector<int>& tokens) const {
    Rows x{hidden, {}};
    for (const int token : tokens) {
        if (token < 0 || static_cast<std::size_t>(token) >= vocabulary)
            throw std::out_of_range("oracle: " + std::to_string(token) + " is no token");
        const double* row = embedding.data() + static_cast<std::size_t>(token) * hidden;
        x.values.insert(x.values.end(), row, row + hidden);
    }
    if (flaws.scaled_embeddings) {
        for (double& value : x.values) value *= std::sqrt(static_cast<double>(hidden));
    }
    return x;
}

Rows Stack::self_attention(const Rows& x, std::size_t n, StackMemory& memory) const {
    const AttentionProjections& self = layers[n].self;
    append(memory.self_keys[n], project(x, self.key));
    append(memory.self_values[n], project(x, self.value));
    const std::vector<char> mask = causal ? causal_mask(x.count(), memory.self_keys[n].count()) : std::vector<char>{};
    return attend(project(x, self.query), memory.self_keys[n], memory.self_values[n], mask, flaws,
                  &memory.self_weights[n]);
}

Rows Stack::cross_attention(const Rows& x, std::size_t n, const Rows* annotations, StackMemory& memory) const {
    const AttentionProjections& cross = layers[n].cross.front();
    if (flaws.annotations_ask) {
        return attend(project(*annotations, cross.query), project(x, cross.key), project(x, cross.value), {}, flaws,
                      &memory.cross_weights[n]);
    }
    if (memory.places == 0) {
        memory.cross_keys[n] = project(*annotations, cross.key);
        memory.cross_values[n] = project(*annotations, cross.value);
    }
    const std::vector<char> mask =
        flaws.causal_cross ? causal_mask(x.count(), memory.cross_keys[n].count()) : std::vector<char>{};
    return attend(project(x, cross.query), memory.cross_keys[n], memory.cross_values[n], mask, flaws,
                  &memory.cross_weights[n]);
}

void Stack::feed_forward(Rows& x, const Rows& old, std::size_t n) const {
    Rows y = project(flaws.feed_forward_on_old ? old : x, layers[n].feed_forward);
    if (!flaws.relu_outside && !flaws.no_relu) relu(y);
    combine(x, std::move(y), flaws, "the feed-forward");
    if (flaws.relu_outside) relu(x);
}

Rows Stack::pass(Rows x, const Rows* annotations, StackMemory& memory) const {
    if (memory.places == 0) memory = StackMemory(layers.size());
    if (memory.places > 0 && !causal)
        throw std::invalid_argument("oracle: a sequence without causal mask is read whole");
    const Rows first = x;
    for (std::size_t n = 0; n < layers.size(); ++n) {
        if (flaws.positions_every_layer && n > 0) add_positions(x, memory.places, position_table);
        if (flaws.last_layer_only) x = first;
        const Rows old = x;
        const bool has_cross = !layers[n].cross.empty();
        const auto cross = [&] {
            combine(x, cross_attention(x, n, annotations, memory), flaws, "the cross-attention");
        };
        if (has_cross && flaws.cross_before_self) cross();
        combine(x, self_attention(x, n, memory), flaws, "the self-attention");
        if (has_cross && !flaws.cross_before_self) cross();
        feed_forward(x, old, n);
    }
    memory.places += x.count();
    return x;
}

Rows Stack::read(const std::vector<int>& tokens, const Rows* annotations, StackMemory& memory) const {
    Rows x = embed(tokens);
    if (!flaws.no_positions) add_positions(x, memory.places, position_table);
    x = pass(std::move(x), annotations, memory);
    if (out.empty()) return x;
    Rows logits = project(x, out.front());
    if (flaws.softmaxed_logits) softmax(logits);
    return logits;
}

std::vector<double> make_position_table(std::size_t hidden) {
    std::vector<std::size_t> places(table_places);
    for (std::size_t p = 0; p < table_places; ++p) places[p] = p;
    const Tensor<2, double> table = positions(places, hidden);
    return {table.begin(), table.end()};
}

}  // namespace wb::oracle
