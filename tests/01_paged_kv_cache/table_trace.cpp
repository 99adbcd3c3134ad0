#include "table_trace.hpp"

#include <algorithm>

#include "judge/judge.hpp"

namespace wb {

using Kind = TableOp::Kind;
using probes::Outcome;

std::vector<TableSnapshot> run(const probes::TableTrace& probe, int num_blocks, int block_size,
                               const std::vector<TableOp>& trace) {
    std::vector<TableSnapshot> steps = probe(num_blocks, block_size, trace);
    if (steps.size() != trace.size()) stop_test("the driver answered with another number of snapshots");
    return steps;
}

std::vector<Slot> new_slots(const TableSnapshot& step) {
    if (step.slot_mapping.empty() || step.slot_mapping.front() != probes::earlier_slot) {
        ADD_FAILURE() << "slot_mapping held a slot before; new ones are added to its end, none is taken away";
        return {};
    }
    return {step.slot_mapping.begin() + 1, step.slot_mapping.end()};
}

std::string words(const TableOp& op) {
    const std::string table = "table " + std::to_string(op.table), tokens = std::to_string(op.count) + " tokens";
    switch (op.kind) {
        case Kind::create:
            return "make an empty table";
        case Kind::take_over:
            return "make a table of " + tokens + " over " + std::to_string(op.blocks) + " blocks";
        case Kind::append:
            return "append(" + std::to_string(op.count) + ") on " + table;
        case Kind::free:
            return "free() on " + table;
        case Kind::slot:
            return "slot(" + std::to_string(op.count) + ") on " + table;
        case Kind::blocks_needed:
            return "blocks_needed(" + std::to_string(op.count) + ") on " + table;
        case Kind::fork:
            return "fork() on " + table;
        case Kind::append_copy_on_write:
            return "append_copy_on_write(" + std::to_string(op.count) + ") on " + table;
        case Kind::blocks_needed_copy_on_write:
            return "blocks_needed_copy_on_write(" + std::to_string(op.count) + ") on " + table;
    }
    return "";
}

void expect_done(const TableSnapshot& step, const TableOp& op) {
    EXPECT_EQ(step.outcome, Outcome::done)
        << words(op) << " must succeed, but threw " << probes::outcome_name(step.outcome) << ": " << step.message;
}

void expect_unchanged(const TableSnapshot& before, const TableSnapshot& after, const std::string& what) {
    EXPECT_EQ(after.blocks, before.blocks) << what << ": the table's blocks must stay";
    EXPECT_EQ(after.num_tokens, before.num_tokens) << what << ": num_tokens must stay";
    EXPECT_EQ(after.pool.num_free, before.pool.num_free) << what << ": no block may be taken or given up";
    EXPECT_EQ(after.pool.ref_counts, before.pool.ref_counts) << what << ": every ref_count must stay";
    EXPECT_TRUE(new_slots(after).empty()) << what << ": slot_mapping must stay";
    EXPECT_FALSE(after.copy.has_value()) << what << ": no copy is due";
}

std::vector<TableOp> random_table_trace(bool sharing, Draw& draw) {
    constexpr std::size_t most_tables = 10;
    std::vector<TableOp> trace{ops::create()};
    std::vector<int> alive{0};
    int tables = 1;
    const auto drop = [&](std::size_t place) {
        trace.push_back(ops::free(alive[place]));
        alive.erase(alive.begin() + static_cast<std::ptrdiff_t>(place));
    };
    while (trace.size() < 10000) {
        const std::size_t dice = draw.below(20);
        if (alive.size() < 2 || (dice < 3 && alive.size() < most_tables)) {
            const bool forks = sharing && !alive.empty() && dice != 0;
            trace.push_back(forks ? ops::fork(alive[draw.below(alive.size())]) : ops::create());
            alive.push_back(tables++);
        } else if (dice < 5) {
            drop(draw.below(alive.size()));
        } else {
            // Mostly one token, as in decoding; sometimes a prompt; sometimes nothing.
            const int count = dice < 14 ? 1 : static_cast<int>(draw.below(9));
            const int table = alive[draw.below(alive.size())];
            trace.push_back(sharing ? ops::append_copy_on_write(table, count) : ops::append(table, count));
        }
    }
    while (!alive.empty()) drop(0);
    return trace;
}

namespace {

/// One operation of a trace, checked against the model. @return what is wrong
std::string check(model::PoolModel& model, std::vector<model::Key>& keys, const TableOp& op,
                  const TableSnapshot& step) {
    const bool appends = op.kind == Kind::append || op.kind == Kind::append_copy_on_write;
    if (!appends && step.outcome != Outcome::done) {
        return std::string("it threw ") + probes::outcome_name(step.outcome) + ": " + step.message;
    }
    const model::Holding seen{step.blocks, step.num_tokens};
    std::string wrong;
    if (appends) {
        wrong = model.append(keys.at(static_cast<std::size_t>(op.table)), op.count,
                             op.kind == Kind::append_copy_on_write, {step.outcome, seen, new_slots(step), step.copy});
    } else if (op.kind == Kind::free) {
        if (seen != model::Holding{})
            wrong = "the table must be empty afterwards, got " + std::to_string(step.num_tokens) +
                    " tokens in the blocks " + model::list(step.blocks);
        model.set(keys.at(static_cast<std::size_t>(op.table)), {});
    } else {  // create, fork
        const model::Holding expected =
            op.kind == Kind::fork ? model.of(keys.at(static_cast<std::size_t>(op.table))) : model::Holding{};
        if (seen != expected)
            wrong = "expected the blocks " + model::list(expected.blocks) + ", got " + model::list(step.blocks);
        keys.push_back(model.add(expected));
    }
    return wrong.empty() ? model.check(step.pool) : wrong;
}

}  // namespace

void expect_model_agrees(int num_blocks, int block_size, const std::vector<TableOp>& trace,
                         const std::vector<TableSnapshot>& steps) {
    model::PoolModel model(num_blocks, block_size);
    std::vector<model::Key> keys;
    for (std::size_t n = 0; n < trace.size(); ++n) {
        const std::string before = static_cast<std::size_t>(trace[n].table) < keys.size()
                                       ? model::list(model.of(keys[static_cast<std::size_t>(trace[n].table)]).blocks)
                                       : "{}";
        const std::string wrong = check(model, keys, trace[n], steps[n]);
        if (!wrong.empty()) {
            stop_test("operation " + std::to_string(n) + " of a random trace, " + words(trace[n]) +
                      " (its blocks: " + before + ", block_size " + std::to_string(block_size) + "): " + wrong);
        }
    }
    if (model.num_free() != num_blocks) stop_test("the trace itself is at fault: it frees not every table");
}

}  // namespace wb
