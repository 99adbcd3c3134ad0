/// @file
/// Traces over block tables, for the tests of exercises 1.2 and 1.3: how they are written down, asked, drawn and checked.
#pragma once

#include <string>
#include <vector>

#include "judge/draw.hpp"
#include "pool_model.hpp"
#include "table_probes.hpp"

namespace wb {

using probes::TableOp;
using probes::TableSnapshot;

namespace ops {
inline TableOp create() {
    return {TableOp::Kind::create, 0, 0, 0};
}
inline TableOp take_over(int blocks, int num_tokens) {
    return {TableOp::Kind::take_over, 0, num_tokens, blocks};
}
inline TableOp append(int table, int count) {
    return {TableOp::Kind::append, table, count, 0};
}
inline TableOp free(int table) {
    return {TableOp::Kind::free, table, 0, 0};
}
inline TableOp slot(int table, int position) {
    return {TableOp::Kind::slot, table, position, 0};
}
inline TableOp blocks_needed(int table, int count) {
    return {TableOp::Kind::blocks_needed, table, count, 0};
}
inline TableOp fork(int table) {
    return {TableOp::Kind::fork, table, 0, 0};
}
inline TableOp append_copy_on_write(int table, int count) {
    return {TableOp::Kind::append_copy_on_write, table, count, 0};
}
inline TableOp blocks_needed_copy_on_write(int table, int count) {
    return {TableOp::Kind::blocks_needed_copy_on_write, table, count, 0};
}
}  // namespace ops

/// Asks for a trace. Ends the test unless there is a snapshot for each operation.
std::vector<TableSnapshot> run(const probes::TableTrace& probe, int num_blocks, int block_size,
                               const std::vector<TableOp>& trace);

/// The slots that an operation appended. Fails when what was in slot_mapping before is gone.
std::vector<Slot> new_slots(const TableSnapshot& step);

/// "append 3 tokens to table 2".
std::string words(const TableOp& op);

/// Fails unless the operation threw nothing.
void expect_done(const TableSnapshot& step, const TableOp& op);

/// Fails unless table and pool are as in `before`, and nothing was appended or reported.
void expect_unchanged(const TableSnapshot& before, const TableSnapshot& after, const std::string& what);

/// 10,000 operations on up to 10 tables at a time; at the end all are freed. Some appends find the pool too small.
/// @param sharing  with forks and copies on write
std::vector<TableOp> random_table_trace(bool sharing, Draw& draw);

/// Plays a trace through the model and ends the test where the submission's answers part from it.
void expect_model_agrees(int num_blocks, int block_size, const std::vector<TableOp>& trace,
                         const std::vector<TableSnapshot>& steps);

}  // namespace wb
