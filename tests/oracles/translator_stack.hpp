/// @file
/// What the models of the translator oracle consist of: a stack of layers that reads a sequence, one or more places at a time,
/// in float64 and plain loops. Each layer remembers the keys and values of the places that it has read, so that writing a word
/// letter by letter costs each place once.
#pragma once

#include <cstddef>
#include <vector>

namespace wb::oracle {

/// Mistakes that students make, one at a time.
struct TranslatorFlaws {
    bool unscaled = false;               ///< scores without 1 / sqrt(hidden)
    bool scaled_by_hidden = false;       ///< scores times 1 / hidden
    bool swaps_key_and_value = false;    ///< softmax(q v^T) k
    bool no_residual = false;            ///< x = attention(x), x = relu(..)
    bool relu_outside = false;           ///< relu(x + x W^T + b)
    bool no_relu = false;                ///< x + x W^T + b
    bool feed_forward_on_old = false;    ///< the feed-forward reads the x that attention has not added to
    bool no_positions = false;           ///< embeddings alone
    bool positions_every_layer = false;  ///< added before each layer
    bool scaled_embeddings = false;      ///< embeddings times sqrt(hidden)
    bool last_layer_only = false;        ///< every layer reads the embeddings; the last one's result counts
    bool annotations_ask = false;        ///< cross-attention: annotations ask, y answers; needs equal lengths
    bool causal_cross = false;           ///< cross-attention with a causal mask
    bool cross_before_self = false;      ///< cross-attention before self-attention
    bool softmaxed_logits = false;       ///< probabilities in place of logits
};

/// A matrix product's parameters, ready for rows of numbers.
struct Projection {
    std::size_t in = 0, out = 0;
    std::vector<double> weight;  ///< [in, out]: transposed, so that the inner loop runs over outputs
    std::vector<double> bias;    ///< [out]
};

/// The parameters of an attention.
struct AttentionProjections {
    Projection query, key, value;
};

/// The parameters of a layer.
struct StackLayer {
    AttentionProjections self;
    std::vector<AttentionProjections> cross;  ///< one, or none
    Projection feed_forward;
};

/// Rows of numbers, of one width.
struct Rows {
    std::size_t width = 0;
    std::vector<double> values;

    [[nodiscard]] std::size_t count() const { return width == 0 ? 0 : values.size() / width; }
    [[nodiscard]] const double* row(std::size_t n) const { return values.data() + n * width; }
    double* row(std::size_t n) { return values.data() + n * width; }
};

/// What a stack of layers remembers of the places it has seen, and what it showed on the way.
struct StackMemory {
    explicit StackMemory(std::size_t layers = 0)
        : self_keys(layers),
          self_values(layers),
          cross_keys(layers),
          cross_values(layers),
          self_weights(layers),
          cross_weights(layers) {}

    std::vector<Rows> self_keys, self_values;       ///< of each layer
    std::vector<Rows> cross_keys, cross_values;     ///< of each layer, of the annotations
    std::vector<Rows> self_weights, cross_weights;  ///< of each layer: a row for each place of the last call
    std::size_t places = 0;                         ///< read so far
};

/// Embedding, layers and, but for an encoder, the output's projection.
struct Stack {
    std::size_t hidden = 0;
    bool causal = false;
    std::vector<double> embedding;  ///< [vocabulary, hidden]
    std::size_t vocabulary = 0;
    std::vector<StackLayer> layers;
    std::vector<Projection> out;         ///< one, or none
    std::vector<double> position_table;  ///< by make_position_table
    TranslatorFlaws flaws;

    /// Goes on with a sequence by some places.
    /// @param annotations  of the source: read when `memory` is new; null where layers have no cross-attention
    /// @return  a row for each of `tokens`: logits, or the last layer's output
    /// @throws std::out_of_range for a number that is no token
    Rows read(const std::vector<int>& tokens, const Rows* annotations, StackMemory& memory) const;
    /// The layers alone: `x` are the next places' numbers.
    Rows pass(Rows x, const Rows* annotations, StackMemory& memory) const;

 private:
    [[nodiscard]] Rows embed(const std::vector<int>& tokens) const;
    Rows self_attention(const Rows& x, std::size_t n, StackMemory& memory) const;
    Rows cross_attention(const Rows& x, std::size_t n, const Rows* annotations, StackMemory& memory) const;
    void feed_forward(Rows& x, const Rows& old, std::size_t n) const;
};

/// The first places' positions, [places, hidden].
std::vector<double> make_position_table(std::size_t hidden);

/// x W^T + b of each row.
Rows project(const Rows& x, const Projection& p);

/// [q_len, kv_len]: query i sees keys j <= i + kv_len - q_len.
std::vector<char> causal_mask(std::size_t q_len, std::size_t kv_len);

/// softmax(q k^T * scale + mask) v of one sequence, by the flaws' scale.
/// @param visible  [q_len * kv_len], not 0 where query i sees key j; empty: everything is visible
/// @param weights  where not null, is set to the weights
Rows attend(const Rows& q, const Rows& k, const Rows& v, const std::vector<char>& visible,
            const TranslatorFlaws& flaws = {}, Rows* weights = nullptr);

}  // namespace wb::oracle
