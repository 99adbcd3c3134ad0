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

std::filesystem::path fetched_dataset(const std::string& name) {
    std::filesystem::path folder = std::filesystem::path(WB_DATASETS) / "fetched" / name;
    std::error_code none;
    if (!std::filesystem::is_directory(folder, none)) {
        throw FileError(folder.string() +
                        ": is not there, for it is too large to come with the workbook. Try: "
                        "./workbook datasets fetch " +
                        name);
    }
    return folder;
}

}  // namespace wb
