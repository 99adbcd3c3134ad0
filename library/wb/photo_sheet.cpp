#include "wb/photo_sheet.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "wb/byte_source.hpp"
#include "wb/gnuplot.hpp"
#include "wb/photo.hpp"

namespace wb {
namespace {

using detail::gnuplot_string;

/// Where everything is, in pixels of the sheet. The photos make one picture, drawn pixel by pixel; gnuplot writes the texts around.
struct Layout {
    std::size_t rows, columns;
    std::size_t panel_width, panel_height;  ///< of the largest panel, enlarged
    std::size_t font, title_font;           ///< points, of 4/3 pixels
    std::size_t gap;                        ///< between panels
    std::size_t panel_title;                ///< room above each panel
    std::size_t left, top, right, bottom;   ///< margins around the photos, for labels and title

    [[nodiscard]] std::size_t x(std::size_t column) const { return column * (panel_width + gap); }
    [[nodiscard]] std::size_t y(std::size_t row) const {
        return row * (panel_height + panel_title + gap) + panel_title;
    }
    [[nodiscard]] std::size_t photos_width() const { return x(columns - 1) + panel_width; }
    [[nodiscard]] std::size_t photos_height() const { return y(rows - 1) + panel_height; }
    [[nodiscard]] std::size_t width() const { return left + photos_width() + right; }
    [[nodiscard]] std::size_t height() const { return top + photos_height() + bottom; }
};

void require_panels(const std::string& path, const std::vector<PhotoPanel>& panels, const PhotoSheet& sheet) {
    if (panels.empty()) throw std::invalid_argument(path + ": a sheet needs at least one photo");
    for (const PhotoPanel& panel : panels) {
        if (panel.rgb.size() > 0 && panel.rgb.shape(2) == 3) continue;
        throw std::invalid_argument(path + ": photo " + in_quotes(panel.title) + " should be [height, width, 3], got " +
                                    shape_text(panel.rgb));
    }
    if (sheet.zoom == 0) throw std::invalid_argument(path + ": zoom is at least 1, got 0");
    if (sheet.zoom > most_photo_side)
        throw std::invalid_argument(path + ": zoom is at most 16384, got " + std::to_string(sheet.zoom));
}

void require_labels(const std::string& path, const char* name, std::size_t labels, std::size_t places) {
    if (labels == 0 || labels == places) return;
    throw std::invalid_argument(path + ": the sheet needs " + std::to_string(places) + " " + name + ", got " +
                                std::to_string(labels));
}

std::size_t longest(const std::vector<std::string>& texts) {
    std::size_t length = 0;
    for (const std::string& text : texts) length = std::max(length, text.size());
    return length;
}

Layout lay_out(const std::vector<PhotoPanel>& panels, const PhotoSheet& sheet) {
    Layout at{};
    const auto square = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(panels.size()))));
    at.columns = std::min(panels.size(), sheet.columns > 0 ? sheet.columns : square);
    at.rows = (panels.size() + at.columns - 1) / at.columns;
    bool titles = false;
    for (const PhotoPanel& panel : panels) {
        at.panel_height = std::max(at.panel_height, panel.rgb.shape(0) * sheet.zoom);
        at.panel_width = std::max(at.panel_width, panel.rgb.shape(1) * sheet.zoom);
        titles = titles || !panel.title.empty();
    }
    // A sheet is shown as wide as the screen, so its letters grow with it.
    at.gap = std::max<std::size_t>(2, at.panel_width / 28);
    at.font = std::clamp<std::size_t>(at.photos_width() / 110, 9, 16);
    at.title_font = at.font + at.font / 2;
    at.panel_title = titles ? 2 * at.font : 0;
    if (titles) at.gap = std::max(at.gap, at.font / 2);
    const std::size_t edge = at.font;
    at.left = sheet.row_labels.empty() ? edge : edge + longest(sheet.row_labels) * at.font * 7 / 8 + at.font;
    at.top = edge + (sheet.title.empty() ? 0 : 2 * at.title_font) + (sheet.column_labels.empty() ? 0 : 2 * at.font);
    at.right = at.bottom = edge;
    return at;
}

