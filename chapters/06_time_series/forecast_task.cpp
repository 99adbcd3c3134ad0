#include "forecast_task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "time_encodings.hpp"
#include "wb/dataset.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

/// Minutes from one row to the next.
std::int64_t minutes_between(const Timestamp& from, const Timestamp& to) {
    using namespace std::chrono;
    const auto at = [](const Timestamp& time) {
        const sys_days day = year(time.year) / time.month / time.day;
        return day.time_since_epoch() + hours(time.hour) + minutes(time.minute);
    };
    return duration_cast<minutes>(at(to) - at(from)).count();
}

std::size_t season_of(const std::vector<Timestamp>& times) {
    if (times.size() < 2) return 0;
    const std::int64_t step = minutes_between(times[0], times[1]);
    if (step == 60) return 24;
    return step == 24 * 60 ? 7 : 0;
}

ForecastTask made_ready(const std::string& name, const TimeSeries& series, const Split& split, std::size_t season) {
    ForecastTask task{name, series.variates, series.times, split, fit_scaler(series.values, split.train), {},
                      {},   season};
    task.values = standardise(series.values, task.scaler);
    task.calendar =
        series.times.empty() ? zeros<2>({series.values.shape(0), calendar_size}) : calendar_features(series.times);
    return task;
}

const char* words_of(SeriesPart part) {
    if (part == SeriesPart::train) return "training";
    return part == SeriesPart::validation ? "validation" : "test";
}

}  // namespace

std::vector<std::string> forecast_data_names() {
    return {"chicago", "etth1", "etth2"};
}

ForecastTask forecast_task(const std::string& name) {
    if (name == "chicago") {
        const TimeSeries series = read_series(dataset("series/chicago_stations20_daily.csv"));
        return made_ready(name, series, chronological_split(series.values.shape(0), 0.7, 0.1), 7);
    }
    const TimeSeries series = read_series(fetched_dataset(name) / (name == "etth1" ? "ETTh1.csv" : "ETTh2.csv"));
    const std::size_t month = 30 * 24;
    const Split split{12 * month, 16 * month, 20 * month};
    if (series.values.shape(0) < split.rows)
        throw FileError(fmt::format("{}: {} rows, but the papers' 20 months have {}", series.name,
                                    series.values.shape(0), split.rows));
    return made_ready(name, series, split, 24);
}

ForecastTask forecast_task(const std::filesystem::path& csv, std::size_t season) {
    const TimeSeries series = read_series(csv);
    return made_ready(csv.stem().string(), series, chronological_split(series.values.shape(0), 0.7, 0.1),
                      season != 0 ? season : season_of(series.times));
}

std::vector<std::size_t> windows_of(const ForecastTask& task, SeriesPart part, const WindowShape& shape,
                                    std::size_t stride) {
    std::vector<std::size_t> starts = window_starts(task.split, part, shape, stride);
    if (starts.empty())
        throw Error(
            fmt::format("{}: the {} part is too short for a window of {} rows and {} to forecast. Take a "
                        "shorter --lookback or --horizon",
                        task.name, words_of(part), shape.lookback, shape.horizon));
    return starts;
}

ForecastBatch windows_at(const ForecastTask& task, std::span<const std::size_t> starts, const WindowShape& shape) {
    Windows windows = gather_windows(task.values, starts, shape);
    const std::size_t rows = shape.lookback + shape.horizon, features = task.calendar.shape(1);
    ForecastBatch batch{std::move(windows.past), zeros<3>({starts.size(), rows, features}), std::move(windows.future)};
    for (std::size_t n = 0; n < starts.size(); ++n)
        std::copy_n(&task.calendar(starts[n], 0), rows * features, &batch.calendar(n, 0, 0));
    return batch;
}

}  // namespace wb
