#include "wb/photo.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <vector>

#include "packed.hpp"
#include "scratch.hpp"
#include "wb/dataset.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::filesystem::path goldens = WB_LIBRARY_GOLDENS;  // made by goldens/make_photo_goldens.py
using Photo = Tensor<3, std::uint8_t>;
using Shape = std::array<std::size_t, 3>;

Photo painted(const Shape& shape, const std::function<std::size_t(std::size_t, std::size_t, std::size_t)>& value) {
    Photo photo(shape);
    for (std::size_t y = 0; y < shape[0]; ++y)
        for (std::size_t x = 0; x < shape[1]; ++x)
            for (std::size_t c = 0; c < shape[2]; ++c) photo(y, x, c) = static_cast<std::uint8_t>(value(y, x, c));
    return photo;
}

std::size_t pattern(std::size_t y, std::size_t x, std::size_t c) {
    return (37 * y + 11 * x + 83 * c) % 256;
}
std::size_t slope(std::size_t y, std::size_t x, std::size_t c) {
    return 40 + 6 * y + 4 * x + 25 * c;
}

class PhotoFile : public InScratchFolder {
 protected:
    static std::string golden(const std::string& name) { return read_text(goldens / name); }
    /// The message for these bytes.
    static std::string refused(const std::string& bytes) {
        return text_of<FileError>([&] { parse_photo(as_bytes(bytes), "cat.png"); });
    }
    static void expect_photo(const std::string& name, const Photo& expected) {
        const Photo photo = read_photo(goldens / name);
        ASSERT_EQ(photo.shape(), expected.shape()) << name;
        EXPECT_TRUE(std::equal(photo.begin(), photo.end(), expected.begin())) << name;
    }
};

/// A PNG by hand: its size, bits a channel and colour type as told, `data` as they come before zlib packs them.
std::string png(std::size_t width, std::size_t height, int bits, int colour, const std::string& data) {
    uLongf packed = compressBound(data.size());
    std::string idat(packed, '\0');
    compress2(reinterpret_cast<Bytef*>(idat.data()), &packed, reinterpret_cast<const Bytef*>(data.data()), data.size(),
              9);
    idat.resize(packed);
    const std::string ihdr = big_endian(width) + big_endian(height) + static_cast<char>(bits) +
                             static_cast<char>(colour) + std::string(3, '\0');
    std::string file = "\x89PNG\r\n\x1a\n";
    for (const auto& [type, content] :
         {std::pair<std::string, std::string>{"IHDR", ihdr}, {"IDAT", idat}, {"IEND", ""}})
        file += big_endian(content.size()) + type + content + big_endian(0);  // stb does not look at checksums
    return file;
}

TEST_F(PhotoFile, PngOfPillowIsReadToTheBitWithTheChannelsThatItHas) {
    for (const std::size_t channels : {1, 2, 3, 4})
        expect_photo("photo_" + std::to_string(channels) + ".png", painted({5, 7, channels}, pattern));
}

TEST_F(PhotoFile, PaletteBecomesRgb) {
    expect_photo("photo_palette.png", painted({5, 7, 3}, [](auto y, auto x, auto) { return (y + x) % 4; }));
}

TEST_F(PhotoFile, OfSixteenBitsTheUpperEightAreKept) {
    expect_photo("photo_16_bit.png", painted({5, 7, 1}, pattern));
}

TEST_F(PhotoFile, BmpIsReadWithItsFirstRowOnTop) {
    expect_photo("photo_3.bmp", painted({5, 7, 3}, pattern));
}

// Quality 95 quantises the coefficients by 1 to 10, and the slope has only few of them: 6 of 255 is ample, and less than the step from
// a row or channel to its neighbour (a picture upside down or in BGR is off by 25 and more).
TEST_F(PhotoFile, JpegIsReadBaselineProgressiveAndGrey) {
    for (const char* name : {"photo_1.jpg", "photo_3.jpg", "photo_progressive.jpg"}) {
        const Photo photo = read_photo(goldens / name);
        const std::size_t channels = std::string(name) == "photo_1.jpg" ? 1 : 3;
        ASSERT_EQ(photo.shape(), (Shape{12, 20, channels})) << name;
        const Photo expected = painted({12, 20, channels}, slope);
        int worst = 0;
        for (std::size_t i = 0; i < photo.size(); ++i)
            worst = std::max(worst, std::abs(photo.data()[i] - expected.data()[i]));
        EXPECT_LE(worst, 6) << name;
    }
}

