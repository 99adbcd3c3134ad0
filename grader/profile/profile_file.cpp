#include "profile/profile_file.hpp"

#include <algorithm>
#include <bit>
#include <fstream>
#include <istream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace wb::grader {
namespace {

using kernels::KernelProfile;
using kernels::LineProfile;
using nlohmann::json;

/// Fills the fields in their order. @throws json::exception when there are fewer numbers
template <class... Fields>
void fill(const json& numbers, Fields&... fields) {
    std::size_t next = 0;
    (numbers.at(next++).get_to(fields), ...);
}

kernels::Pattern pattern_of(const json& numbers) {
    kernels::Pattern pattern;
    int usual = 0;
    fill(numbers, pattern.stride, usual, pattern.bytes);
    pattern.usual = usual != 0;
    return pattern;
}

/// A request's lanes. @throws json::exception unless each lane that takes part has an offset, and what it touches is an element's size
kernels::LaneAddresses addresses_of(const json& object) {
    kernels::LaneAddresses addresses;
    int kind = 0, shared = 0;
    fill(object.at("request"), kind, shared, addresses.lanes, addresses.bytes, addresses.buffer_bytes, addresses.places,
         addresses.cost);
    object.at("array").get_to(addresses.array);
    const json& offsets = object.at("offsets");
    const bool whole = std::has_single_bit(addresses.bytes) && addresses.bytes <= 16 && kind >= 0 && kind <= 2 &&
                       offsets.size() == static_cast<std::size_t>(std::popcount(addresses.lanes)) && !offsets.empty();
    if (!whole) throw json::other_error::create(501, "no request of a warp", &object);
    addresses.kind = static_cast<kernels::AccessKind>(kind);
    addresses.shared = shared != 0;
    std::size_t next = 0;
    for (unsigned lane = 0; lane < addresses.offset.size(); ++lane) {
        if ((addresses.lanes >> lane & 1) == 0) continue;
        const json& offset = offsets.at(next++);
        if (!offset.is_number_integer()) throw json::other_error::create(501, "an offset is no whole number", &offset);
        offset.get_to(addresses.offset.at(lane));
    }
    return addresses;
}

LineProfile line_of(const json& object) {
    LineProfile line;
    object.at("file").get_to(line.file);
    object.at("line").get_to(line.line);
    kernels::LineCounters& n = line.count;
    for (const auto& [key, count] : {std::pair{"loads", &n.loads}, {"stores", &n.stores}})
        fill(object.at(key), count->requests, count->lanes, count->sectors, count->least_sectors, count->bytes);
    for (const auto& [key, count] : {std::pair{"shared_loads", &n.shared_loads}, {"shared_stores", &n.shared_stores}})
        fill(object.at(key), count->requests, count->lanes, count->wavefronts, count->least_wavefronts);
    for (const auto& [key, count] : {std::pair{"atomics", &n.atomics}, {"shared_atomics", &n.shared_atomics}})
        fill(object.at(key), count->requests, count->lanes, count->sectors, count->collisions, count->passes);
    fill(object.at("flow"), n.flow.steps, n.flow.lanes, n.flow.divergent);
    fill(object.at("meetings"), n.barriers, n.warp_functions, n.flops);
    line.loads = pattern_of(object.at("load_pattern"));
    line.stores = pattern_of(object.at("store_pattern"));
    for (const json& addresses : object.value("addresses", json::array()))
        line.addresses.push_back(addresses_of(addresses));
    return line;
}

KernelProfile kernel_of(const json& object) {
    KernelProfile kernel;
    object.at("kernel").get_to(kernel.kernel);
    object.at("symbol").get_to(kernel.symbol);
    object.at("file").get_to(kernel.file);
    object.at("line").get_to(kernel.line);
    object.at("flops_known").get_to(kernel.flops_known);
    object.at("shared_bytes").get_to(kernel.shared_bytes);
    object.at("dynamic_shared_bytes").get_to(kernel.dynamic_shared_bytes);
    fill(object.at("launched"), kernel.launches, kernel.blocks, kernel.threads, kernel.warps);
    fill(object.at("least"), kernel.least_read, kernel.least_written);
    kernels::L2Count& l2 = kernel.l2;
    fill(object.at("l2"), l2.bytes, l2.hits, l2.misses, l2.bytes_read, l2.bytes_written);
    for (const json& line : object.at("lines")) {
        kernel.lines.push_back(line_of(line));
        kernel.total += kernel.lines.back().count;
    }
    return kernel;
}

bool more_steps(const KernelProfile& a, const KernelProfile& b) {
    return a.total.flow.steps > b.total.flow.steps;
}

}  // namespace

std::vector<KernelProfile> read_profiles(const std::filesystem::path& file) {
    std::ifstream in(file);
    return read_profiles(in);
}

std::vector<KernelProfile> read_profiles(std::istream& lines) {
    std::vector<KernelProfile> profiles;
    for (std::string text; std::getline(lines, text);) {
        try {
            profiles.push_back(kernel_of(json::parse(text)));
        } catch (const json::exception&) {
            continue;
        }
    }
    return profiles;
}

std::string source_name(const std::string& file) {
    std::string name = std::filesystem::path(file).filename().string();
    if (name.ends_with(".cu.cpp")) name.resize(name.size() - 4);
    return name;
}

std::vector<KernelProfile> largest_of_each(std::vector<KernelProfile> profiles) {
    std::vector<KernelProfile> largest;
    for (KernelProfile& profile : profiles) {
        const auto same = std::find_if(largest.begin(), largest.end(), [&](const KernelProfile& known) {
            return known.kernel == profile.kernel && known.symbol == profile.symbol && known.file == profile.file &&
                   known.line == profile.line;
        });
        if (same == largest.end()) {
            largest.push_back(std::move(profile));
        } else if (more_steps(profile, *same)) {
            *same = std::move(profile);
        }
    }
    std::stable_sort(largest.begin(), largest.end(), more_steps);
    return largest;
}

}  // namespace wb::grader
