/// @file
/// What the safetensors reader says to bytes that are not what they claim. Whole files: safetensors_test.cpp.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "scratch.hpp"
#include "wb/errors.hpp"
#include "wb/safetensors.hpp"

namespace wb {
namespace {

std::string length_of(std::uint64_t header_bytes) {
    return {reinterpret_cast<const char*>(&header_bytes), 8};
}

/// A file of this header and that many bytes of data.
std::string file_of(const std::string& header, std::size_t data_bytes = 0) {
    return length_of(header.size()) + header + std::string(data_bytes, '\0');
}

/// One tensor "x" with the given fields, e.g. R"("dtype":"F32")".
std::string tensor_x(const std::string& fields) {
    return R"({"x":{)" + fields + "}}";
}

/// Of both readers, which must agree.
std::string error_of(const std::string& bytes) {
    const std::string whole = text_of<FileError>([&] { parse_safetensors(as_bytes(bytes), "f"); });
    EXPECT_EQ(text_of<FileError>([&] { SafeTensorsReader(as_bytes(bytes), "f"); }), whole);
    return whole;
}

TEST(HostileSafeTensors, TooShortForALength) {
    EXPECT_EQ(error_of(""), "f: is no safetensors file: it has 0 bytes, the header's length alone takes 8");
    EXPECT_EQ(error_of("1234567"), "f: is no safetensors file: it has 7 bytes, the header's length alone takes 8");
}

TEST(HostileSafeTensors, HeaderLongerThanTheFileOrThanAnyHeaderIs) {
    EXPECT_EQ(error_of(length_of(3) + "{}"),
              "f: is no safetensors file: its first 8 bytes claim a header of 3 bytes, of 2 possible");
    EXPECT_EQ(
        error_of(length_of(~std::uint64_t{0}) + "{}"),
        "f: is no safetensors file: its first 8 bytes claim a header of 18446744073709551615 bytes, of 2 possible");
}

TEST(HostileSafeTensors, HeaderThatIsNotAnObject) {
    EXPECT_EQ(error_of(file_of("")), "f: header should begin with '{', got \"\"");
    EXPECT_EQ(error_of(file_of(" {}")), "f: header should begin with '{', got \" \"");
    EXPECT_EQ(error_of(file_of("[]")), "f: header should begin with '{', got \"[\"");
}

TEST(HostileSafeTensors, HeaderThatIsNotJson) {
    const std::string text = error_of(file_of(R"({"x":})"));
    EXPECT_TRUE(text.starts_with("f: header is not JSON at its byte 6: ")) << text;
    EXPECT_TRUE(error_of(file_of("{}{}")).starts_with("f: header is not JSON at its byte 3: "));
    EXPECT_TRUE(error_of(file_of("{\"\xff\":1}")).starts_with("f: header is not JSON at its byte 3: ")) << "not UTF-8";
    EXPECT_TRUE(error_of(file_of("{")).starts_with("f: header is not JSON at its byte 2: "));
}

TEST(HostileSafeTensors, NestingWithoutEndStopsAtItsFirstUselessLevel) {
    EXPECT_EQ(error_of(file_of("{\"x\":" + std::string(1'000'000, '['))),
              "f: tensor \"x\" should be an object, got an array");
    std::string objects = "{";
    for (int n = 0; n < 100'000; ++n) objects += "\"x\":{";
    EXPECT_EQ(error_of(file_of(objects)), "f: tensor \"x\" has an unknown key \"x\"");
}

TEST(HostileSafeTensors, ValuesOfTheWrongKind) {
    EXPECT_EQ(error_of(file_of(R"({"x":1})")), "f: tensor \"x\" should be an object, got the number 1");
    EXPECT_EQ(error_of(file_of(R"({"x":null})")), "f: tensor \"x\" should be an object, got null");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("dtype":3)"))),
              "f: tensor \"x\" should have a text as dtype, got the number 3");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("dtype":"F16")"))),
              "f: tensor \"x\" has dtype \"F16\". Read are F32, F64, I32, I64, U8 and BOOL; convert it first");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("shape":5)"))),
              "f: tensor \"x\" should have an array as shape, got the number 5");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("shape":[-1])"))),
              "f: tensor \"x\" should have whole numbers >= 0 as shape, got the number -1");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("shape":[1.5])"))),
              "f: tensor \"x\" should have whole numbers >= 0 as shape, got the number 1.5");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("shape":[99999999999999999999])"))),
              "f: tensor \"x\" should have whole numbers >= 0 as shape, got the number 99999999999999999999");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("shape":[[1]])"))),
              "f: tensor \"x\" should have whole numbers >= 0 as shape, got an array");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("data_offsets":"0")"))),
              "f: tensor \"x\" should have an array as data_offsets, got the text \"0\"");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("data_offsets":[true])"))),
              "f: tensor \"x\" should have whole numbers >= 0 as data_offsets, got true");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("data_offsets":[0])"))),
              "f: tensor \"x\" has data_offsets that are not [begin, end]");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("data_offsets":[0,1,2])"))),
              "f: tensor \"x\" has data_offsets that are not [begin, end]");
}