TEST_F(PhotoFile, PhotosOfTheWorkbookAreRead) {
    const std::pair<const char*, Shape> photos[] = {{"photos/chelsea.png", {300, 451, 3}},
                                                    {"photos/coffee.jpg", {341, 512, 3}},
                                                    {"photos/rocket.jpg", {427, 640, 3}},
                                                    {"photos/astronaut.jpg", {512, 512, 3}}};
    for (const auto& [name, shape] : photos) EXPECT_EQ(read_photo(dataset(name)).shape(), shape) << name;
}

TEST_F(PhotoFile, WhatIsWrittenIsReadBackToTheBit) {
    for (const std::size_t channels : {1, 2, 3, 4}) {
        const Photo photo = painted({33, 65, channels}, pattern);
        write_photo(file("a.png"), photo);
        const Photo back = read_photo(file("a.png"));
        ASSERT_EQ(back.shape(), photo.shape());
        EXPECT_TRUE(std::equal(back.begin(), back.end(), photo.begin()));
    }
    EXPECT_EQ(files_there(), 1) << "the old file is replaced, and nothing temporary is left";
}

TEST_F(PhotoFile, OtherFilesAreNamedForWhatTheyAre) {
    EXPECT_EQ(refused(""), "cat.png: is empty, where a picture was expected. Copy or download it again");
    EXPECT_EQ(
        refused("Dear reader,\nthis is no picture"),
        "cat.png: is no picture: it begins with \"Dear reader,\\x0athi\". PNG, JPEG and BMP are read; is this the "
        "right file?");
    EXPECT_EQ(refused("GIF89a......"),
              "cat.png: is a GIF file, and only PNG, JPEG and BMP are read. Open it in another program and save it as "
              "PNG");
    EXPECT_EQ(text_of<FileError>([&] { read_photo(file("none.png")); }),
              file("none.png").string() + ": cannot be read: No such file or directory");
    EXPECT_EQ(text_of<FileError>([&] { read_photo(file("")); }), file("").string() + ": is not a regular file");
}

TEST_F(PhotoFile, AbsurdSizesAreRefusedBeforeAnythingIsDecoded) {
    const std::string limit = "; at most 16384 a side and 64000000 in all are read. Make it smaller in another program";
    EXPECT_EQ(refused(png(16385, 1, 8, 0, "")), "cat.png: is 16385 x 1 pixels" + limit);
    EXPECT_EQ(refused(png(1, 16385, 8, 0, "")), "cat.png: is 1 x 16385 pixels" + limit);
    EXPECT_EQ(refused(png(8001, 8000, 8, 2, "")), "cat.png: is 8001 x 8000 pixels" + limit);
    EXPECT_EQ(refused(png(2000000000, 2000000000, 8, 2, "")), "cat.png: is 2000000000 x 2000000000 pixels" + limit);
    std::string jpeg = golden("photo_3.jpg");
    const std::size_t frame = jpeg.find("\xff\xc0");
    jpeg.replace(frame + 5, 4, "\xff\xff\xff\xff");
    EXPECT_EQ(refused(jpeg), "cat.png: is 65535 x 65535 pixels" + limit);
    std::string bmp = golden("photo_3.bmp");
    bmp.replace(18, 4, std::string("\x01\x40\0\0", 4));
    EXPECT_EQ(refused(bmp), "cat.png: is 16385 x 5 pixels" + limit);
    EXPECT_THAT(refused(png(0, 5, 8, 0, "")), HasSubstr("0-pixel image"));
}

TEST_F(PhotoFile, SizesAtTheLimitAreRead) {
    const Photo row = painted({1, 16384, 1}, pattern);
    write_photo(file("row.png"), row);
    EXPECT_EQ(read_photo(file("row.png")).shape(), row.shape());
}

TEST_F(PhotoFile, CutOffAtAnyByteIsRefused) {
    for (const char* name :
         {"photo_4.png", "photo_palette.png", "photo_3.jpg", "photo_progressive.jpg", "photo_3.bmp"}) {
        const std::string good = golden(name);
        for (std::size_t length = 0; length < good.size(); ++length)
            EXPECT_THAT(refused(good.substr(0, length)), StartsWith("cat.png: is ")) << name << " " << length;
    }
    const std::string jpeg = golden("photo_3.jpg");
    EXPECT_EQ(refused(jpeg.substr(0, 650)),
              "cat.png: is cut off: its 650 bytes have no JPEG's end. Copy or download it again");
    const std::string bmp = golden("photo_3.bmp");
    EXPECT_EQ(refused(bmp.substr(0, 170)),
              "cat.png: is cut off: it promises 7 x 5 pixels, and its 170 bytes do not hold them to the end. Copy or "
              "download it again");
}

