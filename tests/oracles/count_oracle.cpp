/// @file
/// Counts in loops, one thing at a time. See count_oracle.hpp.
#include "count_oracle.hpp"

#include <array>

namespace wb::oracle {
namespace {

/// Lists the items of a module while the loops below touch its parameters one by one.
class Inventory {
 public:
    /// @param owned_by_head  whether a head owns the item; then `one` is called for each head
    template <class CountOne>
    void add(const std::string& name, std::size_t heads, bool owned_by_head, CountOne one) {
        names_ += (names_.empty() ? "" : " ") + name;
        double of_all = 0, of_first = 0;
        for (std::size_t head = 0; head < (owned_by_head ? heads : 1); ++head) {
            const double of_this = one(head);
            if (head == 0) of_first = of_this;
            of_all += of_this;
        }
        per_head_.push_back(owned_by_head ? of_first : 0);
        totals_.push_back(of_all);
        if (owned_by_head) {
            sums_[0] += of_first;
            sums_[1] += of_all;
        } else {
            sums_[2] += of_all;
        }
        sums_[3] += of_all;
    }

    [[nodiscard]] CountedParameters result() const {
        const auto tensor = [](const auto& values) {
            Tensor<1, double> t(std::array<std::size_t, 1>{values.size()});
            for (std::size_t n = 0; n < values.size(); ++n) t(n) = values[n];
            return t;
        };
        return {names_, tensor(per_head_), tensor(totals_), tensor(sums_)};
    }

 private:
    std::string names_;
    std::vector<double> per_head_, totals_;
    std::array<double, 4> sums_{};
};

/// Entries of a matrix, counted.
double matrix(std::size_t rows, std::size_t columns) {
    double entries = 0;
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c) ++entries;
    return entries;
}

}  // namespace

CountedParameters count_parameters(const AttentionSpec& spec, const CountFlaws& flaws) {
    Inventory inventory;
    const std::size_t heads = spec.num_heads, positions = flaws.times_length ? spec.length : 1;
    const std::size_t value_dim = flaws.value_as_key ? spec.key_dim : spec.value_dim;
    const std::size_t v_head_dim = flaws.value_as_key ? spec.head_dim : spec.v_head_dim;
    const auto projection = [&](const char* name, std::size_t in, std::size_t out) {
        inventory.add(name, heads, true, [&](std::size_t) { return matrix(out * positions, in); });
    };
    projection("w_query", spec.query_dim, spec.head_dim);
    projection("w_key", spec.key_dim, spec.head_dim);
    projection("w_value", value_dim, v_head_dim);
    inventory.add("w_output", heads, false, [&](std::size_t) {
        double entries = 0;
        for (std::size_t head = 0; head < (flaws.output_of_one_head ? 1 : heads); ++head) {
            entries += matrix(spec.output_dim, v_head_dim);
        }
        return entries;
    });
    if (spec.bias && !flaws.no_biases) {
        const auto bias = [&](const char* name, std::size_t in, std::size_t out) {
            inventory.add(name, heads, true,
                          [&](std::size_t) { return matrix(flaws.bias_of_input_size ? in : out, 1); });
        };
        bias("b_query", spec.query_dim, spec.head_dim);
        bias("b_key", spec.key_dim, spec.head_dim);
        bias("b_value", value_dim, v_head_dim);
        inventory.add("b_output", heads, false, [&](std::size_t) {
            return matrix(flaws.bias_of_input_size ? heads * v_head_dim : spec.output_dim, 1);
        });
    }
    if (spec.kind != AttentionKind::dot_product && !flaws.no_score_vectors) {
        inventory.add("score_vectors", heads, true, [&](std::size_t head) {
            return flaws.one_score_vector && head > 0 ? 0.0 : matrix(spec.head_dim, 1);
        });
    }
    if (spec.kind == AttentionKind::hybrid) inventory.add("gates", heads, true, [](std::size_t) { return 1.0; });
    return inventory.result();
}

namespace {

/// Calls `visit` for each score: each pair of query and key of each head.
template <class Visit>
void for_each_score(const AttentionSizes& s, const CostFlaws& flaws, Visit visit) {
    for (std::uint64_t b = 0; b < s.batch; ++b)
        for (std::uint64_t h = 0; h < (flaws.heads_forgotten ? 1 : s.heads); ++h)
            for (std::uint64_t i = 0; i < s.q_len; ++i)
                for (std::uint64_t j = 0; j < (flaws.square ? s.q_len : s.kv_len); ++j) visit();
}

/// Numbers in [batch, heads, length, size].
double numbers(const AttentionSizes& s, const CostFlaws& flaws, std::uint64_t length, std::uint64_t size) {
    return matrix(s.batch * (flaws.heads_forgotten ? 1 : s.heads), length * size);
}

class Stages {
 public:
    explicit Stages(const CostFlaws& flaws) : bytes_(flaws.eight_bytes ? 8 : 4), flaws_(flaws) {}

