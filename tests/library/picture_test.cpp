#include "wb/picture.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <stdexcept>

#include "scratch.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

class Picture : public InScratchFolder {
 protected:
    static HeatMap ramp(const std::string& title) { return {title, Tensor<2>{{0, 1, 2}, {3, 4, 5}}}; }
};

std::size_t times(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

TEST_F(Picture, SheetOfHeatMapsIsAPngOfTheSizeOfItsPanels) {
    write_heat_maps(file("a.png"), {ramp("one"), ramp("two"), ramp("three")}, {.columns = 3});
    const std::string png = read_text(file("a.png"));
    ASSERT_GT(png.size(), 1000);
    EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
    EXPECT_EQ(png.substr(16, 8), std::string("\x00\x00\x04\x38\x00\x00\x01\x68", 8))
        << "1080 x 360: three panels side by side";
    EXPECT_EQ(files_there(), 1);
}

TEST_F(Picture, SvgShowsEveryTextAsItIs) {
    HeatMapSheet sheet{.title = "it's a \"sheet\"",
                       .x_label = "key",
                       .y_label = "query_1",
                       .x_ticks = {"the", "<b>", "a&b"},
                       .y_ticks = {"x^2", "{y} 0.75%3"}};
    write_heat_maps(file("a.svg"), {ramp("head 0"), ramp("head 1")}, sheet);
    const std::string svg = read_text(file("a.svg"));
    EXPECT_EQ(times(svg, "<svg"), 1);
    for (const char* text :
         {"it's a", "sheet", "head 0", "head 1", "query_1", "the", "&lt;b", "a&amp;b", "x^2", "{y} 0.75%3"}) {
        EXPECT_GE(times(svg, text), 1) << text;
    }
    EXPECT_EQ(times(svg, "key"), 2) << "under each panel";
}

TEST_F(Picture, TextsAreNeverRunNorTakenForCommands) {
    const std::string trap = "`touch " + file("trap").string() + "`";
    const std::string code = "'\nsystem('touch " + file("trap").string() + "')\n#";
    HeatMapSheet sheet{.title = code, .x_label = trap, .y_label = "\\", .x_ticks = {trap, code, "$(id)"}};
    write_heat_maps(file("a.svg"), {{trap, Tensor<2>{{1, 2, 3}}}, {code, Tensor<2>{{1, 2, 3}}}}, sheet);
    write_line_chart(file("b.svg"), {{code, {1, 2}, {3, 4}}, {trap, {1, 2}, {3, 4}}},
                     {.title = trap, .x_label = code, .y_label = trap});
    EXPECT_EQ(files_there(), 2) << "a text was run as a command";
    EXPECT_GE(times(read_text(file("b.svg")), "`touch"), 3);
}

TEST_F(Picture, EveryCellIsDrawnInItsColourFromASingleCellOn) {  // gnuplot's own images begin at 2 x 2
    const std::string lowest = "rgb( 68,   1,  84)", highest = "rgb(253, 231,  37)";
    HeatMapSheet sheet;
    sheet.range = {0, 1};
    write_heat_maps(file("row.svg"), {{"", Tensor<2>{{0, 1, 0, 1, 0}}}}, sheet);
    const std::string row = read_text(file("row.svg"));
    EXPECT_EQ(times(row, "<polygon fill = '" + lowest), 3 + 1) << "cells, and the foot of the colour bar";
    EXPECT_EQ(times(row, "<polygon fill = '" + highest), 2);
    write_heat_maps(file("cell.svg"), {{"", Tensor<2>{{1}}}}, sheet);
    EXPECT_EQ(times(read_text(file("cell.svg")), "<polygon fill = '" + highest), 1);
    write_heat_maps(file("column.svg"), {{"", zeros<2>({5000, 1})}}, sheet);
    EXPECT_EQ(times(read_text(file("column.svg")), "<polygon fill = '" + lowest), 5000 + 1);
}

TEST_F(Picture, NumbersThatAreNotFiniteDoNotStopASheet) {
    const float infinity = std::numeric_limits<float>::infinity();
    write_heat_maps(file("some.png"), {{"", Tensor<2>{{1, nan}, {infinity, -infinity}}}});
    write_heat_maps(file("all.png"), {{"", full<2>({2, 2}, nan)}});
    write_heat_maps(file("equal.png"), {{"", full<2>({1, 1}, 1e30F)}});
    write_heat_maps(file("gap.svg"), {{"", Tensor<2>{{0, nan, 1}}}});
    EXPECT_EQ(times(read_text(file("gap.svg")), "<polygon fill = 'rgb(255, 255, 255)"), 0)
        << "the cell's grey is covered";
    EXPECT_EQ(files_there(), 4);
}

TEST_F(Picture, LineChartDrawsEverySeriesAndBreaksAtNaN) {
    const double gap = std::nan("");
    write_line_chart(file("a.svg"),
                     {{"loss h32", {1, 2, 3, 4, 5}, {1, 0.5, gap, 0.2, 0.1}}, {"loss h64", {1, 2}, {3, 4}}},
                     {.title = "training", .x_label = "epoch", .y_label = "nats", .log_y = true});
    const std::string svg = read_text(file("a.svg"));
    for (const char* text : {"loss h32", "loss h64", "training", "epoch", "nats"})
        EXPECT_GE(times(svg, text), 1) << text;
}

TEST_F(Picture, LineChartDrawsABandBehindItsLine) {
    const Series line{"random", {0, 1}, {1, 0.5}}, banded{"random", {0, 1}, {1, 0.5}, {0.9, 0.3}, {1, 0.7}};
    write_line_chart(file("line.svg"), {line});
    write_line_chart(file("band.svg"), {banded});
    EXPECT_EQ(times(read_text(file("band.svg")), "fill-opacity"),
              times(read_text(file("line.svg")), "fill-opacity") + 1);
    EXPECT_EQ(times(read_text(file("band.svg")), "random"), times(read_text(file("line.svg")), "random"))
        << "the band has no entry of its own in the legend";
}

TEST_F(Picture, WhatCannotBeDrawnIsRefused) {
    const auto refused = [&](const auto& draw) { return text_of<std::invalid_argument>(draw); };
    const std::string a = file("a.png").string();
    EXPECT_EQ(refused([&] { write_heat_maps(file("a.jpg"), {ramp("")}); }),
              file("a.jpg").string() + ": a picture's name ends in .png or .svg, got \".jpg\"");
    EXPECT_EQ(refused([&] { write_heat_maps(file("a.png"), {}); }), a + ": a sheet needs at least one heat map");
    EXPECT_EQ(refused([&] {
                  write_heat_maps(file("a.png"), {{"h", zeros<2>({0, 3})}});
              }),
              a + ": heat map \"h\" [0, 3] is empty");
    HeatMapSheet sheet;
    sheet.y_ticks = {"one"};
    EXPECT_EQ(refused([&] { write_heat_maps(file("a.png"), {ramp("h")}, sheet); }),
              a + ": heat map \"h\" [2, 3] needs 2 y_ticks, got 1");
    sheet = {};
    sheet.range = {1, 1};
    EXPECT_EQ(refused([&] { write_heat_maps(file("a.png"), {ramp("h")}, sheet); }),
              a + ": a range of colours goes from a number to a larger one, got 1 to 1");
    EXPECT_EQ(refused([&] { write_line_chart(file("a.png"), {}); }), a + ": a chart needs at least one series");
    EXPECT_EQ(refused([&] {
                  write_line_chart(file("a.png"), {{"s", {1}, {1, 2}}});
              }),
              a + ": series \"s\" has 1 x and 2 y");
    EXPECT_EQ(refused([&] {
                  write_line_chart(file("a.png"), {{"s", {1, 2}, {1, 2}, {1, 2}, {3}}});
              }),
              a + ": series \"s\" has 2 x and a band of 2 low and 1 high");
    EXPECT_EQ(refused([&] {
                  write_line_chart(file("a.png"), {{"s", {1}, {-1}}}, {.log_y = true});
              }),
              a + ": series \"s\" has no point to draw");
    EXPECT_EQ(files_there(), 0);
}

TEST_F(Picture, IntoAFolderThatIsMissingSaysSo) {
    EXPECT_EQ(text_of<FileError>([&] { write_heat_maps(file("no/a.png"), {ramp("")}); }),
              file("no/a.png").string() + ": cannot be written: No such file or directory");
}

TEST_F(Picture, WithoutGnuplotSaysHowToGetIt) {
    const std::string path = std::getenv("PATH");
    ::setenv("PATH", file("").c_str(), 1);
    const std::string text = text_of<Error>([&] { write_heat_maps(file("a.png"), {ramp("")}); });
    ::setenv("PATH", path.c_str(), 1);
    EXPECT_EQ(text, "gnuplot is not installed, and draws the pictures. Try: apt install gnuplot-nox");
    EXPECT_EQ(files_there(), 0);
}

}  // namespace
}  // namespace wb
