/// @file
/// Exercise 1.13: text through the paged cache. The contract is chapters/01_paged_kv_cache/generate.hpp.
#include "generate.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace wb {

// TODO(1.13): a scheduler and a store for each of its pools.
Generator::Generator(CharModel& model, const SchedulerOptions& options)
    : model_(&model),
      scheduler_(options),
      store_(model.sizes(), options.num_gpu_blocks, options.block_size),
      cpu_store_(model.sizes(), options.num_cpu_blocks, options.block_size) {}

// TODO(1.13): tell the scheduler what it needs to know, which is no text; keep the text.
//   Traps:    the scheduler refuses what is wrong: ask it first.
void Generator::add(const GenerationRequest& request) {
    throw wb::NotImplemented("1.13");
}

// TODO(1.13): one step of everything.
//   Start:    move blocks; collect one batch from all running groups; one call of the model; choose; finish.
//   Ask:      which tokens of a sequence are computed? The scheduler gave slots for exactly these: the last of them is the
//             table's last token, and the first says where to begin. Is that so for a prompt, for one new token, after a
//             swap, after a recomputation?
//   Ask:      four samples are admitted, and their prompt is computed once. Which row of logits does each of them draw from?
//   Traps:    nothing may be written before the copies are made. An ended sequence has no slots. finish() may end a group,
//             and then its tables are gone: finish after you have used them.
StepPlan Generator::step() {
    throw wb::NotImplemented("1.13");
}

bool Generator::done() const {
    throw wb::NotImplemented("1.13");
}

// TODO(1.13): prompt, then again and again: log_softmax, select_beams, BeamGroup::step, copies, one call of the model.
//   Ask:      new beam i continues old beam parents[i]. What besides its blocks does it continue?
//   Traps:    the last selection takes no step, for nothing is computed after it. Copies come before the new slots are
//             written. On OutOfBlocks the group frees its beams before the error goes on.
std::vector<Beam> generate_beams(CharModel& model, PagedStore& store, BlockAllocator& allocator, int block_size,
                                 const std::vector<int>& prompt, int width, int num_new_tokens,
                                 const std::function<void(const std::vector<BlockTable>&)>& after_step) {
    throw wb::NotImplemented("1.13");
}

PrefixGenerator::PrefixGenerator(CharModel& model, int num_blocks, int block_size)
    : model_(&model),
      block_size_(block_size),
      allocator_(num_blocks),
      cache_(allocator_, block_size),
      store_(model.sizes(), num_blocks, block_size) {}

// TODO(1.13): start from the cached blocks, compute the rest, leave what you computed in the cache.
//   Start:    start_sequence gives you a table with the cached blocks in it, and slots for the tokens that are left.
//   Ask:      the cache had 32 of 40 tokens. Which positions are computed? From which row is the first new token chosen?
//   Traps:    the pool may be full of blocks that only the cache holds: make room before you append a token. The last new token has
//             no keys and values: it does not belong to what the cache learns. Free the table when the cache has its blocks.
std::vector<int> PrefixGenerator::generate(const GenerationRequest& request) {
    throw wb::NotImplemented("1.13");
}

}  // namespace wb
