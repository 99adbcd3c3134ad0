// The picture of `./workbook run kv-simulate`: four panels, drawn by gnuplot. Dark is simulated, light is the paper's.

#include <cmath>
#include <cstdio>

#include "demo_simulate.hpp"
#include "wb/byte_source.hpp"
#include "wb/gnuplot.hpp"

namespace wb::demo {
namespace {

using wb::detail::gnuplot_string;

constexpr const char* kinds[] = {"tokens", "reserved", "internal waste", "external waste"};
constexpr const char* kind_colours[] = {"#2166ac", "#92c5de", "#f4a582", "#d9d9d9"};
constexpr const char* workload_colours[] = {"#2166ac", "#b2182b"};
constexpr const char* paper_colours[] = {"#a9cbe8", "#eba9a5"};

std::string number(double value) {
    if (!std::isfinite(value)) return "NaN";
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
}

/// Data for a plot; each row is one line of numbers.
std::string data(const std::string& name, const std::vector<std::vector<double>>& rows) {
    std::string script = "$" + name + " << END\n";
    for (const auto& row : rows) {
        for (const double value : row) script += number(value) + " ";
        script += "\n";
    }
    return script + "END\n";
}

std::string colour(const char* rgb) {
    return std::string(" linecolor rgb '") + rgb + "'";
}

std::string label(double value, int digits, double x, double y, const std::string& look) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    return "set label " + gnuplot_string(text) + " at " + number(x) + "," + number(y) + " center front " + look + "\n";
}

/// Forgets the panel before, and sets what all share. The legend lies under the x axis, `rows` rows of it.
std::string panel(const std::string& title, const std::string& x, const std::string& y, int rows) {
    return "reset\nset border 3 linecolor '#555555'\nset tics nomirror out scale 0.5\n"
           "set grid ytics linecolor '#e4e4e4'\nset title " +
           gnuplot_string(title) + " font ',12'\nset xlabel " + gnuplot_string(x) + "\nset ylabel " +
           gnuplot_string(y) + "\nset key at graph 0.5, graph " + (x.empty() ? "-0.09" : "-0.17") +
           " center top horizontal Left reverse maxrows " + std::to_string(rows) + "\n";
}

std::string system_ticks() {
    std::string ticks;
    for (std::size_t s = 0; s < systems.size(); ++s) {
        ticks += (s > 0 ? ", " : "") + gnuplot_string(system_names[s]) + " " + number(static_cast<double>(s));
    }
    return "set xrange [-0.6:3.6]\nset xtics (" + ticks + ")\n";
}

/// Stacked bars: for each system ours, and on its right the paper's.
std::string slots_panel(const Figures& f, bool beside_the_paper) {
    std::array<std::vector<std::vector<double>>, 4> boxes;  // of each kind: x, middle, half of the height
    std::string labels;
    const auto add = [&](double x, const std::array<double, 4>& parts) {
        double top = 0;
        for (std::size_t kind = 0; kind < 4 && std::isfinite(parts[kind]); ++kind) {
            boxes[kind].push_back({x, top + parts[kind] / 2, parts[kind] / 2});
            top += parts[kind];
        }
        const bool has_room = parts[0] > 12;
        labels += label(parts[0], 1, x, parts[0] / 2, has_room ? "textcolor rgb 'white'" : "font ',7'");
    };
    for (std::size_t s = 0; s < systems.size(); ++s) {
        const StepTotals& totals = f.systems[s].totals;
        const double centre = static_cast<double>(s), beside = beside_the_paper ? 0.2 : 0;
        add(centre - beside, {100 * totals.share(totals.slots.tokens), 100 * totals.share(totals.slots.reserved),
                              100 * totals.share(totals.slots.internal), 100 * totals.share(totals.slots.external)});
        if (beside_the_paper) add(centre + beside, paper_slots[s]);
    }
    std::string script, plots;
    for (std::size_t kind = 0; kind < 4; ++kind) {
        const std::string name = "slots" + std::to_string(kind);
        script += data(name, boxes[kind]);
        plots += (kind > 0 ? ", $" : "$") + name + " using 1:2:(0.18):3 with boxxyerror" + colour(kind_colours[kind]) +
                 " title " + gnuplot_string(kinds[kind]);
    }
    const std::string what =
        beside_the_paper ? "Slots of the pool: simulated (left) and the paper's figure 2 (right)" : "Slots of the pool";
    return script + panel(what, "", "% of the pool, " + f.name, 1) + labels + system_ticks() +
           "set yrange [0:100]\nset style fill solid noborder\nplot " + plots + "\n";
}

/// Bars on a logarithmic scale: each system on each workload, ours and on its right the paper's.
std::string batch_panel(const std::vector<Figures>& all, bool beside_the_paper) {
    const double width = beside_the_paper ? 0.2 : 0.4;
    std::string script, plots, labels;
    for (std::size_t w = 0; w < all.size(); ++w) {
        const PaperFigures& paper = w == 0 ? paper_sharegpt : paper_alpaca;
        std::vector<std::vector<double>> ours, theirs;
        for (std::size_t s = 0; s < systems.size(); ++s) {
            const double middle = static_cast<double>(s) + (all.size() > 1 ? 0.43 * (static_cast<double>(w) - 0.5) : 0);
            const auto add = [&](std::vector<std::vector<double>>& bars, double x, double batch) {
                bars.push_back({x, batch});
                labels += label(batch, batch < 20 ? 1 : 0, x, batch * 1.13, "font ',8'");
            };
            add(ours, beside_the_paper ? middle - width / 2 : middle, all[w].systems[s].totals.mean_batch());
            if (beside_the_paper) add(theirs, middle + width / 2, paper.batch[s]);
        }
        const std::string n = std::to_string(w);
        script += data("batch" + n, ours);
        plots += (w > 0 ? ", $batch" : "$batch") + n + " with boxes" + colour(workload_colours[w]) + " title " +
                 gnuplot_string(all[w].name);
        if (!beside_the_paper) continue;
        script += data("paper" + n, theirs);
        plots += ", $paper" + n + " with boxes" + colour(paper_colours[w]) + " title " + gnuplot_string("the paper");
    }
    return script + panel("Requests in a mean batch (figure 13)", "", "requests", 1) + labels + system_ticks() +
           "set logscale y\nset yrange [1:400]\nset style fill solid noborder\nset boxwidth " + number(width * 0.92) +
           "\nplot " + plots + "\n";
}

std::string sharing_panel(const std::vector<Figures>& all, bool beside_the_paper) {
    std::string script, plots;
    for (std::size_t w = 0; w < all.size(); ++w) {
        const PaperFigures& paper = w == 0 ? paper_sharegpt : paper_alpaca;
        std::vector<std::vector<double>> rows;
        for (std::size_t n = 0; n < sharers.size(); ++n) {
            rows.push_back({static_cast<double>(sharers[n]), all[w].beams_saved[n], paper.beams_saved[n],
                            all[w].sampling_saved[n], paper.sampling_saved[n]});
        }
        const std::string name = "$saved" + std::to_string(w);
        script += data(name.substr(1), rows);
        const auto add = [&](int column, const std::string& look, const std::string& title) {
            plots += (plots.empty() ? "" : ", ") + name + " using 1:" + std::to_string(column) + " with " + look +
                     " linewidth 2" + colour(workload_colours[w]) + " title " + gnuplot_string(title);
        };
        add(2, "linespoints dashtype 2 pointtype 5", all[w].name + ", beams");
        if (beside_the_paper) add(3, "points pointtype 4 pointsize 1.8", "the paper, beams");
        add(4, "linespoints pointtype 7", all[w].name + ", samples");
        if (beside_the_paper) add(5, "points pointtype 6 pointsize 1.8", "the paper, samples");
    }
    return script + panel("Blocks saved by sharing (figure 15)", "samples of a prompt, or beams", "% of blocks", 2) +
           "set xrange [1.6:6.4]\nset yrange [0:100]\nset xtics (2, 4, 6)\nplot " + plots + "\n";
}

std::string block_size_panel(const std::vector<Figures>& all) {
    std::string script, plots, labels;
    for (std::size_t w = 0; w < all.size(); ++w) {
        std::vector<std::vector<double>> rows;
        for (std::size_t n = 0; n < block_sizes.size(); ++n) {
            const double share = all[w].token_share[n];
            rows.push_back({static_cast<double>(block_sizes[n]), share});
            labels += label(share, 1, block_sizes[n], share + (w == 0 ? 4.5 : -4.5), "font ',9'");
        }
        const std::string name = "share" + std::to_string(w);
        script += data(name, rows);
        plots += (w > 0 ? ", $" : "$") + name + " with linespoints linewidth 2 pointtype 7" +
                 colour(workload_colours[w]) + " title " + gnuplot_string(all[w].name);
    }
    return script + panel("What large blocks cost", "tokens in a block", "% of allocated slots with a token", 1) +
           labels +
           "set logscale x 2\nset xrange [7:150]\nset yrange [0:110]\nset ytics 0, 20, 100\nset xtics (8, 16, 32, 64, "
           "128)\nplot " +
           plots + "\n";
}

}  // namespace

void draw_memory(const std::filesystem::path& file, const std::vector<Figures>& all, bool beside_the_paper) {
    const std::string script =
        "set encoding utf8\n"
        "set terminal pngcairo size 1300,1000 noenhanced font 'sans,10' background '#ffffff'\n"
        "set multiplot layout 2,2 margins 0.06,0.975,0.125,0.96 spacing 0.075,0.17\n" +
        slots_panel(all.front(), beside_the_paper) + batch_panel(all, beside_the_paper) +
        sharing_panel(all, beside_the_paper) + block_size_panel(all) + "unset multiplot\n";
    write_atomically(file, {wb::detail::run_gnuplot(script)});
}

}  // namespace wb::demo
