#include "intake/collector.hpp"

#include <algorithm>
#include <utility>

#include "text/utf8.hpp"
#include "wb/errors.hpp"

namespace wb::grader {

std::string limit_in_words(std::uint64_t bytes) {
    constexpr std::uint64_t mebi = 1 << 20, kibi = 1 << 10;
    if (bytes >= mebi && bytes % mebi == 0) return std::to_string(bytes / mebi) + " MiB";
    if (bytes >= kibi && bytes % kibi == 0) return std::to_string(bytes / kibi) + " KiB";
    return std::to_string(bytes) + " bytes";
}

Collector::Collector(const Course& course, const IntakeLimits& limits, std::string name)
    : limits_(limits), places_(course), name_(std::move(name)) {}

void Collector::refuse(const std::string& what) const {
    throw FileError(name_ + ": " + what +
                    ". Nothing of it was taken. Ask for the exercises' own files alone, such as " + places_.example());
}

void Collector::count_entry() {
    if (++entries_ > limits_.entries)
        refuse("it holds more than " + std::to_string(limits_.entries) + " files and folders");
}

void Collector::count_unpacked(std::uint64_t bytes) {
    unpacked_ += std::min(bytes, limits_.unpacked_bytes + 1);  // one that is near 2^64 must not wrap around
    if (unpacked_ > limits_.unpacked_bytes) refuse("it unpacks to more than " + limit_in_words(limits_.unpacked_bytes));
}

void Collector::take(std::string_view path, Claim claim, std::string bytes) {
    total_ += bytes.size();
    if (total_ > limits_.total_bytes)
        refuse("the exercises' files in it are more than " + limit_in_words(limits_.total_bytes));
    taken_.push_back({shown_name(path), std::move(claim), std::move(bytes)});
}

void Collector::leave_out(std::string_view path, std::string reason) {
    intake_.left_out.push_back({shown_name(path), std::move(reason)});
}

void Collector::leave_out_as_too_large(std::string_view path) {
    leave_out(path, "larger than " + limit_in_words(limits_.file_bytes));
}

Intake Collector::finish() {
    const auto nearest = std::min_element(taken_.begin(), taken_.end(),
                                          [](const Taken& a, const Taken& b) { return a.claim.rank < b.claim.rank; });
    std::map<std::string, std::vector<Taken*>> claims;
    for (Taken& one : taken_) {
        if (one.claim.rank == nearest->claim.rank) {
            claims[one.claim.place].push_back(&one);
            continue;
        }
        const std::string base = nearest->claim.base;
        leave_out(one.path, base.empty() ? "the chapters at the top are meant, not these"
                                         : "the chapters in " + shown_name(base) + " are meant, not these");
    }
    for (auto& [place, several] : claims) {
        const std::string& first = several.front()->bytes;
        const bool same =
            std::all_of(several.begin(), several.end(), [&](const Taken* one) { return one->bytes == first; });
        if (same) {
            intake_.files.emplace(place, std::move(several.front()->bytes));
            continue;
        }
        for (const Taken* one : several)
            leave_out(one->path, "there are " + std::to_string(several.size()) + " different files for " + place +
                                     ", and nothing says which is meant; none was taken");
    }
    return std::exchange(intake_, {});
}

}  // namespace wb::grader
