#include "vit_oracle.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace wb::oracle {
namespace {

/// Finds parameters by name, moved by the nudge.
class Finder {
 public:
    Finder(const ModelWeights& weights, const VitShapes& shapes, const Nudge& nudge)
        : weights_(weights), shapes_(shapes), nudge_(nudge) {}

    [[nodiscard]] std::vector<double> numbers(const std::string& name) const {
        const NamedWeights& one = find(weights_, name);
        const auto wanted =
            std::find_if(shapes_.begin(), shapes_.end(), [&](const auto& s) { return s.first == name; });
        std::size_t size = 1;
        for (const std::size_t extent : wanted->second) size *= extent;
        if (one.shape != wanted->second || one.values.size() != size)
            throw std::invalid_argument("oracle: " + name + " has another shape than a model of these options");
        std::vector<double> result(one.values.begin(), one.values.end());
        for (const double value : result) {
            if (!std::isfinite(value)) throw std::invalid_argument("oracle: " + name + " is not finite");
        }
        for (const NamedWeights& direction : nudge_.direction) {
            if (direction.name != name) continue;
            for (std::size_t i = 0; i < size; ++i)
                result[i] += nudge_.step * static_cast<double>(direction.values.at(i));
        }
        return result;
    }
    [[nodiscard]] VitNorm norm(const std::string& name) const {
        return {numbers(name + ".weight"), numbers(name + ".bias")};
    }
    [[nodiscard]] VitDense dense(const std::string& name) const {
        const std::vector<double> weight = numbers(name + ".weight");
        VitDense result{0, 0, std::vector<double>(weight.size()), numbers(name + ".bias")};
        result.out = result.bias.size();
        result.in = weight.size() / result.out;
        for (std::size_t o = 0; o < result.out; ++o) {
            for (std::size_t i = 0; i < result.in; ++i) result.weight[i * result.out + o] = weight[o * result.in + i];
        }
        return result;
    }

 private:
    static const NamedWeights& find(const ModelWeights& weights, const std::string& name) {
        const NamedWeights* found = nullptr;
        for (const NamedWeights& one : weights) {
            if (one.name != name) continue;
            if (found != nullptr) throw std::invalid_argument("oracle: " + name + " is given twice");
            found = &one;
        }
        if (found == nullptr) throw std::invalid_argument("oracle: no parameter " + name);
        return *found;
    }

    const ModelWeights& weights_;
    const VitShapes& shapes_;
    const Nudge& nudge_;
};

Tensor<3, double> apply(const VitDense& dense, const Tensor<3, double>& x) {
    Tensor<3, double> y(std::array<std::size_t, 3>{x.shape(0), x.shape(1), dense.out});
    const std::size_t rows = x.shape(0) * x.shape(1);
    if (x.shape(2) != dense.in) throw std::invalid_argument("oracle: a product of rows of another length");
    for (std::size_t n = 0; n < rows; ++n) {
        double* out = y.data() + n * dense.out;
        std::copy(dense.bias.begin(), dense.bias.end(), out);
        for (std::size_t i = 0; i < dense.in; ++i) {
            const double factor = x.data()[n * dense.in + i];
            const double* weight = dense.weight.data() + i * dense.out;
            for (std::size_t o = 0; o < dense.out; ++o) out[o] += factor * weight[o];
        }
    }
    return y;
}

Tensor<3, double> added(const Tensor<3, double>& x, const Tensor<3, double>& y) {
    Tensor<3, double> result = x;
    for (std::size_t n = 0; n < result.size(); ++n) result.data()[n] += y.data()[n];
    return result;
}

double gelu(double z, const VitFlaws& flaws) {
    if (flaws.no_gelu) return z;
    if (flaws.relu) return std::max(z, 0.0);
    constexpr double pi = 3.14159265358979323846;
    if (flaws.tanh_gelu) return 0.5 * z * (1 + std::tanh(std::sqrt(2 / pi) * (z + 0.044715 * z * z * z)));
    return 0.5 * z * std::erfc(-z / std::sqrt(2.0));
}

void check(const VitOptions& o) {
    if (o.patch_size == 0 || o.heads == 0 || o.hidden == 0 || o.channels == 0 || o.mlp == 0 || o.classes == 0 ||
        o.image_size == 0 || o.image_size % o.patch_size != 0 || o.hidden % o.heads != 0)
        throw std::invalid_argument("oracle: there is no vision transformer of these options");
}

}  // namespace

