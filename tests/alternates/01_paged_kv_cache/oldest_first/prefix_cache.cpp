/// @file
/// Another prefix cache: the order of use runs from the oldest to the newest, the hash is a polynomial modulo the prime
/// 2^61 - 1 and is stirred at the end, match and insert share one walk, and eviction looks for its victims anew each time.
#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "prefix_cache.hpp"

namespace wb {
namespace {

constexpr std::uint64_t prime = (std::uint64_t{1} << 61U) - 1;

std::uint64_t product(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>(static_cast<Wide>(a) * b % prime);
}

std::uint64_t stirred(std::uint64_t x) {
    x = (x ^ (x >> 33U)) * 0xff51afd7ed558ccdU;
    x = (x ^ (x >> 33U)) * 0xc4ceb9fe1a85ec53U;
    return x ^ (x >> 33U);
}

/// The hashes of the first `count` blocks.
std::vector<BlockHash> chain(std::span<const int> tokens, std::size_t count, int block_size) {
    const auto size = static_cast<std::size_t>(block_size);
    std::vector<BlockHash> hashes;
    for (std::size_t i = 0; i < count; ++i)
        hashes.push_back(hash_block(hashes.empty() ? no_parent : hashes.back(), tokens.subspan(i * size, size)));
    return hashes;
}

}  // namespace

BlockHash hash_block(BlockHash parent, std::span<const int> tokens) {
    std::uint64_t value = tokens.size() + 1;
    // The parent has more bits than the prime: both halves count.
    const std::uint64_t digits[] = {parent >> 32U, parent & 0xffffffffU};
    for (const std::uint64_t digit : digits) value = (product(value, 0x1234567890abcdU) + digit) % prime;
    for (const int token : tokens)
        value = (product(value, 0x1234567890abcdU) + static_cast<std::uint32_t>(token)) % prime;
    return stirred(value);
}

PrefixCache::PrefixCache(BlockAllocator& allocator, int block_size) : allocator_(&allocator), block_size_(block_size) {
    if (block_size <= 0) throw std::invalid_argument("the cache needs blocks of at least one token");
}

PrefixMatch PrefixCache::match(std::span<const int> tokens) {
    std::size_t count = tokens.size() / static_cast<std::size_t>(block_size_);
    if (count > 0 && count * static_cast<std::size_t>(block_size_) == tokens.size()) --count;
    std::vector<BlockHash> hashes = chain(tokens, count, block_size_);
    const auto missing =
        std::find_if(hashes.begin(), hashes.end(), [this](BlockHash h) { return by_hash_.count(h) == 0; });
    hashes.erase(missing, hashes.end());
    PrefixMatch result{std::vector<BlockId>(hashes.size()), static_cast<int>(hashes.size()) * block_size_};
    for (std::size_t i = hashes.size(); i-- > 0;) {
        const auto entry = by_hash_.at(hashes[i]);
        result.blocks[i] = entry->block;
        allocator_->add_reference(entry->block);
        by_use_.splice(by_use_.end(), by_use_, entry);
    }
    return result;
}

BlockTable PrefixCache::start_sequence(std::span<const int> tokens, std::vector<Slot>& slot_mapping) {
    const PrefixMatch found = match(tokens);
    BlockTable table(*allocator_, block_size_);
    const auto rest = static_cast<int>(tokens.size()) - found.num_tokens;
    const int missing = table.blocks_needed(rest) - allocator_->num_free();
    if (missing > num_evictable()) {
        for (const BlockId block : found.blocks) allocator_->release(block);
        throw OutOfBlocks("the prompt does not fit, even with everything evicted that could be");
    }
    if (missing > 0) make_room(allocator_->num_free() + missing);
    table = BlockTable(*allocator_, block_size_, found.blocks, found.num_tokens);
    table.append(rest, slot_mapping);
    return table;
}

void PrefixCache::insert(std::span<const int> tokens, std::span<const BlockId> blocks) {
    const std::size_t count = tokens.size() / static_cast<std::size_t>(block_size_);
    if (count > blocks.size()) throw std::invalid_argument("more full blocks than blocks");
    const std::vector<BlockHash> hashes = chain(tokens, count, block_size_);
    for (std::size_t i = count; i-- > 0;) {  // the deepest first: it ends up as the oldest
        const auto known = by_hash_.find(hashes[i]);
        if (known != by_hash_.end()) {
            by_use_.splice(by_use_.end(), by_use_, known->second);
            continue;
        }
        allocator_->add_reference(blocks[i]);
        by_use_.push_back({hashes[i], blocks[i]});
        by_hash_.emplace(hashes[i], std::prev(by_use_.end()));
    }
}

int PrefixCache::make_room(int num_free) {
    int evicted = 0;
    while (allocator_->num_free() < num_free) {
        const auto victim = std::find_if(by_use_.begin(), by_use_.end(),
                                         [this](const Entry& e) { return allocator_->ref_count(e.block) == 1; });
        if (victim == by_use_.end()) break;
        by_hash_.erase(victim->hash);
        allocator_->release(victim->block);
        by_use_.erase(victim);
        ++evicted;
    }
    return evicted;
}

int PrefixCache::num_cached() const {
    return static_cast<int>(by_hash_.size());
}

int PrefixCache::num_evictable() const {
    int count = 0;
    for (const Entry& entry : by_use_) count += allocator_->ref_count(entry.block) == 1 ? 1 : 0;
    return count;
}

}  // namespace wb
