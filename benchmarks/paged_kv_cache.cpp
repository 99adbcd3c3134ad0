/// @file
/// What the bookkeeping of the paged KV cache costs (exercises 1.1 to 1.4, the reference), on one core.
/// Goals: at least 20 million tokens a second, one token a call; a fork in time proportional to the table's blocks, whatever
/// they hold; at most 32 bytes for each block of the pool, and 4 for each entry of a table. The rival of an append is the least
/// that any bookkeeping must do, in the same run: writing the token's slot to a vector.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdint>
#include <vector>

#include "beam_search.hpp"
#include "block_allocator.hpp"
#include "block_table.hpp"

namespace {

using namespace wb;

constexpr int block_size = 16, sequence_len = 1024;

void count_tokens(benchmark::State& state, double tokens_an_iteration) {
    state.counters["tokens/s"] = benchmark::Counter(tokens_an_iteration, benchmark::Counter::kIsIterationInvariantRate);
}

/// Decoding: each of `sequences` grows by one token in turn, to 1,024 tokens; then all are freed.
void AppendOneTokenACall(benchmark::State& state) {
    const auto sequences = static_cast<std::size_t>(state.range(0));
    BlockAllocator pool(static_cast<int>(sequences) * sequence_len / block_size);
    std::vector<BlockTable> tables;
    for (std::size_t n = 0; n < sequences; ++n) tables.emplace_back(pool, block_size);
    std::vector<Slot> slot_mapping;
    for ([[maybe_unused]] auto _ : state) {
        for (int step = 0; step < sequence_len; ++step) {
            slot_mapping.clear();
            for (BlockTable& table : tables) table.append(1, slot_mapping);
            benchmark::DoNotOptimize(slot_mapping.data());
        }
        for (BlockTable& table : tables) table.free();
    }
    count_tokens(state, static_cast<double>(sequences) * sequence_len);
}
BENCHMARK(AppendOneTokenACall)->ArgName("sequences")->Arg(1)->Arg(16)->Arg(256);

/// The same by way of exercise 1.3: nothing is shared, but it has to be asked.
void AppendOneTokenACallCopyOnWrite(benchmark::State& state) {
    const auto sequences = static_cast<std::size_t>(state.range(0));
    BlockAllocator pool(static_cast<int>(sequences) * sequence_len / block_size);
    std::vector<BlockTable> tables;
    for (std::size_t n = 0; n < sequences; ++n) tables.emplace_back(pool, block_size);
    std::vector<Slot> slot_mapping;
    for ([[maybe_unused]] auto _ : state) {
        for (int step = 0; step < sequence_len; ++step) {
            slot_mapping.clear();
            for (BlockTable& table : tables) benchmark::DoNotOptimize(table.append_copy_on_write(1, slot_mapping));
            benchmark::DoNotOptimize(slot_mapping.data());
        }
        for (BlockTable& table : tables) table.free();
    }
    count_tokens(state, static_cast<double>(sequences) * sequence_len);
}
BENCHMARK(AppendOneTokenACallCopyOnWrite)->ArgName("sequences")->Arg(16)->Arg(256);

/// The rival: a slot a token and nothing else.
void WriteOneSlotATime(benchmark::State& state) {
    std::vector<Slot> slot_mapping;
    for ([[maybe_unused]] auto _ : state) {
        slot_mapping.clear();
        for (Slot slot = 0; slot < sequence_len; ++slot) {
            slot_mapping.push_back(slot);
            benchmark::DoNotOptimize(slot_mapping.data());
        }
    }
    count_tokens(state, sequence_len);
}
BENCHMARK(WriteOneSlotATime);

/// A prompt in one call.
void AppendAPrompt(benchmark::State& state) {
    BlockAllocator pool(sequence_len / block_size);
    BlockTable table(pool, block_size);
    std::vector<Slot> slot_mapping;
    for ([[maybe_unused]] auto _ : state) {
        slot_mapping.clear();
        table.append(sequence_len, slot_mapping);
        benchmark::DoNotOptimize(slot_mapping.data());
        table.free();
    }
    count_tokens(state, sequence_len);
}
BENCHMARK(AppendAPrompt);

/// Fork and free of a table of so many blocks: the time is one of blocks (complexity N), not of tokens.
void Fork(benchmark::State& state) {
    const int blocks = static_cast<int>(state.range(0));
    BlockAllocator pool(blocks);
    BlockTable table(pool, block_size);
    std::vector<Slot> slot_mapping;
    table.append(blocks * block_size, slot_mapping);
    for ([[maybe_unused]] auto _ : state) {
        BlockTable second = table.fork();
        benchmark::DoNotOptimize(second.blocks().data());
        second.free();
    }
    state.SetComplexityN(blocks);
    state.counters["blocks/s"] = benchmark::Counter(blocks, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(Fork)->RangeMultiplier(4)->Range(16, 16384)->Complexity(benchmark::oN);

/// A step of beam search: half of the beams have two children, half none.
void BeamStep(benchmark::State& state) {
    const int width = static_cast<int>(state.range(0)), prompt_len = static_cast<int>(state.range(1));
    std::vector<int> parents;
    for (int beam = 0; beam < width; ++beam) parents.push_back(beam / 2);
    BlockAllocator pool((prompt_len + 2 * sequence_len * width) / block_size);
    std::vector<Slot> slot_mapping;
    std::int64_t steps = 0;
    for ([[maybe_unused]] auto _ : state) {
        BlockTable prompt(pool, block_size);
        slot_mapping.clear();
        prompt.append(prompt_len, slot_mapping);
        BeamGroup group(std::move(prompt));
        group.step(std::vector<int>(static_cast<std::size_t>(width), 0), slot_mapping);
        for (int step = 0; step < 64; ++step) group.step(parents, slot_mapping);
        group.free();
        steps += 64;
    }
    state.counters["steps/s"] = benchmark::Counter(static_cast<double>(steps), benchmark::Counter::kIsRate);
}
BENCHMARK(BeamStep)->ArgNames({"width", "prompt"})->Args({4, 128})->Args({4, 2048});

/// Bytes that the process has from malloc.
double allocated_bytes() {
    const struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd);
}

/// What a pool of 2^20 blocks and a table of so many entries keep in memory, as malloc sees it. The table grows one block a
/// call, so its vector has room for up to twice its entries: 2^20 entries show the best case, 2^19 + 1 the worst. The goal of
/// 32 N + 4 E bytes (N blocks, E entries) holds in the worst case too, 8 N + 8 E, while E <= 6 N: blocks shared by six on average.
void Memory(benchmark::State& state) {
    constexpr int blocks = 1 << 20;
    const int entries = static_cast<int>(state.range(0));
    double pool_bytes = 0, table_bytes = 0, fork_bytes = 0;
    for ([[maybe_unused]] auto _ : state) {
        std::vector<Slot> slot_mapping;
        slot_mapping.reserve(block_size);
        const double before = allocated_bytes();
        BlockAllocator pool(blocks);
        pool_bytes = allocated_bytes() - before;
        BlockTable table(pool, block_size);
        for (int block = 0; block < entries; ++block) {
            slot_mapping.clear();
            table.append(block_size, slot_mapping);
        }
        table_bytes = allocated_bytes() - before - pool_bytes;
        BlockTable second = table.fork();
        fork_bytes = allocated_bytes() - before - pool_bytes - table_bytes;
        second.free();
        table.free();
    }
    state.counters["pool_bytes/block"] = pool_bytes / blocks;
    state.counters["table_bytes/entry"] = table_bytes / entries;
    state.counters["fork_bytes/entry"] = fork_bytes / entries;
}
BENCHMARK(Memory)->ArgName("entries")->Arg(1 << 20)->Arg((1 << 19) + 1)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
