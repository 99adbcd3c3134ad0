/// @file
/// Traces, lengths and holdings of exercise 1.7 as part of a case file.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "rival_probes.hpp"
#include "wb/tensor.hpp"

namespace wb {

/// The columns of the reservations' table.
inline constexpr std::array<ReservationRule, 3> reservation_rules{ReservationRule::orca_max, ReservationRule::orca_pow2,
                                                                  ReservationRule::orca_oracle};

/// [operations, 2]: kind, value.
inline Tensor<2, double> table_of(const std::vector<probes::BuddyOp>& trace) {
    Tensor<2, double> table = zeros<2, double>({trace.size(), 2});
    for (std::size_t n = 0; n < trace.size(); ++n) {
        table(n, 0) = static_cast<double>(trace[n].kind);
        table(n, 1) = trace[n].value;
    }
    return table;
}

inline std::vector<probes::BuddyOp> trace_of(const Tensor<2, double>& table) {
    std::vector<probes::BuddyOp> trace;
    for (std::size_t n = 0; n < table.shape(0); ++n) {
        trace.push_back({static_cast<probes::BuddyOp::Kind>(table(n, 0)), static_cast<int>(table(n, 1))});
    }
    return trace;
}

/// [holdings, 3]: tokens, final_len, slots.
inline std::vector<Holding> holdings_of(const Tensor<2, double>& table) {
    std::vector<Holding> holdings;
    for (std::size_t n = 0; n < table.shape(0); ++n) {
        holdings.push_back(
            {static_cast<int>(table(n, 0)), static_cast<int>(table(n, 1)), static_cast<int>(table(n, 2))});
    }
    return holdings;
}

}  // namespace wb
