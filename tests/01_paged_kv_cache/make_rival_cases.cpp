/// @file
/// Writes the cases of exercise 1.7: random traces of a buddy allocator, reservations, and pools to split.
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "judge/case_maker.hpp"
#include "judge/draw.hpp"
#include "rival_case.hpp"
#include "rivals_oracle.hpp"

namespace wb {
namespace {

using oracle::BuddyFlaws;
using oracle::BuddyPool;
using oracle::ReservationFlaws;
using oracle::WasteFlaws;
using probes::BuddyOp;

/// Up to a quarter of the pool, small counts as likely as large ones.
int draw_count(int num_slots, Draw& draw) {
    int range = 1;
    for (std::size_t doublings = draw.below(20); doublings > 0 && range < num_slots / 4; --doublings) range *= 2;
    return 1 + static_cast<int>(draw.below(static_cast<std::size_t>(range)));
}

/// Allocations and frees in random order; more of the former, so that the pool fills up and allocations fail.
std::vector<BuddyOp> draw_trace(int num_slots, int length, bool frees, Draw& draw) {
    BuddyPool pool(num_slots);
    std::vector<BuddyOp> trace;
    std::vector<std::pair<int, std::int64_t>> held;  // operation, start
    for (int n = 0; n < length; ++n) {
        if (frees && !held.empty() && draw.below(20) < 9) {
            const std::size_t which = draw.below(held.size());
            trace.push_back({BuddyOp::Kind::free_chunk_of, held[which].first});
            pool.free(held[which].second);
            held.erase(held.begin() + static_cast<std::ptrdiff_t>(which));
            continue;
        }
        trace.push_back({BuddyOp::Kind::allocate, draw_count(num_slots, draw)});
        if (const auto chunk = pool.allocate(trace.back().value)) held.emplace_back(n, chunk->start);
    }
    return trace;
}

/// [operations, 4]: start (-1 if there was no room), size, free slots, largest free chunk.
Tensor<2, double> run(int num_slots, const std::vector<BuddyOp>& trace, const BuddyFlaws& flaws) {
    BuddyPool pool(num_slots, flaws);
    Tensor<2, double> answers = zeros<2, double>({trace.size(), 4});
    for (std::size_t n = 0; n < trace.size(); ++n) {
        answers(n, 0) = -1;
        if (trace[n].kind == BuddyOp::Kind::allocate) {
            if (const auto chunk = pool.allocate(trace[n].value)) {
                answers(n, 0) = static_cast<double>(chunk->start);
                answers(n, 1) = static_cast<double>(chunk->size);
            }
        } else if (const double start = answers(static_cast<std::size_t>(trace[n].value), 0); start >= 0) {
            pool.free(static_cast<std::int64_t>(start));
        }
        answers(n, 2) = static_cast<double>(pool.num_free());
        answers(n, 3) = static_cast<double>(pool.largest_free());
    }
    return answers;
}

const std::vector<std::pair<std::string, BuddyFlaws>> buddy_mistakes = {
    {"what comes of taking the first chunk that is large enough, not the smallest", {.first_that_fits = true}},
    {"what comes of taking the last of several chunks of one size", {.highest_start = true}},
    {"what comes of halving the upper half", {.upper_half = true}},
    {"what comes of cutting the pool into its smallest power of two first", {.smallest_first = true}},
    {"what comes of giving 2^(k+1) slots to a request of exactly 2^k", {.rounds_past_powers = true}},
};

void write_trace(const std::string& family, int num_slots, int length, bool frees, Draw& draw) {
    const std::vector<BuddyOp> trace = draw_trace(num_slots, length, frees, draw);
    CaseWriter writer("1.7/" + family, "pool_" + std::to_string(num_slots));
    writer.number("num_slots", num_slots).in("trace", table_of(trace));
    writer.expected("answers", run(num_slots, trace, {}));
    for (const auto& [words, flaws] : buddy_mistakes) writer.mistake(words, "answers", run(num_slots, trace, flaws));
}

/// [requests, 3]: a rule's slots for each request.
Tensor<2, double> reservations(const Tensor<2, double>& lengths, int max_len, const ReservationFlaws& flaws) {
    Tensor<2, double> slots = zeros<2, double>({lengths.shape(0), 3});
    for (std::size_t n = 0; n < lengths.shape(0); ++n) {
        for (std::size_t rule = 0; rule < 3; ++rule) {
            slots(n, rule) = static_cast<double>(
                oracle::reservation(reservation_rules[rule], static_cast<std::int64_t>(lengths(n, 0)),
                                    static_cast<std::int64_t>(lengths(n, 1)), max_len, flaws));
        }
    }
    return slots;
}

const std::vector<std::pair<std::string, ReservationFlaws>> reservation_mistakes = {
    {"prompt and output together rounded up, where only the output is", {.rounds_the_sum = true}},
    {"the output rounded down to a power of two", {.rounds_down = true}},
    {"reservations beyond max_len", {.never_capped = true}},
    {"max_len for the output alone", {.max_after_prompt = true}},
};

void write_reservations(int max_len, Draw& draw) {
    constexpr std::size_t requests = 40;
    Tensor<2, double> lengths = zeros<2, double>({requests, 2});
    for (std::size_t n = 0; n < requests; ++n) {
        const auto total = 2 + draw.below(static_cast<std::size_t>(max_len) - 1);
        const auto prompt = 1 + draw.below(total - 1);
        lengths(n, 0) = static_cast<double>(prompt);
        lengths(n, 1) = static_cast<double>(total - prompt);
    }
    CaseWriter writer("1.7/reservations", "max_len_" + std::to_string(max_len));
    writer.number("max_len", max_len).in("lengths", lengths).expected("slots", reservations(lengths, max_len, {}));
    for (const auto& [words, flaws] : reservation_mistakes) {
        writer.mistake(words, "slots", reservations(lengths, max_len, flaws));
    }
}

Tensor<1, double> split_of(const Tensor<2, double>& table, int num_slots, const WasteFlaws& flaws) {
    const WasteSplit waste = oracle::waste(holdings_of(table), num_slots, flaws);
    Tensor<1, double> four = zeros<1, double>({4});
    four(0) = static_cast<double>(waste.tokens);
    four(1) = static_cast<double>(waste.reserved);
    four(2) = static_cast<double>(waste.internal);
    four(3) = static_cast<double>(waste.external);
    return four;
}

void write_waste(const std::string& name, bool paged, Draw& draw) {
    const std::size_t requests = 3 + draw.below(5);
    Tensor<2, double> table = zeros<2, double>({requests, 3});
    std::size_t held = 0;
    for (std::size_t n = 0; n < requests; ++n) {
        const std::size_t final_len = 1 + draw.below(60), tokens = 1 + draw.below(final_len);
        const std::size_t slots = paged ? (tokens + 7) / 8 * 8 : final_len + draw.below(30);
        held += slots;
        table(n, 0) = static_cast<double>(tokens);
        table(n, 1) = static_cast<double>(final_len);
        table(n, 2) = static_cast<double>(slots);
    }
    const int num_slots = static_cast<int>(held + draw.below(50));
    CaseWriter writer("1.7/waste", name);
    writer.number("num_slots", num_slots).in("holdings", table).expected("split", split_of(table, num_slots, {}));
    writer.mistake("a split that takes reserved slots for internal waste", "split",
                   split_of(table, num_slots, {.future_is_internal = true}));
    writer.mistake("a split whose reserved slots are not set aside yet: a paged request gets them later", "split",
                   split_of(table, num_slots, {.growth_past_slots = true}));
    writer.mistake("a split that takes the free rest of the pool for internal waste", "split",
                   split_of(table, num_slots, {.free_is_internal = true}));
}

}  // namespace

WB_CASES(rivals) {
    Draw draw(seed + 17);
    for (const int num_slots : {24, 100, 1000, 15728}) {
        write_trace("allocations", num_slots, 30, false, draw);
        write_trace("traces", num_slots, 120, true, draw);
    }
    for (const int max_len : {16, 100, 2048}) write_reservations(max_len, draw);
    for (int n = 0; n < 4; ++n) {
        write_waste("contiguous_" + std::to_string(n), false, draw);
        write_waste("paged_" + std::to_string(n), true, draw);
    }
}

}  // namespace wb
