/// @file
/// Exercise 1.13: text through the paged cache. The contract is chapters/01_paged_kv_cache/generate.hpp.
#include "generate.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace wb {
// SOLUTION BEGIN 1.13 removed
namespace {

/// One call of the model: a row of logits for each token of the batch.
Tensor<2> compute(CharModel& model, PagedStore& store, const PagedBatch& batch) {
    store.begin(batch);
    return model.logits(batch.tokens, batch.positions, store);
}

std::span<const float> row(const Tensor<2>& logits, std::size_t i) {
    return {logits.data() + i * logits.shape(1), logits.shape(1)};
}

/// Prompt and continuation as one sequence.
std::vector<int> joined(const std::vector<int>& prompt, const std::vector<int>& continuation) {
    std::vector<int> tokens = prompt;
    tokens.insert(tokens.end(), continuation.begin(), continuation.end());
    return tokens;
}

/// The position whose slot is `slot`: where the tokens that a sequence computes in this step begin.
int position_of(const BlockTable& table, Slot slot) {
    int position = table.num_tokens() - 1;
    while (table.slot(position) != slot) --position;  // ends in std::out_of_range if the slot is not the table's
    return position;
}

}  // namespace
// SOLUTION END

// TODO(1.13): a scheduler and a store for each of its pools.
Generator::Generator(CharModel& model, const SchedulerOptions& options)
    : model_(&model),
      scheduler_(options),
      store_(model.sizes(), options.num_gpu_blocks, options.block_size),
      cpu_store_(model.sizes(), options.num_cpu_blocks, options.block_size) {}

// TODO(1.13): tell the scheduler what it needs to know, which is no text; keep the text.
//   Traps:    the scheduler refuses what is wrong: ask it first.
void Generator::add(const GenerationRequest& request) {
    // SOLUTION BEGIN 1.13
    scheduler_.add({.id = request.id,
                    .prompt_len = static_cast<int>(request.prompt.size()),
                    .max_new_tokens = request.max_new_tokens,
                    .num_sequences = request.num_sequences});
    const auto num_sequences = static_cast<std::size_t>(request.num_sequences);
    texts_[request.id] = {.request = request,
                          .sequences = std::vector<std::vector<int>>(num_sequences),
                          .ended = std::vector<bool>(num_sequences, false)};
    // SOLUTION END
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
    // SOLUTION BEGIN 1.13
    StepPlan plan = scheduler_.step();
    for (const std::int64_t id : plan.rejected) texts_.at(id).rejected = true;
    cpu_store_.copy_from(store_, plan.swap_out);
    store_.copy_from(cpu_store_, plan.swap_in);
    store_.copy(plan.copies);

    /// A sequence that gets a token in this step, and the row of logits that it is chosen from.
    struct Chooser {
        std::int64_t id;
        int sequence;
        std::size_t row;
    };
    std::vector<Chooser> choosers;
    PagedBatch batch;
    for (const std::int64_t id : plan.running) {
        const GeneratedText& text = texts_.at(id);
        const bool admitted = std::ranges::find(plan.admitted, id) != plan.admitted.end();
        for (int sequence = 0; sequence < text.request.num_sequences; ++sequence) {
            if (text.ended[static_cast<std::size_t>(sequence)]) continue;
            if (!admitted || sequence == 0) {  // the other samples share the prompt's last row
                const BlockTable& table = scheduler_.table(id, sequence);
                batch.add(table, joined(text.request.prompt, text.sequences[static_cast<std::size_t>(sequence)]),
                          position_of(table, plan.slot_mapping.at(batch.size())));
            }
            choosers.push_back({id, sequence, batch.size() - 1});
        }
    }
    if (choosers.empty()) return plan;

    const Tensor<2> logits = compute(*model_, store_, batch);
    for (const Chooser& chooser : choosers) {
        GeneratedText& text = texts_.at(chooser.id);
        std::vector<int>& tokens = text.sequences[static_cast<std::size_t>(chooser.sequence)];
        const int position = static_cast<int>(text.request.prompt.size() + tokens.size());
        const int token =
            choose_token(row(logits, chooser.row), text.request.sampling, chooser.id, chooser.sequence, position).token;
        tokens.push_back(token);
        if (token == text.request.stop_token || static_cast<int>(tokens.size()) == text.request.max_new_tokens) {
            text.ended[static_cast<std::size_t>(chooser.sequence)] = true;
            scheduler_.finish(chooser.id, chooser.sequence);
        }
    }
    return plan;
    // SOLUTION END
}

