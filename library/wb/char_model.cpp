#include "wb/char_model.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "wb/errors.hpp"
#include "wb/vector_math.hpp"

namespace wb {
namespace {

/// A tensor whose shape is known by now.
template <std::size_t N>
Tensor<N> get(const SafeTensors& checkpoint, const std::string& name, const std::array<std::size_t, N>& shape) {
    Tensor<N> tensor = checkpoint.get<N>(name);
    if (tensor.shape() != shape) {
        throw FileError(checkpoint.source + ": " + name + " is " + shape_text(tensor) +
                        ", but the other tensors want " + shape_text(shape));
    }
    return tensor;
}

std::size_t number(const SafeTensors& checkpoint, const std::string& key) {
    const auto found = checkpoint.metadata.find(key);
    std::size_t value = 0;
    if (found == checkpoint.metadata.end() ||
        std::from_chars(found->second.data(), found->second.data() + found->second.size(), value).ec != std::errc() ||
        value == 0) {
        throw FileError(checkpoint.source + ": the metadata want a number above 0 as \"" + key + "\"");
    }
    return value;
}

std::span<const float> row(const Tensor<2>& x, std::size_t i) {
    return {x.data() + i * x.shape(1), x.shape(1)};
}
std::span<float> row(Tensor<2>& x, std::size_t i) {
    return {x.data() + i * x.shape(1), x.shape(1)};
}

/// x w^T + bias: one dot product for each number, so that a row does not depend on the others, as it does in a blocked product.
Tensor<2> linear(const Tensor<2>& x, const Tensor<2>& w, const Tensor<1>* bias = nullptr) {
    Tensor<2> y(std::array{x.shape(0), w.shape(0)});
    for (std::size_t t = 0; t < y.shape(0); ++t) {
        for (std::size_t o = 0; o < y.shape(1); ++o) {
            y(t, o) = row_dot(row(x, t), row(w, o)) + (bias == nullptr ? 0.0F : (*bias)(o));
        }
    }
    return y;
}

Tensor<2> layer_norm(const Tensor<2>& x, const Tensor<1>& weight, const Tensor<1>& bias) {
    constexpr float epsilon = 1e-5F;  // PyTorch's
    const auto width = static_cast<float>(x.shape(1));
    Tensor<2> y = x;
    for (std::size_t t = 0; t < x.shape(0); ++t) {
        const std::span<float> out = row(y, t);
        const float mean = row_sum(out) / width;
        for (float& value : out) value -= mean;
        const float scale = 1.0F / std::sqrt(row_dot(out, out) / width + epsilon);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = out[i] * scale * weight(i) + bias(i);
    }
    return y;
}

void add(Tensor<2>& x, const Tensor<2>& y) {
    for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] += y.data()[i];
}

/// [num_tokens, heads * head_dim] as [num_tokens, heads, head_dim]: the same numbers in the same order.
Tensor<3> split_heads(const Tensor<2>& x, std::size_t heads) {
    Tensor<3> y(std::array{x.shape(0), heads, x.shape(1) / heads});
    std::copy(x.data(), x.data() + x.size(), y.data());
    return y;
}

Tensor<2> merge_heads(const Tensor<3>& x) {
    Tensor<2> y(std::array{x.shape(0), x.shape(1) * x.shape(2)});
    std::copy(x.data(), x.data() + x.size(), y.data());
    return y;
}

void require_index(const char* what, int index, std::size_t size) {
    if (index < 0 || static_cast<std::size_t>(index) >= size) {
        throw std::out_of_range(std::string("CharModel: ") + what + " " + std::to_string(index) +
                                ", but the model has 0.." + std::to_string(size - 1));
    }
}

}  // namespace

