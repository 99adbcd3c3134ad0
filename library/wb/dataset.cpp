#include "wb/dataset.hpp"

#include "wb/errors.hpp"

namespace wb {

std::filesystem::path dataset(const std::string& name) {
    std::filesystem::path path = std::filesystem::path(WB_DATASETS) / name;
    if (!std::filesystem::is_regular_file(path)) {
        throw FileError("there is no dataset " + path.string() + ". datasets/README.md lists those there are");
    }
    return path;
}

}  // namespace wb
