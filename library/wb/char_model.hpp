/// @file
/// A small character language model: a decoder-only transformer whose keys and values live in a cache of the caller's choice.
/// The same model runs on a contiguous cache (below) and on the paged one of chapter 1.
///
///     x = embedding[token]
///     each block   x += output(attention(norm(x)));   x += mlp_out(relu(mlp_in(norm(x))))
///     logits = norm(x) embedding^T
///
/// Queries and keys are turned by their position before they reach the cache, so a cached key knows where it stands.
///
/// A token's numbers depend on its own row and on what the cache answers, never on which tokens are computed beside it: every
/// sum is taken in the same order, whether tokens come one by one or all at once.
/// Sources: Su et al. 2021 (rotary positions); Xiong et al. 2020 (norms before); Ainslie et al. 2023 (grouped-query heads).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wb/safetensors.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// The extents that a cache has to know of, and the rest.
struct CharModelSizes {
    std::size_t vocabulary = 0;    ///< different characters
    std::size_t d_model = 0;       ///< width of the model
    std::size_t d_mlp = 0;         ///< width of a layer's inner part
    std::size_t num_layers = 0;    ///< one behind the other
    std::size_t num_heads = 0;     ///< of queries
    std::size_t num_kv_heads = 0;  ///< divides num_heads: head h reads KV head h / (num_heads / num_kv_heads)
    std::size_t head_dim = 0;      ///< even
    std::size_t context = 0;       ///< the longest sequence that the model was trained on, in tokens
};

/// Where a model keeps keys and values, and looks them up.
class KeyValueCache {
 public:
    KeyValueCache() = default;
    KeyValueCache(const KeyValueCache&) = default;
    KeyValueCache(KeyValueCache&&) = default;
    KeyValueCache& operator=(const KeyValueCache&) = default;
    KeyValueCache& operator=(KeyValueCache&&) = default;
    virtual ~KeyValueCache() = default;

    /// Stores the keys and values of the tokens that are being computed, then attends: each token sees every token of its
    /// sequence up to and including itself. Which sequence that is, the cache has been told before.
    /// @param layer  0 .. num_layers - 1, asked in this order
    /// @param q      [num_tokens, num_heads, head_dim]
    /// @param k      [num_tokens, num_kv_heads, head_dim]
    /// @param v      [num_tokens, num_kv_heads, head_dim]
    /// @return       [num_tokens, num_heads, head_dim]
    virtual Tensor<3> attend(std::size_t layer, const Tensor<3>& q, const Tensor<3>& k, const Tensor<3>& v) = 0;
};

/// The unpaged cache: one sequence, each layer's keys and values one behind the other. A fork is a copy of everything.
class ContiguousCache final : public KeyValueCache {
 public:
    /// Nothing kept yet.
    explicit ContiguousCache(std::size_t num_layers) : layers_(num_layers) {}
    Tensor<3> attend(std::size_t layer, const Tensor<3>& q, const Tensor<3>& k, const Tensor<3>& v) override;

 private:
    struct Layer {
        std::vector<float> k, v;  ///< [tokens so far, num_kv_heads, head_dim]
    };
    std::vector<Layer> layers_;
};

/// A trained model.
class CharModel {
 public:
    /// @param checkpoint  as datasets/char_lm/train.py writes it
    /// @throws FileError naming the tensor that is missing or has another shape than the rest says
    explicit CharModel(const SafeTensors& checkpoint);

    [[nodiscard]] const CharModelSizes& sizes() const { return sizes_; }  ///< the model's shape

    /// The characters of a text as tokens. @throws std::invalid_argument naming a character that the model does not know
    [[nodiscard]] std::vector<int> encode(std::string_view text) const;
    /// The text of tokens. @throws std::out_of_range for a number that is no token
    [[nodiscard]] std::string decode(std::span<const int> tokens) const;

    /// Runs the model over some tokens; a sequence's tokens must come in order, and after those that are cached already.
    /// @param tokens     [num_tokens]
    /// @param positions  [num_tokens]: each token's place in its sequence, from 0
    /// @return           [num_tokens, vocabulary]: logits of the token that comes next
    /// @throws ShapeError when there are not as many positions as tokens; std::out_of_range for a token or a position that the
    ///         model does not have (0 .. vocabulary - 1, 0 .. context - 1)
    /// @note   2 FLOPs a parameter for each token, and what the cache computes
    Tensor<2> logits(std::span<const int> tokens, std::span<const int> positions, KeyValueCache& cache);

    /// Tokens that logits() has computed since the model was made: the work that a cache saves is seen here.
    [[nodiscard]] std::int64_t tokens_computed() const { return tokens_computed_; }

 private:
    struct Norm {
        Tensor<1> weight, bias;
    };
    struct Block {
        Norm norm_attention, norm_mlp;
        Tensor<2> query, key, value, output, mlp_in, mlp_out;  ///< [out, in]
        Tensor<1> mlp_in_bias, mlp_out_bias;
    };
    /// Turns each head's channel pairs (i, i + head_dim / 2), so that a dot product depends on the distance of two positions.
    void rotate(Tensor<3>& heads, std::span<const int> positions) const;

    CharModelSizes sizes_;
    std::string characters_;  ///< by token
    Tensor<2> embedding_;     ///< [vocabulary, d_model]
    std::vector<Block> blocks_;
    Norm norm_;
    Tensor<2> cos_, sin_;  ///< [context, head_dim / 2]: of the angle by which a position turns a pair of channels
    std::int64_t tokens_computed_ = 0;
};

}  // namespace wb