Tensor<3> ContiguousCache::attend(std::size_t layer, const Tensor<3>& q, const Tensor<3>& k, const Tensor<3>& v) {
    const std::size_t num_tokens = q.shape(0), num_heads = q.shape(1), head_dim = q.shape(2), num_kv_heads = k.shape(1);
    const std::size_t stride = num_kv_heads * head_dim;  // from one token to the next
    const float scale = 1.0F / std::sqrt(static_cast<float>(head_dim));
    Layer& cached = layers_.at(layer);
    const std::size_t before = cached.k.size() / stride;
    cached.k.insert(cached.k.end(), k.data(), k.data() + k.size());
    cached.v.insert(cached.v.end(), v.data(), v.data() + v.size());

    Tensor<3> out = zeros<3>({num_tokens, num_heads, head_dim});
    for (std::size_t i = 0; i < num_tokens; ++i) {
        for (std::size_t h = 0; h < num_heads; ++h) {
            const std::size_t kv_head = h / (num_heads / num_kv_heads) * head_dim;
            const std::span<const float> query(&q(i, h, 0), head_dim);
            std::vector<float> weights(before + i + 1);  // what came before, the new tokens up to this one, itself
            for (std::size_t t = 0; t < weights.size(); ++t) {
                weights[t] = scale * row_dot(query, {cached.k.data() + t * stride + kv_head, head_dim});
            }
            const float largest = row_max(weights);
            for (float& weight : weights) weight = std::exp(weight - largest);
            const float total = row_sum(weights);
            for (std::size_t t = 0; t < weights.size(); ++t) {
                const float* value = cached.v.data() + t * stride + kv_head;
                for (std::size_t d = 0; d < head_dim; ++d) out(i, h, d) += weights[t] / total * value[d];
            }
        }
    }
    return out;
}

CharModel::CharModel(const SafeTensors& checkpoint) {
    const Tensor<1, std::int32_t> vocabulary = checkpoint.get<1, std::int32_t>("vocabulary");
    embedding_ = checkpoint.get<2>("embedding.weight");
    sizes_.vocabulary = vocabulary.size();
    sizes_.d_model = embedding_.shape(1);
    sizes_.num_heads = number(checkpoint, "num_heads");
    sizes_.num_kv_heads = number(checkpoint, "num_kv_heads");
    sizes_.context = number(checkpoint, "context");
    if (sizes_.context > 65536) throw FileError(checkpoint.source + ": a context of more than 65536 tokens");
    while (checkpoint.contains("blocks." + std::to_string(sizes_.num_layers) + ".query.weight")) ++sizes_.num_layers;
    if (sizes_.num_layers == 0 || sizes_.num_heads % sizes_.num_kv_heads != 0) {
        throw FileError(checkpoint.source + ": wants at least one block, and num_kv_heads that divides num_heads");
    }
    sizes_.head_dim = checkpoint.get<2>("blocks.0.query.weight").shape(0) / sizes_.num_heads;
    if (sizes_.head_dim == 0 || sizes_.head_dim % 2 != 0) {
        throw FileError(checkpoint.source + ": blocks.0.query.weight has not an even number of rows for each head");
    }
    sizes_.d_mlp = checkpoint.get<2>("blocks.0.mlp_in.weight").shape(0);
    embedding_ = get<2>(checkpoint, "embedding.weight", {sizes_.vocabulary, sizes_.d_model});
    for (const std::int32_t code : vocabulary) {
        if (code < 0 || code > 127) throw FileError(checkpoint.source + ": the vocabulary is not of ASCII characters");
        characters_.push_back(static_cast<char>(code));
    }

    const std::size_t d = sizes_.d_model, inner = sizes_.num_heads * sizes_.head_dim;
    const std::size_t kv = sizes_.num_kv_heads * sizes_.head_dim;
    const auto norm = [&](const std::string& name) {
        return Norm{get<1>(checkpoint, name + ".weight", {d}), get<1>(checkpoint, name + ".bias", {d})};
    };
    for (std::size_t layer = 0; layer < sizes_.num_layers; ++layer) {
        const std::string name = "blocks." + std::to_string(layer) + ".";
        Block block;
        block.norm_attention = norm(name + "norm_attention");
        block.norm_mlp = norm(name + "norm_mlp");
        block.query = get<2>(checkpoint, name + "query.weight", {inner, d});
        block.key = get<2>(checkpoint, name + "key.weight", {kv, d});
        block.value = get<2>(checkpoint, name + "value.weight", {kv, d});
        block.output = get<2>(checkpoint, name + "output.weight", {d, inner});
        block.mlp_in = get<2>(checkpoint, name + "mlp_in.weight", {sizes_.d_mlp, d});
        block.mlp_in_bias = get<1>(checkpoint, name + "mlp_in.bias", {sizes_.d_mlp});
        block.mlp_out = get<2>(checkpoint, name + "mlp_out.weight", {d, sizes_.d_mlp});
        block.mlp_out_bias = get<1>(checkpoint, name + "mlp_out.bias", {d});
        blocks_.push_back(std::move(block));
    }
    norm_ = norm("norm");

    const std::size_t pairs = sizes_.head_dim / 2;
    cos_ = sin_ = Tensor<2>(std::array{sizes_.context, pairs});
    for (std::size_t position = 0; position < sizes_.context; ++position) {
        for (std::size_t i = 0; i < pairs; ++i) {
            const double rate = std::pow(10000.0, -static_cast<double>(i) / static_cast<double>(pairs));
            cos_(position, i) = static_cast<float>(std::cos(static_cast<double>(position) * rate));
            sin_(position, i) = static_cast<float>(std::sin(static_cast<double>(position) * rate));
        }
    }
}

