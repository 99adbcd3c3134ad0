/// @file
/// Exercise 1.5: prefix caching. The contract is chapters/01_paged_kv_cache/prefix_cache.hpp.
#include "prefix_cache.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace wb {

// TODO(1.5): fold the parent and the tokens, one by one, into 64 bits.
//   Start:    a 64-bit value h that begins as the parent; for each token, mix the token into h so that all of h changes.
//   Ask:      which of these can tell {1, 2} from {2, 1}: a sum, an exclusive or, h = 31 * h + token? Which of them moves the
//             upper half of the bits when a small token changes? What about two blocks whose parents differ?
//   Traps:    the parent 0 and a token 0 must leave a trace too, and so must the number of tokens.
BlockHash hash_block(BlockHash parent, std::span<const int> tokens) {
    throw wb::NotImplemented("1.5");
}

// TODO(1.5): an empty cache.
PrefixCache::PrefixCache(BlockAllocator& allocator, int block_size) : allocator_(&allocator), block_size_(block_size) {
    throw wb::NotImplemented("1.5");
}

// TODO(1.5): walk down the chain of hashes until one is not known.
//   Start:    at most (number of tokens - 1) / block_size blocks may match: why minus 1?
//   Ask:      of the blocks used now, which should be evicted last? In which order must they be marked as used for that?
//   Traps:    a prompt of no tokens (unsigned numbers have no -1). A reference is taken for the caller, once a block.
PrefixMatch PrefixCache::match(std::span<const int> tokens) {
    throw wb::NotImplemented("1.5");
}

// TODO(1.5): match, make room, append.
//   Ask:      why must the match come before the room is made? (Who else holds the blocks that were found?)
//   Traps:    when the blocks do not suffice, the references that match() took are still yours to give back: a request that is
//             tried again at every step would otherwise pin its prefix for ever. And do not insert() here: nothing is computed.
BlockTable PrefixCache::start_sequence(std::span<const int> tokens, std::vector<Slot>& slot_mapping) {
    throw wb::NotImplemented("1.5");
}

// TODO(1.5): add what is new of a chain, and mark all of it as used.
//   Ask:      two requests computed the same prompt in one batch. What must happen to the blocks of the second?
//   Traps:    the last block is full only if the tokens say so. The cache's own reference is taken once, when a block becomes
//             known, not each time it is inserted again. Check for an error before you change anything.
void PrefixCache::insert(std::span<const int> tokens, std::span<const BlockId> blocks) {
    throw wb::NotImplemented("1.5");
}

// TODO(1.5): evict, the least recently used first.
//   Ask:      what does a ref_count of 1 mean for a block that the cache knows? And 2?
//   Traps:    what is evicted is forgotten in both containers and released: a hash that still led to the block would hand out
//             some other request's keys. Stop as soon as enough is free.
int PrefixCache::make_room(int num_free) {
    throw wb::NotImplemented("1.5");
}

// TODO(1.5): what the cache knows, and what of it only the cache holds.
int PrefixCache::num_cached() const {
    throw wb::NotImplemented("1.5");
}

int PrefixCache::num_evictable() const {
    throw wb::NotImplemented("1.5");
}

}  // namespace wb
