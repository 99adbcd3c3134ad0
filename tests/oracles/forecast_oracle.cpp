#include "forecast_oracle.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace wb::oracle {
namespace {

using Numbers = Tensor<3, double>;

Numbers zeros_like(const Numbers& x, std::size_t width) {
    return zeros<3, double>({x.shape(0), x.shape(1), width});
}

/// x Phi(x)
double gelu(double x) {
    return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
}

/// softmax_j(q_i . k_j / sqrt(head_dim)) over the first `seen` keys of one entry and head, whose channels are first .. first +
/// head_dim - 1.
std::vector<double> weights_of_row(const Numbers& q, const Numbers& k, std::size_t b, std::size_t i, std::size_t first,
                                   std::size_t head_dim, std::size_t seen) {
    std::vector<double> row(seen);
    for (std::size_t j = 0; j < row.size(); ++j) {
        for (std::size_t c = first; c < first + head_dim; ++c) row[j] += q(b, i, c) * k(b, j, c);
        row[j] /= std::sqrt(static_cast<double>(head_dim));
    }
    const double largest = *std::max_element(row.begin(), row.end());
    double total = 0;
    for (double& weight : row) total += weight = std::exp(weight - largest);
    for (double& weight : row) weight /= total;
    return row;
}

}  // namespace

ForecastParameters::ForecastParameters(const ModelWeights& weights, const Nudge& nudge) {
    for (const NamedWeights& one : weights) values_[one.name].assign(one.values.begin(), one.values.end());
    for (const NamedWeights& one : nudge.direction) {
        std::vector<double>& values = values_.at(one.name);
        for (std::size_t n = 0; n < values.size(); ++n) values[n] += nudge.step * static_cast<double>(one.values.at(n));
    }
}

const std::vector<double>& ForecastParameters::operator[](const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) throw std::out_of_range("oracle: no parameter " + name);
    return found->second;
}

Tensor<3, double> linear(const ForecastParameters& parameters, const std::string& name, const Tensor<3, double>& x) {
    const std::vector<double>&weight = parameters[name + ".weight"], &bias = parameters[name + ".bias"];
    const std::size_t in = x.shape(2), out = bias.size();
    if (weight.size() != in * out) throw std::invalid_argument("oracle: " + name + " does not fit " + shape_text(x));
    Numbers y = zeros_like(x, out);
    for (std::size_t row = 0; row < x.shape(0) * x.shape(1); ++row) {
        for (std::size_t o = 0; o < out; ++o) {
            double& to = y.data()[row * out + o];
            to = bias[o];
            for (std::size_t i = 0; i < in; ++i) to += weight[o * in + i] * x.data()[row * in + i];
        }
    }
    return y;
}

Tensor<3, double> layer_norm(const ForecastParameters& parameters, const std::string& name,
                             const Tensor<3, double>& x) {
    const std::vector<double>&weight = parameters[name + ".weight"], &bias = parameters[name + ".bias"];
    const std::size_t width = x.shape(2);
    Numbers y = x;
    for (std::size_t row = 0; row < x.shape(0) * x.shape(1); ++row) {
        double* to = y.data() + row * width;
        double mean = 0, variance = 0;
        for (std::size_t c = 0; c < width; ++c) mean += to[c] / static_cast<double>(width);
        for (std::size_t c = 0; c < width; ++c)
            variance += (to[c] - mean) * (to[c] - mean) / static_cast<double>(width);
        for (std::size_t c = 0; c < width; ++c)
            to[c] = (to[c] - mean) / std::sqrt(variance + 1e-5) * weight[c] + bias[c];
    }
    return y;
}

Tensor<3, double> attention(const ForecastParameters& parameters, const std::string& prefix, std::size_t heads,
                            const Tensor<3, double>& x, const Tensor<3, double>& memory, Tensor<4, double>* weights,
                            bool causal) {
    const Numbers q = linear(parameters, prefix + "query", x), k = linear(parameters, prefix + "key", memory);
    const Numbers v = linear(parameters, prefix + "value", memory);
    const std::size_t q_len = x.shape(1), kv_len = memory.shape(1), head_dim = q.shape(2) / heads;
    Numbers mixed = zeros_like(x, q.shape(2));
    if (weights != nullptr) *weights = zeros<4, double>({x.shape(0), heads, q_len, kv_len});
    for (std::size_t b = 0; b < x.shape(0); ++b) {
        for (std::size_t h = 0; h < heads; ++h) {
            for (std::size_t i = 0; i < q_len; ++i) {
                const std::size_t seen = causal ? std::min(i + 1, kv_len) : kv_len;
                const std::vector<double> row = weights_of_row(q, k, b, i, h * head_dim, head_dim, seen);
                for (std::size_t j = 0; j < seen; ++j) {
                    if (weights != nullptr) (*weights)(b, h, i, j) = row[j];
                    for (std::size_t c = h * head_dim; c < (h + 1) * head_dim; ++c)
                        mixed(b, i, c) += row[j] * v(b, j, c);
                }
            }
        }
    }
    return linear(parameters, prefix + "output", mixed);
}

Tensor<3, double> feed_forward(const ForecastParameters& parameters, const std::string& prefix,
                               const Tensor<3, double>& x) {
    Numbers inner = linear(parameters, prefix + "linear1", x);
    for (double& number : inner) number = gelu(number);
    return linear(parameters, prefix + "linear2", inner);
}

Tensor<3, double> added(const Tensor<3, double>& x, const Tensor<3, double>& y) {
    Numbers result = x;
    for (std::size_t n = 0; n < x.size(); ++n) result.data()[n] += y.data()[n];
    return result;
}

Tensor<3, double> encoder_block(const ForecastParameters& parameters, const std::string& prefix, std::size_t heads,
                                const Tensor<3, double>& x, Tensor<4, double>* weights) {
    const Numbers attended = layer_norm(parameters, prefix + "norm1",
                                        added(x, attention(parameters, prefix + "attention.", heads, x, x, weights)));
    return layer_norm(parameters, prefix + "norm2",
                      added(attended, feed_forward(parameters, prefix + "feed_forward.", attended)));
}

double slope(const std::function<double(const Nudge&)>& loss, const NamedWeights& direction) {
    constexpr double h = 1e-5;  // the error by h^2 and the one by rounding, 1e-16 / h, are both about 1e-10
    const double up = loss({{direction}, h}), down = loss({{direction}, -h});
    return (up - down) / (2 * h);
}

double sum_of_products(const Tensor<3, double>& out, const Tensor<3>& d_out) {
    double total = 0;
    for (std::size_t n = 0; n < out.size(); ++n) total += out.data()[n] * static_cast<double>(d_out.data()[n]);
    return total;
}

}  // namespace wb::oracle