void CharModel::rotate(Tensor<3>& heads, std::span<const int> positions) const {
    const std::size_t pairs = sizes_.head_dim / 2;
    for (std::size_t t = 0; t < positions.size(); ++t) {
        const auto position = static_cast<std::size_t>(positions[t]);
        for (std::size_t h = 0; h < heads.shape(1); ++h) {
            for (std::size_t i = 0; i < pairs; ++i) {
                const float a = heads(t, h, i), b = heads(t, h, i + pairs);
                heads(t, h, i) = a * cos_(position, i) - b * sin_(position, i);
                heads(t, h, i + pairs) = a * sin_(position, i) + b * cos_(position, i);
            }
        }
    }
}

std::vector<int> CharModel::encode(std::string_view text) const {
    std::vector<int> tokens;
    for (const char character : text) {
        const std::size_t token = characters_.find(character);
        if (token == std::string::npos) {
            throw std::invalid_argument("the model does not know the character '" + std::string(1, character) +
                                        "'. It knows: " + characters_.substr(1));  // all but the end of a line
        }
        tokens.push_back(static_cast<int>(token));
    }
    return tokens;
}

std::string CharModel::decode(std::span<const int> tokens) const {
    std::string text;
    for (const int token : tokens) {
        require_index("token", token, sizes_.vocabulary);
        text += characters_[static_cast<std::size_t>(token)];
    }
    return text;
}

Tensor<2> CharModel::logits(std::span<const int> tokens, std::span<const int> positions, KeyValueCache& cache) {
    if (tokens.size() != positions.size()) {
        throw ShapeError("CharModel: " + std::to_string(tokens.size()) + " tokens and " +
                         std::to_string(positions.size()) + " positions");
    }
    Tensor<2> x(std::array{tokens.size(), sizes_.d_model});
    for (std::size_t t = 0; t < tokens.size(); ++t) {
        require_index("token", tokens[t], sizes_.vocabulary);
        require_index("position", positions[t], sizes_.context);
        std::ranges::copy(row(embedding_, static_cast<std::size_t>(tokens[t])), row(x, t).begin());
    }
    for (std::size_t layer = 0; layer < blocks_.size(); ++layer) {
        const Block& block = blocks_[layer];
        const Tensor<2> y = layer_norm(x, block.norm_attention.weight, block.norm_attention.bias);
        Tensor<3> q = split_heads(linear(y, block.query), sizes_.num_heads);
        Tensor<3> k = split_heads(linear(y, block.key), sizes_.num_kv_heads);
        rotate(q, positions);
        rotate(k, positions);
        const Tensor<3> heads = cache.attend(layer, q, k, split_heads(linear(y, block.value), sizes_.num_kv_heads));
        if (heads.shape() != std::array{tokens.size(), sizes_.num_heads, sizes_.head_dim}) {
            throw ShapeError("CharModel: the cache's attention is " + shape_text(heads) + " for " +
                             std::to_string(tokens.size()) + " tokens of " + std::to_string(sizes_.num_heads) +
                             " heads of " + std::to_string(sizes_.head_dim));
        }
        add(x, linear(merge_heads(heads), block.output));
        Tensor<2> hidden =
            linear(layer_norm(x, block.norm_mlp.weight, block.norm_mlp.bias), block.mlp_in, &block.mlp_in_bias);
        for (std::size_t i = 0; i < hidden.size(); ++i) hidden.data()[i] = std::max(hidden.data()[i], 0.0F);
        add(x, linear(hidden, block.mlp_out, &block.mlp_out_bias));
    }
    tokens_computed_ += static_cast<std::int64_t>(tokens.size());
    return linear(layer_norm(x, norm_.weight, norm_.bias), embedding_);
}

}  // namespace wb
