/// @file
/// Exercise 4.4: weights that others have trained. The contract is chapters/04_vit/vit_checkpoint.hpp.
#include "vit_checkpoint.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <span>

#include "wb/errors.hpp"
#include "wb/safetensors.hpp"
#include "wb/tensor.hpp"

namespace wb {
// SOLUTION BEGIN 4.4 removed
namespace {

using ByName = std::map<std::string, const StoredTensor*>;

constexpr const char *head_weight = "classifier.weight", *head_bias = "classifier.bias";

bool has_shape(const StoredTensor& tensor, std::span<const std::size_t> shape) {
    return std::equal(tensor.shape.begin(), tensor.shape.end(), shape.begin(), shape.end());
}

/// The problem of a whole head that is for another number of classes.
std::optional<std::string> head_problem(const ByName& stored, const Parameter<float>& weight) {
    const auto found_weight = stored.find(head_weight), found_bias = stored.find(head_bias);
    if (found_weight == stored.end() || found_bias == stored.end() || found_bias->second->shape.size() != 1)
        return std::nullopt;
    const std::size_t classes = found_bias->second->shape[0], wanted = weight.shape[0];
    if (classes == wanted || !has_shape(*found_weight->second, weight.shape.with(0, classes))) return std::nullopt;
    return "head: the file has " + std::to_string(classes) + " classes, the model " + std::to_string(wanted) +
           ". Make the model with " + std::to_string(classes) + " classes, load, and replace its head (exercise 4.9)";
}

}  // namespace
// SOLUTION END

// TODO(4.4): compare a checkpoint with a model.
//   Start:    a map from names to stored tensors. Go through the parameters, and take out of the map what you find; what is left at
//             the end is surplus.
//   Ask:      a file made for a model of 24 layers is loaded into one of 12. What is missing, what is surplus?
//   Traps:    [768, 3072] and [3072, 768] hold as many numbers, and are not the same shape.
std::vector<std::string> checkpoint_problems(const std::vector<StoredTensor>& stored,
                                             const ParameterList<float>& parameters) {
    // SOLUTION BEGIN 4.4
    ByName left;
    for (const StoredTensor& tensor : stored) left.emplace(tensor.name, &tensor);
    std::vector<std::string> problems;
    bool other_head = false;
    for (const ParameterPtr<float>& parameter : parameters) {
        const std::string &name = parameter->name, shape = shape_text(parameter->shape);
        if (name == head_weight) {
            if (const std::optional<std::string> problem = head_problem(left, *parameter)) {
                problems.push_back(*problem);
                other_head = true;
            }
        }
        const auto found = left.find(name);
        if (found == left.end()) {
            problems.push_back("missing: " + name + " " + shape);
            continue;
        }
        const StoredTensor& tensor = *found->second;
        left.erase(found);
        if (other_head && (name == head_weight || name == head_bias)) continue;
        if (!has_shape(tensor, parameter->shape)) {
            problems.push_back("misshapen: " + name + " is " + shape_text(tensor.shape) + " in the file, " + shape +
                               " in the model");
        } else if (tensor.dtype != DType::f32) {
            problems.push_back("type: " + name + " is " + dtype_name(tensor.dtype) +
                               " in the file, float32 in the model");
        }
    }
    for (const auto& [name, tensor] : left) problems.push_back("surplus: " + name + " " + shape_text(tensor->shape));
    return problems;
    // SOLUTION END
}

// TODO(4.4): load.
//   Start:    SafeTensorsReader(file).entries() has all tensors by name, each with dtype and shape; its read() puts numbers where you
//             want them. read_safetensors would hold all 346 MB of ViT-Base a second time.
//   Ask:      what has changed in the model when the hundredth tensor turns out not to fit?
//   Traps:    compare everything first, then read. Read the numbers into the parameter's own memory: do not put another in its place,
//             since a copy of the model, or a tape, may know where the numbers lie.
void load_checkpoint(const std::filesystem::path& file, const VisionTransformer& model) {
    // SOLUTION BEGIN 4.4
    const SafeTensorsReader reader(file);
    std::vector<StoredTensor> stored;
    for (const auto& [name, entry] : reader.entries()) stored.push_back({name, entry.dtype, entry.shape});
    const ParameterList<float> parameters(model);
    const std::vector<std::string> problems = checkpoint_problems(stored, parameters);
    if (!problems.empty()) {
        constexpr std::size_t most = 12;
        std::string text = file.string() + ": does not fit the model, in " + std::to_string(problems.size()) +
                           (problems.size() == 1 ? " place:" : " places:");
        for (std::size_t n = 0; n < std::min(most, problems.size()); ++n) text += "\n  " + problems[n];
        if (problems.size() > most) text += "\n  and " + std::to_string(problems.size() - most) + " more";
        throw FileError(text);
    }
    for (const ParameterPtr<float>& parameter : parameters)
        reader.read(parameter->name, std::span<float>(parameter->value));
    // SOLUTION END
}

}  // namespace wb
