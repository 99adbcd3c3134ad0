/// @file
/// What can be counted of a kernel, by line and in all: plain numbers, for whoever counts, prints or judges them.
/// How they are counted: wb_kernels/profile.hpp. Terms are those of Nsight Compute's Kernel Profiling Guide: request, sector, wavefront.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace wb::kernels {

namespace detail {
inline double ratio(std::uint64_t a, std::uint64_t b, double otherwise) {
    return b == 0 ? otherwise : static_cast<double>(a) / static_cast<double>(b);
}
}  // namespace detail

/// Loads or stores of global memory.
struct GlobalCount {
    std::uint64_t requests = 0;       ///< instructions of a warp, at least one lane active
    std::uint64_t lanes = 0;          ///< active lanes of all requests
    std::uint64_t sectors = 0;        ///< of 32 bytes, that the requests touch: each once a request
    std::uint64_t least_sectors = 0;  ///< that as many different bytes would touch if they lay side by side
    std::uint64_t bytes = 0;          ///< different bytes that the lanes of each request touch

    [[nodiscard]] double sectors_per_request() const {
        return detail::ratio(sectors, requests, 0);
    }  ///< 4 at best for 32 lanes of 4 bytes; 0 without requests
    /// Adds counts of other requests.
    GlobalCount& operator+=(const GlobalCount& more) {
        requests += more.requests;
        lanes += more.lanes;
        sectors += more.sectors;
        least_sectors += more.least_sectors;
        bytes += more.bytes;
        return *this;
    }
};

/// Loads or stores of shared memory.
struct SharedCount {
    std::uint64_t requests = 0, lanes = 0;  ///< instructions of a warp, and their active lanes
    std::uint64_t wavefronts = 0;           ///< the requests take, one after another
    std::uint64_t least_wavefronts = 0;  ///< without bank conflicts: 1 a request; for 8 bytes a lane 2, for 16 bytes 4

    /// Wavefronts over the least: 1 without bank conflicts, 32 at worst. 1 without requests.
    [[nodiscard]] double bank_conflicts() const { return detail::ratio(wavefronts, least_wavefronts, 1); }
    /// Adds counts of other requests.
    SharedCount& operator+=(const SharedCount& more) {
        requests += more.requests;
        lanes += more.lanes;
        wavefronts += more.wavefronts;
        least_wavefronts += more.least_wavefronts;
        return *this;
    }
};

/// Atomic operations, of global or shared memory.
struct AtomicCount {
    std::uint64_t requests = 0, lanes = 0;  ///< instructions of a warp, and their active lanes
    std::uint64_t sectors = 0;              ///< of global memory
    std::uint64_t collisions = 0;           ///< lanes that find an earlier lane of their request at their address
    std::uint64_t passes = 0;  ///< summed over requests: the most lanes at one address, which go one after another

    /// Adds counts of other requests.
    AtomicCount& operator+=(const AtomicCount& more) {
        requests += more.requests;
        lanes += more.lanes;
        sectors += more.sectors;
        collisions += more.collisions;
        passes += more.passes;
        return *this;
    }
};

/// Which lanes of a warp run.
struct FlowCount {
    std::uint64_t steps = 0;      ///< basic blocks that a warp began
    std::uint64_t lanes = 0;      ///< that were active there, of 32 each
    std::uint64_t divergent = 0;  ///< times that lanes which ran together went different ways after this place

    /// Share of idle lanes, 0 to 1, every basic block counted alike, however long it is.
    [[nodiscard]] double idle() const { return 1 - detail::ratio(lanes, 32 * steps, 1); }
    /// Adds counts of other blocks.
    FlowCount& operator+=(const FlowCount& more) {
        steps += more.steps;
        lanes += more.lanes;
        divergent += more.divergent;
        return *this;
    }
};

/// How the lanes of most requests at a place lie to each other.
struct Pattern {
    std::ptrdiff_t stride = 0;  ///< bytes from a lane's address to the next lane's
    bool usual = false;         ///< whether there is such a stride
    std::size_t bytes = 0;      ///< that a lane touches
};

/// All that is counted at a place.
struct LineCounters {
    GlobalCount loads, stores;                ///< of global memory
    SharedCount shared_loads, shared_stores;  ///< of shared memory
    AtomicCount atomics, shared_atomics;      ///< of global and of shared memory
    FlowCount flow;                           ///< where warps go
    std::uint64_t flops = 0;                  ///< of float and double, of all lanes: a fused multiply-add is 2
    std::uint64_t barriers = 0;               ///< times that a block met at __syncthreads or its relatives
    std::uint64_t warp_functions = 0;         ///< times that lanes met at a shuffle, vote, reduction or __syncwarp

