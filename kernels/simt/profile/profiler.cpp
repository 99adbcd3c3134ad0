#include "simt/profile/profiler.hpp"

#include <algorithm>
#include <bit>
#include <new>
#include <string>

#include "simt/device_memory.hpp"
#include "simt/lanes.hpp"
#include "simt/profile/export.hpp"
#include "simt/shared_memory.hpp"
#include "simt/source_line.hpp"
#include "simt/watcher.hpp"

namespace wb::simt::profile {
namespace {

constexpr std::size_t device_bytes = std::size_t{1} << 30;
constexpr std::int32_t not_yet_in_kernel = -1000;
constexpr std::uint32_t all_lanes = ~0u;
constexpr std::size_t l2_of_a100 = std::size_t{40} << 20;

/// Says that the engine is at work, as long as it lives.
class Busy {
 public:
    explicit Busy(bool& flag) : flag_(flag) { flag_ = true; }
    ~Busy() { flag_ = false; }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;

 private:
    bool& flag_;
};

/// The largest power of two up to the type's piece that divides all addresses and sizes: what one instruction moves.
std::size_t piece_of(const LockstepWarp& warp, std::uint32_t lanes) {
    std::uintptr_t all = 16;
    for_each_lane(lanes, [&](unsigned lane) {
        const Event& event = warp.event(lane);
        all |= event.address | event.bytes | event.piece;
    });
    return std::size_t{1} << std::countr_zero(all);
}

}  // namespace

Profiler& profiler() {
    static Profiler* const one = new Profiler;
    return *one;
}

Profiler::Profiler() {
    std::size_t bytes = device_bytes;
    while (!arena.reserve(bytes)) bytes /= 4;
    const std::size_t sectors = (bytes + variables.bytes()) / sector_bytes + 8;
    l2 = std::make_unique<L2Cache>(sectors, l2_bytes_asked_for(l2_of_a100));
    footprint_ = std::make_unique<Footprint>(sectors);
}

void StrideVote::add(const Request& request) {
    const Stride stride = stride_of(request);
    if (weight == 0) candidate = {stride.bytes, stride.usual, request.bytes};
    const bool same = candidate.stride == stride.bytes && candidate.usual == stride.usual;
    weight += same ? 1 : -1;
}

void Profiler::note(const Event& event) {
    Thread& self = *block.current;
    const unsigned warp = self.number / warp_size, lane = self.number % warp_size;
    LockstepWarp& here = warps_[warp];
    if (here.full(lane)) {
        here.stops(lane);
        if (here.idle()) advance(warp);
        block.park(self);
    }
    here.note(lane, event);
}

void Profiler::lane_waits(unsigned thread) {
    const unsigned warp = thread / warp_size;
    warps_[warp].waits(thread % warp_size);
    if (warps_[warp].idle()) advance(warp);
}

void Profiler::block_barrier(Site site) {
    ++at(site).barriers;
    for (unsigned warp = 0; warp * warp_size < block.num_threads; ++warp) warps_[warp].join(block.warps[warp].alive);
}

void Profiler::warp_function(unsigned warp, unsigned lanes, Site site) {
    ++at(site).warp_functions;
    warps_[warp].meet(lanes);
}

void Profiler::advance(unsigned warp) {
    const Busy busy(busy_);
    LockstepWarp& here = warps_[warp];
    here.advance([&](const LockstepWarp::Step& step) { count(here, step); },
                 [&](unsigned lane) { block.make_ready(warp * warp_size + lane); });
}

void Profiler::count(const LockstepWarp& warp, const LockstepWarp::Step& step) {
    if (step.parted_at != 0) ++kernel_->places[step.parted_at].count.flow.divergent;
    const Event& first = warp.event(static_cast<unsigned>(std::countr_zero(step.lanes)));
    PlaceCounters& place = kernel_->places[first.pc];
    if (first.what == Event::What::block) {
        ++place.count.flow.steps;
        place.count.flow.lanes += static_cast<unsigned>(std::popcount(step.lanes));
        return;
    }
    // One pointer may point to shared memory in some lanes and to global memory in others.
    std::uint32_t shared = 0;
    for_each_lane(step.lanes, [&](unsigned lane) {
        if (warp.event(lane).shared) shared |= 1u << lane;
    });
    if (shared != 0) count_access(place, warp, shared);
    if (shared != step.lanes) count_access(place, warp, step.lanes & ~shared);
}

void Profiler::count_access(PlaceCounters& place, const LockstepWarp& warp, std::uint32_t lanes) {
    const Event& first = warp.event(static_cast<unsigned>(std::countr_zero(lanes)));
    Request request;
    request.bytes = first.piece == first.bytes ? first.bytes : piece_of(warp, lanes);
    for (std::size_t at = 0;; at += request.bytes) {
        request.lanes = 0;
        for_each_lane(lanes, [&](unsigned lane) {
            const Event& event = warp.event(lane);
            if (at >= event.bytes) return;
            request.lanes |= 1u << lane;
            request.address[lane] = event.address + at;
        });
        if (request.lanes == 0) return;
        count_request(place, first.what, first.shared, request);
    }
}

void Profiler::count_request(PlaceCounters& place, Event::What what, bool shared, const Request& request) {
    kernels::LineCounters& count = place.count;
    const auto lanes = static_cast<unsigned>(std::popcount(request.lanes));
    const auto& kept = place.first[shared ? 1 : 0];
    if (kept == nullptr || (request.lanes == all_lanes && kept->lanes != all_lanes))
        keep_addresses(place, what, shared, request);
    if (what == Event::What::atomic) {
        kernels::AtomicCount& atomics = shared ? count.shared_atomics : count.atomics;
        const Collisions found = collisions_of(request);
        atomics += {1, lanes, shared ? 0 : count_sectors(what, Sectors(request)), found.lanes, found.passes};
    } else if (shared) {
        const Wavefronts wavefronts = wavefronts_of(request);
        (what == Event::What::read ? count.shared_loads : count.shared_stores) +=
            {1, lanes, wavefronts.needed, wavefronts.least};
    } else {
        const Sectors sectors(request);
        const std::size_t bytes = sectors.bytes();
        (what == Event::What::read ? count.loads : count.stores) +=
            {1, lanes, count_sectors(what, sectors), (bytes + sector_bytes - 1) / sector_bytes, bytes};
        place.stride.add(request);
    }
}

/// Relative to what the lowest lane's address lies in, which CUDA aligns to 256 bytes: where that is in memory may differ between runs.
/// For shared memory that is the array, since the order of a block's arrays is each compiler's own.
void Profiler::keep_addresses(PlaceCounters& place, Event::What what, bool shared, const Request& request) const {
    auto kept = std::make_unique<kernels::LaneAddresses>();
    kept->kind = what == Event::What::read    ? kernels::AccessKind::load
                 : what == Event::What::write ? kernels::AccessKind::store
                                              : kernels::AccessKind::atomic;
    kept->shared = shared;
    kept->lanes = request.lanes;
    kept->bytes = request.bytes;
    const std::uintptr_t lowest = request.address[static_cast<unsigned>(std::countr_zero(request.lanes))];
    std::uintptr_t start = lowest / 256 * 256;  // of a `__device__` variable
    if (shared) {
        const SharedPlace array = shared_array_of(reinterpret_cast<const void*>(lowest), launch_shared_bytes_);
        kept->array = array.name;
        kept->buffer_bytes = array.bytes;
        if (array.begin != nullptr) start = reinterpret_cast<std::uintptr_t>(array.begin);
    } else if (const DeviceBlock* const buffer = device_block_of(reinterpret_cast<const void*>(lowest))) {
        kept->buffer_bytes = buffer->bytes;
        start = reinterpret_cast<std::uintptr_t>(buffer->data);
    }
    for_each_lane(request.lanes, [&](unsigned lane) {
        kept->offset[lane] = static_cast<std::int64_t>(request.address[lane] - start);
    });
    place.first[shared ? 1 : 0] = std::move(kept);
}

/// Tells the footprint and the L2 of them. @return how many
std::uint64_t Profiler::count_sectors(Event::What what, const Sectors& sectors) {
    kernels::KernelProfile& kernel = kernel_->profile;
    for (const Sector& sector : sectors) {
        const std::uintptr_t arena_begin = arena.begin() / sector_bytes,
                             variables_begin = variables.begin() / sector_bytes;
        const std::size_t number = arena.contains(sector.number * sector_bytes)
                                       ? sector.number - arena_begin
                                       : arena.bytes() / sector_bytes + sector.number - variables_begin;
        // An atomic sends its operand to where the number lies, and reads nothing that the SM would have to fetch.
        if (what == Event::What::read) kernel.least_read += footprint_->read(number, sector.bytes);
        if (what != Event::What::read) kernel.least_written += footprint_->write(number, sector.bytes);
        const bool here = l2->touch(static_cast<std::uint32_t>(number), what != Event::What::read);
        ++(here ? kernel.l2.hits : kernel.l2.misses);
        if (!here && what != Event::What::write) kernel.l2.bytes_read += sector_bytes;
    }
    return sectors.size();
}

kernels::LineCounters& Profiler::at(Site site) {
    const Busy busy(busy_);
    return kernel_->sites[{site.file, site.line}];
}

void Profiler::start_launch(const LaunchRequest& request) {
    const Busy busy(busy_);
    if (kernels_.empty()) ask_for_export_at_the_end();
    const auto same = [&](const KernelCounters& known) {
        return known.profile.line == request.site.line && known.profile.kernel == request.kernel &&
               known.profile.file == request.site.file && known.address == request.address;
    };
    auto found = std::find_if(kernels_.begin(), kernels_.end(), same);
    if (found == kernels_.end()) {
        found = kernels_.emplace(kernels_.end());
        found->address = request.address;  // one place launches several kernels where it has a pointer to them
        found->profile.kernel = request.kernel;
        found->profile.symbol = symbol_name(request.address);
        found->profile.file = request.site.file;
        found->profile.line = request.site.line;
    }
    kernel_ = &*found;
    const std::uint64_t threads = static_cast<std::uint64_t>(request.block.x) * request.block.y * request.block.z,
                        blocks = static_cast<std::uint64_t>(request.grid.x) * request.grid.y * request.grid.z;
    kernels::KernelProfile& kernel = kernel_->profile;
    ++kernel.launches;
    kernel.blocks += blocks;
    kernel.threads += blocks * threads;
    kernel.warps += blocks * ((threads + warp_size - 1) / warp_size);
    kernel.l2.bytes = l2->bytes();
    launch_shared_bytes_ = request.shared_bytes;
    footprint_->clear();
    l2->clear();
    written_before_ = l2->written_back();
}

void Profiler::finish_launch() {
    const Busy busy(busy_);
    l2->clear();
    kernel_->profile.l2.bytes_written += (l2->written_back() - written_before_) * sector_bytes;
    kernel_->profile.shared_bytes = block.static_shared_bytes + launch_shared_bytes_;
    kernel_->profile.dynamic_shared_bytes = launch_shared_bytes_;
    kernel_ = nullptr;
}

void Profiler::start_block() {
    depth.fill(not_yet_in_kernel);
    for (unsigned warp = 0; warp * warp_size < block.num_threads; ++warp)
        warps_[warp].start_block(block.warps[warp].exists);
}

std::vector<KernelCounters> Profiler::take() {
    return std::exchange(kernels_, {});
}

}  // namespace wb::simt::profile
