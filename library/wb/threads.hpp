/// @file
/// Work on many numbers, cut over OpenMP's threads where that pays. A thread of a team does its work alone: whoever cut a
/// batch over threads already, as data_parallel.hpp does, has them all busy.
#pragma once

#include <cstddef>
#include <exception>

namespace wb {

/// How many threads may share the work of the calling one: 1 inside a team, and while it holds an OnOneThread.
std::size_t threads_here();

/// While one lives, the thread that made it works alone. For results that must not change by a bit with the number of threads.
class OnOneThread {
 public:
    OnOneThread();
    ~OnOneThread();
    OnOneThread(const OnOneThread&) = delete;
    OnOneThread& operator=(const OnOneThread&) = delete;
};

/// How many pieces to cut work into: as many as threads_here(), or 1 when waking the others would take longer than it saves.
/// @param count        of what is not cut further, e.g. rows
/// @param nanoseconds  that one of them takes, about
std::size_t pieces_of(std::size_t count, double nanoseconds);

/// Calls f(piece, begin, end) for pieces 0 .. pieces - 1, which cover 0 .. count - 1 in order: each on its thread.
/// @throws what f throws; of several pieces, one's
template <class Function>
void in_pieces(std::size_t pieces, std::size_t count, const Function& f) {
    if (pieces <= 1) {
        f(std::size_t{0}, std::size_t{0}, count);
        return;
    }
    std::exception_ptr error;
#pragma omp parallel for schedule(static, 1) num_threads(static_cast <int>(pieces))
    for (std::size_t piece = 0; piece < pieces; ++piece) {
        try {
            f(piece, count * piece / pieces, count * (piece + 1) / pieces);
        } catch (...) {
#pragma omp critical(wb_in_pieces)
            error = std::current_exception();
        }
    }
    if (error) std::rethrow_exception(error);
}

/// Calls f(begin, end) for pieces that cover 0 .. count - 1: one, or one for each thread where that pays.
/// @param nanoseconds  that each of `count` takes, about
template <class Function>
void over_threads(std::size_t count, double nanoseconds, const Function& f) {
    in_pieces(pieces_of(count, nanoseconds), count,
              [&f](std::size_t, std::size_t begin, std::size_t end) { f(begin, end); });
}

}  // namespace wb
