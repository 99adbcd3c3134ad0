#include "wb/picture.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <stdexcept>

#include "wb/byte_source.hpp"
#include "wb/errors.hpp"
#include "wb/gnuplot.hpp"

namespace wb {
namespace {

using detail::gnuplot_string;
using detail::gnuplot_terminal;

/// Short enough for any picture, and free of the locale's comma.
std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    std::replace(text, text + sizeof text, ',', '.');
    return text;
}

void draw(const std::filesystem::path& path, const std::string& script) {
    write_atomically(path, {detail::run_gnuplot(script)});
}

std::string labels(const std::string& title, const std::string& x_label, const std::string& y_label) {
    return "set title " + gnuplot_string(title) + "\nset xlabel " + gnuplot_string(x_label) + "\nset ylabel " +
           gnuplot_string(y_label) + "\n";
}

/// The text of a tick, where gnuplot takes a percent sign for the start of a number's format.
std::string tick_string(std::string text) {
    for (std::size_t at = text.find('%'); at != std::string::npos; at = text.find('%', at + 2)) text.insert(at, 1, '%');
    return gnuplot_string(text);
}

/// Ticks at every row or column that has a text, or else at round numbers, nine at most.
std::string ticks(const char* axis, const std::vector<std::string>& texts, std::size_t cells) {
    std::string script = std::string("set ") + axis + "tics nomirror out scale 0.4";
    if (texts.empty()) {
        std::size_t step = 1, unit = 1;
        while (cells / step > 8) {
            if (step == 5 * unit) unit *= 10;
            step = step < unit ? unit : step == unit ? 2 * unit : 5 * unit;
        }
        return script + " norotate " + std::to_string(step) + "\n";
    }
    script += *axis == 'y' ? " norotate (" : texts.size() > 12 ? " rotate by -90 (" : " rotate by -60 (";
    for (std::size_t i = 0; i < texts.size(); ++i) {
        script += (i > 0 ? ", " : "") + tick_string(texts[i]) + " " + std::to_string(i);
    }
    return script + ")\n";
}

void require_panels(const std::filesystem::path& path, const std::vector<HeatMap>& panels, const HeatMapSheet& sheet) {
    if (panels.empty()) throw std::invalid_argument(path.string() + ": a sheet needs at least one heat map");
    for (const HeatMap& panel : panels) {
        const std::string which =
            path.string() + ": heat map " + in_quotes(panel.title) + " " + shape_text(panel.values);
        if (panel.values.size() == 0) throw std::invalid_argument(which + " is empty");
        const std::pair<const char*, std::pair<std::size_t, std::size_t>> axes[] = {
            {"x_ticks", {sheet.x_ticks.size(), panel.values.shape(1)}},
            {"y_ticks", {sheet.y_ticks.size(), panel.values.shape(0)}}};
        for (const auto& [name, sizes] : axes) {
            if (sizes.first == 0 || sizes.first == sizes.second) continue;
            throw std::invalid_argument(which + " needs " + std::to_string(sizes.second) + " " + name + ", got " +
                                        std::to_string(sizes.first));
        }
    }
    if (sheet.range &&
        !(sheet.range->first < sheet.range->second && std::isfinite(sheet.range->second - sheet.range->first))) {
        throw std::invalid_argument(path.string() + ": a range of colours goes from a number to a larger one, got " +
                                    number(sheet.range->first) + " to " + number(sheet.range->second));
    }
}

/// What the colours span: as asked, or what the panels hold; never an empty range.
std::pair<double, double> colour_range(const std::vector<HeatMap>& panels, const HeatMapSheet& sheet) {
    if (sheet.range) return *sheet.range;
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const HeatMap& panel : panels) {
        for (const float value : panel.values.storage()) {
            if (!std::isfinite(value)) continue;
            low = std::min<double>(low, value);
            high = std::max<double>(high, value);
        }
    }
    if (low > high) return {0, 1};
    if (low == high) return {low - std::max(0.5, std::abs(low) / 2), high + std::max(0.5, std::abs(high) / 2)};
    return {low, high};
}

/// A named block of the script that holds a matrix, row by row.
std::string matrix_block(std::size_t index, const Tensor<2>& values) {
    std::string script = "$panel" + std::to_string(index) + " << END_OF_PANEL\n";
    for (std::size_t i = 0; i < values.shape(0); ++i) {
        for (std::size_t j = 0; j < values.shape(1); ++j) {
            script += (std::isfinite(values(i, j)) ? number(values(i, j)) : std::string("NaN")) + " ";
        }
        script += "\n";
    }
    return script + "END_OF_PANEL\n";
}

