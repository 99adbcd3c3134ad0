/// @file
/// What chapter 6's models come to on the electricity transformers, beside the papers' figures and beside yesterday written down once
/// more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "forecaster.hpp"

namespace wb::bench {

/// What is trained for a table.
struct SeriesTables {
    std::vector<std::string> models;
    std::vector<std::string> data;
    std::vector<std::size_t> horizons;
    std::uint64_t seeds = 1;  ///< 1 .. seeds
    std::size_t lookback = 96;
};

/// How large a model is here, how it is trained, and where that is from.
struct SeriesSetting {
    std::string model;
    ForecasterSize size;  ///< its rate is that of every model, of DLinear and the LSTM too
    ForecastRecipe recipe;
    std::string source;
    std::string only_for = {};  ///< these data; empty: for all
};

/// Of every model that is trained.
const std::vector<SeriesSetting>& series_settings();

/// Trains and tests: a line for each model and horizon, with the mean over the seeds, their span, and the papers' figures. Data that
/// were not fetched take one line, which says how to.
void print_series_tables(std::ostream& out, const SeriesTables& tables);

}  // namespace wb::bench