Tensor<3, double> patches(const Tensor<4>& pixels, std::size_t patch_size, const VitFlaws& flaws) {
    const std::size_t channels = pixels.shape(1), P = patch_size;
    const std::size_t rows = pixels.shape(2) / P, columns = pixels.shape(3) / P;
    Tensor<3, double> result(std::array<std::size_t, 3>{pixels.shape(0), rows * columns, channels * P * P});
    for (std::size_t b = 0; b < pixels.shape(0); ++b) {
        for (std::size_t c = 0; c < channels; ++c) {
            for (std::size_t y = 0; y < pixels.shape(2); ++y) {
                for (std::size_t x = 0; x < pixels.shape(3); ++x) {
                    const std::size_t row = y / P, column = x / P;
                    const std::size_t n = flaws.columns_first ? column * rows + row : row * columns + column;
                    const std::size_t place = flaws.patch_transposed ? x % P * P + y % P : y % P * P + x % P;
                    const std::size_t at = flaws.channels_innermost ? place * channels + c : c * P * P + place;
                    result(b, n, at) = static_cast<double>(pixels(b, c, y, x));
                }
            }
        }
    }
    return result;
}

Vit::Vit(const ModelWeights& weights, const VitOptions& options, const VitFlaws& flaws, const Nudge& nudge)
    : options_(options), flaws_(flaws) {
    check(options);
    const VitShapes shapes = vit_shapes(options);
    const Finder find(weights, shapes, nudge);
    cls_ = find.numbers("vit.embeddings.cls_token");
    positions_ = find.numbers("vit.embeddings.position_embeddings");
    projection_ = find.dense("vit.embeddings.patch_embeddings.projection");
    for (std::size_t n = 0; n < options.layers; ++n) {
        const std::string layer = "vit.encoder.layer." + std::to_string(n) + ".", own = layer + "attention.attention.";
        layers_.push_back({find.norm(layer + "layernorm_before"), find.norm(layer + "layernorm_after"),
                           find.dense(own + "query"), find.dense(own + "key"), find.dense(own + "value"),
                           find.dense(layer + "attention.output.dense"), find.dense(layer + "intermediate.dense"),
                           find.dense(layer + "output.dense")});
    }
    final_norm_ = find.norm("vit.layernorm");
    classifier_ = find.dense("classifier");
    if (flaws.no_projection_bias) std::fill(projection_.bias.begin(), projection_.bias.end(), 0.0);
    if (flaws.no_cls) std::fill(cls_.begin(), cls_.end(), 0.0);
}

Tensor<3, double> Vit::embed(const Tensor<4>& pixels) const {
    if (pixels.shape(1) != options_.channels || pixels.shape(2) != options_.image_size ||
        pixels.shape(3) != options_.image_size)
        throw std::invalid_argument("oracle: pixels of another size than the model's");
    const Tensor<3, double> projected = apply(projection_, patches(pixels, options_.patch_size, flaws_));
    const std::size_t tokens = options_.tokens(), hidden = options_.hidden;
    Tensor<3, double> x(std::array<std::size_t, 3>{pixels.shape(0), tokens, hidden});
    const std::size_t cls = flaws_.cls_last ? tokens - 1 : 0;
    for (std::size_t b = 0; b < pixels.shape(0); ++b) {
        for (std::size_t t = 0; t < tokens; ++t) {
            const bool lacks_place = flaws_.no_positions || (flaws_.positions_on_patches && t == cls);
            for (std::size_t d = 0; d < hidden; ++d) {
                x(b, t, d) = t == cls ? cls_[d] : projected(b, t > cls ? t - 1 : t, d);
                if (!lacks_place) x(b, t, d) += positions_[t * hidden + d];
            }
        }
    }
    return x;
}

