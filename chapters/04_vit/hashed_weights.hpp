/// @file
/// Weights that nobody has trained, the same in every language: a hash of a tensor's number and an index makes each of them. So a
/// model of full size can be compared with PyTorch's, to the last logit, without 346 MB in a repository. Given code.
/// In the full workbook, tests/goldens/04_vit/make_goldens.py has the same lines in Python.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "vit_options.hpp"
#include "wb/autograd/parameter.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// 32 bits that depend on both numbers, each bit on each (a finalizer of multiplications and shifts).
inline std::uint32_t hashed_bits(std::uint32_t tensor, std::uint32_t index) {
    std::uint32_t h = index * 0x9E3779B1U + tensor * 0x85EBCA6BU;
    h ^= h >> 16;
    h *= 0x7FEB352DU;
    h ^= h >> 15;
    h *= 0x846CA68BU;
    return h ^ h >> 16;
}

/// Uniform in [-range, range) about a middle. With a power of two as range nothing is rounded but the sum, once, so that every
/// compiler and every language finds the same float.
inline float hashed_number(std::uint32_t tensor, std::uint32_t index, double range, double middle = 0) {
    return static_cast<float>(middle + range * (static_cast<double>(hashed_bits(tensor, index) >> 8) * 0x1p-23 - 1));
}

/// How far a parameter's numbers may lie from their middle. A head's scores get a deviation of about 2, everything else about 1.
inline double hashed_range(const std::string& name) {
    if (name.find("layernorm") != std::string::npos) return name.ends_with("weight") ? 0x1p-2 : 0x1p-4;
    if (name.ends_with("bias")) return 0x1p-6;
    if (name.ends_with("cls_token") || name.ends_with("position_embeddings")) return 0x1p-1;
    if (name.ends_with("query.weight")) return 0x1p-3;
    if (name.ends_with("key.weight") || name.ends_with("projection.weight") || name == "classifier.weight")
        return 0x1p-4;
    return name.ends_with("output.dense.weight") && name.find("attention") == std::string::npos ? 0x1p-6 : 0x1p-5;
}

/// Sets a vision transformer's parameters: the n-th of its list is tensor n.
inline void set_hashed_weights(const ParameterList<float>& parameters) {
    std::uint32_t tensor = 0;
    for (const ParameterPtr<float>& parameter : parameters) {
        const std::string& name = parameter->name;
        const double range = hashed_range(name);
        const double middle = name.find("layernorm") != std::string::npos && name.ends_with("weight") ? 1 : 0;
        std::uint32_t index = 0;
        for (float& value : parameter->value) value = hashed_number(tensor, index++, range, middle);
        ++tensor;
    }
}

/// Pictures for such a model: tensor 1000, uniform in [-1, 1).
inline Tensor<4> hashed_pixels(const VitOptions& options, std::size_t batch = 1) {
    Tensor<4> pixels(std::array<std::size_t, 4>{batch, options.channels, options.image_size, options.image_size});
    std::uint32_t index = 0;
    for (float& value : pixels) value = hashed_number(1000, index++, 1);
    return pixels;
}

}  // namespace wb
