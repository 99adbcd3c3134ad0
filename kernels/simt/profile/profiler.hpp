/// @file
/// The profiler: hears of stops from the hooks and of waits from the engine, lets lanes go on in step, and counts what each request
/// does, by kernel and place in the code.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "simt/arena.hpp"
#include "simt/profile/footprint.hpp"
#include "simt/profile/l2_cache.hpp"
#include "simt/profile/lockstep.hpp"
#include "simt/profile/request.hpp"
#include "simt/static_memory.hpp"
#include "wb_kernels/profile.hpp"

namespace wb::simt::profile {

/// The stride that most requests at a place have: Boyer and Moore's majority vote.
struct StrideVote {
    kernels::Pattern candidate;
    std::uint64_t weight = 0;

    void add(const Request& request);
};

/// A place in the code.
struct PlaceCounters {
    kernels::LineCounters count;
    StrideVote stride;
    std::array<std::unique_ptr<kernels::LaneAddresses>, 2> first;  ///< of requests to global and to shared memory
};

/// A kernel as launched from one place.
struct KernelCounters {
    kernels::KernelProfile profile;                            ///< without total and lines
    const void* address = nullptr;                             ///< of the kernel; null where it is not known
    std::unordered_map<std::uintptr_t, PlaceCounters> places;  ///< by return address
    std::map<std::pair<const char*, int>, kernels::LineCounters>
        sites;  ///< barriers and warp functions, by file and line
};

class Profiler {
 public:
    Profiler();

    /// Whether a thread of a kernel runs, and not the engine on its behalf.
    [[nodiscard]] bool listens() const {
        return block.current != nullptr && block.current->waiting == Waiting::no && !busy_;
    }

    /// The running thread comes past this. It may have to wait until the other lanes of its warp have caught up.
    void note(const Event& event);

    void start_launch(const LaunchRequest& request);
    void finish_launch();
    void start_block();
    void lane_waits(unsigned thread);
    void lane_wakes(unsigned thread) { warps_[thread / warp_size].wakes(thread % warp_size); }
    void block_barrier(Site site);
    void warp_function(unsigned warp, unsigned lanes, Site site);

    std::vector<KernelCounters> take();

    Arena arena;
    StaticMemory variables;
    std::unique_ptr<L2Cache> l2;
    std::array<std::int32_t, max_threads>
        depth{};  ///< of function calls, by thread; 1 in the kernel, less outside of it

 private:
    void advance(unsigned warp);
    void count(const LockstepWarp& warp, const LockstepWarp::Step& step);
    void count_access(PlaceCounters& place, const LockstepWarp& warp, std::uint32_t lanes);
    void count_request(PlaceCounters& place, Event::What what, bool shared, const Request& request);
    void keep_addresses(PlaceCounters& place, Event::What what, bool shared, const Request& request) const;
    std::uint64_t count_sectors(Event::What what, const Sectors& sectors);
    kernels::LineCounters& at(Site site);

    std::unique_ptr<Footprint> footprint_;
    std::array<LockstepWarp, max_warps> warps_;
    std::vector<KernelCounters> kernels_;
    KernelCounters* kernel_ = nullptr;
    std::size_t launch_shared_bytes_ = 0;
    std::uint64_t written_before_ = 0;  ///< by the L2, before this launch
    bool busy_ = false;
};

Profiler& profiler();

}  // namespace wb::simt::profile