Tensor<3, double> Vit::norm(const Tensor<3, double>& x, const VitNorm& norm) const {
    const double epsilon = flaws_.large_epsilon ? 1e-5 : options_.layer_norm_epsilon;
    Tensor<3, double> y(x.shape());
    const std::size_t width = x.shape(2);
    for (std::size_t n = 0; n < x.size() / width; ++n) {
        const double* row = x.data() + n * width;
        double mean = 0, variance = 0;
        for (std::size_t d = 0; d < width; ++d) mean += row[d] / static_cast<double>(width);
        for (std::size_t d = 0; d < width; ++d)
            variance += (row[d] - mean) * (row[d] - mean) / static_cast<double>(width);
        for (std::size_t d = 0; d < width; ++d)
            y.data()[n * width + d] = (row[d] - mean) / std::sqrt(variance + epsilon) * norm.weight[d] + norm.bias[d];
    }
    return y;
}

Tensor<3, double> Vit::attend(const VitLayerTables& tables, const Tensor<3, double>& asking,
                              const Tensor<3, double>& asked, std::span<const float> gates,
                              Tensor<4, double>* attention) const {
    const std::size_t batch = asked.shape(0), tokens = asked.shape(1), hidden = options_.hidden, heads = options_.heads,
                      head_dim = hidden / heads;
    const Tensor<3, double> q = apply(tables.query, asking);
    const Tensor<3, double> k = apply(flaws_.swaps_key_and_value ? tables.value : tables.key, asked);
    const Tensor<3, double> v = apply(flaws_.swaps_key_and_value ? tables.key : tables.value, asked);
    double scale = 1 / std::sqrt(static_cast<double>(flaws_.scaled_by_hidden ? hidden : head_dim));
    if (flaws_.unscaled) scale = 1;
    const auto column = [&](std::size_t h, std::size_t d) {
        return flaws_.heads_interleaved ? d * heads + h : h * head_dim + d;
    };
    const auto gate = [&](std::size_t h) {
        return gates.empty() || flaws_.gates_ignored ? 1.0 : static_cast<double>(gates[h]);
    };
    Tensor<3, double> out = zeros<3, double>({batch, tokens, hidden});
    Tensor<4, double> all(std::array<std::size_t, 4>{batch, heads, tokens, tokens});
    std::vector<double> row(tokens);
    for (std::size_t b = 0; b < batch; ++b) {
        for (std::size_t h = 0; h < heads; ++h) {
            for (std::size_t i = 0; i < tokens; ++i) {
                double largest = -std::numeric_limits<double>::infinity(), total = 0;
                for (std::size_t j = 0; j < tokens; ++j) {
                    row[j] = 0;
                    for (std::size_t d = 0; d < head_dim; ++d) row[j] += q(b, i, column(h, d)) * k(b, j, column(h, d));
                    row[j] *= scale;
                    largest = std::max(largest, row[j]);
                }
                for (double& score : row) total += score = std::exp(score - largest);
                for (std::size_t j = 0; j < tokens; ++j) {
                    const double weight = row[j] / total, factor = weight * (flaws_.gates_on_output ? 1 : gate(h));
                    all(b, h, i, j) = flaws_.gates_on_weights ? factor : weight;
                    for (std::size_t d = 0; d < head_dim; ++d)
                        out(b, i, column(h, d)) += factor * v(b, j, column(h, d));
                }
            }
        }
    }
    if (attention != nullptr) *attention = std::move(all);
    if (flaws_.no_attention_output) return out;
    Tensor<3, double> mixed = apply(tables.attention_output, out);
    if (flaws_.gates_on_output) {
        for (std::size_t n = 0; n < mixed.size(); ++n) mixed.data()[n] *= gate(n % hidden / head_dim);
    }
    return mixed;
}

