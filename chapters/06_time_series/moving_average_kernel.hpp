/// @file
/// Exercise 6.14, second part: the moving average (6.6), as a CUDA kernel. The contract that moving_average_kernel.cu keeps. Plain C++, so
/// that nvcc and g++ both take it; a launcher is host code, its pointers are device memory.
/// Source: Wu et al., NeurIPS 2021 (Autoformer), equation 1; prefix sums: Harris et al., GPU Gems 3 (2007), chapter 39.
#pragma once

namespace wb {

/// What moving_average_on_device reads and writes: device memory, contiguous, owned by the caller, finite; no two overlap.
struct MovingAverageArgs {
    const float* x = nullptr;  ///< [rows, length]: each row a series of its own, e.g. a variate of a window
    float* trend = nullptr;    ///< [rows, length], every element written
    int rows = 0;              ///< at most 65,535, the most that gridDim.y may be
    int length = 0;            ///< any: 96, 720, 5,000
    int window = 0;            ///< odd, 1 to 1,025; may be longer than the series
};

/// trend[r, t] = 1 / window sum over j = t - reach .. t + reach of x[r, j], reach = (window - 1) / 2; before the first number stands the first,
/// behind the last the last. No row sees another.
///
/// A block fetches each number that its results need once, into shared memory, and every thread reads it there: device memory is read
/// length + (window - 1) * blocks numbers a row at most, and not window * length. (Or prefix sums of a tile: then a result is the difference
/// of two sums, whatever the window.) At a level of 4096 the trend is right to .01, for every window, and for rows that do not move as well.
/// Sums of such numbers in float are not: 1,025 of them are four million, where floats are .25 to .5 apart. So take a number of the tile off
/// before anything is added, and put it back at the end.
/// Launches on the default stream and returns without waiting. With rows or length 0 there is nothing to write and nothing to launch.
/// @throws std::invalid_argument naming the window, when it is even, below 1 or above 1,025
void moving_average_on_device(const MovingAverageArgs& args);

}  // namespace wb
