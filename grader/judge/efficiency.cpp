#include "judge/efficiency.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "judge/plan.hpp"
#include "profile/advice.hpp"
#include "profile/profile_file.hpp"

namespace wb::grader {
namespace {

using kernels::KernelProfile;
using kernels::LineCounters;
using kernels::LineProfile;

/// A line of a kernel, and how much of something it does.
struct Share {
    const KernelProfile* kernel;
    const LineProfile* line;
    std::uint64_t amount;
};

/// The lines that do most of it, the first of them first.
template <class Amount>
std::vector<Share> most(const std::vector<KernelProfile>& kernels, Amount amount) {
    constexpr std::size_t shown = 3;
    std::vector<Share> shares;
    for (const KernelProfile& kernel : kernels) {
        for (const LineProfile& line : kernel.lines) {
            if (const std::uint64_t much = amount(line.count); much > 0) shares.push_back({&kernel, &line, much});
        }
    }
    std::stable_sort(shares.begin(), shares.end(), [](const Share& a, const Share& b) { return a.amount > b.amount; });
    shares.resize(std::min(shares.size(), shown));
    return shares;
}

std::string place(const LineProfile& line) {
    return line.line > 0 ? fmt::format("{}:{}", source_name(line.file), line.line) : std::string("a line not known");
}

std::uint64_t sectors(const LineCounters& n) {
    return n.loads.sectors + n.stores.sectors + n.atomics.sectors;
}

/// The advice on the lines at which there is most of it; lines of which the same is to be said stand together.
template <class Amount>
std::string blamed(const std::vector<KernelProfile>& kernels, Advice kind, Amount amount) {
    std::vector<std::pair<std::string, std::string>> places_of;  // sentence, places
    for (const Share& share : most(kernels, amount)) {
        for (const std::string& sentence : advice(*share.line, share.kernel->total, kind)) {
            const auto same = std::find_if(places_of.begin(), places_of.end(),
                                           [&](const auto& known) { return known.first == sentence; });
            if (same == places_of.end()) {
                places_of.emplace_back(sentence, place(*share.line));
            } else {
                same->second += ", " + place(*share.line);
            }
        }
    }
    std::string text;
    for (const auto& [sentence, places] : places_of) text += "\n  " + places + ": " + sentence;
    return text;
}

std::string sectors_text(const std::vector<KernelProfile>& kernels, double got, double limit) {
    return fmt::format(
               "sectors: warps touch {:.3g} times the 32-byte sectors that their bytes need; at most {:g} times is "
               "asked for.",
               got, limit) +
           blamed(kernels, Advice::sectors, [](const LineCounters& n) {
               return n.loads.sectors - n.loads.least_sectors + n.stores.sectors - n.stores.least_sectors;
           });
}

std::string conflicts_text(const std::vector<KernelProfile>& kernels, double got, double limit) {
    return fmt::format(
               "bank_conflicts: shared memory takes {:.3g} times the wavefronts that it would without bank conflicts; "
               "at "
               "most {:g} times is asked for.",
               got, limit) +
           blamed(kernels, Advice::conflicts, [](const LineCounters& n) {
               return n.shared_loads.wavefronts - n.shared_loads.least_wavefronts + n.shared_stores.wavefronts -
                      n.shared_stores.least_wavefronts;
           });
}

/// What the traffic would be if the lanes of each request lay side by side. Few lanes to a request move whole sectors even then; where lanes
/// do lie apart, only the bytes that they ask for are counted.
double side_by_side(const std::vector<KernelProfile>& kernels, std::uint64_t least_bytes,
                    const Efficiency& efficiency) {
    constexpr double apart = 1.25;
    const double sectors_alone = efficiency.traffic / efficiency.sectors;
    if (efficiency.sectors < apart) return sectors_alone;
    std::uint64_t bytes = 0;
    for (const KernelProfile& kernel : kernels) bytes += kernel.total.loads.bytes + kernel.total.stores.bytes;
    return std::min(sectors_alone, kernels::detail::ratio(bytes, least_bytes, 0));
}

std::string traffic_text(const std::vector<KernelProfile>& kernels, std::uint64_t least_bytes,
                         const Efficiency& efficiency, double limit) {
    const double got = efficiency.traffic;
    std::string text = fmt::format(
        "traffic: the kernels move {:.3g} times the {} bytes that inputs read once and answers written once come to; "
        "at most {:g} "
        "times is asked for. ",
        got, least_bytes, limit);
    if (const double apart = side_by_side(kernels, least_bytes, efficiency); apart <= limit)
        return text + fmt::format("Most of that is requests that lie apart: side by side they would move {:.3g} times.",
                                  apart);
    text += "What is needed again belongs in registers or shared memory.";
    std::uint64_t all = 0;
    for (const KernelProfile& kernel : kernels) all += sectors(kernel.total);
    for (const Share& share : most(kernels, sectors)) {
        constexpr double little = 0.05;
        const double part = kernels::detail::ratio(share.amount, all, 0);
        if (part < little) continue;
        const LineCounters& n = share.line->count;
        text += fmt::format("\n  {} moves {:.0f} % of it:", place(*share.line), 100 * part);
        for (const auto& [requests, kind] : {std::pair(n.loads.requests, "load"), std::pair(n.stores.requests, "store"),
                                             std::pair(n.atomics.requests, "atomic")}) {
            if (requests > 0) text += fmt::format(" {} {} requests of warps,", requests, kind);
        }
        const double each =
            kernels::detail::ratio(share.amount, n.loads.requests + n.stores.requests + n.atomics.requests, 0);
        text += fmt::format(" {:.3g} {} each.", each, each == 1 ? "sector" : "sectors");
    }
    return text;
}

std::string idle_text(const std::vector<KernelProfile>& kernels, double got, double limit) {
    std::string text = fmt::format("idle_lanes: {:.0f} % of the lanes are idle; at most {:.0f} % is asked for.",
                                   100 * got, 100 * limit);
    const auto idle = [](const LineCounters& n) { return 32 * n.flow.steps - n.flow.lanes; };
    for (const Share& share : most(kernels, idle))
        text += fmt::format("\n  {}: {:.0f} % idle.", place(*share.line), 100 * share.line->count.flow.idle());
    return text + " Let whole warps take the same way, and give every thread of a block work.";
}

}  // namespace

double Efficiency::of(const std::string& limit) const {
    if (limit == "sectors") return sectors;
    if (limit == "bank_conflicts") return bank_conflicts;
    if (limit == "traffic") return traffic;
    if (limit == "idle_lanes") return idle_lanes;
    throw std::invalid_argument("no limit is called \"" + limit + "\"");
}

Efficiency efficiency_of(const std::vector<KernelProfile>& kernels, std::uint64_t least_bytes) {
    LineCounters total;
    std::uint64_t moved = 0;
    for (const KernelProfile& kernel : kernels) {
        total += kernel.total;
        moved += kernel.bytes_moved();
    }
    using kernels::detail::ratio;
    return {.sectors = ratio(total.loads.sectors + total.stores.sectors,
                             total.loads.least_sectors + total.stores.least_sectors, 1),
            .bank_conflicts = ratio(total.shared_loads.wavefronts + total.shared_stores.wavefronts,
                                    total.shared_loads.least_wavefronts + total.shared_stores.least_wavefronts, 1),
            .traffic = ratio(moved, least_bytes, 0),
            .idle_lanes = total.flow.idle()};
}

std::vector<std::string> broken_limits(const std::vector<KernelProfile>& kernels, std::uint64_t least_bytes,
                                       const std::map<std::string, double>& limits) {
    const Efficiency efficiency = efficiency_of(kernels, least_bytes);
    std::vector<std::string> broken;
    for (const auto& [name, limit] : limits) {
        const double got = efficiency.of(name);
        if (got <= limit) continue;
        if (name == "sectors") broken.push_back(sectors_text(kernels, got, limit));
        if (name == "bank_conflicts") broken.push_back(conflicts_text(kernels, got, limit));
        if (name == "traffic") broken.push_back(traffic_text(kernels, least_bytes, efficiency, limit));
        if (name == "idle_lanes") broken.push_back(idle_text(kernels, got, limit));
    }
    return broken;
}

void expect_efficient(std::uint64_t least_bytes) {
    const std::string test = std::string(testing::UnitTest::GetInstance()->current_test_info()->test_suite_name()) +
                             "." + testing::UnitTest::GetInstance()->current_test_info()->name();
    const auto limits = current_plan().limits.find(test);
    if (limits == current_plan().limits.end() || limits->second.empty())
        stop_test("the course gives " + test + " no limits: a fault of chapter.toml");
    std::istringstream text(take_counters());
    const std::vector<KernelProfile> kernels = read_profiles(text);
    if (kernels.empty()) stop_test("no kernel was launched: the answer was computed outside of the GPU");
    const Efficiency efficiency = efficiency_of(kernels, least_bytes);
    // Sectors are whole, so even the best kernel moves no less than the least; far below it the host has done part of the work.
    constexpr double on_the_gpu = 0.5;
    if (efficiency.traffic < on_the_gpu)
        stop_test(fmt::format(
            "the kernels moved {:.2g} times the {} bytes that inputs and answers have: part of the answer was "
            "computed outside of them",
            efficiency.traffic, least_bytes));
    const std::vector<std::string> broken = broken_limits(kernels, least_bytes, limits->second);
    if (broken.empty()) return;
    std::string message = "The numbers are right; what the kernel costs is above this test's limits.";
    for (const std::string& paragraph : broken) message += "\n" + paragraph;
    if (!current_plan().exercise.empty()) message += "\nLine by line: ./workbook profile " + current_plan().exercise;
    ADD_FAILURE() << message;
}

}  // namespace wb::grader
