#include "schedule_replay.hpp"

#include <algorithm>
#include <set>

#include "pool_model.hpp"

namespace wb {

using model::list;
using probes::GroupTables;
using probes::SchedulerSnapshot;

namespace {

std::string group_words(std::int64_t id) {
    return "group " + std::to_string(id);
}

bool contains(const std::vector<std::int64_t>& ids, std::int64_t id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

std::string words(const TokenName& token) {
    if (token.position < 0) return "nothing";
    const std::string which = "token " + std::to_string(token.position) + " of group " + std::to_string(token.group);
    return token.sequence < 0 ? which + " (its prompt)" : which + ", sequence " + std::to_string(token.sequence);
}

std::string words(const StepPlan& plan) {
    std::string text = "running " + list(plan.running);
    const std::pair<const char*, const std::vector<std::int64_t>*> others[] = {{"admitted", &plan.admitted},
                                                                               {"resumed", &plan.resumed},
                                                                               {"preempted", &plan.preempted},
                                                                               {"rejected", &plan.rejected}};
    for (const auto& [name, ids] : others) {
        if (!ids->empty()) text += std::string(", ") + name + " " + list(*ids);
    }
    return text;
}

ScheduleReplay::ScheduleReplay(const SchedulerOptions& options)
    : options_(options),
      gpu_(options.num_gpu_blocks, options.block_size),
      cpu_(options.num_cpu_blocks, options.block_size) {}

void ScheduleReplay::add(const Request& request, const std::vector<int>& lengths) {
    Group group;
    group.request = request;
    group.lengths = lengths;
    group.arrival = arrivals_++;
    groups_[request.id] = std::move(group);
}

ScheduleReplay::Ids ScheduleReplay::ids_at(Where where) const {
    std::map<std::size_t, std::int64_t> by_arrival;
    for (const auto& [id, group] : groups_) {
        if (group.where == where) by_arrival[group.arrival] = id;
    }
    Ids ids;
    for (const auto& [arrival, id] : by_arrival) ids.push_back(id);
    return ids;
}

/// Whether a list of the plan names groups that were in the right place, each once, in order of arrival.
std::string ScheduleReplay::check_list(const char* name, const Ids& ids, Where from) const {
    const char* places[] = {"waiting", "running", "preempted", "gone"};
    std::size_t next_arrival = 0;
    for (const std::int64_t id : ids) {
        const auto group = groups_.find(id);
        if (group == groups_.end()) return std::string(name) + " names " + group_words(id) + ", which was never added";
        if (group->second.where != from) {
            return std::string(name) + " names " + group_words(id) + ", which was " +
                   places[static_cast<std::size_t>(group->second.where)] + " before the step";
        }
        if (group->second.arrival < next_arrival) {
            return std::string(name) + " is " + list(ids) + ": not in order of arrival, or one twice";
        }
        next_arrival = group->second.arrival + 1;
    }
    return "";
}

std::string ScheduleReplay::check_who(const SchedulerSnapshot& seen) const {
    const StepPlan& plan = seen.plan;
    const std::tuple<const char*, const Ids&, Where> lists[] = {{"preempted", plan.preempted, Where::running},
                                                                {"resumed", plan.resumed, Where::preempted},
                                                                {"admitted", plan.admitted, Where::waiting},
                                                                {"rejected", plan.rejected, Where::waiting}};
    for (const auto& [name, ids, from] : lists) {
        if (std::string wrong = check_list(name, ids, from); !wrong.empty()) return wrong;
    }
    for (const std::int64_t id : plan.admitted) {
        if (contains(plan.rejected, id)) return group_words(id) + " is admitted and rejected";
    }
    if (!plan.preempted.empty() && !plan.resumed.empty())
        return "something was preempted in this step, so nothing resumes in it";
    return "";
}

/// Whether the lists after the step follow from the plan; called when the plan has been taken over.
std::string ScheduleReplay::check_order(const SchedulerSnapshot& seen) const {
    const std::tuple<const char*, const Ids&, Where> lists[] = {{"plan.running", seen.plan.running, Where::running},
                                                                {"running()", seen.running, Where::running},
                                                                {"preempted()", seen.preempted, Where::preempted},
                                                                {"waiting()", seen.waiting, Where::waiting}};
    for (const auto& [name, ids, where] : lists) {
        const Ids expected = ids_at(where);
        if (ids != expected) {
            return std::string(name) + " is " + list(ids) +
                   " after the step; what the plan and the steps before it moved " + "leaves " + list(expected) +
                   ", in order of arrival";
        }
    }
    if (!seen.plan.admitted.empty() && !seen.preempted.empty()) {
        return "admitted " + list(seen.plan.admitted) + " while " + list(seen.preempted) +
               " are preempted: newcomers would take the blocks that those wait for";
    }
    if (!seen.running.empty() && !seen.preempted.empty() &&
        groups_.at(seen.preempted.front()).arrival < groups_.at(seen.running.back()).arrival) {
        return group_words(seen.preempted.front()) + " is preempted and " + group_words(seen.running.back()) +
               ", which arrived later, runs";
    }
    return "";
}

void ScheduleReplay::move(const StepPlan& plan) {
    for (const std::int64_t id : plan.preempted) groups_.at(id).where = Where::preempted;
    for (const std::int64_t id : plan.rejected) groups_.at(id).where = Where::gone;
    for (const Ids* ids : {&plan.resumed, &plan.admitted}) {
        for (const std::int64_t id : *ids) groups_.at(id).where = Where::running;
    }
}

/// Copies of one kind, in order. No block is written twice, and none is read after it was written.
std::string ScheduleReplay::apply(const char* name, const std::vector<BlockCopy>& copies, TokenPool& from,
                                  TokenPool& to) const {
    std::set<BlockId> written;
    for (const BlockCopy& copy : copies) {
        const std::string words = std::string(name) + " of KV block " + std::to_string(copy.source) + " to " +
                                  std::to_string(copy.destination);
        if (!from.has_block(copy.source) || !to.has_block(copy.destination)) return words + ": no such block";
        if (&from == &to && written.contains(copy.source)) return words + ": the source was overwritten before";
        if (!written.insert(copy.destination).second) return words + ": the destination was written before";
        from.copy(copy.source, to, copy.destination);
    }
    return "";
}

/// What is swapped out must be all of a preempted group's blocks, each once.
std::string ScheduleReplay::swap_out(const StepPlan& plan) {
    std::multiset<BlockId> sources;
    for (const BlockCopy& copy : plan.swap_out) sources.insert(copy.source);
    for (const std::int64_t id : plan.preempted) {
        Group& group = groups_.at(id);
        std::set<BlockId> blocks;
        for (std::size_t s = 0; s < group.blocks.size(); ++s) {
            if (!group.ended(s)) blocks.insert(group.blocks[s].begin(), group.blocks[s].end());
        }
        std::size_t swapped = 0;
        for (const BlockId block : blocks) {
            if (sources.count(block) > 1) return "KV block " + std::to_string(block) + " is swapped out twice";
            swapped += sources.erase(block);
        }
        if (swapped != 0 && swapped != blocks.size()) {
            return std::to_string(swapped) + " of the " + std::to_string(blocks.size()) + " KV blocks of " +
                   group_words(id) + " are swapped out: all or none";
        }
        group.swapped = swapped != 0;
    }
    if (!sources.empty()) {
        return "KV block " + std::to_string(*sources.begin()) +
               " is swapped out, and is no preempted group's. Of a group that has ended, or half appended already?";
    }
    return apply("swap_out", plan.swap_out, gpu_, cpu_);
}

TokenName ScheduleReplay::name_of(const Group& group, std::size_t sequence, int position) const {
    const bool of_prompt = position < group.request.prompt_len;
    return {group.request.id, of_prompt ? -1 : static_cast<int>(sequence), position};
}

/// The slots of the new tokens, from the tables; they must be the plan's, and are written to.
std::string ScheduleReplay::write(const SchedulerSnapshot& seen) {
    const StepPlan& plan = seen.plan;
    std::size_t next = 0;
    std::map<Slot, TokenName> written;
    for (const GroupTables& tables : seen.tables) {
        const Group& group = groups_.at(tables.id);
        if (tables.blocks.size() != group.lengths.size()) return group_words(tables.id) + " has lost a sequence";
        const bool admitted = contains(plan.admitted, tables.id);
        const bool from_scratch = admitted || (contains(plan.resumed, tables.id) && !group.swapped);
        const int tokens = group.request.prompt_len + group.generated;
        for (std::size_t s = 0; s < tables.blocks.size(); ++s) {
            const std::string who = "sequence " + std::to_string(s) + " of " + group_words(tables.id);
            const std::vector<BlockId>& blocks = tables.blocks[s];
            if (group.ended(s)) {
                if (!blocks.empty()) return who + " has ended and still holds " + list(blocks);
                continue;
            }
            if (tables.num_tokens[s] != tokens) {
                return who + " has a table of " + std::to_string(tables.num_tokens[s]) + " tokens; its prompt has " +
                       std::to_string(group.request.prompt_len) + " and it has generated " +
                       std::to_string(group.generated);
            }
            if (static_cast<int>(blocks.size()) != (tokens + options_.block_size - 1) / options_.block_size)
                return who + " holds " + list(blocks) + " for " + std::to_string(tokens) + " tokens";
            if (admitted && s > 0) {
                if (blocks != tables.blocks[0]) return who + " does not share the prompt's blocks";
                continue;  // the prompt is computed once
            }
            for (int position = from_scratch ? 0 : tokens - 1; position < tokens; ++position, ++next) {
                const BlockId block = blocks[static_cast<std::size_t>(position / options_.block_size)];
                if (!gpu_.has_block(block)) return who + " holds KV block " + std::to_string(block) + ": no such block";
                const Slot slot = Slot{block} * options_.block_size + position % options_.block_size;
                if (next >= plan.slot_mapping.size() || plan.slot_mapping[next] != slot) {
                    return "slot_mapping[" + std::to_string(next) + "] is " +
                           (next < plan.slot_mapping.size() ? std::to_string(plan.slot_mapping[next]) : "missing") +
                           ", expected slot " + std::to_string(slot) + " of token " + std::to_string(position) +
                           " of " + who + (from_scratch ? ", which computes all of its tokens" : ", its newest");
                }
                const auto [before, fresh] = written.try_emplace(slot, name_of(group, s, position));
                if (!fresh)
                    return "slot " + std::to_string(slot) + " is written by " + words(before->second) + " and " + who;
                gpu_.at(slot) = name_of(group, s, position);
            }
        }
    }
    if (next != plan.slot_mapping.size()) {
        return "slot_mapping has " + std::to_string(plan.slot_mapping.size()) + " slots, and " + std::to_string(next) +
               " tokens are computed";
    }
    return "";
}

std::string ScheduleReplay::read(const SchedulerSnapshot& seen) {
    for (const GroupTables& tables : seen.tables) {
        const Group& group = groups_.at(tables.id);
        for (std::size_t s = 0; s < tables.blocks.size(); ++s) {
            for (int position = 0; position < tables.num_tokens[s]; ++position) {
                const BlockId block = tables.blocks[s][static_cast<std::size_t>(position / options_.block_size)];
                if (!gpu_.has_block(block)) return "KV block " + std::to_string(block) + ": no such block";
                const Slot slot = Slot{block} * options_.block_size + position % options_.block_size;
                const TokenName wanted = name_of(group, s, position);
                if (gpu_.at(slot) == wanted) continue;
                return "sequence " + std::to_string(s) + " of " + group_words(tables.id) + " reads slot " +
                       std::to_string(slot) + " for its token " + std::to_string(position) + ", and finds " +
                       words(gpu_.at(slot)) + ". A swap or a copy is missing, or another sequence wrote there";
            }
        }
    }
    return "";
}

/// A GPU block's references are the tables that hold it, and these are of one group.
std::string ScheduleReplay::check_pools(const SchedulerSnapshot& seen) const {
    std::vector<int> holders(static_cast<std::size_t>(options_.num_gpu_blocks));
    std::map<BlockId, std::int64_t> owner;
    for (const GroupTables& tables : seen.tables) {
        for (const std::vector<BlockId>& blocks : tables.blocks) {
            for (const BlockId block : blocks) {
                ++holders.at(static_cast<std::size_t>(block));
                const std::int64_t first = owner.try_emplace(block, tables.id).first->second;
                if (first != tables.id)
                    return "KV block " + std::to_string(block) + " is in tables of " + group_words(first) + " and " +
                           group_words(tables.id);
            }
        }
    }
    for (std::size_t block = 0; block < holders.size(); ++block) {
        if (seen.gpu.ref_counts.at(block) == holders[block]) continue;
        return "KV block " + std::to_string(block) + " of the GPU pool has ref_count " +
               std::to_string(seen.gpu.ref_counts.at(block)) + " and is in " + std::to_string(holders[block]) +
               " tables";
    }
    return "";
}

void ScheduleReplay::generate(const SchedulerSnapshot& seen) {
    for (const GroupTables& tables : seen.tables) {
        Group& group = groups_.at(tables.id);
        group.swapped = false;
        ++group.generated;
        group.blocks = tables.blocks;
        bool unfinished = false;
        for (std::size_t s = 0; s < group.lengths.size(); ++s) unfinished = unfinished || !group.ended(s);
        if (!unfinished) group.where = Where::gone;
    }
}

std::string ScheduleReplay::step(const SchedulerSnapshot& seen) {
    if (std::string wrong = check_who(seen); !wrong.empty()) return wrong;
    move(seen.plan);
    if (std::string wrong = check_order(seen); !wrong.empty()) return wrong;
    if (std::string wrong = swap_out(seen.plan); !wrong.empty()) return wrong;
    if (std::string wrong = apply("swap_in", seen.plan.swap_in, cpu_, gpu_); !wrong.empty()) return wrong;
    if (std::string wrong = apply("copy", seen.plan.copies, gpu_, gpu_); !wrong.empty()) return wrong;
    if (std::string wrong = write(seen); !wrong.empty()) return wrong;
    if (std::string wrong = read(seen); !wrong.empty()) return wrong;
    if (std::string wrong = check_pools(seen); !wrong.empty()) return wrong;
    generate(seen);
    return "";
}

std::string check_schedule(const SchedulerOptions& options, const std::vector<probes::Arrival>& arrivals,
                           const probes::Trace& trace) {
    ScheduleReplay replay(options);
    auto next = arrivals.begin();
    for (std::size_t i = 0; i + 1 < trace.size(); ++i) {  // the last snapshot shows no step
        for (; next != arrivals.end() && next->step <= static_cast<int>(i); ++next)
            replay.add(next->request, next->lengths);
        std::string wrong = trace[i].outcome == probes::Outcome::done ? "" : "threw: " + trace[i].message;
        if (wrong.empty()) wrong = replay.step(trace[i]);
        if (wrong.empty()) continue;
        std::string story;
        for (std::size_t n = i < 4 ? 0 : i - 4; n <= i; ++n)
            story += "\n  step " + std::to_string(n) + ": " + words(trace[n].plan);
        return "step " + std::to_string(i) + ": " + wrong + "\nThe steps before:" + story;
    }
    return "";
}

}  // namespace wb