    /// @param read, written  in numbers    @param kept  for the backward pass
    void add(const std::string& name, double flops, double read, double written, bool kept) {
        names_ += (names_.empty() ? "" : " ") + name;
        rows_.push_back({flops, bytes_ * read, bytes_ * written});
        if (kept || flaws_.keeps_everything) activations_ += bytes_ * written;
    }
    /// The stages that every attention ends in.
    void finish(const AttentionSizes& s) {
        double scores = 0, softmax_flops = 0, mix_flops = 0;
        for_each_score(s, flaws_, [&] {
            ++scores;
            softmax_flops += 5;  // maximum, subtraction, exp, sum, division
            for (std::uint64_t d = 0; d < s.head_dim; ++d) mix_flops += flaws_.one_flop_per_term ? 1 : 2;
        });
        add("softmax", softmax_flops, scores, scores, true);
        add("mix", mix_flops, scores + numbers(s, flaws_, s.kv_len, s.head_dim),
            numbers(s, flaws_, s.q_len, s.head_dim), false);
    }
    [[nodiscard]] CountedCost result() const {
        CountedCost cost{names_, Tensor<2, double>(std::array<std::size_t, 2>{rows_.size(), 3}),
                         Tensor<1, double>(std::array<std::size_t, 1>{1}, activations_)};
        for (std::size_t r = 0; r < rows_.size(); ++r)
            for (std::size_t c = 0; c < 3; ++c) cost.stages(r, c) = rows_[r][c];
        return cost;
    }

 private:
    double bytes_;
    CostFlaws flaws_;
    std::string names_;
    std::vector<std::array<double, 3>> rows_;
    double activations_ = 0;
};

}  // namespace

CountedCost count_dot_product(const AttentionSizes& s, const CostFlaws& flaws) {
    Stages stages(flaws);
    double scores = 0, flops = 0;
    for_each_score(s, flaws, [&] {
        ++scores;
        for (std::uint64_t d = 0; d < s.head_dim; ++d) flops += flaws.one_flop_per_term ? 1 : 2;
        if (!flaws.no_scale) ++flops;
    });
    stages.add("scores", flops, numbers(s, flaws, s.q_len, s.head_dim) + numbers(s, flaws, s.kv_len, s.head_dim),
               scores, false);
    stages.finish(s);
    return stages.result();
}

CountedCost count_additive(const AttentionSizes& s, AdditiveMethod method, const CostFlaws& flaws) {
    Stages stages(flaws);
    const double term = flaws.one_flop_per_term ? 1 : 2;
    const double inputs = numbers(s, flaws, s.q_len, s.head_dim) + numbers(s, flaws, s.kv_len, s.head_dim);
    const double projected = numbers(s, flaws, s.q_len, s.hidden) + numbers(s, flaws, s.kv_len, s.hidden);
    double matrices = 0, vectors = 0;  // W_q and W_k, and w, of every head
    const std::uint64_t readings = flaws.parameters_not_read ? 0 : flaws.parameters_per_batch ? s.batch : 1;
    for (std::uint64_t n = 0; n < readings; ++n)
        for (std::uint64_t h = 0; h < s.heads; ++h)
            for (std::uint64_t c = 0; c < s.hidden; ++c) {
                ++vectors;
                for (std::uint64_t d = 0; d < s.head_dim; ++d) matrices += 2;
            }
    double project_flops = 0;
    for (double n = 0; n < projected; ++n)
        for (std::uint64_t d = 0; d < s.head_dim; ++d) project_flops += term;
    stages.add("project", project_flops, inputs + matrices, projected, true);

    double scores = 0, channels = 0, add = 0, tanh = 0, reduce = 0;
    for_each_score(s, flaws, [&] {
        ++scores;
        for (std::uint64_t c = 0; c < s.hidden; ++c) {
            ++channels;
            ++add;
            ++tanh;
            reduce += term;
        }
    });
    if (flaws.channels_per_head_only) channels /= static_cast<double>(s.batch * s.heads);
    if (method == AdditiveMethod::broadcast) {
        stages.add("add", add, projected, channels, false);
        stages.add("tanh", tanh, channels, channels, !flaws.tanh_not_kept);
        stages.add("reduce", reduce, channels + vectors, scores, false);
    } else {
        stages.add("scores", add + tanh + reduce, projected + vectors, scores, false);
    }
    stages.finish(s);
    return stages.result();
}

}  // namespace wb::oracle
