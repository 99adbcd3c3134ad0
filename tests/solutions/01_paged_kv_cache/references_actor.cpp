#include <vector>

#include "actor.hpp"

namespace wb::solutions {
namespace {

/// Holds single references: exercise 1.1.
class References : public Actor {
 public:
    std::string act(World& world) override {
        const std::size_t dice = world.draw.below(4);
        if (held_.empty() || dice == 0) {
            BlockId block = 0;
            const bool empty = world.model.num_free() == 0;
            const probes::Outcome outcome = run(world, [&] { block = world.allocator.allocate(); });
            if (outcome != (empty ? probes::Outcome::out_of_blocks : probes::Outcome::done))
                return "allocate must fail exactly when nothing is free";
            if (!empty) held_.push_back({block, world.model.add({{block}, 0})});
        } else if (dice == 1) {
            const BlockId block = held_[world.draw.below(held_.size())].block;
            world.allocator.add_reference(block);
            held_.push_back({block, world.model.add({{block}, 0})});
        } else {
            const std::size_t place = world.draw.below(held_.size());
            std::swap(held_[place], held_.back());
            release_last(world);
        }
        return "";
    }

    void give_up(World& world) override {
        while (!held_.empty()) release_last(world);
    }

 private:
    struct Reference {
        BlockId block = 0;
        model::Key key = 0;
    };

    void release_last(World& world) {
        world.allocator.release(held_.back().block);
        world.model.remove(held_.back().key);
        held_.pop_back();
    }

    std::vector<Reference> held_;
};

}  // namespace

std::unique_ptr<Actor> make_references_actor() {
    return std::make_unique<References>();
}

}  // namespace wb::solutions
