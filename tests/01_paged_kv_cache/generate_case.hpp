/// @file
/// Cases of exercise 1.13: requests, and the texts that the unpaged reference gives. Texts are kept as texts, so that a case can be
/// read; the model's vocabulary turns them into tokens and back without loss.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "generate_probes.hpp"
#include "judge/case.hpp"
#include "unpaged.hpp"
#include "wb/char_model.hpp"
#include "wb/dataset.hpp"

namespace wb {

/// The shipped model; loaded once.
inline CharModel& char_model() {
    static CharModel model(read_safetensors(dataset("char_lm/sense_and_sensibility.safetensors")));
    return model;
}

namespace generate_case {

/// "max_new_tokens", 2 -> "max_new_tokens.2"
inline std::string of(const char* key, std::size_t request) {
    return std::string(key) + "." + std::to_string(request);
}

inline void write_pool(grader::CaseWriter& writer, const probes::GenerationPool& pool) {
    writer.number("block_size", pool.block_size)
        .number("num_gpu_blocks", pool.num_gpu_blocks)
        .number("num_cpu_blocks", pool.num_cpu_blocks)
        .number("swap", pool.swap ? 1 : 0);
}

inline probes::GenerationPool pool_of(const grader::Case& c) {
    const auto whole = [&](const char* key) { return static_cast<int>(c.number(key)); };
    return {whole("block_size"), whole("num_gpu_blocks"), whole("num_cpu_blocks"), c.number("swap") != 0};
}

inline void write_requests(grader::CaseWriter& writer, const std::vector<GenerationRequest>& requests) {
    writer.number("requests", static_cast<double>(requests.size()));
    for (std::size_t r = 0; r < requests.size(); ++r) {
        const GenerationRequest& request = requests[r];
        writer.text(of("prompt", r), char_model().decode(request.prompt))
            .number(of("max_new_tokens", r), request.max_new_tokens)
            .number(of("num_sequences", r), request.num_sequences)
            .number(of("stop_token", r), request.stop_token)
            .number(of("temperature", r), request.sampling.temperature)
            .number(of("seed", r), static_cast<double>(request.sampling.seed));
    }
}

/// Ids are the requests' places, times 10: an id is no index.
inline std::vector<GenerationRequest> requests_of(const grader::Case& c) {
    std::vector<GenerationRequest> requests(static_cast<std::size_t>(c.number("requests")));
    for (std::size_t r = 0; r < requests.size(); ++r) {
        GenerationRequest& request = requests[r];
        request.id = static_cast<std::int64_t>(10 * r);
        request.prompt = char_model().encode(c.text(of("prompt", r)));
        request.max_new_tokens = static_cast<int>(c.number(of("max_new_tokens", r)));
        request.num_sequences = static_cast<int>(c.number(of("num_sequences", r)));
        request.stop_token = static_cast<int>(c.number(of("stop_token", r)));
        request.sampling = {c.number(of("temperature", r)), static_cast<std::uint64_t>(c.number(of("seed", r)))};
    }
    return requests;
}

/// The key of what the reference generates.
inline std::string expected(std::size_t request, std::size_t sequence) {
    return "expected." + std::to_string(request) + "." + std::to_string(sequence);
}

}  // namespace generate_case
}  // namespace wb
