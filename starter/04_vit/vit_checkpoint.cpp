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

// TODO(4.4): compare a checkpoint with a model.
//   Start:    a map from names to stored tensors. Go through the parameters, and take out of the map what you find; what is left at
//             the end is surplus.
//   Ask:      a file made for a model of 24 layers is loaded into one of 12. What is missing, what is surplus?
//   Traps:    [768, 3072] and [3072, 768] hold as many numbers, and are not the same shape.
std::vector<std::string> checkpoint_problems(const std::vector<StoredTensor>& stored,
                                             const ParameterList<float>& parameters) {
    throw wb::NotImplemented("4.4");
}

// TODO(4.4): load.
//   Start:    SafeTensorsReader(file).entries() has all tensors by name, each with dtype and shape; its read() puts numbers where you
//             want them. read_safetensors would hold all 346 MB of ViT-Base a second time.
//   Ask:      what has changed in the model when the hundredth tensor turns out not to fit?
//   Traps:    compare everything first, then read. Read the numbers into the parameter's own memory: do not put another in its place,
//             since a copy of the model, or a tape, may know where the numbers lie.
void load_checkpoint(const std::filesystem::path& file, const VisionTransformer& model) {
    throw wb::NotImplemented("4.4");
}

}  // namespace wb
