#include "wb/training/training_log.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "wb/byte_source.hpp"
#include "wb/errors.hpp"
#include "wb/picture.hpp"

namespace wb {
namespace {

std::string number_text(double number) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, number).ptr;  // the shortest that reads back the same
    return {text, end};
}

std::string header_of(const std::vector<std::string>& columns) {
    std::string line;
    for (const std::string& name : columns) line += (line.empty() ? "" : ",") + name;
    return line;
}

/// The part before the first separator, which is taken off with it.
std::string_view cut(std::string_view& text, char separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

std::string formatted(const char* format, double a, double b) {
    char text[96];
    std::snprintf(text, sizeof text, format, a, b);
    return text;
}

}  // namespace

TrainingLog::TrainingLog(std::filesystem::path path, std::vector<std::string> columns, std::size_t keep_rows)
    : path_(std::move(path)), columns_(std::move(columns)) {
    if (keep_rows == 0) return;
    const auto source = open_file(path_);
    std::string content(source->size(), '\0');
    source->read(0, std::as_writable_bytes(std::span(content)));
    std::string_view left = content;
    if (cut(left, '\n') != header_of(columns_)) {
        throw FileError(source->name() + ": is not the log of this run: its first line must be " + header_of(columns_));
    }
    while (rows_.size() < keep_rows) {
        const std::string where = source->name() + ", line " + std::to_string(rows_.size() + 2) + ": ";
        if (left.empty()) {
            throw FileError(source->name() + ": has " + std::to_string(rows_.size()) +
                            " rows, and the run goes on after " + std::to_string(keep_rows) +
                            ". Remove it to begin a new log.");
        }
        std::string_view line = cut(left, '\n');
        std::vector<double> row;
        for (std::size_t n = 0; n < columns_.size(); ++n) {
            const std::string_view field = cut(line, ',');
            double number = 0;
            const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), number);
            if (error != std::errc() || end != field.data() + field.size()) {
                throw FileError(where + columns_[n] + " must be a number, got " + in_quotes(field));
            }
            row.push_back(number);
        }
        if (!line.empty())
            throw FileError(where + "there are more than " + std::to_string(columns_.size()) + " fields");
        rows_.push_back(std::move(row));
    }
}

void TrainingLog::add(const std::vector<double>& row) {
    if (row.size() != columns_.size()) {
        throw std::invalid_argument("TrainingLog::add: " + std::to_string(row.size()) + " numbers for the columns " +
                                    header_of(columns_));
    }
    rows_.push_back(row);
    std::string content = header_of(columns_) + "\n";
    for (const std::vector<double>& numbers : rows_) {
        for (std::size_t n = 0; n < numbers.size(); ++n) content += (n == 0 ? "" : ",") + number_text(numbers[n]);
        content += '\n';
    }
    write_atomically(path_, {std::as_bytes(std::span(content))});
}

std::size_t TrainingLog::column(const std::string& name) const {
    const auto found = std::find(columns_.begin(), columns_.end(), name);
    if (found != columns_.end()) return static_cast<std::size_t>(found - columns_.begin());
    throw std::out_of_range("TrainingLog: there is no column \"" + name + "\" among " + header_of(columns_));
}

void TrainingLog::write_curves(const std::filesystem::path& path, const std::string& title,
                               const std::vector<std::string>& columns, bool log_y) const {
    std::vector<Series> curves;
    for (const std::string& name : columns) {
        const std::size_t at = column(name);
        Series& curve = curves.emplace_back();
        curve.label = name;
        for (const std::vector<double>& row : rows_) {
            curve.x.push_back(row[0]);
            curve.y.push_back(row[at]);
        }
    }
    if (rows_.empty()) return;
    write_line_chart(path, curves, {.title = title, .x_label = columns_[0], .y_label = "loss", .log_y = log_y});
}

std::string duration_text(double seconds) {
    if (!(seconds >= 0) || std::isinf(seconds)) return "? s";
    if (seconds < 60) return formatted("%.1f s", std::min(seconds, 59.9), 0);
    if (seconds < 3600)
        return formatted("%.0f min %02.0f s", std::floor(seconds / 60), std::floor(std::fmod(seconds, 60)));
    return formatted("%.0f h %02.0f min", std::floor(seconds / 3600), std::floor(std::fmod(seconds, 3600) / 60));
}

Progress::Progress(std::ostream& out, bool terminal, std::int64_t epochs, std::int64_t steps_per_epoch,
                   std::int64_t first_epoch)
    : out_(out),
      terminal_(terminal),
      epochs_(epochs),
      steps_per_epoch_(steps_per_epoch),
      first_epoch_(first_epoch),
      epoch_(first_epoch) {}

double Progress::seconds_left(double elapsed) const {
    const std::int64_t all = (epochs_ - first_epoch_ + 1) * steps_per_epoch_;
    return steps_done_ == 0 ? std::nan("") : elapsed * double(all - steps_done_) / double(steps_done_);
}

std::string Progress::line(double loss, double rate, const std::string& more) const {
    const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
    std::string text = "epoch " + std::to_string(epoch_) + "/" + std::to_string(epochs_);
    if (step_ != 0) text += "  step " + std::to_string(step_) + "/" + std::to_string(steps_per_epoch_);
    text += "  loss " + formatted("%.4f  rate %.1e", loss, rate) + (more.empty() ? "" : "  " + more);
    return text + "  " + duration_text(seconds_left(elapsed)) + " left";
}

void Progress::step(double loss, double rate) {
    ++step_;
    ++steps_done_;
    if (!terminal_ || Clock::now() - shown_ < std::chrono::milliseconds(100)) return;
    shown_ = Clock::now();
    out_ << '\r' << line(loss, rate, "") << "\x1b[K" << std::flush;  // clears what a longer line left
}

void Progress::epoch_done(double loss, double rate, const std::string& result) {
    step_ = 0;
    if (terminal_) out_ << '\r';
    out_ << line(loss, rate, result) << (terminal_ ? "\x1b[K\n" : "\n") << std::flush;
    ++epoch_;
}

bool stdout_is_terminal() {
    return ::isatty(STDOUT_FILENO) == 1;
}

}  // namespace wb
