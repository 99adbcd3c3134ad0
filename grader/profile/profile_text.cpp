#include "profile/profile_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "profile/advice.hpp"
#include "profile/profile_file.hpp"
#include "text/grouped.hpp"

namespace wb::grader {
namespace {

using kernels::GlobalCount;
using kernels::KernelProfile;
using kernels::LineCounters;
using kernels::LineProfile;
using kernels::SharedCount;

/// "12.6 kB": powers of ten, as data sheets give bandwidths.
std::string size_text(std::uint64_t bytes) {
    if (bytes < 10'000) return grouped(bytes) + " bytes";
    if (bytes < 10'000'000) return fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3);
    return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string number_of(std::uint64_t count, const char* one, const char* many) {
    return grouped(count) + " " + (count == 1 ? one : many);
}

std::string global_text(const GlobalCount& count) {
    if (count.requests == 0) return "none";
    return fmt::format("{}, {:.3g} {} each ({:.3g} at best)", number_of(count.requests, "request", "requests"),
                       count.sectors_per_request(), count.sectors == count.requests ? "sector" : "sectors",
                       kernels::detail::ratio(count.least_sectors, count.requests, 0));
}

std::string shared_text(const LineCounters& total) {
    SharedCount all = total.shared_loads;
    all += total.shared_stores;
    if (all.requests == 0) return "none";
    std::string text = number_of(all.requests, "request", "requests") + ", ";
    if (all.wavefronts == all.least_wavefronts) return text + "no bank conflicts";
    return text + fmt::format("{} wavefronts, {:.2f} x what they take without bank conflicts", grouped(all.wavefronts),
                              all.bank_conflicts());
}

}  // namespace

std::string launch_text(const KernelProfile& kernel) {
    return fmt::format(
        "{}:{}  {}: {} of {} threads{}", source_name(kernel.file), kernel.line,
        number_of(kernel.launches, "launch", "launches"), number_of(kernel.blocks, "block", "blocks"),
        kernel.blocks == 0 ? 0 : kernel.threads / kernel.blocks,
        kernel.shared_bytes == 0 ? "" : ", " + grouped(kernel.shared_bytes) + " bytes of shared memory a block");
}

std::vector<SummaryRow> summary_rows(const KernelProfile& kernel) {
    const LineCounters& n = kernel.total;
    std::vector<SummaryRow> rows;
    const auto row = [&](const char* name, const std::string& what) { rows.push_back({name, what}); };
    row("global memory", fmt::format("{} moved, {} at least (each byte read once, each written once): {:.2f} x",
                                     size_text(kernel.bytes_moved()),
                                     size_text(kernel.least_read + kernel.least_written), kernel.traffic()));
    row("  loads", global_text(n.loads));
    row("  stores", global_text(n.stores));
    row("  behind the L2", fmt::format("{} read, {} written, by a model of {} KiB", size_text(kernel.l2.bytes_read),
                                       size_text(kernel.l2.bytes_written), grouped(kernel.l2.bytes / 1024)));
    row("shared memory", shared_text(n));
    if (n.atomics.requests + n.shared_atomics.requests > 0) {
        row("atomics", fmt::format("{} updates, {} of them wait for another lane of their warp",
                                   grouped(n.atomics.lanes + n.shared_atomics.lanes),
                                   grouped(n.atomics.collisions + n.shared_atomics.collisions)));
    }
    if (kernel.flops_known) {
        row("arithmetic", fmt::format("{} FLOPs, {:.3g} for each byte moved; calls such as expf are not counted",
                                      grouped(n.flops), kernels::detail::ratio(n.flops, kernel.bytes_moved(), 0)));
    }
    row("lanes", fmt::format("{:.1f} % idle; {} at which a warp parts", 100 * n.flow.idle(),
                             number_of(n.flow.divergent, "branch", "branches")));
    row("meetings", fmt::format("{}, {}", number_of(n.barriers, "barrier of a block", "barriers of blocks"),
                                number_of(n.warp_functions, "warp function", "warp functions")));
    return rows;
}

namespace {

/// "3,840 x 16" or nothing.
std::string cell(std::uint64_t requests, double each) {
    return requests == 0 ? "" : fmt::format("{} x {:.3g}", grouped(requests), each);
}

/// What of a line is shown: a share of idle lanes from one in a hundred on.
std::string idle_text(const LineCounters& n) {
    return n.flow.idle() < 0.01 ? "" : fmt::format("{:.0f} %", 100 * n.flow.idle());
}

std::string other_text(const LineCounters& n) {
    const std::uint64_t atomics = n.atomics.requests + n.shared_atomics.requests;
    if (atomics > 0) return number_of(atomics, "atomic", "atomics");
    if (n.barriers > 0) return number_of(n.barriers, "barrier", "barriers");
    return n.warp_functions > 0 ? grouped(n.warp_functions) + " of warps" : "";
}

}  // namespace

LineCells line_cells(const LineCounters& n) {
    SharedCount shared = n.shared_loads;
    shared += n.shared_stores;
    return {.loads = cell(n.loads.requests, n.loads.sectors_per_request()),
            .stores = cell(n.stores.requests, n.stores.sectors_per_request()),
            .shared = cell(shared.requests, shared.bank_conflicts()),
            .meetings = other_text(n),
            .idle = idle_text(n)};
}

namespace {

std::string summary(const KernelProfile& kernel, const Paint& paint) {
    std::string text = paint.bold(kernel.kernel) + "  " + launch_text(kernel) + "\n\n";
    for (const SummaryRow& row : summary_rows(kernel)) text += fmt::format("  {:<17}{}\n", row.name, row.words);
    return text;
}

std::string row_of(const LineCounters& n) {
    const LineCells cells = line_cells(n);
    return fmt::format("{:>14} {:>14} {:>14} {:>14} {:>5}", cells.loads, cells.stores, cells.shared, cells.meetings,
                       cells.idle);
}

/// Lines with something to show, and between them what lies close.
std::string annotated(const KernelProfile& kernel, const std::vector<std::string>& source, const Paint& paint) {
    std::map<int, const LineProfile*> known;
    const std::string nothing = row_of({});
    for (const LineProfile& line : kernel.lines) {
        if (line.line > 0 && source_name(line.file) == source_name(kernel.file) && !line_cells(line.count).empty())
            known[line.line] = &line;
    }
    if (known.empty()) return "";
    std::string text = paint.dim(fmt::format("{:>6} {:>14} {:>14} {:>14} {:>14} {:>5}", "line", "load x sectors",
                                             "store x sect.", "shared x confl", "meetings", "idle")) +
                       "\n";
    const auto show = [&](int number, const LineProfile* line) {
        const auto at = static_cast<std::size_t>(number) - 1;
        const std::string counts = fmt::format("{:>6} {}", number, line == nullptr ? nothing : row_of(line->count));
        const bool bad = line != nullptr && !advice(*line, kernel.total).empty();
        text += (bad ? paint.bad(counts + " !") : counts + "  ") + " " + (at < source.size() ? source[at] : "") + "\n";
    };
    constexpr int most_between = 4;  // lines without counters that are shown
    int next = known.begin()->first;
    for (const auto& [number, line] : known) {
        if (number - next > most_between) {
            text += paint.dim("   ...") + "\n";
            next = number;
        }
        for (; next < number; ++next) show(next, nullptr);
        show(next++, line);
    }
    return text;
}

}  // namespace

std::string profile_text(const KernelProfile& kernel, const std::vector<std::string>& source, const Paint& paint) {
    std::string text = summary(kernel, paint) + "\n" + annotated(kernel, source, paint), said;
    for (const LineProfile& line : kernel.lines) {
        for (const std::string& sentence : advice(line, kernel.total)) {
            const std::string place = line.line > 0 ? fmt::format("{}:{}", source_name(line.file), line.line) : "?";
            for (const std::string& part :
                 folded("  " + place + ": " + sentence, std::max<std::size_t>(paint.style().width, 100)))
                said += part + "\n";
        }
    }
    return text + "\n" + (said.empty() ? "  " + paint.good("Nothing to mend that these counters show.") + "\n" : said);
}

}  // namespace wb::grader
