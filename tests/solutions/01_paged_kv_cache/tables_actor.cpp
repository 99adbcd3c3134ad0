#include <vector>

#include "actor.hpp"
#include "block_table.hpp"

namespace wb::solutions {
namespace {

/// Block tables, some of them forks of others: exercises 1.2 and 1.3.
class Tables : public Actor {
 public:
    std::string act(World& world) override {
        constexpr std::size_t most_tables = 12;
        const std::size_t dice = world.draw.below(20);
        if (entries_.empty() || (dice == 0 && entries_.size() < most_tables)) {
            entries_.push_back({BlockTable(world.allocator, block_size), world.model.add()});
            return "";
        }
        const std::size_t place = world.draw.below(entries_.size());
        if (dice < 3 && entries_.size() < most_tables) {
            const model::Holding parent = world.model.of(entries_[place].key);
            entries_.push_back({entries_[place].table.fork(), world.model.add(parent)});
            return holding(entries_.back()) == parent ? "" : "a fork must hold what its parent holds";
        }
        if (dice < 5) {
            std::swap(entries_[place], entries_.back());
            free_last(world);
            return "";
        }
        return append(world, entries_[place]);
    }

    void give_up(World& world) override {
        while (!entries_.empty()) free_last(world);
    }

 private:
    struct Entry {
        BlockTable table;
        model::Key key = 0;
    };

    static model::Holding holding(const Entry& entry) { return {entry.table.blocks(), entry.table.num_tokens()}; }

    static std::string append(World& world, Entry& entry) {
        const int count = world.draw.below(2) == 0 ? 1 : static_cast<int>(world.draw.below(11));
        // Exercise 1.2's append is for tables whose last block is not shared: exactly where nothing needs a copy.
        const bool may_share = world.model.blocks_needed(world.model.of(entry.key), count, true) !=
                               world.model.blocks_needed(world.model.of(entry.key), count, false);
        const bool copy_on_write = may_share || world.draw.below(2) == 0;
        model::Appended seen;
        seen.outcome = run(world, [&] {
            if (copy_on_write) {
                seen.copy = entry.table.append_copy_on_write(count, seen.slots);
            } else {
                entry.table.append(count, seen.slots);
            }
        });
        seen.after = holding(entry);
        return world.model.append(entry.key, count, copy_on_write, seen);
    }

    void free_last(World& world) {
        entries_.back().table.free();
        world.model.remove(entries_.back().key);
        entries_.pop_back();
    }

    std::vector<Entry> entries_;
};

}  // namespace

std::unique_ptr<Actor> make_tables_actor() {
    return std::make_unique<Tables>();
}

}  // namespace wb::solutions
