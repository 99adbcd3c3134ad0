// A whole encoder-decoder against PyTorch in float64: goldens/make_autograd_goldens.py has the same model in Python.
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <vector>

#include "wb/autograd/autograd.hpp"
#include "wb/nn/nn.hpp"
#include "wb/safetensors.hpp"
#include "wb/training/data_parallel.hpp"

namespace wb {
namespace {

constexpr std::size_t d_model = 12, heads = 3, ffn = 20, vocabulary = 11, batch = 3, source_length = 5,
                      target_length = 6;
constexpr int pad = 10;

template <class Real>
using Nonlinearity = typename FeedForward<Real>::Nonlinearity;

template <class Real>
struct EncoderLayer {
    explicit EncoderLayer(Random& random)
        : norm1(d_model),
          norm2(d_model),
          self_attention(d_model, {.heads = heads}, random),
          feed_forward(d_model, ffn, random, Nonlinearity<Real>::gelu) {}
    Var<Real> operator()(Var<Real> x, const AttentionMask& padding) const {
        const Var<Real> y = norm1(x);
        x = x + self_attention(y, y, padding);
        return x + feed_forward(norm2(x));
    }
    void list(ParameterList<Real>& out, const std::string& prefix) const {
        out.add_module(prefix, "norm1", norm1);
        out.add_module(prefix, "self_attn", self_attention);
        out.add_module(prefix, "norm2", norm2);
        out.add_module(prefix, "ffn", feed_forward);
    }
    LayerNorm<Real> norm1, norm2;
    MultiHeadAttention<Real> self_attention;
    FeedForward<Real> feed_forward;
};

template <class Real>
struct DecoderLayer {
    explicit DecoderLayer(Random& random)
        : norm1(d_model),
          norm2(d_model),
          norm3(d_model),
          self_attention(d_model, {.heads = heads}, random),
          cross_attention(d_model, {.heads = heads}, random),
          feed_forward(d_model, ffn, random) {}
    Var<Real> operator()(Var<Real> y, Var<Real> annotations, const AttentionMask& padding) const {
        const Var<Real> z = norm1(y);
        y = y + self_attention(z, z, {.causal = true});
        y = y + cross_attention(norm2(y), annotations, padding);
        return y + feed_forward(norm3(y));
    }
    void list(ParameterList<Real>& out, const std::string& prefix) const {
        out.add_module(prefix, "norm1", norm1);
        out.add_module(prefix, "self_attn", self_attention);
        out.add_module(prefix, "norm2", norm2);
        out.add_module(prefix, "cross_attn", cross_attention);
        out.add_module(prefix, "norm3", norm3);
        out.add_module(prefix, "ffn", feed_forward);
    }
    LayerNorm<Real> norm1, norm2, norm3;
    MultiHeadAttention<Real> self_attention, cross_attention;
    FeedForward<Real> feed_forward;
};

template <class Real>
struct Transformer {
    explicit Transformer(Random& random)
        : source(vocabulary, d_model, random),
          target(vocabulary, d_model, random),
          norm(d_model),
          positions(sinusoidal_positions<Real>(8, d_model)) {
        for (int n = 0; n < 2; ++n) {
            encoder.emplace_back(random);
            decoder.emplace_back(random);
        }
    }
    void list(ParameterList<Real>& out, const std::string& prefix) const {
        out.add_module(prefix, "source", source);
        out.add_module(prefix, "target", target);
        out.add_modules(prefix, "encoder", encoder);
        out.add_modules(prefix, "decoder", decoder);
        out.add_module(prefix, "norm", norm);
    }
    Var<Real> operator()(Tape<Real>& tape, std::span<const int> from, std::span<const int> lengths,
                         std::span<const int> to) const {
        const std::size_t count = lengths.size();
        const AttentionMask padding{.key_lengths = lengths};
        Var<Real> x = source(tape, from, {count, source_length}) + first_positions(tape, source_length);
        for (const auto& layer : encoder) x = layer(x, padding);
        Var<Real> y = target(tape, to, {count, target_length}) + first_positions(tape, target_length);
        for (const auto& layer : decoder) y = layer(y, x, padding);
        return linear(norm(y), tape.use(*target.weight));
    }
    Var<Real> first_positions(Tape<Real>& tape, std::size_t length) const {
        return tape.constant(Shape{length, d_model}, {positions.data(), length * d_model});
    }
    Embedding<Real> source, target;
    std::vector<EncoderLayer<Real>> encoder;
    std::vector<DecoderLayer<Real>> decoder;
    LayerNorm<Real> norm;
    Tensor<2, Real> positions;
};

const SafeTensors& golden() {
    static const SafeTensors file =
        read_safetensors(std::filesystem::path(WB_LIBRARY_GOLDENS) / "transformer.safetensors");
    return file;
}

std::vector<double> doubles(const std::string& name) {
    const RawTensor& raw = golden().find(name);
    EXPECT_EQ(raw.dtype, DType::f64) << name;
    std::vector<double> numbers(raw.bytes.size() / sizeof(double));
    std::memcpy(numbers.data(), raw.bytes.data(), raw.bytes.size());
    return numbers;
}

std::vector<int> ints(const std::string& name) {
    const RawTensor& raw = golden().find(name);
    EXPECT_EQ(raw.dtype, DType::i32) << name;
    std::vector<int> numbers(raw.bytes.size() / sizeof(int));
    std::memcpy(numbers.data(), raw.bytes.data(), raw.bytes.size());
    return numbers;
}

template <class Real>
class WholeModel {
 public:
    WholeModel() : model_(random_), parameters_(model_) {
        for (const auto& parameter : parameters_) {
            const std::vector<double> numbers = doubles(parameter->name);
            EXPECT_EQ(numbers.size(), parameter->value.size()) << parameter->name;
            for (std::size_t i = 0; i < numbers.size(); ++i) parameter->value[i] = static_cast<Real>(numbers[i]);
        }
    }
    double gradients(std::size_t shards) {
        DataParallel<Real> parallel(parameters_, shards);
        return parallel.gradients(batch, [&](Tape<Real>& tape, const Shard& shard) {
            const auto piece = [&](const std::vector<int>& all, std::size_t length) {
                return std::span(all).subspan(shard.begin * length, shard.size() * length);
            };
            const std::span<const int> expected = piece(expected_, target_length);
            const Var<Real> logits =
                model_(tape, piece(source_, source_length), piece(lengths_, 1), piece(target_, target_length));
            return ShardLoss<Real>{cross_entropy(logits, expected, pad), double(counted_targets(expected, pad))};
        });
    }
    /// The tolerance is for numbers of about 1; gradients here reach 0.5.
    void expect_golden(std::size_t shards, double tolerance) {
        EXPECT_NEAR(gradients(shards), doubles("loss").at(0), tolerance);
        std::size_t compared = 0;
        for (const auto& parameter : parameters_) {
            const std::vector<double> expected = doubles("gradient." + parameter->name);
            ASSERT_EQ(expected.size(), parameter->gradient.size());
            for (std::size_t i = 0; i < expected.size(); ++i, ++compared) {
                ASSERT_NEAR(double(parameter->gradient[i]), expected[i], tolerance) << parameter->name << " " << i;
            }
        }
        EXPECT_EQ(compared, parameters_.count());
    }
    [[nodiscard]] const ParameterList<Real>& parameters() const { return parameters_; }

