#include "decoder_only_models.hpp"

#include <algorithm>

namespace wb {
namespace {

NamedWeights drawn(Draw& draw, std::string name, const std::vector<std::size_t>& shape) {
    std::size_t size = 1;
    for (const std::size_t extent : shape) size *= extent;
    const Tensor<1> values = draw.uniform<1>({size}, 0.7);
    return {std::move(name), shape, {values.begin(), values.end()}};
}

void add_linear(Draw& draw, ModelWeights& weights, const std::string& name, std::size_t in, std::size_t out) {
    weights.push_back(drawn(draw, name + ".weight", {out, in}));
    weights.push_back(drawn(draw, name + ".bias", {out}));
}

}  // namespace

probes::DecoderOnlyModel random_model(Draw& draw, std::size_t hidden, std::size_t layers) {
    probes::DecoderOnlyModel model{hidden, layers, {}};
    model.weights.push_back(drawn(draw, "embedding.weight", {prompt_vocabulary_size, hidden}));
    for (std::size_t n = 0; n < layers; ++n) {
        const std::string layer = "layers." + std::to_string(n) + ".";
        for (const char* part : {"query", "key", "value"})
            add_linear(draw, model.weights, layer + "self_attention." + part, hidden, hidden);
        add_linear(draw, model.weights, layer + "feed_forward", hidden, hidden);
    }
    add_linear(draw, model.weights, "out", hidden, prompt_vocabulary_size);
    return model;
}

probes::DecoderOnlyModel table_model(const std::vector<std::pair<int, int>>& next) {
    constexpr std::size_t size = prompt_vocabulary_size;
    std::vector<float> embedding(size * size), out(size * size);
    for (std::size_t k = 0; k < size; ++k) {
        embedding[k * size + k] = 100;
        const auto found = std::find_if(next.begin(), next.end(),
                                        [k](const auto& row) { return static_cast<std::size_t>(row.first) == k; });
        const std::size_t follower = found == next.end() ? 25 : static_cast<std::size_t>(found->second);
        out[follower * size + k] = 1;
    }
    return {size,
            0,
            {{"embedding.weight", {size, size}, embedding},
             {"out.weight", {size, size}, out},
             {"out.bias", {size}, std::vector<float>(size)}}};
}

oracle::DecoderOnly trusted(const probes::DecoderOnlyModel& model) {
    return {model.weights, model.hidden, model.layers};
}

Tensor<2, int> token_rows(const std::vector<std::vector<int>>& rows) {
    Tensor<2, int> tensor(std::array<std::size_t, 2>{rows.size(), rows[0].size()});
    for (std::size_t r = 0; r < rows.size(); ++r) std::copy(rows[r].begin(), rows[r].end(), &tensor(r, 0));
    return tensor;
}

Tensor<1, double> trusted_last(const probes::DecoderOnlyModel& model, const std::vector<int>& tokens) {
    const Tensor<3, double> logits = trusted(model).logits(token_rows({tokens}));
    Tensor<1, double> last(std::array<std::size_t, 1>{logits.shape(2)});
    std::copy_n(&logits(0, tokens.size() - 1, 0), logits.shape(2), last.data());
    return last;
}

}  // namespace wb
