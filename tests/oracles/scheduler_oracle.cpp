#include "scheduler_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <set>

namespace wb::oracle {
namespace {

using Tag = std::int64_t;

struct Sequence {
    std::vector<Tag> blocks;  ///< nowhere when ended or dropped
    int cached = 0;           ///< tokens whose keys and values exist, or existed before the group was dropped
    int left = 0;             ///< tokens yet to generate; 0: ended
};

enum class Where { waiting, gpu, cpu, dropped, gone };

struct Group {
    Request request;
    std::vector<Sequence> sequences;
    Where where = Where::waiting;

    [[nodiscard]] std::set<Tag> tags() const {
        std::set<Tag> all;
        for (const Sequence& s : sequences) all.insert(s.blocks.begin(), s.blocks.end());
        return all;
    }
    [[nodiscard]] int unfinished() const {
        return static_cast<int>(
            std::count_if(sequences.begin(), sequences.end(), [](const Sequence& s) { return s.left > 0; }));
    }
};

class Simulation {
 public:
    Simulation(const SchedulerOptions& options, const SchedulerFlaws& flaws)
        : options_(options),
          flaws_(flaws),
          watermark_(static_cast<int>(std::ceil(options.watermark * options.num_gpu_blocks))) {}

    void arrive(const RequestArrival& arrival) {
        Group group{arrival.request, {}, Where::waiting};
        for (const int length : arrival.lengths) group.sequences.push_back({{}, 0, length});
        groups_.push_back(std::move(group));
    }

    StepDecision step() {
        decision_ = {};
        append_or_preempt();
        if (decision_.preempted.empty()) resume();
        if (flaws_.admits_while_preempted || !any_preempted()) admit();
        decision_.gpu_free = gpu_free();
        decision_.cpu_free = cpu_free();
        return decision_;
    }

    /// Every sequence that ran has one token more.
    void generate() {
        for (Group& group : groups_) {
            if (!ran(group)) continue;
            for (Sequence& s : group.sequences) {
                if (s.left > 0 && --s.left == 0) s.blocks.clear();
            }
            if (group.unfinished() == 0) group.where = Where::gone;
        }
    }

    [[nodiscard]] bool idle() const {
        return std::all_of(groups_.begin(), groups_.end(), [](const Group& g) { return g.where == Where::gone; });
    }

 private:
    [[nodiscard]] bool ran(const Group& group) const {
        const auto& ids = decision_.running;
        return group.where == Where::gpu && std::find(ids.begin(), ids.end(), group.request.id) != ids.end();
    }
    [[nodiscard]] int blocks_in(Where where) const {
        int blocks = 0;
        for (const Group& group : groups_) {
            if (group.where == where) blocks += swap_size(group, where == Where::cpu);
        }
        return blocks;
    }
    [[nodiscard]] int swap_size(const Group& group, bool in_cpu) const {
        if (!(in_cpu && flaws_.shared_blocks_swapped_once_each)) return static_cast<int>(group.tags().size());
        int blocks = 0;
        for (const Sequence& s : group.sequences) blocks += static_cast<int>(s.blocks.size());
        return blocks;
    }
    [[nodiscard]] int gpu_free() const { return options_.num_gpu_blocks - blocks_in(Where::gpu); }
    [[nodiscard]] int cpu_free() const { return options_.num_cpu_blocks - blocks_in(Where::cpu); }
    [[nodiscard]] bool any_preempted() const {
        return std::any_of(groups_.begin(), groups_.end(),
                           [](const Group& g) { return g.where == Where::cpu || g.where == Where::dropped; });
    }
    [[nodiscard]] int blocks_for(std::int64_t tokens) const {
        return static_cast<int>((tokens + options_.block_size - 1) / options_.block_size);
    }

    /// The group as it is after one more token for each sequence, and how many blocks were copied for that.
    std::pair<Group, int> appended(Group group) {
        int copied = 0;
        for (std::size_t i = 0; i < group.sequences.size(); ++i) {
            Sequence& s = group.sequences[i];
            if (s.left == 0) continue;
            if (s.cached % options_.block_size == 0) {
                s.blocks.push_back(next_tag_++);
            } else {
                const Tag last = s.blocks.back();
                const bool shared = std::any_of(group.sequences.begin(), group.sequences.end(), [&](const Sequence& t) {
                    return &t != &s && std::find(t.blocks.begin(), t.blocks.end(), last) != t.blocks.end();
                });
                if (shared) {
                    s.blocks.back() = next_tag_++;
                    ++copied;
                }
            }
            ++s.cached;
        }
        return {std::move(group), copied};
    }

    [[nodiscard]] int need(const Group& before, const Group& after) const {
        int blocks = static_cast<int>(after.tags().size() - before.tags().size());
        if (flaws_.copy_for_every_sharer) {
            std::map<Tag, int> writers;
            for (const Sequence& s : before.sequences) {
                if (s.left > 0 && s.cached % options_.block_size != 0) ++writers[s.blocks.back()];
            }
            for (const auto& [tag, count] : writers) blocks += count > 1 ? 1 : 0;
        }
        return blocks;
    }

