/// @file
/// Who holds blocks of one pool in the random runs of pool_trace_test.cpp. Each exercise's class has an actor of its own, which
/// does one random operation at a time and plays it on the model too. To add a class: an actor in a file of its own, a line
/// in all_actors(), and the files in ../CMakeLists.txt.
#pragma once

#include <memory>
#include <string>

#include "block_allocator.hpp"
#include "judge/draw.hpp"
#include "pool_model.hpp"

namespace wb::solutions {

inline constexpr int num_blocks = 96, block_size = 4;

/// The pool, and what is known of it.
struct World {
    BlockAllocator allocator{num_blocks};
    model::PoolModel model{num_blocks, block_size};
    Draw draw;
    int out_of_blocks = 0;  ///< operations that found the pool too small
};

/// A class that takes and gives up blocks.
class Actor {
 public:
    Actor() = default;
    virtual ~Actor() = default;
    Actor(const Actor&) = delete;
    Actor& operator=(const Actor&) = delete;

    /// Does one random operation. @return what is wrong with what came of it; empty when all is well
    virtual std::string act(World& world) = 0;
    /// Gives everything up.
    virtual void give_up(World& world) = 0;
};

std::unique_ptr<Actor> make_references_actor();  ///< exercise 1.1: single references
std::unique_ptr<Actor> make_tables_actor();      ///< exercises 1.2 and 1.3: block tables and their forks
std::unique_ptr<Actor> make_beams_actor();       ///< exercise 1.4: beam groups

/// How `operation` ended.
template <class Operation>
probes::Outcome run(World& world, Operation operation) {
    std::string message;
    const probes::Outcome outcome = probes::outcome_of(operation, message);
    if (outcome == probes::Outcome::out_of_blocks) ++world.out_of_blocks;
    return outcome;
}

}  // namespace wb::solutions
