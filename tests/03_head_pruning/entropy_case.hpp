/// @file
/// Questions of exercise 3.4, as the case maker writes them and as the tests ask them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "entropy_probes.hpp"
#include "judge/case.hpp"

namespace wb {

/// Heads of each module, and the calls.
struct EntropyQuestion {
    std::vector<std::size_t> heads;
    std::vector<probes::WeightsBatch> calls;
};

inline void write_entropy_question(grader::CaseWriter& writer, const EntropyQuestion& question) {
    Tensor<1> heads(std::array<std::size_t, 1>{question.heads.size()});
    for (std::size_t m = 0; m < heads.size(); ++m) heads(m) = static_cast<float>(question.heads[m]);
    writer.in("heads", heads).number("calls", static_cast<double>(question.calls.size()));
    for (std::size_t n = 0; n < question.calls.size(); ++n) {
        const probes::WeightsBatch& call = question.calls[n];
        const std::string key = std::to_string(n);
        writer.number("module." + key, static_cast<double>(call.module)).in("weights." + key, call.weights);
        if (call.query_lengths.empty()) continue;
        Tensor<1> lengths(std::array<std::size_t, 1>{call.query_lengths.size()});
        std::transform(call.query_lengths.begin(), call.query_lengths.end(), lengths.begin(),
                       [](int length) { return static_cast<float>(length); });
        writer.in("query_lengths." + key, lengths);
    }
}

inline EntropyQuestion entropy_question_of(const grader::Case& c) {
    EntropyQuestion question;
    for (const float heads : c.in<1>("heads")) question.heads.push_back(static_cast<std::size_t>(heads));
    for (std::size_t n = 0; n < static_cast<std::size_t>(c.number("calls")); ++n) {
        const std::string key = std::to_string(n);
        probes::WeightsBatch call{static_cast<std::size_t>(c.number("module." + key)), c.in<4>("weights." + key), {}};
        if (c.has_in("query_lengths." + key)) {
            for (const float length : c.in<1>("query_lengths." + key))
                call.query_lengths.push_back(static_cast<int>(length));
        }
        question.calls.push_back(call);
    }
    return question;
}

}  // namespace wb