TEST_F(PhotoFile, SizeThatTheBytesCannotHoldIsRefusedBeforeMemoryIsTaken) {
    std::string jpeg = golden("photo_3.jpg");
    jpeg.replace(jpeg.find("\xff\xc0") + 5, 4, std::string("\x1f\x40\x1f\x40", 4));
    EXPECT_THAT(refused(jpeg), HasSubstr("promises 8000 x 8000 pixels, and its"));
    EXPECT_THAT(refused(png(8000, 8000, 8, 2, "")), HasSubstr("promises 8000 x 8000 pixels, and its"));
}

TEST_F(PhotoFile, DecodersReasonIsPassedOn) {
    std::string broken = golden("photo_4.png");
    broken[broken.find("IDAT") + 4] = '\0';
    EXPECT_EQ(refused(broken),
              "cat.png: is a PNG that cannot be decoded (bad zlib header). Is it damaged? Copy or download it again");
    EXPECT_THAT(refused(png(7, 5, 8, 0, std::string(39, '\0'))), HasSubstr("(not enough pixels)"));
    EXPECT_THAT(refused(png(7, 5, 8, 0, std::string(40, '\x09'))), HasSubstr("(invalid filter)"));
    EXPECT_THAT(refused(png(7, 5, 3, 0, "")), HasSubstr("(1/2/4/8/16-bit only)"));
}

TEST_F(PhotoFile, DataThatUnpackToMuchMoreThanThePictureAreRefused) {
    const std::string bomb = png(1, 1, 8, 0, std::string(64 << 20, '\0'));
    ASSERT_LT(bomb.size(), 100'000) << "packed a thousandfold";
    EXPECT_EQ(
        refused(bomb),
        "cat.png: is a PNG that cannot be decoded (it takes more memory than a picture of its size). Is it damaged? "
        "Copy or download it again");
}

TEST_F(PhotoFile, JpegOfThousandsOfScansIsRefused) {  // each would cost a pass over all pixels
    const std::string good = golden("photo_progressive.jpg");
    const std::size_t scan = good.rfind("\xff\xda"), end = good.rfind("\xff\xd9");
    std::string scans = good.substr(0, scan);
    for (int n = 0; n < 600; ++n) scans += good.substr(scan, end - scan);
    EXPECT_THAT(refused(scans + good.substr(end)),
                HasSubstr(" scans, and at most 500 are read. Open it in another program and save it as PNG"));
}

TEST_F(PhotoFile, JpegWithATableOfTooManySymbolsNeverReachesTheDecoder) {  // stb 2.27 would write beyond its own
    std::string jpeg = golden("photo_3.jpg");
    jpeg[jpeg.find("\xff\xc4") + 5] = '\xff';
    jpeg[jpeg.find("\xff\xc4") + 6] = '\xff';
    EXPECT_THAT(refused(jpeg), HasSubstr("cannot be decoded (a Huffman table has 5"));
    std::string behind = golden("photo_3.jpg");  // after the scan, where only the walk's end keeps it from stb
    behind.insert(behind.rfind("\xff\xd9"), "\xff\xc4\xff\xff" + std::string(100, '\xfe'));
    EXPECT_THAT(refused(behind), HasSubstr("is cut off"));
}

TEST_F(PhotoFile, WhatCannotBeWrittenIsRefused) {
    const auto refused_to_write = [&](const char* name, const Shape& shape) {
        return text_of<std::invalid_argument>([&] { write_photo(file(name), Photo(shape, std::uint8_t{0})); });
    };
    EXPECT_EQ(refused_to_write("a.jpg", {5, 7, 3}),
              file("a.jpg").string() + ": a photo's name ends in .png, got \".jpg\"");
    const std::string expected =
        file("a.png").string() + ": a photo is [height, width, channels] with 1 to 4 channels, got ";
    EXPECT_EQ(refused_to_write("a.png", {5, 7, 5}), expected + "[5, 7, 5]");
    EXPECT_EQ(refused_to_write("a.png", {0, 7, 3}), expected + "[0, 7, 3]");
    EXPECT_THAT(refused_to_write("a.png", {16385, 1, 1}), HasSubstr("is 1 x 16385 pixels; at most 16384"));
    EXPECT_EQ(files_there(), 0);
    EXPECT_EQ(text_of<FileError>([&] {
                  write_photo(file("no/a.png"), Photo(Shape{5, 7, 3}, std::uint8_t{0}));
              }),
              file("no/a.png").string() + ": cannot be written: No such file or directory");
}

}  // namespace
}  // namespace wb
