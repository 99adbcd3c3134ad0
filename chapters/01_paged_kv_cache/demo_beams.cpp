// Beam search on the student's own block tables (exercises 1.1 to 1.4), with survivors that are drawn.

#include <algorithm>
#include <cstdint>

#include "beam_search.hpp"
#include "demo_simulate.hpp"
#include "wb/random.hpp"

namespace wb::demo {
namespace {

/// Entries of all tables, and the different blocks that they name, summed over steps.
struct BlockCounts {
    std::int64_t logical = 0, physical = 0;
};

void search(const TraceRequest& request, int width, int block_size, Random& random, BlockCounts& counts) {
    const int longest = (request.prompt_len + request.output_len + block_size - 1) / block_size;
    BlockAllocator pool(width * longest);  // room for beams that share nothing
    BlockTable prompt(pool, block_size);
    std::vector<Slot> slots;
    prompt.append(request.prompt_len, slots);
    BeamGroup group(std::move(prompt));
    std::vector<int> parents(static_cast<std::size_t>(width));
    for (int step = 0; step < request.output_len; ++step) {
        const auto old_beams = static_cast<std::uint64_t>(group.beams().size());
        for (int& parent : parents) parent = static_cast<int>(random.below(old_beams));
        slots.clear();
        group.step(parents, slots);
        for (const BlockTable& beam : group.beams()) counts.logical += static_cast<std::int64_t>(beam.blocks().size());
        counts.physical += pool.num_blocks() - pool.num_free();
    }
    group.free();
}

}  // namespace

double beams_saved(const std::vector<TraceRequest>& requests, int width, int block_size) {
    constexpr std::size_t enough = 400;  // requests: the mean moves by less than a percent beyond
    Random random(15);
    BlockCounts counts;
    for (std::size_t n = 0; n < std::min(requests.size(), enough); ++n) {
        search(requests[n], width, block_size, random, counts);
    }
    return 100 * (1 - static_cast<double>(counts.physical) / static_cast<double>(counts.logical));
}

}  // namespace wb::demo
