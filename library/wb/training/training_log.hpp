/// @file
/// What a training run tells: a table of its epochs as CSV, a picture of its losses, and a line that shows how far it is.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

namespace wb {

/// A table with one row an epoch, on disk after every row.
class TrainingLog {
 public:
    /// @param columns    e.g. {"epoch", "rate", "train_loss", "validation_loss", "seconds"}
    /// @param keep_rows  of a file that is there already: a run that goes on from a checkpoint of epoch 7 keeps 7 rows. 0
    ///                   begins anew
    /// @throws FileError when a file whose rows are to be kept has other columns, fewer rows, or anything but numbers
    TrainingLog(std::filesystem::path path, std::vector<std::string> columns, std::size_t keep_rows = 0);

    /// Adds a row and writes the file, whole or not at all.
    /// @throws std::invalid_argument when it has not a number for each column; FileError when it cannot be written
    void add(const std::vector<double>& row);

    [[nodiscard]] const std::vector<std::vector<double>>& rows() const {
        return rows_;
    }  ///< in the order in which they came
    /// Draws columns over the first column (.png or .svg, see picture.hpp); nothing without rows.
    /// @throws std::out_of_range for a column that is not there; FileError, Error as write_line_chart
    void write_curves(const std::filesystem::path& path, const std::string& title,
                      const std::vector<std::string>& columns, bool log_y = false) const;

 private:
    [[nodiscard]] std::size_t column(const std::string& name) const;
    std::filesystem::path path_;
    std::vector<std::string> columns_;
    std::vector<std::vector<double>> rows_;
};

/// "3.2 s", "4 min 05 s", "2 h 03 min".
std::string duration_text(double seconds);

/// One line that is rewritten on a terminal, and a plain line each epoch elsewhere:
///     epoch 3/10  step 120/400  loss 1.2345  rate 4.9e-04  2 min 10 s left
class Progress {
 public:
    using Clock = std::chrono::steady_clock;  ///< never set back

    /// @param first_epoch  from 1; of a run that goes on, the next one
    /// @param terminal     whether `out` can rewrite its line
    Progress(std::ostream& out, bool terminal, std::int64_t epochs, std::int64_t steps_per_epoch,
             std::int64_t first_epoch = 1);

    /// After each step: shows it on a terminal, ten times a second at most.
    void step(double loss, double rate);
    /// After each epoch: one line that stays. @param result  e.g. "validation loss 0.912"
    void epoch_done(double loss, double rate, const std::string& result = "");

    /// The time left at the pace so far. @param elapsed  seconds since the beginning
    [[nodiscard]] double seconds_left(double elapsed) const;

 private:
    [[nodiscard]] std::string line(double loss, double rate, const std::string& more) const;
    std::ostream& out_;
    bool terminal_;
    std::int64_t epochs_, steps_per_epoch_, first_epoch_;
    std::int64_t epoch_, step_ = 0, steps_done_ = 0;
    Clock::time_point start_ = Clock::now(), shown_ = {};
};

/// Whether standard output is a terminal.
bool stdout_is_terminal();

}  // namespace wb