 private:
    Random random_{1};
    Transformer<Real> model_;
    ParameterList<Real> parameters_;
    std::vector<int> source_ = ints("in.source"), lengths_ = ints("in.lengths"), target_ = ints("in.target"),
                     expected_ = ints("in.expected");
};

TEST(WholeModel, HasPyTorchsParametersByName) {
    const WholeModel<double> model;
    std::size_t there = 0;
    for (const auto& [name, tensor] : golden().tensors) there += golden().contains("gradient." + name) ? 1 : 0;
    EXPECT_EQ(model.parameters().size(), there);
}

// The same formulas in another order of sums: some hundred roundings of 1e-16 each, and erf within a few more.
TEST(WholeModel, LossAndGradientsAreThoseOfPyTorchInDouble) {
    WholeModel<double>().expect_golden(1, 1e-9);
}
TEST(WholeModel, LossAndGradientsAreThoseOfPyTorchInFloat) {
    WholeModel<float>().expect_golden(1, 1e-5);
}
// One row a shard, with 6, 3 and 6 tokens that count: the mean is over tokens, not over shards.
TEST(WholeModel, ShardsOfUnequalWeightGiveTheMeanOfTheBatch) {
    WholeModel<double>().expect_golden(3, 1e-9);
    WholeModel<double>().expect_golden(5, 1e-9);  // more shards than rows: two are empty
}

}  // namespace
}  // namespace wb
