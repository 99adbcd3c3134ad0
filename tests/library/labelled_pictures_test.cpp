#include "wb/labelled_pictures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "packed.hpp"
#include "scratch.hpp"
#include "wb/errors.hpp"
#include "wb/idx.hpp"

namespace wb {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

/// Bytes 0, 1, 2 .. 255, 0, 1 ..
std::string ramp(std::size_t count) {
    std::string bytes(count, '\0');
    std::iota(bytes.begin(), bytes.end(), '\0');
    return bytes;
}

class Idx : public InScratchFolder {
 protected:
    static std::string refused(const std::string& bytes) {
        return text_of<FileError>([&] { parse_idx(as_bytes(bytes), "a.idx"); });
    }
};

TEST_F(Idx, ArrayIsReadPlainAndPacked) {
    for (const std::string& bytes : {idx({2, 3, 5}, ramp(30)), gzipped(idx({2, 3, 5}, ramp(30)))}) {
        write_text(file("a.idx"), bytes);
        const RawTensor array = read_idx(file("a.idx"));
        EXPECT_THAT(array.shape, ElementsAre(2, 3, 5));
        const auto x = to_tensor<3, std::uint8_t>(array, "a.idx");
        for (std::size_t i = 0; i < 30; ++i) ASSERT_EQ(x.data()[i], i);
    }
}

TEST_F(Idx, OtherFilesAreRefused) {
    EXPECT_EQ(refused(""), "a.idx: is no IDX file: it has only 0 bytes. Copy or download it again");
    EXPECT_EQ(refused("hello, world"),
              "a.idx: is no IDX file: it begins with \"hell\", where two zeros belong. Is this the right file?");
    std::string floats = idx({1}, "x");
    floats[2] = 0x0d;
    EXPECT_EQ(refused(floats), "a.idx: is IDX with elements of type 13, and only type 8, unsigned bytes, is read");
    EXPECT_EQ(refused(idx({}, "x")), "a.idx: is IDX with 0 axes, and 1 to 4 are read");
    EXPECT_EQ(refused(idx({1, 1, 1, 1, 1}, "x")), "a.idx: is IDX with 5 axes, and 1 to 4 are read");
}

TEST_F(Idx, WhatIsPromisedMustBeThereAndNothingElse) {
    for (const std::string& bytes : {idx({2, 3}, ramp(5)), gzipped(idx({2, 3}, ramp(5)))}) {
        EXPECT_EQ(refused(bytes), "a.idx: promises [2, 3], 6 bytes, but has only 5. Copy or download it again");
    }
    for (const std::string& bytes : {idx({2, 3}, ramp(7)), gzipped(idx({2, 3}, ramp(7)))}) {
        EXPECT_EQ(refused(bytes),
                  "a.idx: goes on behind the 6 bytes of [2, 3] that it promises. Copy or download it again");
    }
    EXPECT_THAT(refused(idx({4294967295, 4294967295, 4294967295}, "x")), HasSubstr("cannot hold"));
    EXPECT_THAT(refused(gzipped(idx({4294967295}, "x"))), HasSubstr("cannot hold"));
}

TEST_F(Idx, BombIsUnpackedNoFurtherThanItsHeaderPromises) {
    const std::string bomb = gzipped(idx({10}, std::string(64 << 20, '\0')));
    ASSERT_LT(bomb.size(), 100'000) << "packed a thousandfold";
    EXPECT_EQ(refused(bomb), "a.idx: goes on behind the 10 bytes of [10] that it promises. Copy or download it again");
}

TEST_F(Idx, DamagedOrCutPackingIsRefused) {
    const std::string good = gzipped(idx({10}, ramp(10)));
    for (std::size_t length = 0; length < good.size(); ++length)
        EXPECT_THAT(refused(good.substr(0, length)), HasSubstr("a.idx: is ")) << length;
    std::string checksum = good;
    checksum[good.size() - 6] ^= 1;
    EXPECT_EQ(refused(checksum), "a.idx: cannot be unpacked (incorrect data check). Copy or download it again");
    EXPECT_EQ(refused(good + "more"), "a.idx: goes on behind the end of its packed data. Copy or download it again");
}

class Labelled : public InScratchFolder {
 protected:
    /// Reads pictures of these extents and labels.
    LabelledPictures read(const std::vector<std::size_t>& shape, const std::vector<std::size_t>& label_shape,
                          const std::string& labels) const {
        std::size_t bytes = 1;
        for (const std::size_t extent : shape) bytes *= extent;
        write_text(file("pictures"), idx(shape, ramp(bytes)));
        write_text(file("labels"), gzipped(idx(label_shape, labels)));
        return read_idx_pictures(file("pictures"), file("labels"), {"cat", "dog", "owl"});
    }
    std::string refused(const std::vector<std::size_t>& shape, const std::vector<std::size_t>& label_shape,
                        const std::string& labels) const {
        return text_of<FileError>([&] { read(shape, label_shape, labels); });
    }
    /// A record of CIFAR-10: red, green and blue as told.
    static std::string record(char label, char red, char green, char blue) {
        return std::string(1, label) + std::string(1024, red) + std::string(1024, green) + std::string(1024, blue);
    }
    void write_cifar10(const std::filesystem::path& folder) const {
        std::filesystem::create_directories(folder);
        for (char batch = 1; batch <= 5; ++batch) {
            write_text(folder / ("data_batch_" + std::to_string(batch) + ".bin"),
                       record(batch, 10, 20, batch) + record(9, 1, 2, 3));
        }
        write_text(folder / "test_batch.bin", record(7, 'r', 'g', 'b'));
        write_text(folder / "batches.meta.txt",
                   "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
    }
};

TEST_F(Labelled, IdxPicturesKeepOrderAndGetTheirLabels) {
    const LabelledPictures set = read({3, 2, 4}, {3}, {2, 0, 1});
    EXPECT_EQ(set.size(), 3);
    EXPECT_EQ(set.pictures.shape(), (std::array<std::size_t, 4>{3, 2, 4, 1}));
    EXPECT_EQ(set.pictures(2, 1, 3, 0), 23);
    EXPECT_EQ(set.pictures(1, 0, 1, 0), 9);
    EXPECT_THAT(set.labels, ElementsAre(2, 0, 1));
    EXPECT_THAT(set.class_names, ElementsAre("cat", "dog", "owl"));
}

TEST_F(Labelled, IdxFilesThatDoNotBelongTogetherAreRefused) {
    const std::string pictures = file("pictures").string(), labels = file("labels").string();
    EXPECT_EQ(refused({3, 2, 4}, {2}, {0, 1}),
              pictures + ": holds 3 pictures, but " + labels + " holds 2 labels. Do the files belong together?");
    EXPECT_EQ(refused({3, 2, 4}, {3}, {0, 3, 1}), labels + ": label 1 is 3, but there are classes 0 .. 2");
    EXPECT_EQ(refused({3, 8}, {3}, {0, 1, 2}),
              pictures + ": holds [3, 8], but grey pictures have 3 axes. Is this the right file?");
    EXPECT_EQ(refused({3, 2, 4}, {3, 1}, {0, 1, 2}),
              labels + ": holds [3, 1], but labels have 1 axis. Is this the right file?");
    EXPECT_EQ(refused({0, 2, 4}, {0}, ""), pictures + ": holds no picture: [0, 2, 4]");
    EXPECT_EQ(refused({2, 0, 4}, {2}, {0, 1}), pictures + ": holds no picture: [2, 0, 4]");
}

// Expected: what Python's gzip module finds in Debian's files.
TEST_F(Labelled, FashionMnistOfDebianIsReadWhole) {
    const LabelledPictures train = read_fashion_mnist(Part::train), test = read_fashion_mnist(Part::test);
    EXPECT_EQ(train.pictures.shape(), (std::array<std::size_t, 4>{60'000, 28, 28, 1}));
    EXPECT_EQ(test.pictures.shape(), (std::array<std::size_t, 4>{10'000, 28, 28, 1}));
    const auto total = [](const LabelledPictures& set) {
        return std::accumulate(set.pictures.begin(), set.pictures.end(), std::uint64_t{0});
    };
    EXPECT_EQ(total(train), 3'431'114'169U);
    EXPECT_EQ(total(test), 573'469'082U);
    EXPECT_THAT(std::vector<int>(train.labels.begin(), train.labels.begin() + 10),
                ElementsAre(9, 0, 0, 3, 0, 2, 7, 2, 5, 5));
    std::vector<int> counts(10);
    for (const int label : test.labels) ++counts.at(static_cast<std::size_t>(label));
    EXPECT_THAT(counts, Each(1000));
    EXPECT_EQ(train.pictures(123, 14, 9, 0), 66);
    EXPECT_EQ(train.class_names.at(9), "Ankle boot");
}

TEST_F(Labelled, FashionMnistIsReadFromTheFolderOfTheArgumentOrTheEnvironment) {
    write_text(file("t10k-images-idx3-ubyte"), idx({1, 2, 2}, ramp(4)));
    write_text(file("t10k-labels-idx1-ubyte.gz"), gzipped(idx({1}, "\x03")));
    EXPECT_THAT(read_fashion_mnist(Part::test, file("")).labels, ElementsAre(3));
    ::setenv("WB_FASHION_MNIST", file("").c_str(), 1);
    EXPECT_THAT(read_fashion_mnist(Part::test).labels, ElementsAre(3));
    const std::string missing = text_of<FileError>([&] { read_fashion_mnist(Part::train); });
    ::unsetenv("WB_FASHION_MNIST");
    EXPECT_EQ(missing, file("train-images-idx3-ubyte.gz").string() +
                           ": is not there. Fashion-MNIST comes with Debian: apt install dataset-fashion-mnist (or "
                           "name its folder in the environment variable WB_FASHION_MNIST)");
}

TEST_F(Labelled, CifarPlanesBecomePixelsAndBatchesFollowEachOther) {
    write_cifar10(file("cifar-10-batches-bin"));
    for (const std::filesystem::path& folder : {file("cifar-10-batches-bin"), file("")}) {
        const LabelledPictures train = read_cifar10(Part::train, folder);
        EXPECT_EQ(train.pictures.shape(), (std::array<std::size_t, 4>{10, 32, 32, 3}));
        EXPECT_THAT(train.labels, ElementsAre(1, 9, 2, 9, 3, 9, 4, 9, 5, 9));
        EXPECT_EQ(train.pictures(4, 31, 0, 0), 10);
        EXPECT_EQ(train.pictures(4, 31, 0, 1), 20);
        EXPECT_EQ(train.pictures(4, 31, 0, 2), 3) << "the third batch's blue";
        const LabelledPictures test = read_cifar10(Part::test, folder);
        EXPECT_THAT(test.labels, ElementsAre(7));
        EXPECT_EQ(test.class_names.at(7), "horse");
    }
}

TEST_F(Labelled, CifarPixelsAreRowByRow) {
    const LabelledPictures set = parse_cifar10(as_bytes("\x05" + ramp(3072)), "batch");
    EXPECT_EQ(set.pictures(0, 2, 5, 0), 2 * 32 + 5);
    EXPECT_EQ(set.pictures(0, 2, 5, 2), (2048 + 2 * 32 + 5) % 256);
}

TEST_F(Labelled, CifarThatIsNoneIsRefused) {
    const auto refused = [](const std::string& bytes) {
        return text_of<FileError>([&] { parse_cifar10(as_bytes(bytes), "batch"); });
    };
    const std::string no_records =
        " bytes, which are no records of 3073 bytes, as CIFAR-10's binary version has them. Copy or download it again";
    EXPECT_EQ(refused(""), "batch: has 0" + no_records);
    EXPECT_EQ(refused(record(1, 2, 3, 4) + "x"), "batch: has 3074" + no_records);
    EXPECT_EQ(refused(record(1, 2, 3, 4) + record(10, 2, 3, 4)),
              "batch: picture 1 has label 10, but there are classes 0 .. 9. Copy or download it again");
}

TEST_F(Labelled, CifarThatIsNotThereOrLacksAFileSaysSo) {
    const std::string folder = file("").string();
    EXPECT_EQ(text_of<FileError>([&] { read_cifar10(Part::train, folder); }),
              file("batches.meta.txt").string() +
                  ": is not there, nor cifar-10-batches-bin/batches.meta.txt. CIFAR-10's binary version is fetched by "
                  "./workbook datasets fetch cifar10");
    write_cifar10(file(""));
    std::filesystem::remove(file("data_batch_3.bin"));
    EXPECT_THAT(text_of<FileError>([&] { read_cifar10(Part::train, folder); }),
                HasSubstr("data_batch_3.bin: cannot be read: No such file"));
    write_text(file("batches.meta.txt"), "cat\ndog\n");
    EXPECT_THAT(text_of<FileError>([&] { read_cifar10(Part::test, folder); }),
                HasSubstr("batches.meta.txt: has 2 names; expected the names of 10 classes, one a line."));
    write_text(file("batches.meta.txt"), "cat\nd\x01g\n");
    EXPECT_THAT(text_of<FileError>([&] { read_cifar10(Part::test, folder); }), HasSubstr("has the line \"d\\x01g\""));
}

TEST(LabelledPictures, ABatchHasThePicturesThatAreNamedInThatOrder) {
    LabelledPictures three{Tensor<4, std::uint8_t>(std::array<std::size_t, 4>{3, 1, 2, 2}), {7, 8, 9}, {"a"}};
    for (std::size_t i = 0; i < 12; ++i) three.pictures.data()[i] = static_cast<std::uint8_t>(i);
    const std::vector<std::size_t> numbers{2, 0, 2};
    const LabelledPictures batch = three.gather(numbers);
    EXPECT_THAT(batch.labels, ElementsAre(9, 7, 9));
    EXPECT_THAT(batch.class_names, ElementsAre("a"));
    EXPECT_THAT(std::vector<int>(batch.pictures.begin(), batch.pictures.end()),
                ElementsAre(8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11));
    EXPECT_THROW(static_cast<void>(three.gather(std::vector<std::size_t>{3})), std::out_of_range);
    EXPECT_EQ(three.gather({}).size(), 0U);
}

}  // namespace
}  // namespace wb