Tensor<3, double> Vit::mlp(const VitLayerTables& tables, const Tensor<3, double>& x) const {
    Tensor<3, double> inner = apply(tables.intermediate, x);
    for (double& z : inner) z = gelu(z, flaws_);
    return apply(tables.output, inner);
}

Tensor<3, double> Vit::layer(std::size_t n, const Tensor<3, double>& x, std::span<const float> gates,
                             Tensor<4, double>* attention) const {
    const VitLayerTables& tables = layers_.at(flaws_.first_layer_repeated ? 0 : n);
    const VitNorm& after = flaws_.first_norm_twice ? tables.before : tables.after;
    if (flaws_.post_norm) {
        const Tensor<3, double> attended = norm(added(x, attend(tables, x, x, gates, attention)), tables.before);
        return norm(added(attended, mlp(tables, attended)), after);
    }
    const Tensor<3, double> normed = flaws_.no_norm_before ? x : norm(x, tables.before);
    Tensor<3, double> attended = attend(tables, flaws_.query_not_normed ? x : normed, normed, gates, attention);
    if (!flaws_.attention_replaces) attended = added(flaws_.residual_of_normed ? normed : x, attended);
    const Tensor<3, double>& source = flaws_.mlp_on_old ? x : attended;
    const Tensor<3, double> more = mlp(tables, flaws_.no_norm_after ? source : norm(source, after));
    if (flaws_.mlp_replaces) return more;
    return added(flaws_.residual_of_normed ? norm(attended, after) : attended, more);
}

std::vector<double> Vit::summary(const Tensor<3, double>& x, std::size_t b) const {
    std::size_t first = 0, end = 1;
    if (flaws_.cls_last || flaws_.last_token) first = x.shape(1) - 1, end = x.shape(1);
    if (flaws_.mean_of_tokens) end = x.shape(1);
    if (flaws_.mean_of_patches) first = 1, end = x.shape(1);
    std::vector<double> result(x.shape(2));
    for (std::size_t t = first; t < end; ++t) {
        for (std::size_t d = 0; d < result.size(); ++d) result[d] += x(b, t, d) / static_cast<double>(end - first);
    }
    return result;
}

Tensor<2, double> Vit::logits(const Tensor<4>& pixels, const Tensor<2>* gates,
                              std::vector<Tensor<4, double>>* attention) const {
    if (attention != nullptr) attention->assign(layers_.size(), {});
    const Tensor<3, double> first = embed(pixels);
    Tensor<3, double> x = first;
    for (std::size_t n = 0; n < layers_.size(); ++n) {
        const std::span<const float> of_layer =
            gates == nullptr ? std::span<const float>{} : std::span(&(*gates)(n, 0), options_.heads);
        x = layer(n, flaws_.last_layer_only ? first : x, of_layer, attention == nullptr ? nullptr : &(*attention)[n]);
    }
    if (!flaws_.no_final_norm) x = norm(x, final_norm_);
    Tensor<3, double> read(std::array<std::size_t, 3>{1, x.shape(0), options_.hidden});
    for (std::size_t b = 0; b < x.shape(0); ++b) {
        const std::vector<double> one = summary(x, b);
        std::copy(one.begin(), one.end(), &read(0, b, 0));
    }
    const Tensor<3, double> answer = apply(classifier_, read);
    Tensor<2, double> result(std::array<std::size_t, 2>{x.shape(0), options_.classes});
    std::copy(answer.begin(), answer.end(), result.begin());
    for (std::size_t b = 0; flaws_.softmaxed_logits && b < x.shape(0); ++b) {
        double total = 0;
        for (std::size_t c = 0; c < options_.classes; ++c) total += result(b, c) = std::exp(result(b, c));
        for (std::size_t c = 0; c < options_.classes; ++c) result(b, c) /= total;
    }
    return result;
}

}  // namespace wb::oracle
