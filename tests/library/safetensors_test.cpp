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

TEST_F(SafeTensorsFile, IsReadTensorByTensor) {
    const std::filesystem::path path = file("x.safetensors");
    SafeTensors content;
    content.put("a", Tensor<2>{{1, 2, 3}, {4, 5, 6}});
    content.put("b", Tensor<1, std::int64_t>{7, 8});
    content.metadata["format"] = "pt";
    write_safetensors(path, content);
    const SafeTensorsReader reader(path);
    EXPECT_EQ(reader.source(), path.string());
    EXPECT_EQ(reader.metadata().at("format"), "pt");
    ASSERT_EQ(reader.entries().size(), 2U);
    EXPECT_EQ(reader.find("a").shape, (std::vector<std::size_t>{2, 3}));
    EXPECT_EQ(reader.find("b").dtype, DType::i64);
    std::vector<float> a(6);
    reader.read("a", std::span(a));
    EXPECT_EQ(a, (std::vector<float>{1, 2, 3, 4, 5, 6}));
    std::vector<std::int64_t> b(2);
    reader.read("b", std::span(b));
    EXPECT_EQ(b, (std::vector<std::int64_t>{7, 8}));

    EXPECT_EQ(text_of<FileError>([&] { reader.read("a", std::span(a).first(5)); }),
              path.string() + ": tensor \"a\" is float32 [2, 3], but 5 numbers of float32 were asked for");
    EXPECT_THROW(reader.read("b", std::span(a)), FileError);
    EXPECT_EQ(text_of<FileError>([&] { reader.read("c", std::span(a)); }),
              path.string() + ": tensor \"c\" is missing. There are \"a\", \"b\"");
    EXPECT_EQ(a[5], 6) << "a refused read writes nothing";
}

TEST_F(SafeTensorsFile, ThatBecomesShorterIsRefusedWhenItsTensorIsRead) {
    const std::filesystem::path path = file("x.safetensors");
    SafeTensors content;
    content.put("a", Tensor<1>{1, 2, 3, 4});
    write_safetensors(path, content);
    const SafeTensorsReader reader(path);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 8);
    std::vector<float> a(4);
    EXPECT_NE(text_of<FileError>([&] { reader.read("a", std::span(a)); }).find("became shorter"), std::string::npos);
}

TEST_F(SafeTensorsFile, WithAHeaderOfGigabytesIsRefusedBeforeMemoryIsTaken) {
    write_text(file("sparse"), length_of(4ULL << 30));
    std::filesystem::resize_file(file("sparse"), 5ULL << 30);  // sparse: takes no space on the disk
    EXPECT_EQ(
        text_of<FileError>([&] { read_safetensors(file("sparse")); }),
        file("sparse").string() +
            ": is no safetensors file: its first 8 bytes claim a header of 4294967296 bytes, of 100000000 possible");
}

}  // namespace
}  // namespace wb