bool Generator::done() const {
    // SOLUTION BEGIN 1.13
    return std::ranges::all_of(texts_, [](const auto& entry) {
        const GeneratedText& text = entry.second;
        return text.rejected || std::ranges::find(text.ended, false) == text.ended.end();
    });
    // SOLUTION END
}

// TODO(1.13): prompt, then again and again: log_softmax, select_beams, BeamGroup::step, copies, one call of the model.
//   Ask:      new beam i continues old beam parents[i]. What besides its blocks does it continue?
//   Traps:    the last selection takes no step, for nothing is computed after it. Copies come before the new slots are
//             written. On OutOfBlocks the group frees its beams before the error goes on.
std::vector<Beam> generate_beams(CharModel& model, PagedStore& store, BlockAllocator& allocator, int block_size,
                                 const std::vector<int>& prompt, int width, int num_new_tokens,
                                 const std::function<void(const std::vector<BlockTable>&)>& after_step) {
    // SOLUTION BEGIN 1.13
    BlockTable table(allocator, block_size);
    std::vector<Slot> slots;
    table.append(static_cast<int>(prompt.size()), slots);
    PagedBatch batch;
    batch.add(table, prompt, 0);
    BeamGroup group(std::move(table));
    std::vector<Beam> beams(1);
    try {
        for (int step = 0; step < num_new_tokens; ++step) {
            const Tensor<2> all = log_softmax(compute(model, store, batch));
            if (after_step) after_step(group.beams());
            Tensor<2> next(
                std::array{beams.size(), all.shape(1)});  // each beam's last row: the prompt has more than one
            std::copy_n(all.data() + (all.shape(0) - beams.size()) * all.shape(1), next.size(), next.data());
            std::vector<double> log_probs;
            for (const Beam& beam : beams) log_probs.push_back(beam.log_prob);

            std::vector<Beam> children;
            std::vector<int> parents;
            for (const BeamChoice& choice : select_beams(log_probs, next, width)) {
                Beam child{beams[static_cast<std::size_t>(choice.parent)].tokens, choice.log_prob};
                child.tokens.push_back(choice.token);
                children.push_back(std::move(child));
                parents.push_back(choice.parent);
            }
            beams = std::move(children);
            if (step + 1 == num_new_tokens) break;

            store.copy(group.step(parents, slots));
            batch = {};
            for (std::size_t i = 0; i < beams.size(); ++i) {
                const BlockTable& beam = group.beams()[i];
                batch.add(beam, joined(prompt, beams[i].tokens), beam.num_tokens() - 1);
            }
        }
    } catch (...) {
        group.free();
        throw;
    }
    group.free();
    return beams;
    // SOLUTION END
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
    // SOLUTION BEGIN 1.13
    const int longest = static_cast<int>(request.prompt.size()) + request.max_new_tokens - 1;
    if ((longest + block_size_ - 1) / block_size_ > allocator_.num_blocks()) {
        throw OutOfBlocks("prefix generator: " + std::to_string(longest) + " tokens do not fit into " +
                          std::to_string(allocator_.num_blocks()) + " KV blocks of " + std::to_string(block_size_));
    }
    std::vector<int> sequence = request.prompt;
    std::vector<Slot> slots;
    BlockTable table = cache_.start_sequence(sequence, slots);
    int first = table.num_tokens() - static_cast<int>(slots.size());
    while (true) {
        PagedBatch batch;
        batch.add(table, sequence, first);
        const Tensor<2> logits = compute(*model_, store_, batch);
        const int token = choose_token(row(logits, batch.size() - 1), request.sampling, request.id, 0,
                                       static_cast<int>(sequence.size()))
                              .token;
        const bool last = token == request.stop_token || static_cast<int>(sequence.size()) == longest;
        if (last) cache_.insert(sequence, table.blocks());
        sequence.push_back(token);
        if (last) break;
        first = table.num_tokens();
        cache_.make_room(table.blocks_needed(1));
        table.append(1, slots);
    }
    table.free();
    return {sequence.begin() + static_cast<std::ptrdiff_t>(request.prompt.size()), sequence.end()};
    // SOLUTION END
}

}  // namespace wb
