/// @file
/// Sets of small pictures with a class each, to train classifiers on: Fashion-MNIST from Debian's package, CIFAR-10 in its binary
/// format, and anything of that kind in IDX files. Files are untrusted: sizes, counts and labels are checked, and what does not fit
/// is a FileError that names file and picture.
/// Sources: Xiao, Rasul, Vollgraf 2017, "Fashion-MNIST"; Krizhevsky 2009, "Learning Multiple Layers of Features from Tiny Images".
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "wb/tensor.hpp"

namespace wb {

/// Pictures of one size, and what each shows.
struct LabelledPictures {
    Tensor<4, std::uint8_t> pictures;      ///< [n, height, width, channels], row 0 on top; channels: 1 grey, 3 RGB
    std::vector<int> labels;               ///< [n]: 0 .. class_names.size() - 1
    std::vector<std::string> class_names;  ///< e.g. "T-shirt/top"

    [[nodiscard]] std::size_t size() const { return labels.size(); }  ///< how many pictures

    /// Some of them with their labels, as a batch: in the order of `numbers`, in which one may come twice.
    /// @throws std::out_of_range  for a number that is no picture's
    [[nodiscard]] LabelledPictures gather(std::span<const std::size_t> numbers) const;
};

/// The two parts in which the data sets come.
enum class Part { train, test };

/// Reads grey pictures [n, height, width] and labels [n] from two IDX files, plain or packed by gzip.
/// @throws FileError as read_idx; also when the files' counts differ, there is no picture, or a label has no name
LabelledPictures read_idx_pictures(const std::filesystem::path& pictures, const std::filesystem::path& labels,
                                   std::vector<std::string> class_names);

/// Fashion-MNIST: 60,000 pictures for training and 10,000 for the test, 28 x 28, grey, 10 classes.
/// @param folder  with train-images-idx3-ubyte, t10k-labels-idx1-ubyte and so on, packed (.gz) or not; empty: what the environment
///                variable WB_FASHION_MNIST says, or else where Debian's dataset-fashion-mnist puts it
/// @throws FileError as read_idx_pictures; when the set is not there, saying how to get it
LabelledPictures read_fashion_mnist(Part part, const std::filesystem::path& folder = {});

/// CIFAR-10: 50,000 pictures for training and 10,000 for the test, 32 x 32, RGB, 10 classes.
/// @param folder  with data_batch_1.bin .. data_batch_5.bin, test_batch.bin and batches.meta.txt, or with such a folder
///                cifar-10-batches-bin in it; empty: where `./workbook datasets fetch cifar10` puts it
/// @throws FileError as parse_cifar10; when a file is not there, saying how to get it
LabelledPictures read_cifar10(Part part, const std::filesystem::path& folder = {});

/// One file of CIFAR-10: records of 3,073 bytes, a label 0 .. 9 and the planes red, green and blue of 32 x 32 bytes each.
/// @return without class_names
/// @throws FileError when there is no record, a part of one, or a label that is none
LabelledPictures parse_cifar10(std::span<const std::byte> bytes, const std::string& name);

}  // namespace wb