/// How gnuplot draws a matrix block: a rectangle a cell, or where those are many an image, which needs 2 x 2 cells.
const char* drawn_as(const Tensor<2>& values) {
    constexpr std::size_t many = 4096;
    if (values.size() > many && values.shape(0) > 1 && values.shape(1) > 1) return " matrix with image";
    return " matrix using 1:2:(0.5):($3 == $3 ? 0.5 : NaN):3 with boxxyerror linecolor palette fillstyle solid "
           "noborder";
}

}  // namespace

void write_heat_maps(const std::filesystem::path& path, const std::vector<HeatMap>& panels, const HeatMapSheet& sheet) {
    require_panels(path, panels, sheet);
    const std::size_t square = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(panels.size()))));
    const std::size_t columns = std::min(panels.size(), sheet.columns > 0 ? sheet.columns : square);
    const std::size_t rows = (panels.size() + columns - 1) / columns;
    const auto [low, high] = colour_range(panels, sheet);

    std::string script = gnuplot_terminal(path, 360 * columns, 320 * rows + 40);
    for (std::size_t p = 0; p < panels.size(); ++p) script += matrix_block(p, panels[p].values);
    script += "set palette defined (0 '#440154', 1 '#3b528b', 2 '#21918c', 3 '#5ec962', 4 '#fde725')\n";  // viridis
    script += "set cbrange [" + number(low) + ":" + number(high) + "]\nset format cb '%.3g'\nunset key\n";
    script +=
        "set object 1 rectangle from graph 0,0 to graph 1,1 behind fillcolor rgb '#bbbbbb' fillstyle solid noborder\n";
    script += "set multiplot layout " + std::to_string(rows) + "," + std::to_string(columns) + " title " +
              gnuplot_string(sheet.title) + "\n";
    for (std::size_t p = 0; p < panels.size(); ++p) {
        const auto& shape = panels[p].values.shape();
        script += labels(panels[p].title, sheet.x_label, sheet.y_label);
        script += ticks("x", sheet.x_ticks, shape[1]) + ticks("y", sheet.y_ticks, shape[0]);
        script += "set xrange [-0.5:" + std::to_string(shape[1] - 1) + ".5]\nset yrange [" +
                  std::to_string(shape[0] - 1) + ".5:-0.5]\n";
        script += "plot $panel" + std::to_string(p) + drawn_as(panels[p].values) + "\n";
    }
    draw(path, script + "unset multiplot\n");
}

void write_line_chart(const std::filesystem::path& path, const std::vector<Series>& series, const LineChart& chart) {
    if (series.empty()) throw std::invalid_argument(path.string() + ": a chart needs at least one series");
    std::string script = gnuplot_terminal(path, 800, 500), bands, lines;
    for (std::size_t s = 0; s < series.size(); ++s) {
        const auto& [label, x, y, low, high] = series[s];
        const std::string which = path.string() + ": series " + in_quotes(label);
        if (x.size() != y.size()) {
            throw std::invalid_argument(which + " has " + std::to_string(x.size()) + " x and " +
                                        std::to_string(y.size()) + " y");
        }
        const bool band = !low.empty() || !high.empty();
        if (band && (low.size() != x.size() || high.size() != x.size())) {
            throw std::invalid_argument(which + " has " + std::to_string(x.size()) + " x and a band of " +
                                        std::to_string(low.size()) + " low and " + std::to_string(high.size()) +
                                        " high");
        }
        const std::string block = "$series" + std::to_string(s);
        const std::string colour = " linetype " + std::to_string(s % 8 + 1);      // gnuplot has 8 colours,
        const std::string stroke = " dashtype " + std::to_string(s / 8 % 5 + 1);  // and then the next kind of line
        script += block + " << END_OF_SERIES\n";
        bool any = false;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const bool drawn =
                std::isfinite(x[i]) && std::isfinite(y[i]) && (!chart.log_x || x[i] > 0) && (!chart.log_y || y[i] > 0);
            script += drawn ? number(x[i]) + " " + number(y[i]) : "";  // an empty line interrupts
            script += (drawn && band ? " " + number(low[i]) + " " + number(high[i]) : "") + "\n";
            any = any || drawn;
        }
        if (!any) throw std::invalid_argument(which + " has no point to draw");
        script += "END_OF_SERIES\n";
        if (band)
            bands += block + " using 1:3:4 with filledcurves" + colour +
                     " fillstyle transparent solid 0.2 noborder notitle, ";
        lines += (s > 0 ? ", " : "") + block + " using 1:2 with linespoints" + colour + stroke +
                 " linewidth 2 pointtype 7 pointsize 0.5 title " + gnuplot_string(label);
    }
    script += labels(chart.title, chart.x_label, chart.y_label) + "set grid\nset key outside right top\n";
    if (chart.log_x) script += "set logscale x\n";
    if (chart.log_y) script += "set logscale y\n";
    draw(path, script + "plot " + bands + lines + "\n");
}

}  // namespace wb
