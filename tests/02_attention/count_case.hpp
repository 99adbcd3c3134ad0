/// @file
/// Specifications and sizes as part of a case file.
#pragma once

#include "cost.hpp"
#include "judge/case.hpp"
#include "parameter_count.hpp"

namespace wb {

/// Writes a specification into a case.
inline void put_spec(grader::CaseWriter& writer, const AttentionSpec& spec) {
    const auto number = [&](const char* name, auto value) { writer.number(name, static_cast<double>(value)); };
    number("kind", static_cast<int>(spec.kind));
    number("num_heads", spec.num_heads);
    number("query_dim", spec.query_dim);
    number("key_dim", spec.key_dim);
    number("value_dim", spec.value_dim);
    number("head_dim", spec.head_dim);
    number("v_head_dim", spec.v_head_dim);
    number("output_dim", spec.output_dim);
    number("length", spec.length);
    number("bias", spec.bias);
}

/// The specification of a case.
inline AttentionSpec spec_of(const grader::Case& c) {
    const auto size = [&](const char* name) { return static_cast<std::size_t>(c.number(name)); };
    return {static_cast<AttentionKind>(static_cast<int>(c.number("kind"))),
            size("num_heads"),
            size("query_dim"),
            size("key_dim"),
            size("value_dim"),
            size("head_dim"),
            size("v_head_dim"),
            size("output_dim"),
            size("length"),
            c.number("bias") != 0};
}

/// Writes sizes into a case.
inline void put_sizes(grader::CaseWriter& writer, const AttentionSizes& s) {
    const auto number = [&](const char* name, std::uint64_t value) { writer.number(name, static_cast<double>(value)); };
    number("batch", s.batch);
    number("heads", s.heads);
    number("q_len", s.q_len);
    number("kv_len", s.kv_len);
    number("head_dim", s.head_dim);
    number("hidden", s.hidden);
}

/// The sizes of a case.
inline AttentionSizes sizes_of(const grader::Case& c) {
    const auto size = [&](const char* name) { return static_cast<std::uint64_t>(c.number(name)); };
    return {size("batch"), size("heads"), size("q_len"), size("kv_len"), size("head_dim"), size("hidden")};
}

}  // namespace wb
