#include <optional>
#include <utility>
#include <vector>

#include "actor.hpp"
#include "beam_search.hpp"

namespace wb::solutions {
namespace {

/// One beam search after the other: exercise 1.4.
class Beams : public Actor {
 public:
    std::string act(World& world) override {
        if (!group_) return start(world);
        const std::size_t dice = world.draw.below(40);
        if (dice == 0) {
            give_up(world);
            return "";
        }
        std::vector<int> parents;
        const std::size_t width = dice < 10 ? 1 + world.draw.below(6) : keys_.size();
        for (std::size_t beam = 0; beam < width; ++beam)
            parents.push_back(static_cast<int>(world.draw.below(keys_.size())));
        model::Stepped seen;
        seen.outcome = run(world, [&] { seen.copies = group_->step(parents, seen.slots); });
        for (const BlockTable& beam : group_->beams()) seen.after.push_back({beam.blocks(), beam.num_tokens()});
        return world.model.step(keys_, parents, seen);
    }

    void give_up(World& world) override {
        if (!group_) return;
        group_->free();
        group_.reset();
        for (const model::Key key : std::exchange(keys_, {})) world.model.remove(key);
    }

 private:
    std::string start(World& world) {
        BlockTable prompt(world.allocator, block_size);
        const int length = static_cast<int>(world.draw.below(20));
        const model::Key key = world.model.add();
        model::Appended seen;
        seen.outcome = run(world, [&] { prompt.append(length, seen.slots); });
        seen.after = {prompt.blocks(), prompt.num_tokens()};
        const std::string wrong = world.model.append(key, length, false, seen);
        group_.emplace(std::move(prompt));
        keys_ = {key};
        return wrong;
    }

    std::optional<BeamGroup> group_;
    std::vector<model::Key> keys_;  ///< [beams]
};

}  // namespace

std::unique_ptr<Actor> make_beams_actor() {
    return std::make_unique<Beams>();
}

}  // namespace wb::solutions
