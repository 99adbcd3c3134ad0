#include "wb/npy.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "scratch.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

class NpyFile : public InScratchFolder {};

const std::filesystem::path goldens = WB_LIBRARY_GOLDENS;

/// A file of version 1.0 with this header and that many bytes of data.
std::string file_of(const std::string& header, std::size_t data_bytes = 0) {
    return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size() & 255) +
           static_cast<char>(header.size() >> 8) + header + std::string(data_bytes, '\0');
}

/// The header of float32 with this shape.
std::string header(const std::string& shape, const std::string& order = "False") {
    return "{'descr': '<f4', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
}

RawTensor parse(const std::string& bytes) {
    return parse_npy(as_bytes(bytes), "f");
}
std::string error_of(const std::string& bytes) {
    return text_of<FileError>([&] { parse(bytes); });
}

TEST_F(NpyFile, GivesBackWhatWasWritten) {
    const Tensor<3> x{{{1, 2}, {3, 4}, {5, 6}}};
    write_npy(file("x.npy"), x);
    EXPECT_EQ(read_npy<3>(file("x.npy")), x);
    const Tensor<1, bool> mask{true, false, true};
    write_npy(file("mask.npy"), mask);
    EXPECT_EQ((read_npy<1, bool>(file("mask.npy"))), mask);
    write_npy(file("none.npy"), zeros<2, double>({0, 7}));
    EXPECT_EQ(shape_text(read_npy<2, double>(file("none.npy"))), "[0, 7]");
    EXPECT_EQ(files_there(), 3);
}

TEST_F(NpyFile, BytesAreThoseThatNumPyWrites) {
    for (const char* name : {"float32_2x3.npy", "float64_2.npy", "int64_scalar.npy", "bool_0x5.npy"}) {
        write_npy_raw(file(name), read_npy_raw(goldens / name));
        EXPECT_EQ(read_text(file(name)), read_text(goldens / name)) << name;
    }
}

TEST_F(NpyFile, WrittenByNumPyIsRead) {
    EXPECT_EQ(read_npy<2>(goldens / "float32_2x3.npy"), (Tensor<2>{{0, 0.125F, 0.25F}, {0.375F, 0.5F, 0.625F}}));
    EXPECT_EQ((read_npy<1, double>(goldens / "float64_2.npy")), (Tensor<1, double>{0, 1.0 / 3}));
    EXPECT_EQ((read_npy<1, std::int32_t>(goldens / "version_2.npy")), (Tensor<1, std::int32_t>{0, 1, 2}));
    EXPECT_EQ(read_npy_raw(goldens / "int64_scalar.npy").shape.size(), 0);
    EXPECT_EQ(shape_text(read_npy<2, bool>(goldens / "bool_0x5.npy")), "[0, 5]");
}

TEST_F(NpyFile, ColumnMajorIsRefusedWithTheCure) {
    EXPECT_EQ(text_of<FileError>([] { read_npy_raw(goldens / "column_major.npy"); }),
              (goldens / "column_major.npy").string() +
                  ": header says column-major (fortran_order). Save numpy.ascontiguousarray(array) instead");
}

TEST_F(NpyFile, OfAnotherRankOrTypeSaysWhatItHolds) {
    write_npy(file("x.npy"), zeros<2>({2, 3}));
    EXPECT_EQ(text_of<FileError>([&] { read_npy<1>(file("x.npy")); }),
              file("x.npy").string() + ": array has 2 axes, [2, 3], but 1 are asked for");
    EXPECT_EQ(text_of<FileError>([&] { (void)read_npy<2, double>(file("x.npy")); }),
              file("x.npy").string() + ": array holds float32, but float64 is asked for");
}

TEST_F(NpyFile, ThatDoesNotFitItsShapeIsNotWritten) {
    EXPECT_EQ(text_of<FileError>([&] {
                  write_npy_raw(file("x.npy"), {DType::f32, {2}, std::vector<std::byte>(7)});
              }),
              file("x.npy").string() + ": cannot be written: 7 bytes do not fit float32 [2]");
    EXPECT_EQ(files_there(), 0);
}

TEST(NpyHeader, KeysMayComeInAnyOrderAndQuotes) {
    const RawTensor x = parse(file_of("{\"shape\": (1, 2), \"fortran_order\": False, \"descr\": \"<f4\"}\n", 8));
    EXPECT_EQ(x.shape, (std::vector<std::size_t>{1, 2}));
}

TEST(HostileNpy, ThatIsSomethingElse) {
    EXPECT_EQ(error_of(""), "f: is no .npy file: it has only 0 bytes");
    EXPECT_EQ(error_of("PK\x03\x04 a zip"), "f: is no .npy file: it begins with \"PK\\x03\\x04 a\"");
    EXPECT_EQ(error_of(std::string("\x93NUMPY\x04\x00", 8)),
              "f: is .npy of version 4.0, and only 1.0, 2.0 and 3.0 can be read");
    EXPECT_EQ(error_of(std::string("\x93NUMPY\x01\x01", 8)),
              "f: is .npy of version 1.1, and only 1.0, 2.0 and 3.0 can be read");
}

