/// @file
/// Finds data races in kernels compiled with -fsanitize=thread and linked without its library: the hooks end here.
/// Two accesses race if they touch a common byte, at least one writes, not both are atomic, and nothing orders them.
/// Since the engine repeats itself, a race is found in every run, also when the numbers come out right.
#pragma once

#include <cstdint>

#include "simt/race/shadow.hpp"

namespace wb::simt::race {

/// The earlier and the later of two accesses that race.
struct Race {
    Access earlier, later;
    std::uintptr_t address;
    std::size_t bytes;
    bool same_block;
    std::uint64_t earlier_block;  ///< counted in the order of this launch
};

/// Notes it, once for each pair of program counters.
void report(const Race& race);

/// Notes that a kernel touches the host's memory.
void report_host_memory(std::uintptr_t address, std::size_t bytes, Kind kind, std::uintptr_t pc);

/// The launch has ended: its reports are now among the diagnoses.
void hand_in_reports();

}  // namespace wb::simt::race
