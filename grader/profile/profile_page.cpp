#include "profile/profile_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "html/page.hpp"
#include "profile/address_picture.hpp"
#include "profile/advice.hpp"
#include "profile/page_style.hpp"
#include "profile/profile_file.hpp"
#include "profile/profile_text.hpp"
#include "text/utf8.hpp"

namespace wb::grader {
namespace {

using kernels::AccessKind;
using kernels::KernelProfile;
using kernels::LaneAddresses;
using kernels::LineCounters;
using kernels::LineProfile;

constexpr int columns_of_table = 9, most_between = 4, lines_before = 3;

std::uint64_t sectors_of(const LineCounters& n) {
    return n.loads.sectors + n.stores.sectors + n.atomics.sectors;
}
std::uint64_t wavefronts_of(const LineCounters& n) {
    return n.shared_loads.wavefronts + n.shared_stores.wavefronts + n.shared_atomics.passes;
}

/// "61 %", "< 1 %", or nothing.
std::string percent(double share) {
    if (share <= 0) return "";
    return share < 0.01 ? "< 1 %" : fmt::format("{:.0f} %", 100 * share);
}

/// How strong a share's colour is, 0 to 1: a root, so that a tenth can be told from nothing.
std::string strength(double share) {
    return fmt::format("{:.2f}", std::sqrt(std::clamp(share, 0.0, 1.0)));
}

std::string heat_cell(const char* label, const char* kind, double share) {
    if (share <= 0) return "<td></td>";
    return fmt::format("<td class=\"heat {}\" data-label=\"{}\" style=\"--h:{}\">{}</td>", kind, label, strength(share),
                       html_text(percent(share)));
}

std::string figure_cell(const char* label, const std::string& figure) {
    if (figure.empty()) return "<td></td>";
    return fmt::format("<td class=\"figure\" data-label=\"{}\">{}</td>", label, html_text(figure));
}

std::string picture_figure(const LaneAddresses& addresses, const std::string& remark = "") {
    return fmt::format("<figure><figcaption>{}{}</figcaption>{}</figure>\n", html_text(caption_of(addresses)),
                       html_text(remark), picture_svg(addresses));
}

/// Whether all requests of this line and kind are as cheap as they can be.
bool all_ideal(const LineCounters& n, const LaneAddresses& addresses) {
    if (addresses.kind == AccessKind::atomic) return (addresses.shared ? n.shared_atomics : n.atomics).collisions == 0;
    const bool load = addresses.kind == AccessKind::load;
    if (addresses.shared) {
        const kernels::SharedCount& count = load ? n.shared_loads : n.shared_stores;
        return count.wavefronts <= count.least_wavefronts;
    }
    const kernels::GlobalCount& count = load ? n.loads : n.stores;
    return count.sectors <= count.least_sectors;
}

bool is_ideal(const LaneAddresses& addresses) {
    const AddressPicture picture = picture_of(addresses);
    return picture.cost <= picture.least && picture.collide == 0;
}

/// The pictures of what is not ideal at a line.
std::string pictures_of(const LineProfile& line) {
    std::string drawn;
    for (const LaneAddresses& addresses : line.addresses) {
        if (all_ideal(line.count, addresses)) continue;
        const auto costs_more = [&](const LaneAddresses& other) {
            return other.kind == addresses.kind && other.shared == addresses.shared && !is_ideal(other);
        };
        if (!is_ideal(addresses)) {
            drawn += picture_figure(addresses);
        } else if (std::none_of(line.addresses.begin(), line.addresses.end(), costs_more)) {
            drawn += picture_figure(addresses, ". This one is as cheap as it can be; others of this line are not.");
        }
    }
    return drawn;
}

/// What is said beneath a line, and drawn: openly if something is to be mended.
std::string remarks(const LineProfile& line, const KernelProfile& kernel) {
    std::string said, drawn = pictures_of(line);
    for (const std::string& sentence : advice(line, kernel.total))
        said += "<p class=\"advice\"><b>!</b> " + html_text(sentence) + "</p>\n";
    if (said.empty() && drawn.empty()) return "";
    if (said.empty()) drawn = "<details><summary>Which lanes touch which addresses</summary>" + drawn + "</details>";
    return fmt::format("<tr class=\"remarks\"><td colspan=\"{}\">{}{}</td></tr>\n", columns_of_table, said, drawn);
}

std::string code_row(int number, const std::string& code, const LineProfile* line, const KernelProfile& kernel) {
    const LineCounters none, &n = line == nullptr ? none : line->count;
    const double global = kernels::detail::ratio(sectors_of(n), sectors_of(kernel.total), 0),
                 shared = kernels::detail::ratio(wavefronts_of(n), wavefronts_of(kernel.total), 0),
                 most = std::max(global, shared);
    const LineCells cells = line_cells(n);
    return fmt::format("<tr{}><td class=\"number\">{}</td><td class=\"code heat {}\" style=\"--h:{}\">{}</td>",
                       line == nullptr ? " class=\"plain\"" : "", number > 0 ? std::to_string(number) : "?",
                       global >= shared ? "global" : "shared", strength(most), html_text(code)) +
           heat_cell("global share", "global", global) + heat_cell("shared share", "shared", shared) +
           figure_cell("loads", cells.loads) + figure_cell("stores", cells.stores) +
           figure_cell("shared", cells.shared) + figure_cell("meetings", cells.meetings) +
           figure_cell("idle", cells.idle) + "</tr>\n" + (line == nullptr ? "" : remarks(*line, kernel));
}

/// The lines of one file: those with figures, and what lies close.
std::string source_table(const ProfiledKernel& kernel, const std::string& file,
                         const std::multimap<int, const LineProfile*>& lines) {
    std::string rows;
    const bool has_source = kernel.sources.contains(file) && !kernel.sources.at(file).empty();
    int next = has_source ? std::max(1, lines.begin()->first - lines_before) : lines.begin()->first;
    for (const auto& [number, line] : lines) {
        if (number - next > most_between || (number > next && !has_source)) {
            rows += fmt::format("<tr class=\"gap\"><td colspan=\"{}\">&#8943;</td></tr>\n", columns_of_table);
            next = number;
        }
        for (; next < number; ++next) rows += code_row(next, kernel.code(file, next), nullptr, kernel.profile);
        rows += code_row(number, kernel.code(file, number), line, kernel.profile);
        next = number + 1;
    }
    return fmt::format(
        "<table><caption>{}{}</caption><thead><tr><th>line</th><th class=\"code\">source</th><th>global<br>share</th>"
        "<th>shared<br>share</th><th>loads<br>&times; sectors</th><th>stores<br>&times; sectors</th>"
        "<th>shared<br>&times; conflicts</th>"
        "<th>meetings</th><th>idle</th></tr></thead><tbody>\n{}</tbody></table>\n",
        html_text(file.empty() ? "Lines of unknown files" : file), has_source ? "" : " (its source is not at hand)",
        rows);
}

std::string summary(const KernelProfile& kernel) {
    std::string rows;
    for (const SummaryRow& row : summary_rows(kernel)) {
        const std::size_t begin = std::min(row.name.find_first_not_of(' '), row.name.size());
        rows += fmt::format("<div{}><dt>{}</dt><dd>{}</dd></div>\n", begin > 0 ? " class=\"sub\"" : "",
                            html_text(row.name.substr(begin)), html_text(row.words));
    }
    return "<dl>\n" + rows + "</dl>\n";
}

std::string section(const ProfiledKernel& kernel, std::size_t number) {
    const std::string own = source_name(kernel.profile.file);
    std::map<std::string, std::multimap<int, const LineProfile*>> files;
    bool said = false;
    for (const LineProfile& line : kernel.profile.lines) {
        const bool speaks = !advice(line, kernel.profile.total).empty();
        said = said || speaks;
        if (speaks || !line_cells(line.count).empty()) files[source_name(line.file)].emplace(line.line, &line);
    }
    std::string tables;
    if (files.contains(own)) tables += source_table(kernel, own, files.at(own));
    for (const auto& [file, lines] : files) {
        if (file != own) tables += source_table(kernel, file, lines);
    }
    return fmt::format("<section id=\"kernel-{}\"><h2>{}{}</h2>\n<p class=\"quiet\">{}</p>\n{}{}{}{}</section>\n",
                       number, kernel.side.empty() ? "" : "<span class=\"side\">" + html_text(kernel.side) + "</span> ",
                       html_text(kernel.profile.kernel), html_text(launch_text(kernel.profile)),
                       summary(kernel.profile),
                       kernel.estimates.empty() ? "" : "<pre>" + html_lines(kernel.estimates) + "</pre>\n",
                       said ? "" : "<p class=\"good\">Nothing to mend that these counters show.</p>\n", tables);
}

std::string contents(const std::vector<ProfiledKernel>& kernels) {
    if (kernels.size() < 2) return "";
    std::string items;
    std::size_t number = 0;
    for (const ProfiledKernel& kernel : kernels) {
        const SummaryRow first = summary_rows(kernel.profile).front();
        items += fmt::format("<li><a href=\"#kernel-{}\">{}{}</a> <span class=\"quiet\">{}: {}</span></li>\n", ++number,
                             kernel.side.empty() ? "" : html_text(kernel.side) + ": ", html_text(kernel.profile.kernel),
                             html_text(first.name), html_text(first.words));
    }
    return "<nav><ol>\n" + items + "</ol></nav>\n";
}

std::string chosen_lines(const std::vector<ChosenLine>& lines) {
    if (lines.empty()) return "";
    std::string sides;
    for (const ChosenLine& line : lines) {
        sides +=
            fmt::format("<div><h3>{}</h3><pre>{}</pre>\n", html_text(line.title),
                        html_text(line.code.substr(std::min(line.code.find_first_not_of(" \t"), line.code.size()))));
        for (const LaneAddresses& addresses : line.addresses) sides += picture_figure(addresses);
        sides += "</div>\n";
    }
    return "<section><h2>Which lanes touch which addresses</h2>\n<div class=\"sides\">\n" + sides +
           "</div></section>\n";
}

std::string key() {
    std::string swatches;
    for (const char* const kind : {"global", "shared"}) {
        swatches += fmt::format("<span>{}:", kind);
        for (const double share : {0.01, 0.1, 0.5, 1.0})
            swatches += fmt::format(" <i class=\"heat {}\" style=\"--h:{}\">{}</i>", kind, strength(share),
                                    html_text(percent(share)));
        swatches += "</span> ";
    }
    return "<section class=\"key\" id=\"key\"><h2>How to read this</h2>\n<p>Counted while the kernel ran on a CPU, the "
           "same in "
           "every "
           "run; nothing here is a measured time.</p>\n<p>A line's colour is its share of what the kernel moves: "
           "sectors "
           "of global memory, or wavefronts of shared memory, whichever is more. " +
           swatches +
           "</p>\n<p>loads &times; sectors: requests of a warp, and the sectors of 32 bytes that each touches (4 are "
           "ideal "
           "for 4 bytes a lane). shared &times; conflicts: requests, and wavefronts over those without bank conflicts. "
           "idle: share of a warp's 32 lanes that are not there. An exclamation mark says what to mend.</p>\n"
           "<p>Pictures show the first request with all lanes (or else the first) of a place. Filled cells are words "
           "of 4 "
           "bytes with the lane that touches them, + for several lanes; hollow ones are moved for nobody, or an idle "
           "bank. "
           "Global memory: a row is a line of 128 bytes, a group of 8 words a sector. Shared memory: a row is a "
           "wavefront, "
           "a column a bank. So the height is the cost.</p></section>\n";
}

}  // namespace

std::string profile_page(const ProfilePage& page) {
    std::string sections;
    std::size_t number = 0;
    for (const ProfiledKernel& kernel : page.kernels) sections += section(kernel, ++number);
    return html_page(
        {"Profile of " + page.title, profile_style,
         "<p><a href=\"#key\">How to read this</a></p>\n" + contents(page.kernels) + chosen_lines(page.chosen) +
             sections + (page.note.empty() ? "" : "<p class=\"quiet\">" + html_text(page.note) + "</p>\n") +
             (page.footnote.empty() ? "" : "<p class=\"quiet\">" + html_lines(page.footnote) + "</p>\n") + key()});
}

}  // namespace wb::grader
