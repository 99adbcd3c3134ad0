#include "wb/labelled_pictures.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "wb/errors.hpp"
#include "wb/idx.hpp"

namespace wb {
namespace fs = std::filesystem;

namespace {

constexpr const char* debian_folder = "/usr/share/datasets/fashion-mnist";
constexpr const char* fashion_classes[] = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                           "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};

RawTensor read_axes(const fs::path& path, std::size_t axes, const char* of) {
    RawTensor array = read_idx(path);
    if (array.shape.size() != axes) {
        throw FileError(path.string() + ": holds " + shape_text(array.shape) + ", but " + of + " have " +
                        std::to_string(axes) + (axes == 1 ? " axis" : " axes") + ". Is this the right file?");
    }
    return array;
}

/// The file of that name, packed or not. @throws FileError saying how to get the set
fs::path fashion_file(const fs::path& folder, const std::string& name) {
    for (const char* ending : {".gz", ""}) {
        const fs::path path = folder / (name + ending);
        std::error_code none;
        if (fs::exists(path, none)) return path;
    }
    throw FileError((folder / (name + ".gz")).string() +
                    ": is not there. Fashion-MNIST comes with Debian: apt install dataset-fashion-mnist (or name its "
                    "folder in the environment variable WB_FASHION_MNIST)");
}

fs::path fashion_folder(const fs::path& given) {
    if (!given.empty()) return given;
    const char* named = std::getenv("WB_FASHION_MNIST");
    return named != nullptr && *named != '\0' ? named : debian_folder;
}

}  // namespace

LabelledPictures LabelledPictures::gather(std::span<const std::size_t> numbers) const {
    auto shape = pictures.shape();
    const std::size_t bytes = shape[1] * shape[2] * shape[3];
    shape[0] = numbers.size();
    LabelledPictures some{Tensor<4, std::uint8_t>(shape), {}, class_names};
    for (std::size_t n = 0; n < numbers.size(); ++n) {
        some.labels.push_back(labels.at(numbers[n]));
        std::copy_n(pictures.data() + numbers[n] * bytes, bytes, some.pictures.data() + n * bytes);
    }
    return some;
}

LabelledPictures read_idx_pictures(const fs::path& pictures_path, const fs::path& labels_path,
                                   std::vector<std::string> class_names) {
    const RawTensor labels = read_axes(labels_path, 1, "labels");
    const RawTensor pictures = read_axes(pictures_path, 3, "grey pictures");
    const std::size_t n = labels.shape[0];
    if (pictures.shape[0] != n) {
        throw FileError(pictures_path.string() + ": holds " + std::to_string(pictures.shape[0]) + " pictures, but " +
                        labels_path.string() + " holds " + std::to_string(n) +
                        " labels. Do the files belong together?");
    }
    if (pictures.bytes.empty())
        throw FileError(pictures_path.string() + ": holds no picture: " + shape_text(pictures.shape));
    LabelledPictures set;
    for (std::size_t i = 0; i < n; ++i) {
        const auto label = std::to_integer<std::size_t>(labels.bytes[i]);
        if (label >= class_names.size()) {
            throw FileError(labels_path.string() + ": label " + std::to_string(i) + " is " + std::to_string(label) +
                            ", but there are classes 0 .. " + std::to_string(class_names.size() - 1));
        }
        set.labels.push_back(static_cast<int>(label));
    }
    set.pictures.resize({n, pictures.shape[1], pictures.shape[2], 1});
    std::transform(pictures.bytes.begin(), pictures.bytes.end(), set.pictures.data(),
                   [](std::byte byte) { return std::to_integer<std::uint8_t>(byte); });
    set.class_names = std::move(class_names);
    return set;
}

LabelledPictures read_fashion_mnist(Part part, const fs::path& given) {
    const fs::path folder = fashion_folder(given);
    const std::string name = part == Part::train ? "train" : "t10k";
    const fs::path pictures = fashion_file(folder, name + "-images-idx3-ubyte");
    return read_idx_pictures(pictures, fashion_file(folder, name + "-labels-idx1-ubyte"),
                             {std::begin(fashion_classes), std::end(fashion_classes)});
}

}  // namespace wb
