/// @file
/// The table of exercise 5.11: the source course's four runs, or the same four with everything else held fixed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "experiment.hpp"
#include "wb/word_pairs.hpp"

namespace wb::demo {

/// One row: a configuration, and what is known of it.
struct RunRow {
    std::string name;  ///< e.g. "hidden 32, small"
    RunOptions options;
    bool large = false;               ///< trains on the large set
    std::optional<double> goal = {};  ///< median of seven published runs' best validation losses, to compare with
};

/// The source course's four. Layers, epochs and batch differ between them.
std::vector<RunRow> source_runs();
/// The same widths and sets with 3 layers, 50 epochs and batches of 64 each: what differs is what is compared.
std::vector<RunRow> controlled_runs();

/// The words that the rows train on: all pairs of each set, from which each seed draws its own split.
struct RunSets {
    std::vector<WordPair> small, large;
};
/// The workbook's own sets.
RunSets own_sets();

/// Trains each row with seeds 1 .. seeds, prints a line a row (median over seeds, lowest and highest) and writes one line a run
/// to `csv`.
void print_runs(std::ostream& out, const std::vector<RunRow>& rows, const RunSets& sets, std::uint64_t seeds,
                const std::filesystem::path& csv);

}  // namespace wb::demo
