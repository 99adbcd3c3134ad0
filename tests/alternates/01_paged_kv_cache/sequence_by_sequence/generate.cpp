// NOTE: One call of the model for each sequence, a beam search's prompt in two halves; room for a whole continuation at once.
#include "generate.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace wb {
namespace {

/// The logits after a table's last token, given that `cached` tokens are in the cache.
std::vector<float> compute(CharModel& model, PagedStore& store, const BlockTable& table,
                           const std::vector<int>& sequence, int cached) {
    PagedBatch batch;
    batch.add(table, sequence, cached);
    store.begin(batch);
    const Tensor<2> logits = model.logits(batch.tokens, batch.positions, store);
    return {logits.data() + (batch.size() - 1) * logits.shape(1), logits.data() + logits.size()};
}

template <class Container>
bool contains(const Container& container, std::int64_t id) {
    return std::find(container.begin(), container.end(), id) != container.end();
}

}  // namespace

Generator::Generator(CharModel& model, const SchedulerOptions& options)
    : model_(&model),
      scheduler_(options),
      store_(model.sizes(), options.num_gpu_blocks, options.block_size),
      cpu_store_(model.sizes(), options.num_cpu_blocks, options.block_size) {}

void Generator::add(const GenerationRequest& request) {
    scheduler_.add(
        {request.id, static_cast<int>(request.prompt.size()), request.max_new_tokens, request.num_sequences});
    GeneratedText text;
    text.request = request;
    text.sequences.resize(static_cast<std::size_t>(request.num_sequences));
    text.ended.resize(text.sequences.size());
    texts_.insert_or_assign(request.id, text);
}

StepPlan Generator::step() {
    StepPlan plan = scheduler_.step();
    for (const std::int64_t id : plan.rejected) texts_.at(id).rejected = true;
    cpu_store_.copy_from(store_, plan.swap_out);
    store_.copy_from(cpu_store_, plan.swap_in);
    for (const BlockCopy& copy : plan.copies) store_.copy({copy});
    const std::set<Slot> slots(plan.slot_mapping.begin(), plan.slot_mapping.end());

    std::vector<std::pair<std::int64_t, int>> ended;
    for (const std::int64_t id : plan.running) {
        GeneratedText& text = texts_.at(id);
        std::vector<float> prompt_logits;
        for (std::size_t s = 0; s < text.sequences.size(); ++s) {
            if (text.ended[s]) continue;
            std::vector<int> sequence = text.request.prompt;
            sequence.insert(sequence.end(), text.sequences[s].begin(), text.sequences[s].end());
            std::vector<float> logits = prompt_logits;
            if (logits.empty()) {
                const BlockTable& table = scheduler_.table(id, static_cast<int>(s));
                int cached = 0;  // a dropped sequence computes its first token again; a swapped one only its last
                if (!contains(plan.admitted, id) && (table.num_tokens() == 1 || !slots.contains(table.slot(0))))
                    cached = table.num_tokens() - 1;
                logits = compute(*model_, store_, table, sequence, cached);
            }
            if (contains(plan.admitted, id)) prompt_logits = logits;
            const Choice choice =
                choose_token(logits, text.request.sampling, id, static_cast<int>(s), static_cast<int>(sequence.size()));
            text.sequences[s].push_back(choice.token);
            if (choice.token == text.request.stop_token ||
                text.sequences[s].size() >= static_cast<std::size_t>(text.request.max_new_tokens)) {
                text.ended[s] = true;
                ended.emplace_back(id, static_cast<int>(s));
            }
        }
    }
    for (const auto& [id, sequence] : ended) scheduler_.finish(id, sequence);
    return plan;
}

bool Generator::done() const {
    return scheduler_.waiting().empty() && scheduler_.running().empty() && scheduler_.preempted().empty();
}