/// All photos in their places on white, [photos_height, photos_width, 3].
std::string composed(const std::vector<PhotoPanel>& panels, const Layout& at, std::size_t zoom) {
    std::string pixels(at.photos_width() * at.photos_height() * 3, '\xff');
    for (std::size_t p = 0; p < panels.size(); ++p) {
        const Tensor<3, std::uint8_t>& photo = panels[p].rgb;
        const std::size_t height = photo.shape(0) * zoom, width = photo.shape(1) * zoom;
        const std::size_t y0 = at.y(p / at.columns) + (at.panel_height - height) / 2;
        const std::size_t x0 = at.x(p % at.columns) + (at.panel_width - width) / 2;
        for (std::size_t y = 0; y < height; ++y) {
            for (std::size_t x = 0; x < width; ++x) {
                std::copy_n(&photo(y / zoom, x / zoom, 0), 3, &pixels[3 * ((y0 + y) * at.photos_width() + x0 + x)]);
            }
        }
    }
    return pixels;
}

/// A text whose anchor is a place of the sheet, in pixels from its top left.
std::string label(const std::string& text, double x, double y, const char* alignment, std::size_t font,
                  const Layout& at) {
    return text.empty() ? ""
                        : "set label " + gnuplot_string(text) + " at screen " +
                              std::to_string(x / static_cast<double>(at.width())) + "," +
                              std::to_string(1 - y / static_cast<double>(at.height())) + " " + alignment +
                              " font 'sans," + std::to_string(font) + "' front\n";
}

std::string labels(const std::vector<PhotoPanel>& panels, const PhotoSheet& sheet, const Layout& at) {
    const auto number = [](std::size_t pixels) { return static_cast<double>(pixels); };
    const double font = number(at.font), left = number(at.left), top = number(at.top);
    std::string script =
        label(sheet.title, number(at.width()) / 2, font + number(at.title_font) / 2, "center", at.title_font, at);
    for (std::size_t c = 0; c < sheet.column_labels.size(); ++c) {
        script += label(sheet.column_labels[c], left + number(at.x(c)) + number(at.panel_width) / 2, top - font,
                        "center", at.font, at);
    }
    for (std::size_t r = 0; r < sheet.row_labels.size(); ++r) {
        script += label(sheet.row_labels[r], left - font, top + number(at.y(r)) + number(at.panel_height) / 2, "right",
                        at.font, at);
    }
    for (std::size_t p = 0; p < panels.size(); ++p) {
        script += label(panels[p].title, left + number(at.x(p % at.columns)) + number(at.panel_width) / 2,
                        top + number(at.y(p / at.columns)) - font, "center", at.font, at);
    }
    return script;
}

/// The margins of the drawing, each as a share of the sheet: gnuplot's 1 is the last pixel, so that photos come out pixel for pixel.
std::string margins(const Layout& at) {
    const auto share = [](std::size_t part, std::size_t whole) {
        return std::to_string(static_cast<double>(part) / static_cast<double>(whole - 1));
    };
    return "set lmargin at screen " + share(at.left, at.width()) + "\nset rmargin at screen " +
           share(at.width() - at.right, at.width()) + "\nset bmargin at screen " + share(at.bottom, at.height()) +
           "\nset tmargin at screen " + share(at.height() - at.top, at.height()) + "\n";
}

}  // namespace

void write_photo_sheet(const std::filesystem::path& path, const std::vector<PhotoPanel>& panels,
                       const PhotoSheet& sheet) {
    const std::string name = path.string();
    require_panels(name, panels, sheet);
    const Layout at = lay_out(panels, sheet);
    require_labels(name, "column_labels", sheet.column_labels.size(), at.columns);
    require_labels(name, "row_labels", sheet.row_labels.size(), at.rows);
    if (at.width() > most_photo_side || at.height() > most_photo_side) {
        throw std::invalid_argument(name + ": the sheet is " + std::to_string(at.width()) + " x " +
                                    std::to_string(at.height()) + " pixels; at most " +
                                    std::to_string(most_photo_side) + " a side are drawn");
    }
    const std::string width = std::to_string(at.photos_width()), height = std::to_string(at.photos_height());
    std::string script = detail::gnuplot_terminal(path, at.width(), at.height()) + margins(at);
    script += "unset key\nunset border\nunset tics\nset xrange [-0.5:" + width + "-0.5]\nset yrange [" + height +
              "-0.5:-0.5]\n" + labels(panels, sheet, at);
    script +=
        "plot '-' binary array=(" + width + "," + height + ") format='%uchar%uchar%uchar' using 1:2:3 with rgbimage\n";
    write_atomically(path, {detail::run_gnuplot(script + composed(panels, at, sheet.zoom) + "\n")});
}

}  // namespace wb