    void compute(Group& group, int slots) {
        decision_.running.push_back(group.request.id);
        decision_.slots += slots;
    }

    void append_or_preempt() {
        std::vector<Group*> running;
        for (Group& group : groups_) {
            if (group.where == Where::gpu) running.push_back(&group);
        }
        for (std::size_t i = 0; i < running.size(); ++i) {
            Group& group = *running[i];
            auto [after, copied] = appended(group);
            const int kept = flaws_.watermark_on_append ? watermark_ : 0;
            while (i < running.size() && need(group, after) + kept > gpu_free()) {
                preempt(*running.back());
                running.pop_back();
            }
            if (i == running.size()) break;
            group = std::move(after);
            decision_.copied += copied;
            compute(group, group.unfinished());
        }
    }

    void preempt(Group& group) {
        const bool swaps =
            options_.preemption == Preemption::swap || (group.unfinished() > 1 && !flaws_.groups_are_recomputed);
        const int size = swap_size(group, true);
        if (swaps && size <= cpu_free()) {
            group.where = Where::cpu;
            decision_.swapped_out += size;
        } else {
            group.where = Where::dropped;
            for (Sequence& s : group.sequences) s.blocks.clear();
        }
        decision_.preempted.insert(decision_.preempted.begin(), group.request.id);
    }

    void resume() {
        const int kept = flaws_.no_watermark_on_resumption ? 0 : watermark_;
        for (Group& group : groups_) {
            if (group.where != Where::cpu && group.where != Where::dropped) continue;
            const bool swapped = group.where == Where::cpu;
            int blocks = swapped ? swap_size(group, true) : 0, tokens = 0;
            for (const Sequence& s : group.sequences) {
                if (s.left == 0 || swapped) continue;
                blocks += blocks_for(s.cached + 1);
                tokens += s.cached + 1;
            }
            const int more = flaws_.no_block_more ? 0 : group.unfinished();
            if (blocks + more + kept > gpu_free()) return;
            if (swapped) {
                decision_.swapped_in += blocks;
                const auto [after, copied] = appended(group);
                group = after;
                decision_.copied += copied;
                tokens = group.unfinished();
            } else {
                for (Sequence& s : group.sequences) {
                    if (s.left == 0) continue;
                    ++s.cached;
                    while (static_cast<int>(s.blocks.size()) < blocks_for(s.cached)) s.blocks.push_back(next_tag_++);
                }
            }
            group.where = Where::gpu;
            decision_.resumed.push_back(group.request.id);
            compute(group, tokens);
        }
    }

    void admit() {
        for (Group& group : groups_) {
            if (group.where != Where::waiting) continue;
            const Request& r = group.request;
            const std::int64_t most = std::int64_t{r.prompt_len} + r.max_new_tokens;
            const std::int64_t alone = (most + options_.block_size - 1) / options_.block_size + 1;
            if (r.num_sequences > options_.max_sequences ||
                r.num_sequences * alone + watermark_ > options_.num_gpu_blocks) {
                group.where = Where::gone;
                decision_.rejected.push_back(r.id);
                continue;
            }
            int sequences = r.num_sequences;
            for (const Group& other : groups_) {
                if (other.where != Where::gpu) continue;
                sequences += flaws_.ended_sequences_count ? other.request.num_sequences : other.unfinished();
            }
            const int more = flaws_.no_block_more ? 0 : r.num_sequences;
            const int kept = flaws_.no_watermark_on_admission ? 0 : watermark_;
            if (blocks_for(r.prompt_len) + more + kept > gpu_free() || sequences > options_.max_sequences) {
                if (flaws_.skips_what_does_not_fit) continue;
                return;
            }
            std::vector<Tag> prompt;
            while (static_cast<int>(prompt.size()) < blocks_for(r.prompt_len)) prompt.push_back(next_tag_++);
            for (Sequence& s : group.sequences) {
                s.blocks = prompt;
                s.cached = r.prompt_len;
            }
            group.where = Where::gpu;
            decision_.admitted.push_back(r.id);
            compute(group, r.prompt_len);
        }
    }

    SchedulerOptions options_;
    SchedulerFlaws flaws_;
    int watermark_;
    Tag next_tag_ = 0;
    std::deque<Group> groups_;  ///< in order of arrival; a deque, since references to groups are kept while it grows
    StepDecision decision_;
};

}  // namespace

std::vector<StepDecision> serve(const SchedulerOptions& options, const std::vector<RequestArrival>& arrivals,
                                int most_steps, const SchedulerFlaws& flaws) {
    Simulation simulation(options, flaws);
    std::vector<StepDecision> decisions;
    std::size_t next = 0;
    for (int step = 0; step < most_steps; ++step) {
        for (; next < arrivals.size() && arrivals[next].step <= step; ++next) simulation.arrive(arrivals[next]);
        decisions.push_back(simulation.step());
        simulation.generate();
        if (next == arrivals.size() && simulation.idle()) break;
    }
    return decisions;
}

}  // namespace wb::oracle
