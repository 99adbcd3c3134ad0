/// @file
/// How an operation of a trace ended. A driver goes on after an error, since a trace tests that an error changes nothing.
#pragma once

#include <cstdint>
#include <exception>
#include <ostream>
#include <stdexcept>
#include <string>

#include "block_allocator.hpp"
#include "wb/errors.hpp"

namespace wb::probes {

/// How a call ended: as it should, or by which error.
enum class Outcome : std::uint8_t { done, out_of_blocks, invalid_argument, out_of_range, other_exception };

/// As a failure's text names it.
inline const char* outcome_name(Outcome outcome) {
    switch (outcome) {
        case Outcome::done:
            return "no exception";
        case Outcome::out_of_blocks:
            return "OutOfBlocks";
        case Outcome::invalid_argument:
            return "std::invalid_argument";
        case Outcome::out_of_range:
            return "std::out_of_range";
        case Outcome::other_exception:
            break;
    }
    return "another exception";
}

/// How GoogleTest prints it.
inline void PrintTo(Outcome outcome, std::ostream* out) {
    *out << outcome_name(outcome);
}

/// Runs one operation and says how it ended; `message` is the exception's. 'Not implemented' goes on to the worker, which
/// reports it.
template <class Operation>
Outcome outcome_of(Operation operation, std::string& message) {
    try {
        operation();
        return Outcome::done;
    } catch (const NotImplemented&) {
        throw;
    } catch (const std::exception& error) {
        message = error.what();
        if (dynamic_cast<const OutOfBlocks*>(&error) != nullptr) return Outcome::out_of_blocks;
        if (dynamic_cast<const std::invalid_argument*>(&error) != nullptr) return Outcome::invalid_argument;
        if (dynamic_cast<const std::out_of_range*>(&error) != nullptr) return Outcome::out_of_range;
        return Outcome::other_exception;
    }
}

}  // namespace wb::probes
