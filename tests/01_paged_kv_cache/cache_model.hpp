/// @file
/// A simple model of a prefix cache and of the sequences that use it, against which exercise 1.5 is checked; and how its
/// traces are written down. The model knows no hashes: it keeps the tokens themselves, from a prompt's start to a block's
/// end, with the time of their last use, and counts references anew in the lists of all holders. Which free block a sequence
/// gets is the submission's choice; which one is evicted is not.
/// A student edition holds it, as answers cannot be made beforehand where the submission chooses. It gives nothing away: hashes and an order
/// of use that is kept, which the exercise asks for, it has not, and of the rest it says what the contract and the hints say.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cache_probes.hpp"
#include "judge/draw.hpp"

namespace wb {

using probes::CacheOp;
using probes::CacheSnapshot;
using Tokens = std::vector<int>;

namespace cache_ops {
inline CacheOp match(Tokens tokens) {
    return {CacheOp::Kind::match, 0, 0, std::move(tokens)};
}
inline CacheOp start(Tokens tokens) {
    return {CacheOp::Kind::start, 0, 0, std::move(tokens)};
}
inline CacheOp append(int sequence, int count) {
    return {CacheOp::Kind::append, sequence, count, {}};
}
inline CacheOp insert(int sequence, Tokens tokens) {
    return {CacheOp::Kind::insert, sequence, 0, std::move(tokens)};
}
inline CacheOp free(int sequence) {
    return {CacheOp::Kind::free, sequence, 0, {}};
}
inline CacheOp make_room(int num_free) {
    return {CacheOp::Kind::make_room, 0, num_free, {}};
}
}  // namespace cache_ops

/// "insert() of 9 tokens from sequence 2".
std::string words(const CacheOp& op);

/// 10,000 operations on sequences that begin alike, in a pool that is too small for them; at the end all are freed and
/// everything is evicted.
std::vector<CacheOp> random_cache_trace(Draw& draw, int block_size);

/// What a cache must do.
class CacheModel {
 public:
    CacheModel(int num_blocks, int block_size) : num_blocks_(num_blocks), block_size_(block_size) {}

    /// What is wrong with the submission's answer; empty when all is well, and then the model takes it over.
    [[nodiscard]] std::string play(const CacheOp& op, const CacheSnapshot& seen);

 private:
    struct Known {
        BlockId block = 0;
        int last_use = 0;
    };
    struct Sequence {
        std::vector<BlockId> blocks;
        int num_tokens = 0;
    };
    using Prefix = Tokens;  ///< all tokens from the prompt's start to a block's end

    [[nodiscard]] Prefix prefix(const Tokens& tokens, std::size_t blocks) const;
    [[nodiscard]] std::vector<int> ref_counts() const;
    [[nodiscard]] int num_free() const;
    [[nodiscard]] int num_evictable() const;
    int evict(int wanted_free);

    [[nodiscard]] std::string match(const Tokens& tokens, const CacheSnapshot& seen, bool started);
    [[nodiscard]] std::string start(const Tokens& tokens, const CacheSnapshot& seen);
    [[nodiscard]] std::string append(Sequence& sequence, int count, const CacheSnapshot& seen);
    [[nodiscard]] std::string insert(const Sequence& sequence, const Tokens& tokens, const CacheSnapshot& seen);
    [[nodiscard]] std::string make_room(int wanted_free, const CacheSnapshot& seen);
    [[nodiscard]] std::string check_grown(const Sequence& before, int count, const CacheSnapshot& seen) const;
    [[nodiscard]] std::string check_world(const CacheSnapshot& seen) const;

    int num_blocks_, block_size_, clock_ = 0;
    std::map<Prefix, Known> known_;
    std::vector<Sequence> sequences_;
};

/// Plays a trace through the model. @return what is wrong with the first answer that parts from it, with the operations
/// before; empty when all is well
[[nodiscard]] std::string check_trace(int num_blocks, int block_size, const std::vector<CacheOp>& trace,
                                      const std::vector<CacheSnapshot>& steps);

}  // namespace wb