std::vector<Beam> generate_beams(CharModel& model, PagedStore& store, BlockAllocator& allocator, int block_size,
                                 const std::vector<int>& prompt, int width, int num_new_tokens,
                                 const std::function<void(const std::vector<BlockTable>&)>& after_step) {
    BlockTable table(allocator, block_size);
    std::vector<Slot> slots;
    const int half = static_cast<int>(prompt.size()) / 2;
    table.append(half, slots);
    if (half > 0) compute(model, store, table, prompt, 0);
    try {
        table.append(static_cast<int>(prompt.size()) - half, slots);
    } catch (const OutOfBlocks&) {
        table.free();
        throw;
    }
    std::vector<std::vector<float>> logits{compute(model, store, table, prompt, half)};
    BeamGroup group(std::move(table));
    std::vector<Beam> beams{{{}, 0.0}};
    if (after_step) after_step(group.beams());
    for (int step = 0; step < num_new_tokens; ++step) {
        Tensor<2> next = zeros<2>({beams.size(), model.sizes().vocabulary});
        for (std::size_t b = 0; b < beams.size(); ++b) std::copy(logits[b].begin(), logits[b].end(), &next(b, 0));
        next = log_softmax(next);
        std::vector<double> log_probs;
        for (const Beam& beam : beams) log_probs.push_back(beam.log_prob);
        const std::vector<BeamChoice> chosen = select_beams(log_probs, next, width);
        std::vector<Beam> survivors;
        std::vector<int> parents;
        for (const BeamChoice& choice : chosen) {
            parents.push_back(choice.parent);
            survivors.push_back({beams[static_cast<std::size_t>(choice.parent)].tokens, choice.log_prob});
            survivors.back().tokens.push_back(choice.token);
        }
        beams = survivors;
        if (step + 1 == num_new_tokens) break;
        try {
            store.copy(group.step(parents, slots));
        } catch (const OutOfBlocks&) {
            group.free();
            throw;
        }
        logits.clear();
        for (std::size_t b = 0; b < beams.size(); ++b) {
            std::vector<int> sequence = prompt;
            sequence.insert(sequence.end(), beams[b].tokens.begin(), beams[b].tokens.end());
            const BlockTable& beam = group.beams()[b];
            logits.push_back(compute(model, store, beam, sequence, beam.num_tokens() - 1));
        }
        if (after_step) after_step(group.beams());
    }
    group.free();
    return beams;
}

PrefixGenerator::PrefixGenerator(CharModel& model, int num_blocks, int block_size)
    : model_(&model),
      block_size_(block_size),
      allocator_(num_blocks),
      cache_(allocator_, block_size),
      store_(model.sizes(), num_blocks, block_size) {}

std::vector<int> PrefixGenerator::generate(const GenerationRequest& request) {
    const std::size_t longest = request.prompt.size() + static_cast<std::size_t>(request.max_new_tokens) - 1;
    const auto size = static_cast<std::size_t>(block_size_);
    if (longest > size * static_cast<std::size_t>(allocator_.num_blocks())) throw OutOfBlocks("the pool is too small");
    PrefixMatch match = cache_.match(request.prompt);
    BlockTable table(allocator_, block_size_, match.blocks, match.num_tokens);
    cache_.make_room(static_cast<int>((longest + size - 1) / size - match.blocks.size()));  // for all that may come
    std::vector<int> sequence = request.prompt, fresh;
    std::vector<Slot> slots;
    while (true) {
        const int cached = table.num_tokens();
        table.append(static_cast<int>(sequence.size()) - cached, slots);
        const std::vector<float> logits = compute(*model_, store_, table, sequence, cached);
        cache_.insert(sequence, table.blocks());  // at once: every full block is computed by now
        fresh.push_back(choose_token(logits, request.sampling, request.id, 0, static_cast<int>(sequence.size())).token);
        if (fresh.back() == request.stop_token || fresh.size() >= static_cast<std::size_t>(request.max_new_tokens))
            break;
        sequence.push_back(fresh.back());
    }
    table.free();
    return fresh;
}

}  // namespace wb
