#include "wb/safetensors.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include "scratch.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

class SafeTensorsFile : public InScratchFolder {};

const std::filesystem::path goldens = WB_LIBRARY_GOLDENS;

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

std::string error_of(const std::string& bytes) {
    return text_of<FileError>([&] { parse_safetensors(as_bytes(bytes), "f"); });
}

TEST_F(SafeTensorsFile, GivesBackWhatWasPut) {
    SafeTensors content;
    const Tensor<2> q{{1.5F, -2.0F, 0.0F}, {std::numeric_limits<float>::infinity(), 1e-45F, 3.0F}};
    content.put("q", q);
    content.put("d", Tensor<1, double>{0.1, 0.2});
    content.put("i", Tensor<1, std::int32_t>{-1});
    content.put("l", Tensor<1, std::int64_t>{1LL << 40});
    content.put("u", Tensor<1, std::uint8_t>{0, 255});
    content.put("b", Tensor<2, bool>{{true, false}, {false, true}});
    content.put("none", zeros<3>({2, 0, 4}));
    content.metadata = {{"made by", "a test"}, {"lines", "one\ntwo \"three\" \u00e9"}};
    write_safetensors(file("a.safetensors"), content);

    const SafeTensors read = read_safetensors(file("a.safetensors"));
    EXPECT_EQ(read.tensors.size(), 7);
    EXPECT_EQ(read.get<2>("q"), q);
    EXPECT_EQ((read.get<1, double>("d")), (Tensor<1, double>{0.1, 0.2}));
    EXPECT_EQ((read.get<1, std::int32_t>("i")(0)), -1);
    EXPECT_EQ((read.get<1, std::int64_t>("l")(0)), 1LL << 40);
    EXPECT_EQ((read.get<1, std::uint8_t>("u")(1)), 255);
    EXPECT_EQ((read.get<2, bool>("b")), (Tensor<2, bool>{{true, false}, {false, true}}));
    EXPECT_EQ(shape_text(read.get<3>("none")), "[2, 0, 4]");
    EXPECT_EQ(read.metadata, content.metadata);
    EXPECT_TRUE(read.contains("q"));
    EXPECT_FALSE(read.contains("k"));
}

TEST_F(SafeTensorsFile, OfNothingIsAFileToo) {
    write_safetensors(file("empty"), {});
    EXPECT_EQ(read_text(file("empty")), file_of("{}      "));
    EXPECT_TRUE(read_safetensors(file("empty")).tensors.empty());
}

TEST_F(SafeTensorsFile, BytesAreThoseOfTheFormatLargeElementsFirst) {
    SafeTensors content;
    content.put("a", Tensor<1, std::uint8_t>{7});
    content.put("z", Tensor<1, double>{0.0});
    content.metadata["k"] = "v";
    write_safetensors(file("a"), content);
    const std::string header = R"({"__metadata__":{"k":"v"},"z":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},)"
                               R"("a":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}})";
    const std::string padding((8 - header.size() % 8) % 8, ' ');
    EXPECT_EQ(read_text(file("a")),
              length_of(header.size() + padding.size()) + header + padding + std::string(8, '\0') + "\x07");
}

TEST_F(SafeTensorsFile, WrittenByPythonIsRead) {
    const SafeTensors content = read_safetensors(goldens / "python_writes.safetensors");
    EXPECT_EQ(content.tensors.size(), 9);
    EXPECT_EQ(content.get<2>("float32"), (Tensor<2>{{0, 0.125F, 0.25F}, {0.375F, 0.5F, 0.625F}}));
    EXPECT_EQ((content.get<1, double>("float64")), (Tensor<1, double>{0.0, 1.0 / 3}));
    EXPECT_EQ((content.get<3, std::int32_t>("int32")), (Tensor<3, std::int32_t>{{{-2, -1}, {0, 1}}}));
    EXPECT_EQ((content.get<1, std::int64_t>("int64")(0)), (1LL << 40));
    EXPECT_EQ((content.get<1, std::uint8_t>("uint8")(2)), 255);
    EXPECT_EQ((content.get<1, bool>("bool")), (Tensor<1, bool>{true, false, true}));
    EXPECT_EQ(shape_text(content.get<2>("empty")), "[0, 5]");
    EXPECT_EQ(content.find("scalar").shape.size(), 0);
    EXPECT_TRUE(content.contains("größe"));
    EXPECT_EQ(content.metadata, (std::map<std::string, std::string>{{"who", "Python"}, {"quote", "\"\\\n\u00e9"}}));
}

TEST_F(SafeTensorsFile, ReplacesAnOldFileAndLeavesNothingTemporary) {
    SafeTensors content;
    content.put("x", Tensor<1>{1});
    write_safetensors(file("a"), content);
    content.put("x", Tensor<1>{2});
    write_safetensors(file("a"), content);
    EXPECT_EQ(read_safetensors(file("a")).get<1>("x")(0), 2);
    EXPECT_EQ(files_there(), 1);
}