    /// Adds counts of another place.
    LineCounters& operator+=(const LineCounters& more) {
        loads += more.loads;
        stores += more.stores;
        shared_loads += more.shared_loads;
        shared_stores += more.shared_stores;
        atomics += more.atomics;
        shared_atomics += more.shared_atomics;
        flow += more.flow;
        flops += more.flops;
        barriers += more.barriers;
        warp_functions += more.warp_functions;
        return *this;
    }
};

/// What a request does.
enum class AccessKind : std::uint8_t { load, store, atomic };

/// Where the lanes of one request lay: the first of a place that had all 32 lanes, or else its first. The same in every run.
struct LaneAddresses {
    AccessKind kind = AccessKind::load;  ///< what the request does
    bool shared = false;                 ///< shared memory, or else global
    std::uint32_t lanes = 0;             ///< bit i: lane i takes part
    std::size_t bytes = 0;               ///< that each touches: 1, 2, 4, 8 or 16
    std::array<std::int64_t, 32>
        offset{};  ///< bytes from the start of the buffer or array to lane i's; 0 where it takes no part
    std::size_t buffer_bytes = 0;  ///< of the buffer or array of the lowest lane; 0: a `__device__` variable
    std::string array;             ///< shared memory: its name
    std::uint64_t places = 1;      ///< of the line, whose lanes lie just so
    std::uint64_t cost = 0;        ///< sectors or wavefronts of all requests at these places
};

/// A line of a kernel that was unrolled or instantiated often has many places: those that cost most are kept.
constexpr std::size_t pictures_of_a_line = 6;

/// A line of the source.
struct LineProfile {
    std::string file;                      ///< empty where the line is not known
    int line = 0;                          ///< its number, from 1
    LineCounters count;                    ///< of all its requests
    Pattern loads, stores;                 ///< of global memory, at the place of this line that moves the most sectors
    std::vector<LaneAddresses> addresses;  ///< those that cost most first, at most pictures_of_a_line
};

/// Traffic of the launches between the second-level cache and memory, by the model of profile/l2_cache.hpp.
struct L2Count {
    std::size_t bytes = 0;            ///< its size
    std::uint64_t hits = 0;           ///< sectors that were there
    std::uint64_t misses = 0;         ///< sectors that were not
    std::uint64_t bytes_read = 0;     ///< from memory
    std::uint64_t bytes_written = 0;  ///< to memory
};

/// All launches of one kernel from one place.
struct KernelProfile {
    std::string kernel;  ///< as launched: transpose<32>
    std::string symbol;  ///< the linker's name: _Z9transposeILi32EEvPKfPf; empty where it is not known
    std::string file;    ///< that the kernel is in
    int line = 0;        ///< of the launch
    std::uint64_t launches = 0, blocks = 0, threads = 0, warps = 0;  ///< of all launches together
    std::size_t shared_bytes = 0;                     ///< of a block of the last launch, static and dynamic
    std::size_t dynamic_shared_bytes = 0;             ///< of these, what the launch asked for
    LineCounters total;                               ///< of all lines
    std::uint64_t least_read = 0, least_written = 0;  ///< different bytes of global memory, summed over launches
    L2Count l2;                                       ///< what the model of the cache saw
    bool flops_known = false;                         ///< whether the machine code could be read (objdump)
    std::vector<LineProfile> lines;                   ///< by file and line

    /// Sectors that loads, stores and atomics touched, in bytes.
    [[nodiscard]] std::uint64_t bytes_moved() const {
        return 32 * (total.loads.sectors + total.stores.sectors + total.atomics.sectors);
    }
    /// The same over what a kernel must move that reads each byte once and writes each once. 1 is ideal; 0 without traffic.
    [[nodiscard]] double traffic() const { return detail::ratio(bytes_moved(), least_read + least_written, 0); }
    /// The counters of a line of the file that was launched from, all zero where nothing was counted.
    [[nodiscard]] LineCounters at(int line_number) const {
        LineCounters sum;
        for (const LineProfile& known : lines) {
            if (known.line == line_number && known.file == file) sum += known.count;
        }
        return sum;
    }
};

}  // namespace wb::kernels
