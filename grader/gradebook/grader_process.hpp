/// @file
/// Who grades: one process, named so that others can tell whether it still lives, whatever has got its number since.
#pragma once

#include <sys/types.h>
#include <cstdint>
#include <string>

namespace wb::grader {

/// A process as a gradebook names it.
struct GraderProcess {
    std::string boot;          ///< the machine's boot id: after a restart nobody from before lives
    std::string space;         ///< the space of process numbers, of which a container has its own
    std::int64_t pid = 0;      ///< in that space
    std::int64_t started = 0;  ///< in clock ticks since the boot: a number that is given again starts later

    bool operator==(const GraderProcess&) const = default;
};

/// This process.
GraderProcess this_grader();

/// Resident memory of this process at its highest so far, in KiB; 0 where the system does not say.
std::int64_t peak_memory_kib();

enum class Life {
    lives,
    ended,
    unseen,  ///< it is in another container of this machine
};
Life life_of(const GraderProcess& grader);

}  // namespace wb::grader
