// NOTE: Lists are searched from end to end, and the whole file is read before anything is copied.
#include "vit_checkpoint.hpp"

#include <algorithm>
#include <cstring>
#include <sstream>

#include "wb/errors.hpp"
#include "wb/safetensors.hpp"

namespace wb {
namespace {

const StoredTensor* find(const std::vector<StoredTensor>& stored, const std::string& name) {
    for (const StoredTensor& one : stored) {
        if (one.name == name) return &one;
    }
    return nullptr;
}

std::vector<std::size_t> extents(const Parameter<float>& parameter) {
    const std::span<const std::size_t> shape = parameter.shape;
    return {shape.begin(), shape.end()};
}

}  // namespace

std::vector<std::string> checkpoint_problems(const std::vector<StoredTensor>& stored,
                                             const ParameterList<float>& parameters) {
    const StoredTensor *weight = find(stored, "classifier.weight"), *bias = find(stored, "classifier.bias");
    std::vector<std::string> problems, surplus;
    for (const StoredTensor& one : stored) {
        if (std::none_of(parameters.begin(), parameters.end(), [&](const auto& p) { return p->name == one.name; }))
            surplus.push_back(one.name);
    }
    std::sort(surplus.begin(), surplus.end());
    bool other_head = false;
    for (const auto& parameter : parameters) {
        const StoredTensor* one = find(stored, parameter->name);
        const std::vector<std::size_t> wanted = extents(*parameter);
        if (parameter->name == "classifier.weight" && weight != nullptr && bias != nullptr) {
            other_head = weight->shape.size() == 2 && bias->shape.size() == 1 && weight->shape[0] == bias->shape[0] &&
                         weight->shape[1] == wanted[1] && weight->shape[0] != wanted[0];
            if (other_head)
                problems.push_back("head: the file has " + std::to_string(weight->shape[0]) + " classes, the model " +
                                   std::to_string(wanted[0]) + ". Give the model as many, or another head later.");
        }
        if (other_head && (one == weight || one == bias)) continue;
        if (one == nullptr) {
            problems.push_back("missing: " + parameter->name + " " + shape_text(wanted));
        } else if (one->shape != wanted) {
            problems.push_back("misshapen: " + one->name + " is " + shape_text(one->shape) + " in the file, " +
                               shape_text(wanted) + " in the model");
        } else if (one->dtype != DType::f32) {
            problems.push_back("type: " + one->name + " is " + dtype_name(one->dtype) +
                               " in the file, float32 in the model");
        }
    }
    for (const std::string& name : surplus)
        problems.push_back("surplus: " + name + " " + shape_text(find(stored, name)->shape));
    return problems;
}

void load_checkpoint(const std::filesystem::path& file, const VisionTransformer& model) {
    const SafeTensors content = read_safetensors(file);
    std::vector<StoredTensor> stored;
    for (const auto& [name, raw] : content.tensors) stored.push_back({name, raw.dtype, raw.shape});
    const ParameterList<float> parameters(model);
    const std::vector<std::string> problems = checkpoint_problems(stored, parameters);
    if (!problems.empty()) {
        std::ostringstream text;
        text << file.string() << ": " << problems.size() << " differences between file and model";
        for (std::size_t n = 0; n < problems.size() && n < 12; ++n) text << '\n' << problems[n];
        if (problems.size() > 12) text << "\n.. " << problems.size() - 12 << " more";
        throw FileError(text.str());
    }
    for (const auto& parameter : parameters)
        std::memcpy(parameter->value.data(), content.find(parameter->name).bytes.data(), 4 * parameter->value.size());
}

}  // namespace wb
