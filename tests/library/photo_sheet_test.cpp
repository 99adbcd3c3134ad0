#include "wb/photo_sheet.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <stdexcept>

#include "scratch.hpp"
#include "wb/errors.hpp"
#include "wb/photo.hpp"

namespace wb {
namespace {

using testing::HasSubstr;
using Rgb = Tensor<3, std::uint8_t>;

/// A photo of one colour.
Rgb plain(std::size_t height, std::size_t width, std::array<std::uint8_t, 3> colour) {
    Rgb photo(std::array<std::size_t, 3>{height, width, 3});
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x)
            for (std::size_t c = 0; c < 3; ++c) photo(y, x, c) = colour[c];
    return photo;
}

/// The pixels of a sheet that have just this colour: how many, and their middle as shares of the sheet's height and width.
struct Spot {
    std::size_t count = 0;
    double y = 0, x = 0;
};
Spot spot_of(const Rgb& sheet, std::array<std::uint8_t, 3> colour) {
    Spot spot;
    for (std::size_t y = 0; y < sheet.shape(0); ++y) {
        for (std::size_t x = 0; x < sheet.shape(1); ++x) {
            if (sheet(y, x, 0) != colour[0] || sheet(y, x, 1) != colour[1] || sheet(y, x, 2) != colour[2]) continue;
            ++spot.count;
            spot.y += static_cast<double>(y);
            spot.x += static_cast<double>(x);
        }
    }
    spot.y /= static_cast<double>(spot.count * sheet.shape(0));
    spot.x /= static_cast<double>(spot.count * sheet.shape(1));
    return spot;
}

class PhotoSheets : public InScratchFolder {
 protected:
    /// A sheet of 12 layers by 12 heads, each panel of a colour of its own.
    static std::vector<PhotoPanel> heads() {
        std::vector<PhotoPanel> panels;
        for (std::uint8_t layer = 0; layer < 12; ++layer)
            for (std::uint8_t head = 0; head < 12; ++head)
                panels.push_back({"", plain(112, 112, {std::uint8_t(20 * layer), std::uint8_t(20 * head), 77})});
        return panels;
    }
};

TEST_F(PhotoSheets, TwelveByTwelveStandInTheirRowsAndColumnsPixelForPixel) {
    PhotoSheet sheet{.title = "class token", .columns = 12};
    for (int n = 1; n <= 12; ++n) {
        sheet.column_labels.push_back("head " + std::to_string(n));
        sheet.row_labels.push_back("layer " + std::to_string(n));
    }
    write_photo_sheet(file("a.png"), heads(), sheet);
    const Rgb drawn = read_photo(file("a.png"));
    ASSERT_EQ(drawn.shape(2), 3);
    EXPECT_GE(drawn.shape(1), 12 * 112);
    EXPECT_LE(drawn.shape(1), 12 * 112 + 200) << "thin gaps, small labels";
    Spot last_row, last;
    for (std::uint8_t layer = 0; layer < 12; ++layer) {
        for (std::uint8_t head = 0; head < 12; ++head) {
            const Spot spot = spot_of(drawn, {std::uint8_t(20 * layer), std::uint8_t(20 * head), 77});
            EXPECT_NEAR(static_cast<double>(spot.count), 112 * 112, 2 * 112 + 2 * 112) << "an edge may be blended";
            if (head > 0) {
                EXPECT_NEAR((spot.x - last.x) * static_cast<double>(drawn.shape(1)), 112 + 4, 1);
            } else if (layer > 0) {
                EXPECT_NEAR((spot.y - last_row.y) * static_cast<double>(drawn.shape(0)), 112 + 4, 1);
            }
            last = spot;
            if (head == 0) last_row = spot;
        }
    }
}

TEST_F(PhotoSheets, RowsOfAPhotoStayFromTopToBottom) {
    Rgb photo = plain(40, 40, {200, 10, 10});
    for (std::size_t y = 20; y < 40; ++y)
        for (std::size_t x = 0; x < 40; ++x) photo(y, x, 2) = 222;
    write_photo_sheet(file("a.png"), {{"", photo}});
    const Rgb drawn = read_photo(file("a.png"));
    EXPECT_LT(spot_of(drawn, {200, 10, 10}).y, spot_of(drawn, {200, 10, 222}).y);
}

TEST_F(PhotoSheets, ZoomEnlargesAndASmallerPanelStandsInTheMiddle) {
    const std::array<std::uint8_t, 3> large{10, 200, 10}, small{10, 10, 200};
    write_photo_sheet(file("a.png"), {{"", plain(28, 28, large)}, {"", plain(14, 14, small)}},
                      {.columns = 1, .zoom = 4});
    const Rgb drawn = read_photo(file("a.png"));
    EXPECT_NEAR(static_cast<double>(spot_of(drawn, large).count), 112 * 112, 4 * 112);
    EXPECT_NEAR(static_cast<double>(spot_of(drawn, small).count), 56 * 56, 4 * 56);
    EXPECT_NEAR(spot_of(drawn, small).x, spot_of(drawn, large).x, 0.01);
}

TEST_F(PhotoSheets, SvgHoldsEveryTextAndThePhotosAsOnePicture) {
    std::vector<PhotoPanel> panels;
    for (int n = 0; n <= 12; ++n)
        panels.push_back({n == 0 ? "the photo" : "layer_" + std::to_string(n), plain(60, 60, {1, 2, 3})});
    write_photo_sheet(file("a.svg"), panels, {.title = "`id` & 'rollout'", .columns = 7});
    const std::string svg = read_text(file("a.svg"));
    for (const char* text : {"the photo", "layer_1", "layer_12", "`id` &amp; ", "rollout"})
        EXPECT_THAT(svg, HasSubstr(text));
    EXPECT_THAT(svg, HasSubstr("<image"));
    EXPECT_LT(svg.size(), 100'000) << "a polygon a pixel would be megabytes";
    EXPECT_EQ(files_there(), 1);
}

TEST_F(PhotoSheets, WhatCannotBeDrawnIsRefused) {
    const PhotoPanel good{"p", plain(4, 4, {1, 2, 3})};
    const std::string a = file("a.png").string();
    const auto refused = [&](const std::vector<PhotoPanel>& panels, const PhotoSheet& sheet,
                             const char* name = "a.png") {
        return text_of<std::invalid_argument>([&] { write_photo_sheet(file(name), panels, sheet); });
    };
    EXPECT_EQ(refused({}, {}), a + ": a sheet needs at least one photo");
    EXPECT_EQ(refused({{"grey", Rgb(std::array<std::size_t, 3>{4, 5, 1}, std::uint8_t{0})}}, {}),
              a + ": photo \"grey\" should be [height, width, 3], got [4, 5, 1]");
    EXPECT_EQ(refused({good, {"none", plain(0, 4, {})}}, {}),
              a + ": photo \"none\" should be [height, width, 3], got [0, 4, 3]");
    EXPECT_EQ(refused({good, good, good}, {.column_labels = {"x"}, .columns = 2}),
              a + ": the sheet needs 2 column_labels, got 1");
    EXPECT_EQ(refused({good, good, good}, {.row_labels = {"x"}, .columns = 2}),
              a + ": the sheet needs 2 row_labels, got 1");
    EXPECT_EQ(refused({good}, {.zoom = 0}), a + ": zoom is at least 1, got 0");
    EXPECT_THAT(refused({good}, {.zoom = 5000}), HasSubstr(" pixels; at most 16384 a side are drawn"));
    EXPECT_THAT(refused({good}, {.zoom = std::size_t{1} << 62}), HasSubstr("at most 16384"));
    EXPECT_EQ(refused({good}, {}, "a.jpg"),
              file("a.jpg").string() + ": a picture's name ends in .png or .svg, got \".jpg\"");
    EXPECT_EQ(files_there(), 0);
}

TEST_F(PhotoSheets, IntoAFolderThatIsMissingSaysSo) {
    EXPECT_EQ(text_of<FileError>([&] {
                  write_photo_sheet(file("no/a.png"), {{"", plain(4, 4, {1, 2, 3})}});
              }),
              file("no/a.png").string() + ": cannot be written: No such file or directory");
}

}  // namespace
}  // namespace wb
