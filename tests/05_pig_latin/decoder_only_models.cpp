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

int number(char letter) {
    return letter == '-' ? 26 : letter - 'a';
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

Tensor<2, int> token_rows(const std::vector<std::vector<int>>& rows) {
    Tensor<2, int> tensor(std::array<std::size_t, 2>{rows.size(), rows[0].size()});
    for (std::size_t r = 0; r < rows.size(); ++r) std::copy(rows[r].begin(), rows[r].end(), &tensor(r, 0));
    return tensor;
}

std::vector<int> prompt_row(const std::string& source, const std::string& target) {
    std::vector<int> row{27};
    for (const char letter : source) row.push_back(number(letter));
    row.push_back(29);
    for (const char letter : target) row.push_back(number(letter));
    return row;
}

std::vector<int> asked_row(const std::string& source, const std::string& target) {
    std::vector<int> row(source.size() + 1, -1);
    for (const char letter : target) row.push_back(number(letter));
    row.push_back(28);
    return row;
}

Tensor<2, int> rows_of(const Pairs& pairs, std::vector<int> (*row)(const std::string&, const std::string&)) {
    std::vector<std::vector<int>> rows;
    for (std::size_t i = 0; i < pairs.size(); ++i) rows.push_back(row(pairs.sources[i], pairs.targets[i]));
    return token_rows(rows);
}

PromptBatch random_prompts(Draw& draw, std::size_t source_size, std::size_t target_size) {
    Pairs pairs;
    for (int row = 0; row < 2; ++row) pairs.add(random_word(draw, source_size), random_word(draw, target_size));
    return {rows_of(pairs, &prompt_row), rows_of(pairs, &asked_row)};
}

}  // namespace wb
