#include "pool_model.hpp"

#include <algorithm>
#include <set>

namespace wb::model {
namespace {

using probes::Outcome;

std::string words(const BlockCopy& copy) {
    return std::to_string(copy.source) + " -> " + std::to_string(copy.destination);
}

std::string words(const Holding& holding) {
    return std::to_string(holding.num_tokens) + " tokens in blocks " + list(holding.blocks);
}

/// The outcome that `needed` blocks must have; empty when it is the one seen.
std::string check_outcome(Outcome seen, int needed, int num_free) {
    const Outcome expected = needed > num_free ? Outcome::out_of_blocks : Outcome::done;
    if (seen == expected) return "";
    return "it needs " + std::to_string(needed) + " blocks and " + std::to_string(num_free) + " are free: expected " +
           probes::outcome_name(expected) + ", got " + probes::outcome_name(seen);
}

/// The part of the table that an append must not touch: all, or all but a copied last block.
bool begins_with(const std::vector<BlockId>& blocks, const std::vector<BlockId>& before, std::size_t count) {
    return blocks.size() >= count &&
           std::equal(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(count), blocks.begin());
}

}  // namespace

std::vector<int> PoolModel::ref_counts() const {
    std::vector<int> counts(static_cast<std::size_t>(num_blocks_), 0);
    for (const auto& [key, holding] : holders_)
        for (const BlockId block : holding.blocks) ++counts.at(static_cast<std::size_t>(block));
    return counts;
}

int PoolModel::num_free() const {
    const std::vector<int> counts = ref_counts();
    return static_cast<int>(std::count(counts.begin(), counts.end(), 0));
}

std::vector<Slot> PoolModel::slots(const Holding& holding, int first_token) const {
    std::vector<Slot> slots;
    for (int token = first_token; token < holding.num_tokens; ++token) {
        const Slot block = holding.blocks.at(static_cast<std::size_t>(token / block_size_));
        slots.push_back(block * block_size_ + token % block_size_);
    }
    return slots;
}

int PoolModel::blocks_needed(const Holding& holding, int count, bool copy_on_write) const {
    const int places = static_cast<int>(holding.blocks.size()) * block_size_;
    int room = places - holding.num_tokens, needed = 0;
    if (copy_on_write && count > 0 && room > 0 &&
        ref_counts().at(static_cast<std::size_t>(holding.blocks.back())) > 1) {
        needed = 1;
    }
    for (int token = 0; token < count; ++token, --room) {
        if (room == 0) {
            ++needed;
            room = block_size_;
        }
    }
    return needed;
}

std::string PoolModel::check(const probes::PoolSnapshot& pool) const {
    if (pool.num_blocks != num_blocks_) {
        return "num_blocks is " + std::to_string(pool.num_blocks) + " in a pool of " + std::to_string(num_blocks_);
    }
    const std::vector<int> expected = ref_counts();
    for (std::size_t block = 0; block < expected.size(); ++block) {
        const std::string held =
            "block " + std::to_string(block) + " is held " + std::to_string(expected[block]) + " times";
        if (block >= pool.ref_counts.size()) return held + ", but its ref_count is missing";
        const int got = pool.ref_counts[block];
        if (got > expected[block])
            return held + ", but its ref_count is " + std::to_string(got) +
                   ": a reference too many, it will never be free";
        if (got < expected[block])
            return held + ", but its ref_count is " + std::to_string(got) +
                   ": it will be free while someone still holds it";
    }
    if (pool.num_free != num_free()) {
        return std::to_string(num_free()) + " blocks have no holder, but num_free is " + std::to_string(pool.num_free);
    }
    return "";
}

Key PoolModel::add(Holding holding) {
    holders_[next_key_] = std::move(holding);
    return next_key_++;
}

std::string PoolModel::check_new_blocks(const std::vector<BlockId>& blocks) const {
    const std::vector<int> counts = ref_counts();
    std::set<BlockId> seen;
    for (const BlockId block : blocks) {
        const std::string name = "block " + std::to_string(block);
        if (block < 0 || block >= num_blocks_) return name + " is not one of the pool's";
        if (counts[static_cast<std::size_t>(block)] > 0) return name + " was taken, though someone holds it";
        if (!seen.insert(block).second) return name + " was taken twice";
    }
    return "";
}

std::string PoolModel::check_grown(const Holding& before, const Appended& seen, int count, bool copy_on_write) const {
    const bool copies = copy_on_write && blocks_needed(before, count, true) > blocks_needed(before, count, false);
    const std::size_t kept = before.blocks.size() - (copies ? 1 : 0);
    const Holding& after = seen.after;
    if (after.num_tokens != before.num_tokens + count) {
        return "expected " + std::to_string(before.num_tokens + count) + " tokens, got " +
               std::to_string(after.num_tokens);
    }
    const std::size_t expected_size =
        before.blocks.size() + static_cast<std::size_t>(blocks_needed(before, count, false));
    if (after.blocks.size() != expected_size) {
        return "expected " + std::to_string(expected_size) + " blocks in the table, got " + words(after);
    }
    if (copies && after.blocks[kept] == before.blocks.back()) {
        return "block " + std::to_string(before.blocks.back()) +
               " has room and others hold it too: a token written there is written into their sequences. A block of "
               "the "
               "table's own must take its place";
    }
    if (!begins_with(after.blocks, before.blocks, kept)) {
        return "the table was " + list(before.blocks) + " and is " + list(after.blocks) + ": " +
               (copies
                    ? "only its last block was to be replaced"
                    : "the blocks that it had must stay. (A last block is copied when it has room, others hold it too, "
                      "and a token is written)");
    }
    if (std::string wrong =
            check_new_blocks({after.blocks.begin() + static_cast<std::ptrdiff_t>(kept), after.blocks.end()});
        !wrong.empty()) {
        return wrong;
    }
    if (!copies && seen.copy) {
        return "reports the copy " + words(*seen.copy) +
               ", but nothing is due: a last block is copied when it has room, "
               "others hold it too, and a token is written";
    }
    if (copies) {
        const BlockCopy due{before.blocks.back(), after.blocks[kept]};
        if (!seen.copy) return "expected the copy " + words(due) + " to be reported, got none";
        if (*seen.copy != due) return "expected the copy " + words(due) + ", got " + words(*seen.copy);
    }
    const std::vector<Slot> due = slots(after, before.num_tokens);
    if (seen.slots == due) return "";
    std::string wrong = "expected the slots " + list(due) + ", got " + list(seen.slots);
    if (copies && !seen.slots.empty() && seen.slots.front() / block_size_ == before.blocks.back())
        wrong += ": the first lies in the shared block. Replace the block, then append";
    return wrong;
}

std::string PoolModel::append(Key key, int count, bool copy_on_write, const Appended& seen) {
    const Holding& before = of(key);
    std::string wrong = check_outcome(seen.outcome, blocks_needed(before, count, copy_on_write), num_free());
    if (!wrong.empty()) return wrong;
    if (seen.outcome != Outcome::done) {
        if (seen.after != before) return "it failed, so " + words(before) + " must stay, got " + words(seen.after);
        if (!seen.slots.empty()) return "it failed, but added the slots " + list(seen.slots);
        return "";
    }
    wrong = check_grown(before, seen, count, copy_on_write);
    if (wrong.empty()) set(key, seen.after);
    return wrong;
}

std::string PoolModel::check_survivors(const std::vector<Holding>& parents, const Stepped& seen) const {
    if (seen.after.size() != parents.size()) {
        return "expected " + std::to_string(parents.size()) + " beams, got " + std::to_string(seen.after.size());
    }
    std::vector<Slot> due;
    for (std::size_t beam = 0; beam < parents.size(); ++beam) {
        const Holding &before = parents[beam], &after = seen.after[beam];
        const bool had_room = before.num_tokens % block_size_ != 0;
        const std::size_t size = before.blocks.size() + (had_room ? 0 : 1);
        const std::size_t kept = before.blocks.size() - (had_room ? 1 : 0);
        if (after.num_tokens != before.num_tokens + 1 || after.blocks.size() != size ||
            !begins_with(after.blocks, before.blocks, kept)) {
            return "new beam " + std::to_string(beam) + " must continue its parent's " + words(before) +
                   " by one token, got " + words(after) +
                   (after.num_tokens > before.num_tokens + 1 ? ". Fork all children before any of them appends" : "");
        }
        due.push_back(slots(after, before.num_tokens).front());
    }
    if (seen.slots != due)
        return "expected the slots " + list(due) + ", one for each new beam, got " + list(seen.slots);
    return "";
}

std::string PoolModel::check_copies(const std::vector<Holding>& parents, const Stepped& seen) const {
    // Of the children that share a last block with room, one writes in place if nobody else holds it; all others get copies.
    std::vector<BlockId> taken;
    std::set<BlockId> in_place;
    std::vector<std::pair<BlockId, BlockId>> due, got;
    const std::vector<int> others = ref_counts();  // the old beams are gone from the holders by now
    for (std::size_t beam = 0; beam < parents.size(); ++beam) {
        const bool had_room = parents[beam].num_tokens % block_size_ != 0;
        const BlockId last = seen.after[beam].blocks.back();
        if (had_room && last == parents[beam].blocks.back()) {
            const std::string where = "new beam " + std::to_string(beam) + " writes to block " + std::to_string(last);
            if (others[static_cast<std::size_t>(last)] > 0) return where + ", which someone else holds";
            if (!in_place.insert(last).second) return where + ", and so does a sibling";
            continue;
        }
        taken.push_back(last);
        if (had_room) due.emplace_back(parents[beam].blocks.back(), last);
    }
    for (const BlockCopy& copy : seen.copies) got.emplace_back(copy.source, copy.destination);
    std::sort(due.begin(), due.end());
    std::sort(got.begin(), got.end());
    if (due != got) {
        std::string text = "expected the copies";
        for (const auto& [source, destination] : due) text += " " + words(BlockCopy{source, destination}) + ",";
        text += " got";
        for (const BlockCopy& copy : seen.copies) text += " " + words(copy) + ",";
        return text + (seen.copies.empty() ? " none" : " in some order");
    }
    for (const auto& [source, destination] : due) {
        if (others[static_cast<std::size_t>(source)] == 0 && !in_place.contains(source)) {
            return "all children of block " + std::to_string(source) +
                   " copy it, though nobody else holds it: the last to write should write in place";
        }
    }
    PoolModel after_pruning = *this;  // histories of the survivors count as held: no new block may be one of theirs
    for (const Holding& parent : parents) after_pruning.add(parent);
    return after_pruning.check_new_blocks(taken);
}

std::string PoolModel::step(std::vector<Key>& beams, const std::vector<int>& parents, const Stepped& seen) {
    std::vector<Holding> before, continued;
    for (const Key key : beams) before.push_back(of(key));
    for (const int parent : parents) continued.push_back(before.at(static_cast<std::size_t>(parent)));

    // The step played through: prune, fork, then append to one new beam after the other, with blocks from nowhere.
    PoolModel pruned = *this;
    for (const Key key : beams) pruned.remove(key);
    PoolModel played = pruned;
    std::vector<Key> children;
    for (const Holding& parent : continued) children.push_back(played.add(parent));
    const int available = played.num_free();
    int needed = 0;
    for (const Key child : children) {
        needed += played.blocks_needed(played.of(child), 1, true);
        Holding holding = played.of(child);
        if (holding.num_tokens % block_size_ != 0)
            holding.blocks.pop_back();  // written in place or copied: no longer shared
        played.set(child, holding);
    }

    std::string wrong = check_outcome(seen.outcome, needed, available);
    if (!wrong.empty()) return wrong + " (blocks that childless beams give up count as free)";
    if (seen.outcome != Outcome::done) {
        if (seen.after != before) return "it failed, so the beams must stay as they were";
        if (!seen.slots.empty()) return "it failed, but added the slots " + list(seen.slots);
        return "";
    }
    wrong = pruned.check_survivors(continued, seen);
    if (wrong.empty()) wrong = pruned.check_copies(continued, seen);
    if (!wrong.empty()) return wrong;
    *this = pruned;
    beams.clear();
    for (const Holding& holding : seen.after) beams.push_back(add(holding));
    return "";
}

}  // namespace wb::model
