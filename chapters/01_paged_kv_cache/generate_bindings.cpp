/// @file
/// Drivers of exercise 1.13. The model is loaded for each question, so that its count of computed tokens starts from 0.
#include <algorithm>
#include <limits>
#include <numeric>

#include "generate.hpp"
#include "generate_probes.hpp"
#include "probe/worker.hpp"
#include "wb/dataset.hpp"

namespace wb {
namespace {

using probes::GenerationPool;
using probes::SequenceBlocks;

CharModel load_model() {
    return CharModel(read_safetensors(dataset("char_lm/sense_and_sensibility.safetensors")));
}

/// Fills the blocks that nobody holds with NaN, as another use of the memory might.
void spoil_free_blocks(PagedStore& store, const BlockAllocator& allocator) {
    for (KvCache& cache : store.layers()) {
        for (Tensor<4>* numbers : {&cache.k, &cache.v}) {
            const std::size_t blocks = numbers->shape(0), size = blocks == 0 ? 0 : numbers->size() / blocks;
            for (std::size_t block = 0; block < blocks; ++block) {
                if (allocator.ref_count(static_cast<BlockId>(block)) > 0) continue;
                std::fill_n(numbers->data() + block * size, size, std::numeric_limits<float>::quiet_NaN());
            }
        }
    }
}

int blocks_held(const BlockAllocator& allocator) {
    return allocator.num_blocks() - allocator.num_free();
}

SequenceBlocks blocks_of(const BlockTable& table, std::int64_t request, int sequence) {
    return {request, sequence, table.num_tokens(), table.blocks()};
}

probes::GenerationTrace run_generator(const std::vector<GenerationRequest>& requests, const GenerationPool& pool) {
    CharModel model = load_model();
    Generator generator(model, {.block_size = pool.block_size,
                                .num_gpu_blocks = pool.num_gpu_blocks,
                                .num_cpu_blocks = pool.num_cpu_blocks,
                                .preemption = pool.swap ? Preemption::swap : Preemption::recompute});
    for (const GenerationRequest& request : requests) generator.add(request);
    probes::GenerationTrace trace;
    while (!(trace.done = generator.done()) && trace.steps.size() < probes::most_steps) {
        const StepPlan plan = generator.step();
        spoil_free_blocks(generator.store(), generator.scheduler().gpu());
        probes::GenerationStep& step = trace.steps.emplace_back();
        step.resumed = plan.resumed;
        step.preempted = plan.preempted;
        step.swapped_out = static_cast<int>(plan.swap_out.size());
        step.swapped_in = static_cast<int>(plan.swap_in.size());
        step.copies = static_cast<int>(plan.copies.size());
        trace.rejected.insert(trace.rejected.end(), plan.rejected.begin(), plan.rejected.end());
        for (const std::int64_t id : generator.scheduler().running()) {
            const GeneratedText& text = generator.text(id);
            for (int sequence = 0; sequence < text.request.num_sequences; ++sequence) {
                if (text.ended.at(static_cast<std::size_t>(sequence))) continue;
                step.tables.push_back(blocks_of(generator.scheduler().table(id, sequence), id, sequence));
            }
        }
    }
    for (const GenerationRequest& request : requests) trace.texts.push_back(generator.text(request.id).sequences);
    trace.gpu_blocks_held = blocks_held(generator.scheduler().gpu());
    trace.cpu_blocks_held = blocks_held(generator.scheduler().cpu());
    trace.tokens_computed = model.tokens_computed();
    return trace;
}

probes::BeamSearchTrace run_beams(const std::vector<int>& prompt, int width, int num_new_tokens,
                                  const GenerationPool& pool) {
    CharModel model = load_model();
    PagedStore store(model.sizes(), pool.num_gpu_blocks, pool.block_size);
    BlockAllocator allocator(pool.num_gpu_blocks);
    probes::BeamSearchTrace trace;
    trace.beams = generate_beams(model, store, allocator, pool.block_size, prompt, width, num_new_tokens,
                                 [&](const std::vector<BlockTable>& tables) {
                                     auto& step = trace.steps.emplace_back();
                                     for (const BlockTable& table : tables)
                                         step.push_back(blocks_of(table, 0, static_cast<int>(step.size())));
                                     spoil_free_blocks(store, allocator);
                                 });
    trace.blocks_held = blocks_held(allocator);
    trace.tokens_computed = model.tokens_computed();
    return trace;
}

std::vector<probes::PrefixStep> run_prefixes(const std::vector<GenerationRequest>& requests,
                                             const GenerationPool& pool) {
    CharModel model = load_model();
    PrefixGenerator generator(model, pool.num_gpu_blocks, pool.block_size);
    std::vector<probes::PrefixStep> steps;
    for (const GenerationRequest& request : requests) {
        const std::int64_t before = model.tokens_computed();
        probes::PrefixStep& step = steps.emplace_back();
        step.tokens = generator.generate(request);
        step.tokens_computed = model.tokens_computed() - before;
        step.num_free = generator.allocator().num_free();
        step.num_cached = generator.cache().num_cached();
        step.num_evictable = generator.cache().num_evictable();
        spoil_free_blocks(generator.store(), generator.allocator());
    }
    return steps;
}

/// A table whose blocks lie scattered over the pool: 5, 12, 19, .. for a pool whose size has no factor 7.
BlockTable scattered(BlockAllocator& allocator, int block_size, int num_tokens) {
    std::vector<BlockId> all, blocks;
    while (allocator.num_free() > 0) all.push_back(allocator.allocate());
    std::ranges::sort(all);
    const std::size_t needed = static_cast<std::size_t>((num_tokens + block_size - 1) / block_size);
    for (std::size_t i = 0; i < needed; ++i) blocks.push_back(all.at((5 + 7 * i) % all.size()));
    for (const BlockId block : all) {
        if (std::ranges::find(blocks, block) == blocks.end()) allocator.release(block);
    }
    return {allocator, block_size, blocks, num_tokens};
}

Tensor<2> paged_logits(const std::vector<int>& tokens, int split, bool swap, const GenerationPool& pool) {
    CharModel model = load_model();
    BlockAllocator allocator(pool.num_gpu_blocks);
    PagedStore store(model.sizes(), pool.num_gpu_blocks, pool.block_size);
    const auto run = [&](const BlockTable& table, int first) {
        PagedBatch batch;
        batch.add(table, tokens, first);
        store.begin(batch);
        return model.logits(batch.tokens, batch.positions, store);
    };
    const int length = static_cast<int>(tokens.size());
    BlockTable table = scattered(allocator, pool.block_size, length);
    std::vector<BlockId> blocks = table.blocks();
    const std::size_t used = static_cast<std::size_t>((split + pool.block_size - 1) / pool.block_size);
    const BlockTable start(allocator, pool.block_size,
                           {blocks.begin(), blocks.begin() + static_cast<std::ptrdiff_t>(used)}, split);
    const Tensor<2> first = run(start, 0);
    if (swap) {  // out to blocks 0, 1, 2, .. of another store, then back into the sequence's blocks in reverse order
        PagedStore other(model.sizes(), pool.num_cpu_blocks, pool.block_size);
        std::vector<BlockCopy> out, in;
        for (std::size_t i = 0; i < used; ++i) out.push_back({blocks[i], static_cast<BlockId>(i)});
        other.copy_from(store, out);
        std::ranges::reverse(blocks);
        for (std::size_t i = 0; i < used; ++i) in.push_back({static_cast<BlockId>(i), blocks[i]});
        spoil_free_blocks(store, BlockAllocator(pool.num_gpu_blocks));
        store.copy_from(other, in);
        table = BlockTable(allocator, pool.block_size, blocks, length);
    }
    const Tensor<2> second = run(table, split);
    Tensor<2> all(std::array{first.shape(0) + second.shape(0), model.sizes().vocabulary});
    std::copy_n(first.data(), first.size(), all.data());
    std::copy_n(second.data(), second.size(), all.data() + first.size());
    return all;
}

}  // namespace

WB_BIND(generate) {
    worker.bind(probes::generate, &run_generator);
    worker.bind(probes::generate_beams, &run_beams);
    worker.bind(probes::generate_with_prefixes, &run_prefixes);
    worker.bind(probes::paged_logits, &paged_logits);
}

}  // namespace wb