TEST(HostileSafeTensors, MetadataThatIsNotTexts) {
    EXPECT_EQ(error_of(file_of(R"({"__metadata__":[]})")), "f: __metadata__ should be an object, got an array");
    EXPECT_EQ(error_of(file_of(R"({"__metadata__":{"a":1}})")),
              "f: __metadata__ should hold only texts, got the number 1 for \"a\"");
    EXPECT_EQ(error_of(file_of(R"({"__metadata__":{"a":{}}})")),
              "f: __metadata__ should hold only texts, got an object for \"a\"");
}

TEST(HostileSafeTensors, MissingAndUnknownFields) {
    EXPECT_EQ(error_of(file_of(tensor_x(""))), "f: tensor \"x\" has no dtype");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("dtype":"F32")"))), "f: tensor \"x\" has no shape");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("dtype":"F32","shape":[])"))), "f: tensor \"x\" has no data_offsets");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("size":4)"))), "f: tensor \"x\" has an unknown key \"size\"");
}

TEST(HostileSafeTensors, DoubledKeys) {
    const std::string x = R"("x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
    EXPECT_EQ(error_of(file_of("{" + x + "," + x + "}")), "f: header names \"x\" twice");
    EXPECT_EQ(error_of(file_of(R"({"__metadata__":{},"__metadata__":{}})")), "f: header names \"__metadata__\" twice");
    EXPECT_EQ(error_of(file_of(R"({"__metadata__":{"a":"1","a":"2"}})")), "f: __metadata__ names \"a\" twice");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("dtype":"U8","dtype":"U8")"))), "f: tensor \"x\" has two dtypes");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("shape":[],"shape":[])"))), "f: tensor \"x\" has two shapes");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("data_offsets":[0,0],"data_offsets":[0,0])"))),
              "f: tensor \"x\" has two data_offsets");
}

TEST(HostileSafeTensors, OffsetsOutsideTheData) {
    EXPECT_EQ(error_of(file_of(tensor_x(R"("dtype":"U8","shape":[4],"data_offsets":[0,4])"), 3)),
              "f: tensor \"x\" lies in bytes [0, 4) of the data, which has 3");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("dtype":"U8","shape":[4],"data_offsets":[4,0])"), 4)),
              "f: tensor \"x\" lies in bytes [4, 0) of the data, which has 4");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("dtype":"U8","shape":[1],"data_offsets":[18446744073709551615,0])"), 4)),
              "f: tensor \"x\" lies in bytes [18446744073709551615, 0) of the data, which has 4");
}

TEST(HostileSafeTensors, ShapesThatDoNotFitTheirBytes) {
    EXPECT_EQ(error_of(file_of(tensor_x(R"("dtype":"F32","shape":[2],"data_offsets":[0,4])"), 4)),
              "f: tensor \"x\" has 4 bytes, but float32 [2] takes 8");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0])"))),
              "f: tensor \"x\" has a shape whose size overflows: [4294967296, 4294967296]");
    EXPECT_EQ(error_of(file_of(tensor_x(R"("dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0])"))),
              "f: tensor \"x\" has a shape whose size overflows: [4294967296, 4294967296, 0]")
        << "no bytes, but strides that overflow";
    std::string axes = "1";
    for (int n = 0; n < 32; ++n) axes += ",1";
    EXPECT_EQ(error_of(file_of(tensor_x(R"("dtype":"U8","shape":[)" + axes + R"(],"data_offsets":[0,1])"), 1)),
              "f: tensor \"x\" has more than 32 axes");
}

TEST(HostileSafeTensors, OverlapsAndGaps) {
    const auto two = [](const std::string& a, const std::string& b, std::size_t bytes) {
        return error_of(file_of(R"({"a":{"dtype":"U8",)" + a + R"(},"b":{"dtype":"U8",)" + b + "}}", bytes));
    };
    const std::string first = R"("shape":[4],"data_offsets":[0,4])";
    EXPECT_EQ(two(first, R"("shape":[4],"data_offsets":[3,7])", 7),
              "f: tensors \"a\" [0, 4) and \"b\" [3, 7) overlap in the data");
    EXPECT_EQ(two(first, first, 4), "f: tensors \"a\" [0, 4) and \"b\" [0, 4) overlap in the data");
    EXPECT_EQ(two(first, R"("shape":[4],"data_offsets":[6,10])", 10),
              "f: bytes [4, 6) of the data belong to no tensor");
    EXPECT_EQ(two(first, R"("shape":[4],"data_offsets":[4,8])", 9), "f: bytes [8, 9) of the data belong to no tensor");
    EXPECT_EQ(error_of(file_of("{}", 1)), "f: bytes [0, 1) of the data belong to no tensor");
}

TEST(HostileSafeTensors, NamesAreShownWithoutTheirControlCharactersAndCut) {
    const std::string text = error_of(file_of(R"({"\u001b[31m)" + std::string(200, 'n') + R"(":1})"));
    EXPECT_EQ(text, "f: tensor \"\\x1b[31m" + std::string(75, 'n') + "...\" should be an object, got the number 1");
}

}  // namespace
}  // namespace wb
