#include "simt/profile/export.hpp"

#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <string>

#include "simt/diagnosis.hpp"
#include "wb_kernels/profile.hpp"

namespace wb::simt::profile {
namespace {

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out + '"';
}

std::string list(std::initializer_list<long long> numbers) {
    std::string out;
    for (const long long number : numbers) out += (out.empty() ? "" : ",") + std::to_string(number);
    return "[" + out + "]";
}

long long whole(std::uint64_t number) {
    return static_cast<long long>(number);
}

std::string text(const kernels::GlobalCount& n) {
    return list({whole(n.requests), whole(n.lanes), whole(n.sectors), whole(n.least_sectors), whole(n.bytes)});
}
std::string text(const kernels::SharedCount& n) {
    return list({whole(n.requests), whole(n.lanes), whole(n.wavefronts), whole(n.least_wavefronts)});
}
std::string text(const kernels::AtomicCount& n) {
    return list({whole(n.requests), whole(n.lanes), whole(n.sectors), whole(n.collisions), whole(n.passes)});
}
std::string text(const kernels::Pattern& n) {
    return list({n.stride, n.usual, whole(n.bytes)});
}

/// Kinds by number, as grader/profile/profile_file.cpp reads them; of the offsets only those of lanes that take part.
std::string text(const kernels::LaneAddresses& n) {
    std::string offsets;
    for (unsigned lane = 0; lane < n.offset.size(); ++lane) {
        if ((n.lanes >> lane & 1) != 0) offsets += (offsets.empty() ? "" : ",") + std::to_string(n.offset[lane]);
    }
    return "{\"request\":" +
           list({static_cast<long long>(n.kind), n.shared, n.lanes, whole(n.bytes), whole(n.buffer_bytes),
                 whole(n.places), whole(n.cost)}) +
           ",\"array\":" + quoted(n.array) + ",\"offsets\":[" + offsets + "]}";
}

std::string text(const kernels::LineProfile& line) {
    const kernels::LineCounters& n = line.count;
    std::string addresses;
    for (const kernels::LaneAddresses& one : line.addresses) addresses += (addresses.empty() ? "" : ",") + text(one);
    return "{\"file\":" + quoted(line.file) + ",\"line\":" + std::to_string(line.line) + ",\"loads\":" + text(n.loads) +
           ",\"stores\":" + text(n.stores) + ",\"shared_loads\":" + text(n.shared_loads) +
           ",\"shared_stores\":" + text(n.shared_stores) + ",\"atomics\":" + text(n.atomics) +
           ",\"shared_atomics\":" + text(n.shared_atomics) +
           ",\"flow\":" + list({whole(n.flow.steps), whole(n.flow.lanes), whole(n.flow.divergent)}) +
           ",\"meetings\":" + list({whole(n.barriers), whole(n.warp_functions), whole(n.flops)}) +
           ",\"load_pattern\":" + text(line.loads) + ",\"store_pattern\":" + text(line.stores) + ",\"addresses\":[" +
           addresses + "]}";
}

std::string text(const kernels::KernelProfile& kernel) {
    std::string lines;
    for (const kernels::LineProfile& line : kernel.lines) lines += (lines.empty() ? "" : ",") + text(line);
    return "{\"kernel\":" + quoted(kernel.kernel) + ",\"symbol\":" + quoted(kernel.symbol) +
           ",\"file\":" + quoted(kernel.file) + ",\"line\":" + std::to_string(kernel.line) + ",\"launched\":" +
           list({whole(kernel.launches), whole(kernel.blocks), whole(kernel.threads), whole(kernel.warps)}) +
           ",\"flops_known\":" + (kernel.flops_known ? "true" : "false") +
           ",\"shared_bytes\":" + std::to_string(kernel.shared_bytes) +
           ",\"dynamic_shared_bytes\":" + std::to_string(kernel.dynamic_shared_bytes) +
           ",\"least\":" + list({whole(kernel.least_read), whole(kernel.least_written)}) + ",\"l2\":" +
           list({whole(kernel.l2.bytes), whole(kernel.l2.hits), whole(kernel.l2.misses), whole(kernel.l2.bytes_read),
                 whole(kernel.l2.bytes_written)}) +
           ",\"lines\":[" + lines + "]}\n";
}

void append(const char* path) {
    const std::string all = take_profiles_as_text();
    std::FILE* const file = std::fopen(path, "a");
    if (file == nullptr) {
        std::fprintf(stderr, "WB_PROFILE: %s cannot be written\n", path);
        return;
    }
    std::fwrite(all.data(), 1, all.size(), file);
    std::fclose(file);
}

void at_the_end() {
    export_profiles();
    const std::string report = diagnoses().reset();
    if (!report.empty()) std::fprintf(stderr, "%s\n", report.c_str());
}

}  // namespace

std::string take_profiles_as_text() {
    std::string all;
    for (const kernels::KernelProfile& kernel : kernels::take_profiles()) all += text(kernel);
    return all;
}

void export_profiles() {
    if (const char* const path = std::getenv("WB_PROFILE")) append(path);
}

void ask_for_export_at_the_end() {
    if (std::getenv("WB_PROFILE") == nullptr) return;
    static const int registered = std::atexit(&at_the_end);
    static_cast<void>(registered);
}

std::size_t l2_bytes_asked_for(std::size_t otherwise) {
    const char* const text = std::getenv("WB_PROFILE_L2");
    const unsigned long long bytes = text == nullptr ? 0 : std::strtoull(text, nullptr, 10);
    return bytes > 0 ? bytes : otherwise;
}

}  // namespace wb::simt::profile
