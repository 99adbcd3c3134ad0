/// @file
/// Exercise 4.4: weights that others have trained. A checkpoint is a file of named tensors; a model is a list of named parameters. Where
/// the two differ, nothing is loaded, and the error says all that differs: a model that runs with one layer's weights missing does
/// not crash, it is merely wrong, and nobody sees why.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "vit.hpp"
#include "wb/raw_tensor.hpp"

namespace wb {

/// A tensor as a checkpoint's header describes it.
struct StoredTensor {
    std::string name;                ///< e.g. "classifier.weight"
    DType dtype = DType::f32;        ///< of its numbers
    std::vector<std::size_t> shape;  ///< e.g. {1000, 768}
};

/// The members, in wire order.
inline auto fields(StoredTensor& tensor) {
    return std::tie(tensor.name, tensor.dtype, tensor.shape);
}

/// All that keeps a checkpoint from being a model's, a line each; nothing when it fits. First what is wrong with the model's parameters,
/// in the model's order, each with the first of these that applies:
///
///     missing: NAME SHAPE                                         the file has no tensor of that name
///     misshapen: NAME is SHAPE in the file, SHAPE in the model    shapes differ, even if they hold as many numbers
///     type: NAME is TYPE in the file, float32 in the model       TYPE as dtype_name writes it
///
/// then the tensors that the model knows nothing of, in order of their names:
///
///     surplus: NAME SHAPE
///
/// Shapes are written as shape_text writes them, "[1000, 768]". A head for another number of classes is one problem, not two, in the
/// place of the head's first parameter: when classifier.weight is [M, hidden] and classifier.bias [M] in the file, with an M that is
/// not the model's, the line is
///
///     head: the file has M classes, the model N. ADVICE           what to do, in your words
///
/// @param stored      each name once, in any order
/// @param parameters  of a vision transformer, named as vit.hpp says
std::vector<std::string> checkpoint_problems(const std::vector<StoredTensor>& stored,
                                             const ParameterList<float>& parameters);

/// Sets a model's parameters to a safetensors file's. Copies of the model share them, and see the new numbers.
/// @throws FileError naming the file when it cannot be read; and when it has problems: one error, which begins with the file's name, says
///         how many there are, and lists the first 12, a line each (with more, it says how many more). Then no parameter has changed
void load_checkpoint(const std::filesystem::path& file, const VisionTransformer& model);

}  // namespace wb