TEST(HostileNpy, HeadersThatEndEarlyOrNever) {
    EXPECT_EQ(error_of(std::string("\x93NUMPY\x01\x00\x05", 9)),
              "f: ends at byte 9, but 2 bytes are due from byte 8 on");
    EXPECT_EQ(error_of(std::string("\x93NUMPY\x01\x00\x05\x00{}", 12)), "f: claims a header of 5 bytes, of 2 possible");
    EXPECT_EQ(error_of(std::string("\x93NUMPY\x02\x00\xff\xff\xff\xff{}", 14)),
              "f: claims a header of 4294967295 bytes, of 2 possible");
    EXPECT_EQ(error_of(file_of("{'descr")), "f: header has a text without end at its byte 1");
    EXPECT_EQ(error_of(file_of("{'descr':")), "f: header should have a text at its byte 9, got its end");
}

TEST(HostileNpy, HeadersThatAreNotTheirDictionary) {
    EXPECT_EQ(error_of(file_of("")), "f: header should have '{' at its byte 0, got its end");
    EXPECT_EQ(error_of(file_of("{}")), "f: header has no 'descr'");
    EXPECT_EQ(error_of(file_of("{'descr': '<f4'}")), "f: header has no 'fortran_order'");
    EXPECT_EQ(error_of(file_of("{'descr': '<f4', 'fortran_order': False}")), "f: header has no 'shape'");
    EXPECT_EQ(error_of(file_of("{'descr': '<f4', 'descr': '<f4'}")),
              "f: header holds the key \"descr\", which is unknown or there twice");
    EXPECT_EQ(error_of(file_of("{'more': 1}")), "f: header holds the key \"more\", which is unknown or there twice");
    EXPECT_EQ(error_of(file_of("{'descr' '<f4'}")), "f: header should have ':' at its byte 9, got \"'<f4'}\"");
    EXPECT_EQ(error_of(file_of(header("(1,)") + "x", 4)), "f: header goes on behind its closing brace, at its byte 57");
    EXPECT_EQ(error_of(file_of(header("(1,)", "0"), 4)),
              "f: header should have True or False as fortran_order, got \"0, 'shape': (1,), }\"");
}

TEST(HostileNpy, TypesThatAreNotRead) {
    EXPECT_EQ(
        error_of(file_of("{'descr': '>f4'}")),
        "f: header has element type \">f4\". Read are <f4, <f8, <i4, <i8, |u1 and |b1; convert it with numpy's astype");
    EXPECT_EQ(error_of(file_of("{'descr': [('a', '<f4')]}")),
              "f: header should have a text at its byte 10, got \"[('a', '<f4')]}\"");
}

TEST(HostileNpy, ShapesThatAreNotTuplesOfNumbers) {
    EXPECT_EQ(error_of(file_of(header("3"))), "f: header should have '(' at its byte 50, got \"3, }\"");
    EXPECT_EQ(error_of(file_of(header("(3)"))),
              "f: header should have a tuple as shape, with a comma behind a single number, got \"), }\"");
    EXPECT_EQ(error_of(file_of(header("(-1,)"))),
              "f: header should have whole numbers from 0 to 2^64 - 1 as shape, got \"-1,), }\"");
    EXPECT_EQ(error_of(file_of(header("(99999999999999999999,)"))),
              "f: header should have whole numbers from 0 to 2^64 - 1 as shape, got \"99999999999999999999\"");
    EXPECT_EQ(error_of(file_of(header("(1 2)"))),
              "f: header should have a tuple as shape, with a comma behind a single number, got \"2), }\"");
    std::string axes = "(";
    for (int n = 0; n < 33; ++n) axes += "1, ";
    EXPECT_EQ(error_of(file_of(header(axes + ")"))), "f: header has a shape of more than 32 axes");
}

TEST(HostileNpy, ShapesThatDoNotFitTheData) {
    EXPECT_EQ(error_of(file_of(header("(2, 3)"), 23)), "f: has 23 bytes of data, but float32 [2, 3] takes 24");
    EXPECT_EQ(error_of(file_of(header("(2, 3)"), 25)), "f: has 25 bytes of data, but float32 [2, 3] takes 24");
    EXPECT_EQ(error_of(file_of(header("(1073741824, 2)"))),
              "f: has 0 bytes of data, but float32 [1073741824, 2] takes 8589934592");
    EXPECT_EQ(error_of(file_of(header("(4294967296, 4294967296)"))),
              "f: has a shape whose size overflows: [4294967296, 4294967296]");
}

}  // namespace
}  // namespace wb
