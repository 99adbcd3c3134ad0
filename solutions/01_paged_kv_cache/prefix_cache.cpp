/// @file
/// Exercise 1.5: prefix caching. The contract is chapters/01_paged_kv_cache/prefix_cache.hpp.
#include "prefix_cache.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace wb {
// SOLUTION BEGIN 1.5 removed
namespace {

/// A bijection of 64 bits in which every input bit moves every output bit half the time: the finalizer of SplitMix64
/// (Steele, Lea and Flood, OOPSLA 2014). The two multiplications carry bits upwards, the three shifts downwards.
std::uint64_t mixed(std::uint64_t x) {
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
}

constexpr std::uint64_t golden_ratio = 0x9e3779b97f4a7c15U;  // odd, no pattern: keeps 0 from being a fixed point

}  // namespace
// SOLUTION END

// TODO(1.5): fold the parent and the tokens, one by one, into 64 bits.
//   Start:    a 64-bit value h that begins as the parent; for each token, mix the token into h so that all of h changes.
//   Ask:      which of these can tell {1, 2} from {2, 1}: a sum, an exclusive or, h = 31 * h + token? Which of them moves the
//             upper half of the bits when a small token changes? What about two blocks whose parents differ?
//   Traps:    the parent 0 and a token 0 must leave a trace too, and so must the number of tokens.
BlockHash hash_block(BlockHash parent, std::span<const int> tokens) {
    // SOLUTION BEGIN 1.5
    std::uint64_t h = mixed(parent + golden_ratio * (tokens.size() + 1));
    for (const int token : tokens) h = mixed((h ^ static_cast<std::uint32_t>(token)) + golden_ratio);
    return h;
    // SOLUTION END
}

// TODO(1.5): an empty cache.
PrefixCache::PrefixCache(BlockAllocator& allocator, int block_size) : allocator_(&allocator), block_size_(block_size) {
    // SOLUTION BEGIN 1.5
    if (block_size < 1) throw std::invalid_argument("prefix cache: a block_size of " + std::to_string(block_size));
    // SOLUTION END
}

// TODO(1.5): walk down the chain of hashes until one is not known.
//   Start:    at most (number of tokens - 1) / block_size blocks may match: why minus 1?
//   Ask:      of the blocks used now, which should be evicted last? In which order must they be marked as used for that?
//   Traps:    a prompt of no tokens (unsigned numbers have no -1). A reference is taken for the caller, once a block.
PrefixMatch PrefixCache::match(std::span<const int> tokens) {
    // SOLUTION BEGIN 1.5
    const auto block_size = static_cast<std::size_t>(block_size_);
    const std::size_t most = tokens.empty() ? 0 : (tokens.size() - 1) / block_size;
    std::vector<std::list<Entry>::iterator> found;
    BlockHash hash = no_parent;
    for (std::size_t i = 0; i < most; ++i) {
        hash = hash_block(hash, tokens.subspan(i * block_size, block_size));
        const auto entry = by_hash_.find(hash);
        if (entry == by_hash_.end()) break;
        found.push_back(entry->second);
    }
    PrefixMatch result;
    for (const auto& entry : found) {
        allocator_->add_reference(entry->block);
        result.blocks.push_back(entry->block);
    }
    result.num_tokens = static_cast<int>(result.blocks.size()) * block_size_;
    // The deepest first, so that the chain's root ends up as the most recently used.
    for (auto entry = found.rbegin(); entry != found.rend(); ++entry) by_use_.splice(by_use_.begin(), by_use_, *entry);
    return result;
    // SOLUTION END
}

// TODO(1.5): match, make room, append.
//   Ask:      why must the match come before the room is made? (Who else holds the blocks that were found?)
//   Traps:    when the blocks do not suffice, the references that match() took are still yours to give back: a request that is
//             tried again at every step would otherwise pin its prefix for ever. And do not insert() here: nothing is computed.
BlockTable PrefixCache::start_sequence(std::span<const int> tokens, std::vector<Slot>& slot_mapping) {
    // SOLUTION BEGIN 1.5
    PrefixMatch prefix = match(tokens);
    BlockTable table(*allocator_, block_size_, std::move(prefix.blocks), prefix.num_tokens);
    const int count = static_cast<int>(tokens.size()) - prefix.num_tokens;
    const int needed = table.blocks_needed(count);
    const int available = allocator_->num_free() + num_evictable();
    if (needed > available) {
        table.free();
        throw OutOfBlocks("prefix cache: " + std::to_string(count) + " tokens behind the match need " +
                          std::to_string(needed) + " KV blocks, and " + std::to_string(available) +
                          " are free or can be evicted");
    }
    make_room(needed);
    table.append(count, slot_mapping);
    return table;
    // SOLUTION END
}

// TODO(1.5): add what is new of a chain, and mark all of it as used.
//   Ask:      two requests computed the same prompt in one batch. What must happen to the blocks of the second?
//   Traps:    the last block is full only if the tokens say so. The cache's own reference is taken once, when a block becomes
//             known, not each time it is inserted again. Check for an error before you change anything.
void PrefixCache::insert(std::span<const int> tokens, std::span<const BlockId> blocks) {
    // SOLUTION BEGIN 1.5
    const auto block_size = static_cast<std::size_t>(block_size_);
    const std::size_t full = tokens.size() / block_size;
    if (blocks.size() < full) {
        throw std::invalid_argument("prefix cache: " + std::to_string(tokens.size()) + " tokens fill " +
                                    std::to_string(full) + " KV blocks of " + std::to_string(block_size) +
                                    ", but the table has " + std::to_string(blocks.size()));
    }
    BlockHash hash = no_parent;
    auto place = by_use_.begin();  // the chain goes before what has been used before, the root first
    for (std::size_t i = 0; i < full; ++i) {
        hash = hash_block(hash, tokens.subspan(i * block_size, block_size));
        const auto known = by_hash_.find(hash);
        if (known == by_hash_.end()) {
            allocator_->add_reference(blocks[i]);
            by_hash_[hash] = by_use_.insert(place, {hash, blocks[i]});
        } else if (known->second == place) {
            ++place;  // it lies there already
        } else {
            by_use_.splice(place, by_use_, known->second);
        }
    }
    // SOLUTION END
}

// TODO(1.5): evict, the least recently used first.
//   Ask:      what does a ref_count of 1 mean for a block that the cache knows? And 2?
//   Traps:    what is evicted is forgotten in both containers and released: a hash that still led to the block would hand out
//             some other request's keys. Stop as soon as enough is free.
int PrefixCache::make_room(int num_free) {
    // SOLUTION BEGIN 1.5
    int evicted = 0;
    for (auto entry = by_use_.end(); entry != by_use_.begin() && allocator_->num_free() < num_free;) {
        --entry;
        if (allocator_->ref_count(entry->block) > 1) continue;  // some table holds it
        allocator_->release(entry->block);
        by_hash_.erase(entry->hash);
        entry = by_use_.erase(entry);
        ++evicted;
    }
    return evicted;
    // SOLUTION END
}

// TODO(1.5): what the cache knows, and what of it only the cache holds.
int PrefixCache::num_cached() const {
    // SOLUTION BEGIN 1.5
    return static_cast<int>(by_use_.size());
    // SOLUTION END
}

int PrefixCache::num_evictable() const {
    // SOLUTION BEGIN 1.5
    return static_cast<int>(std::count_if(by_use_.begin(), by_use_.end(), [this](const Entry& entry) {
        return allocator_->ref_count(entry.block) == 1;
    }));
    // SOLUTION END
}

}  // namespace wb