TEST_F(SafeTensorsFile, ThatCannotBeWrittenLeavesTheOldOneAlone) {
    SafeTensors content;
    content.put("x", Tensor<1>{1});
    write_safetensors(file("a"), content);
    content.tensors["x"].bytes.pop_back();
    EXPECT_EQ(text_of<FileError>([&] { write_safetensors(file("a"), content); }),
              file("a").string() + ": cannot be written: tensor \"x\" has 3 bytes, which do not fit float32 [1]");
    EXPECT_EQ(read_safetensors(file("a")).get<1>("x")(0), 1);
}

TEST_F(SafeTensorsFile, InAFolderThatIsMissingCannotBeWritten) {
    EXPECT_EQ(text_of<FileError>([&] { write_safetensors(file("no/a"), {}); }),
              file("no/a").string() + ": cannot be written: No such file or directory");
}

TEST_F(SafeTensorsFile, OverAFolderCannotBeWrittenAndLeavesNothingTemporary) {
    std::filesystem::create_directory(file("folder"));
    EXPECT_EQ(text_of<FileError>([&] { write_safetensors(file("folder"), {}); }),
              file("folder").string() + ": cannot be written: Is a directory");
    EXPECT_EQ(files_there(), 1);
}

TEST_F(SafeTensorsFile, TextsThatAreNotUtf8CannotBeWritten) {
    SafeTensors content;
    content.metadata["k"] = "\xff";
    EXPECT_EQ(text_of<FileError>([&] { write_safetensors(file("a"), content); }),
              file("a").string() + ": cannot be written: \"\xff\" is not UTF-8");
}

TEST_F(SafeTensorsFile, NoTensorMayBearTheNameOfTheMetadata) {
    SafeTensors content;
    content.put("__metadata__", Tensor<1>{1});
    EXPECT_EQ(text_of<FileError>([&] { write_safetensors(file("a"), content); }),
              file("a").string() + ": cannot be written: no tensor may be called __metadata__");
}

TEST_F(SafeTensorsFile, ThatIsMissingIsNamed) {
    EXPECT_EQ(text_of<FileError>([&] { read_safetensors(file("none")); }),
              file("none").string() + ": cannot be read: No such file or directory");
}

TEST_F(SafeTensorsFile, ThatIsNoFileIsRefusedWithoutWaiting) {
    EXPECT_EQ(text_of<FileError>([] { read_safetensors("/dev/zero"); }), "/dev/zero: is not a regular file");
    ASSERT_EQ(::mkfifo(file("pipe").c_str(), 0600), 0);
    EXPECT_EQ(text_of<FileError>([&] { read_safetensors(file("pipe")); }),
              file("pipe").string() + ": is not a regular file");
    EXPECT_EQ(text_of<FileError>([&] { read_safetensors(file("")); }), file("").string() + ": is not a regular file");
}

TEST(SafeTensorsGet, SaysWhatThereIsInstead) {
    SafeTensors content;
    EXPECT_EQ(text_of<FileError>([&] { (void)content.get<1>("q"); }), "tensor \"q\" is missing. There are none");
    content.put("k", zeros<4>({2, 8, 5, 64}));
    EXPECT_EQ(text_of<FileError>([&] { (void)content.get<1>("q"); }), "tensor \"q\" is missing. There is \"k\"");
    content.put("v", Tensor<1>{1});
    content.source = "w.safetensors";
    EXPECT_EQ(text_of<FileError>([&] { (void)content.get<1>("q"); }),
              "w.safetensors: tensor \"q\" is missing. There are \"k\", \"v\"");
    EXPECT_EQ(text_of<FileError>([&] { (void)content.get<3>("k"); }),
              "w.safetensors: tensor \"k\" has 4 axes, [2, 8, 5, 64], but 3 are asked for");
    EXPECT_EQ(text_of<FileError>([&] { (void)content.get<4, double>("k"); }),
              "w.safetensors: tensor \"k\" holds float32, but float64 is asked for");
}

TEST(SafeTensorsGet, ListsADozenNamesAndCountsTheRest) {
    SafeTensors content;
    for (char c = 'a'; c <= 'n'; ++c) content.put(std::string(1, c), Tensor<1>{1});
    const std::string text = text_of<FileError>([&] { (void)content.get<1>("?"); });
    EXPECT_TRUE(text.ends_with("\"k\", \"l\" and 2 more")) << text;
}

TEST(SafeTensorsGet, ABoolIsZeroOrOne) {
    const std::string bytes =
        length_of(60) + R"({"x":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}     )" + "\x01\x02";
    const SafeTensors content = parse_safetensors(as_bytes(bytes), "f");
    EXPECT_EQ(text_of<FileError>([&] { (void)content.get<1, bool>("x"); }),
              "f: tensor \"x\": element 1 is 2, but a bool is 0 or 1");
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

TEST_F(SafeTensorsFile, WithAHeaderOfGigabytesIsRefusedBeforeMemoryIsTaken) {
    write_text(file("sparse"), length_of(4ULL << 30));
    std::filesystem::resize_file(file("sparse"), 5ULL << 30);  // sparse: takes no space on the disk
    EXPECT_EQ(
        text_of<FileError>([&] { read_safetensors(file("sparse")); }),
        file("sparse").string() +
            ": is no safetensors file: its first 8 bytes claim a header of 4294967296 bytes, of 100000000 possible");
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
