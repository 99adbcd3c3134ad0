// NOTE: counts by a table of items, and sums it afterwards.
#include "parameter_count.hpp"

namespace wb {

ParameterCount count_by_formula(const AttentionSpec& s) {
    struct Row {
        const char* name;
        bool present, of_heads;
        std::uint64_t size;
    };
    const bool scored = s.kind == AttentionKind::additive || s.kind == AttentionKind::hybrid;
    const Row rows[] = {
        {"w_query", true, true, s.head_dim * s.query_dim},
        {"w_key", true, true, s.head_dim * s.key_dim},
        {"w_value", true, true, s.v_head_dim * s.value_dim},
        {"w_output", true, false, s.v_head_dim * s.num_heads * s.output_dim},
        {"b_query", s.bias, true, s.head_dim},
        {"b_key", s.bias, true, s.head_dim},
        {"b_value", s.bias, true, s.v_head_dim},
        {"b_output", s.bias, false, s.output_dim},
        {"score_vectors", scored, true, s.head_dim},
        {"gates", s.kind == AttentionKind::hybrid, true, 1},
    };
    ParameterCount count;
    for (const Row& row : rows) {
        if (!row.present) continue;
        const std::uint64_t per_head = row.of_heads ? row.size : 0;
        const std::uint64_t total = row.of_heads ? row.size * s.num_heads : row.size;
        count.items.push_back({row.name, per_head, total});
        count.per_head += per_head;
        (row.of_heads ? count.all_heads : count.output) += total;
        count.total += total;
    }
    return count;
}

namespace {

template <class T>
void list(std::vector<ParameterTensor>& found, const char* name, const T& tensor) {
    std::vector<std::size_t> shape;
    for (const std::size_t extent : tensor.shape()) shape.push_back(extent);
    std::uint64_t count = 0;
    for (auto element = tensor.begin(); element != tensor.end(); ++element) ++count;
    found.push_back({name, shape, count});
}

}  // namespace

std::vector<ParameterTensor> enumerate_parameters(const AttentionModule& module) {
    std::vector<ParameterTensor> found;
    list(found, "w_query", module.projections.w_query);
    list(found, "w_key", module.projections.w_key);
    list(found, "w_value", module.projections.w_value);
    list(found, "w_output", module.projections.w_output);
    if (module.projections.biases.has_value()) {
        list(found, "b_query", module.projections.biases->query);
        list(found, "b_key", module.projections.biases->key);
        list(found, "b_value", module.projections.biases->value);
        list(found, "b_output", module.projections.biases->output);
    }
    if (module.score_vectors.has_value()) list(found, "score_vectors", *module.score_vectors);
    if (module.gates.has_value()) list(found, "gates", *module.gates);
    return found;
}

}  // namespace wb
