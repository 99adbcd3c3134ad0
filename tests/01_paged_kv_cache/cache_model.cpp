#include "cache_model.hpp"

#include <algorithm>
#include <set>

#include "pool_model.hpp"

namespace wb {

using Kind = CacheOp::Kind;
using model::list;
using probes::Outcome;

std::string words(const CacheOp& op) {
    const std::string tokens = std::to_string(op.tokens.size()) + " tokens";
    const std::string sequence = "sequence " + std::to_string(op.sequence);
    switch (op.kind) {
        case Kind::match:
            return "match() of " + tokens;
        case Kind::start:
            return "start_sequence() of " + tokens;
        case Kind::append:
            return "append(" + std::to_string(op.number) + ") to " + sequence;
        case Kind::insert:
            return "insert() of " + tokens + " from " + sequence;
        case Kind::free:
            return "free() of " + sequence;
        case Kind::make_room:
            return "make_room(" + std::to_string(op.number) + ")";
    }
    return "";
}

std::vector<CacheOp> random_cache_trace(Draw& draw, int block_size) {
    const auto below = [&](int end) { return static_cast<int>(draw.below(static_cast<std::size_t>(end))); };
    std::vector<CacheOp> trace;
    std::vector<Tokens> sequences;  // all that were ever started
    std::vector<int> live;
    const auto any = [&] { return live[draw.below(live.size())]; };
    while (trace.size() < 10000) {
        const int dice = below(100);
        if (live.empty() || (dice < 35 && live.size() < 7)) {
            // Blocks of equal tokens, so that prompts share beginnings, and equal blocks stand behind different ones.
            Tokens tokens;
            for (int block = below(6); block > 0; --block) tokens.insert(tokens.end(), block_size, below(2));
            for (int rest = below(2 * block_size); rest > 0; --rest) tokens.push_back(below(2));
            trace.push_back(dice % 5 == 0 ? cache_ops::match(tokens) : cache_ops::start(tokens));
            live.push_back(static_cast<int>(sequences.size()));
            sequences.push_back(std::move(tokens));
        } else if (dice < 50) {
            const int sequence = any(), count = below(block_size + 1);
            for (int i = 0; i < count; ++i) sequences[static_cast<std::size_t>(sequence)].push_back(below(2));
            trace.push_back(cache_ops::append(sequence, count));
        } else if (dice < 75) {
            const int sequence = any();
            trace.push_back(cache_ops::insert(sequence, sequences[static_cast<std::size_t>(sequence)]));
        } else if (dice < 95) {
            const std::size_t place = draw.below(live.size());
            trace.push_back(cache_ops::free(live[place]));
            live.erase(live.begin() + static_cast<std::ptrdiff_t>(place));
        } else {
            trace.push_back(cache_ops::make_room(below(12)));
        }
    }
    for (const int sequence : live) trace.push_back(cache_ops::free(sequence));
    trace.push_back(cache_ops::make_room(1 << 20));
    return trace;
}

CacheModel::Prefix CacheModel::prefix(const Tokens& tokens, std::size_t blocks) const {
    return {tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(blocks) * block_size_};
}

std::vector<int> CacheModel::ref_counts() const {
    std::vector<int> counts(static_cast<std::size_t>(num_blocks_));
    for (const auto& [tokens, known] : known_) ++counts[static_cast<std::size_t>(known.block)];
    for (const Sequence& sequence : sequences_) {
        for (const BlockId block : sequence.blocks) ++counts[static_cast<std::size_t>(block)];
    }
    return counts;
}

int CacheModel::num_free() const {
    const std::vector<int> counts = ref_counts();
    return static_cast<int>(std::count(counts.begin(), counts.end(), 0));
}

int CacheModel::num_evictable() const {
    const std::vector<int> counts = ref_counts();
    return static_cast<int>(std::count_if(known_.begin(), known_.end(), [&](const auto& entry) {
        return counts[static_cast<std::size_t>(entry.second.block)] == 1;
    }));
}

int CacheModel::evict(int wanted_free) {
    int evicted = 0;
    for (; num_free() < wanted_free; ++evicted) {
        const std::vector<int> counts = ref_counts();
        auto victim = known_.end();
        for (auto entry = known_.begin(); entry != known_.end(); ++entry) {
            if (counts[static_cast<std::size_t>(entry->second.block)] > 1) continue;
            const auto age = [](const auto& e) {
                return std::pair(e->second.last_use, -static_cast<int>(e->first.size()));
            };
            if (victim == known_.end() || age(entry) < age(victim)) victim = entry;
        }
        if (victim == known_.end()) break;
        known_.erase(victim);
    }
    return evicted;
}

std::string CacheModel::match(const Tokens& tokens, const CacheSnapshot& seen, bool started) {
    Sequence found;
    const std::size_t full = tokens.size() / static_cast<std::size_t>(block_size_);
    for (std::size_t blocks = 1; blocks <= full; ++blocks) {
        if (blocks * static_cast<std::size_t>(block_size_) == tokens.size()) break;  // one token is left to compute
        const auto known = known_.find(prefix(tokens, blocks));
        if (known == known_.end()) break;
        found.blocks.push_back(known->second.block);
    }
    for (std::size_t blocks = 1; blocks <= found.blocks.size(); ++blocks)
        known_[prefix(tokens, blocks)].last_use = clock_;
    found.num_tokens = static_cast<int>(found.blocks.size()) * block_size_;
    sequences_.push_back(found);
    if (started) return "";
    if (seen.outcome != Outcome::done) return "threw: " + seen.message;
    if (seen.blocks.size() > found.blocks.size() && seen.blocks.size() * block_size_ == tokens.size()) {
        return "all " + std::to_string(tokens.size()) +
               " tokens were matched; the last must be left to compute, since "
               "someone needs the logits after it";
    }
    if (seen.blocks != found.blocks) {
        return "found the KV blocks " + list(seen.blocks) + "; these tokens and all before them are known under " +
               list(found.blocks);
    }
    if (seen.result != found.num_tokens) {
        return "said num_tokens is " + std::to_string(seen.result) + " for " + std::to_string(found.blocks.size()) +
               " KV blocks of " + std::to_string(block_size_);
    }
    return "";
}

/// Whether `count` tokens behind `before` lie in free blocks, and their slots are told.
std::string CacheModel::check_grown(const Sequence& before, int count, const CacheSnapshot& seen) const {
    const int tokens = before.num_tokens + count;
    if (seen.num_tokens != tokens || static_cast<int>(seen.blocks.size()) != (tokens + block_size_ - 1) / block_size_) {
        return "the table holds " + std::to_string(seen.num_tokens) + " tokens in KV blocks " + list(seen.blocks) +
               ", expected " + std::to_string(tokens) + " tokens in blocks of " + std::to_string(block_size_);
    }
    if (!std::equal(before.blocks.begin(), before.blocks.end(), seen.blocks.begin())) {
        return "the table is " + list(seen.blocks) + "; it must begin with " + list(before.blocks) +
               ", which hold its first " + std::to_string(before.num_tokens) + " tokens";
    }
    const std::vector<int> counts = ref_counts();
    std::set<BlockId> fresh;
    for (std::size_t i = before.blocks.size(); i < seen.blocks.size(); ++i) {
        const BlockId block = seen.blocks[i];
        if (block < 0 || block >= num_blocks_) return "KV block " + std::to_string(block) + " is not the pool's";
        if (counts[static_cast<std::size_t>(block)] > 0) {
            return "KV block " + std::to_string(block) +
                   " was taken for new tokens, but a table or the cache must still "
                   "hold it. Was another one the least recently used?";
        }
        if (!fresh.insert(block).second) return "KV block " + std::to_string(block) + " is in the table twice";
    }
    std::vector<Slot> slots{probes::earlier_slot};
    for (int position = before.num_tokens; position < tokens; ++position) {
        slots.push_back(Slot{seen.blocks[static_cast<std::size_t>(position / block_size_)]} * block_size_ +
                        position % block_size_);
    }
    if (seen.slot_mapping != slots) {
        return "slot_mapping is " + list(seen.slot_mapping) + ", expected the slots of the " + std::to_string(count) +
               " tokens that are left to compute behind what was there: " + list(slots);
    }
    return "";
}

std::string CacheModel::start(const Tokens& tokens, const CacheSnapshot& seen) {
    if (const std::string wrong = match(tokens, seen, true); !wrong.empty()) return wrong;
    Sequence& sequence = sequences_.back();
    const int needed =
        (static_cast<int>(tokens.size()) + block_size_ - 1) / block_size_ - static_cast<int>(sequence.blocks.size());
    const int available = num_free() + num_evictable();
    if (needed > available) {
        sequence = {};
        if (seen.outcome != Outcome::out_of_blocks) {
            return "needs " + std::to_string(needed) + " KV blocks behind its match and " + std::to_string(available) +
                   " are free or can be evicted: expected OutOfBlocks, got " + probes::outcome_name(seen.outcome);
        }
        return seen.slot_mapping.size() == 1 ? "" : "failed, but slot_mapping has grown";
    }
    if (seen.outcome != Outcome::done) {
        return "needs " + std::to_string(needed) + " KV blocks behind its match and " + std::to_string(available) +
               " are free or can be evicted, but it threw " + probes::outcome_name(seen.outcome) + ": " + seen.message;
    }
    evict(needed);
    const int count = static_cast<int>(tokens.size()) - sequence.num_tokens;
    if (std::string wrong = check_grown(sequence, count, seen); !wrong.empty()) return wrong;
    sequence = {seen.blocks, seen.num_tokens};
    return "";
}

std::string CacheModel::append(Sequence& sequence, int count, const CacheSnapshot& seen) {
    const int needed =
        (sequence.num_tokens + count + block_size_ - 1) / block_size_ - static_cast<int>(sequence.blocks.size());
    if (needed > num_free()) {
        return seen.outcome == Outcome::out_of_blocks ? "" : "expected OutOfBlocks of exercise 1.2's append";
    }
    if (seen.outcome != Outcome::done) return "exercise 1.2's append threw: " + seen.message;
    if (std::string wrong = check_grown(sequence, count, seen); !wrong.empty()) return wrong;
    sequence = {seen.blocks, seen.num_tokens};
    return "";
}

std::string CacheModel::insert(const Sequence& sequence, const Tokens& tokens, const CacheSnapshot& seen) {
    const std::size_t full = tokens.size() / static_cast<std::size_t>(block_size_);
    if (sequence.blocks.size() < full) {
        return seen.outcome == Outcome::invalid_argument
                   ? ""
                   : "expected std::invalid_argument: the tokens fill " + std::to_string(full) +
                         " KV blocks, and the table has " + std::to_string(sequence.blocks.size());
    }
    if (seen.outcome != Outcome::done) return "threw: " + seen.message;
    for (std::size_t blocks = 1; blocks <= full; ++blocks) {
        const auto [entry, added] = known_.try_emplace(prefix(tokens, blocks), Known{sequence.blocks[blocks - 1], 0});
        entry->second.last_use = clock_;
    }
    return "";
}

std::string CacheModel::make_room(int wanted_free, const CacheSnapshot& seen) {
    if (seen.outcome != Outcome::done) return "threw: " + seen.message;
    const int free_before = num_free(), evictable = num_evictable();
    const int evicted = evict(wanted_free);
    if (seen.result == evicted) return "";
    return "evicted " + std::to_string(seen.result) + ", expected " + std::to_string(evicted) + ": " +
           std::to_string(free_before) + " KV blocks were free and " + std::to_string(evictable) + " unreferenced";
}

std::string CacheModel::check_world(const CacheSnapshot& seen) const {
    const auto count = [](const char* what, int got, int expected, const char* why) {
        return std::string(what) + " is " + std::to_string(got) + ", expected " + std::to_string(expected) + ": " + why;
    };
    const int cached = static_cast<int>(known_.size());
    if (seen.num_cached != cached)
        return count("num_cached", seen.num_cached, cached, "a block is known from insert() to its eviction");
    const std::vector<int> counts = ref_counts();
    for (std::size_t block = 0; block < counts.size(); ++block) {
        if (seen.pool.ref_counts.at(block) == counts[block]) continue;
        const std::string what = "ref_count of KV block " + std::to_string(block);
        return count(what.c_str(), seen.pool.ref_counts[block], counts[block],
                     "one for each table that holds it, and one for the cache if that knows it");
    }
    if (seen.pool.num_free != num_free())
        return count("num_free", seen.pool.num_free, num_free(), "blocks that neither a table nor the cache holds");
    if (seen.num_evictable != num_evictable())
        return count("num_evictable", seen.num_evictable, num_evictable(), "known blocks that no table holds");
    return "";
}

std::string CacheModel::play(const CacheOp& op, const CacheSnapshot& seen) {
    ++clock_;
    std::string wrong;
    switch (op.kind) {
        case Kind::match:
            wrong = match(op.tokens, seen, false);
            break;
        case Kind::start:
            wrong = start(op.tokens, seen);
            break;
        case Kind::append:
            wrong = append(sequences_.at(static_cast<std::size_t>(op.sequence)), op.number, seen);
            break;
        case Kind::insert:
            wrong = insert(sequences_.at(static_cast<std::size_t>(op.sequence)), op.tokens, seen);
            break;
        case Kind::free:
            sequences_.at(static_cast<std::size_t>(op.sequence)) = {};
            break;
        case Kind::make_room:
            wrong = make_room(op.number, seen);
            break;
    }
    return wrong.empty() ? check_world(seen) : wrong;
}

std::string check_trace(int num_blocks, int block_size, const std::vector<CacheOp>& trace,
                        const std::vector<CacheSnapshot>& steps) {
    if (steps.size() != trace.size()) return "the driver answered with another number of snapshots";
    CacheModel model(num_blocks, block_size);
    for (std::size_t i = 0; i < trace.size(); ++i) {
        const std::string wrong = model.play(trace[i], steps[i]);
        if (wrong.empty()) continue;
        std::string story;
        for (std::size_t n = i < 8 ? 0 : i - 8; n <= i; ++n)
            story += "\n  " + std::to_string(n) + ": " + words(trace[n]);
        return "operation " + std::to_string(i) + " of the trace, " + words(trace[i]) + ": " + wrong +
               "\nThe trace so far, block_size " + std::to_string(block_size) + ":" + story;
    }
    return "";
}

}  // namespace wb
