/// @file
/// A simple model of one pool of KV blocks and of all who hold some, against which exercises 1.1 to 1.4 are checked.
///
/// Which block is handed out is the allocator's choice, so the model predicts no numbers. It is told what an operation did,
/// says what is wrong with that, and otherwise takes it over. It keeps no counts: references are counted anew in the lists
/// of all holders, so the model cannot make the mistakes that it looks for. Slow, and meant to be.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "block_table.hpp"
#include "outcome.hpp"
#include "pool_snapshot.hpp"

namespace wb::model {

/// What one holder holds: a block table, a beam, or (with num_tokens of no meaning) anyone with references.
struct Holding {
    std::vector<BlockId> blocks;
    int num_tokens = 0;
    bool operator==(const Holding&) const = default;
};

/// What append or append_copy_on_write did.
struct Appended {
    probes::Outcome outcome = probes::Outcome::done;
    Holding after;
    std::vector<Slot> slots;  ///< of the new tokens
    std::optional<BlockCopy> copy;
};

/// What a step of beam search did.
struct Stepped {
    probes::Outcome outcome = probes::Outcome::done;
    std::vector<Holding> after;  ///< [beams]
    std::vector<Slot> slots;     ///< of the new tokens
    std::vector<BlockCopy> copies;
};

/// Names a holder.
using Key = int;

/// A pool and its holders. Every check returns words that say what is wrong, empty when all is well; only then does the
/// model take the change over.
class PoolModel {
 public:
    PoolModel(int num_blocks, int block_size) : num_blocks_(num_blocks), block_size_(block_size) {}

    // ---- what must be so ----

    [[nodiscard]] std::vector<int> ref_counts() const;  ///< [num_blocks]
    [[nodiscard]] int num_free() const;
    [[nodiscard]] const Holding& of(Key key) const { return holders_.at(key); }
    [[nodiscard]] std::vector<Slot> slots(const Holding& holding, int first_token) const;

    /// Blocks that `count` more tokens take, counted one token at a time.
    [[nodiscard]] int blocks_needed(const Holding& holding, int count, bool copy_on_write) const;

    /// Whether the pool looks as its holders say.
    [[nodiscard]] std::string check(const probes::PoolSnapshot& pool) const;

    // ---- what has been done ----

    /// A new holder. No check: the caller knows where the blocks are from.
    Key add(Holding holding = {});
    /// A holder gives everything up and is forgotten.
    void remove(Key key) { holders_.erase(key); }
    /// A holder takes or gives up something. No check.
    void set(Key key, Holding holding) { holders_.at(key) = std::move(holding); }

    [[nodiscard]] std::string append(Key key, int count, bool copy_on_write, const Appended& seen);

    /// @param beams  in order; replaced by the new beams when the step was done
    [[nodiscard]] std::string step(std::vector<Key>& beams, const std::vector<int>& parents, const Stepped& seen);

 private:
    [[nodiscard]] std::string check_new_blocks(const std::vector<BlockId>& blocks) const;
    [[nodiscard]] std::string check_grown(const Holding& before, const Appended& seen, int count,
                                          bool copy_on_write) const;
    [[nodiscard]] std::string check_survivors(const std::vector<Holding>& parents, const Stepped& seen) const;
    [[nodiscard]] std::string check_copies(const std::vector<Holding>& parents, const Stepped& seen) const;

    int num_blocks_, block_size_;
    Key next_key_ = 0;
    std::map<Key, Holding> holders_;
};

/// {7, 2} -> "{7, 2}".
template <class Number>
std::string list(const std::vector<Number>& numbers) {
    std::string text = "{";
    for (const Number number : numbers) text += (text.size() > 1 ? ", " : "") + std::to_string(number);
    return text + "}";
}

}  // namespace wb::model
