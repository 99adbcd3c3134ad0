/// @file
/// Judges exercise 6.1: windows and a split by time.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "windows_case.hpp"
#include "windows_probes.hpp"

namespace wb {

/// GoogleTest would show bytes.
static void PrintTo(const Split& split, std::ostream* out) {
    *out << "{train " << split.train << ", validation " << split.validation << ", rows " << split.rows << "}";
}

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Whole numbers, and floats that are copied: all are equal or wrong.
constexpr Tolerance equal{};
constexpr std::size_t huge = std::numeric_limits<std::size_t>::max();

std::size_t whole(const Case& c, const std::string& key) {
    return static_cast<std::size_t>(c.number(key));
}

std::vector<std::size_t> starts_of(const Case& c) {
    std::vector<std::size_t> starts;
    for (const float start : c.in<1>("starts")) starts.push_back(static_cast<std::size_t>(start));
    return starts;
}

TEST(ChronologicalSplit, CutsInOrderOfTimeAndLosesNoRowToRounding) {
    for (const Case& c : cases("6.1/split")) {
        SCOPED_TRACE(c.name());
        const Split got = probes::chronological_split(whole(c, "rows"), c.number("train"), c.number("validation"));
        const Tensor<1, double> wanted = c.expected<1>("split");
        EXPECT_EQ(static_cast<double>(got.train), wanted(0)) << c.name() << ": where training ends";
        EXPECT_EQ(static_cast<double>(got.validation), wanted(1))
            << c.name() << ": where validation ends: at the floor of rows times the sum of both shares";
        EXPECT_EQ(static_cast<double>(got.rows), wanted(2)) << c.name() << ": where the series ends";
    }
    EXPECT_EQ(probes::chronological_split(huge, 1, 0), (Split{huge, huge, huge}))
        << "2^64 - 1 rows, all for training. As a double they are 2^64, which is no std::size_t: compare with rows "
           "first";
}

TEST(ChronologicalSplit, SharesThatCannotBeAreRefused) {
    const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    for (const auto& [train, validation] : std::vector<std::pair<double, double>>{{-0.25, 0.5},
                                                                                  {0.5, -0.25},
                                                                                  {nan, 0.5},
                                                                                  {0.5, nan},
                                                                                  {infinity, 0.5},
                                                                                  {0.25, -infinity},
                                                                                  {1.5, -0.75},
                                                                                  {0.75, 0.5},
                                                                                  {0.5, 0.50001}}) {
        SCOPED_TRACE("shares of " + std::to_string(train) + " and " + std::to_string(validation));
        probes::chronological_split.expect_error<std::invalid_argument>(100, train, validation);
    }
    EXPECT_THAT(probes::chronological_split.expect_error<std::invalid_argument>(100, 0.625, 0.875),
                AllOf(HasSubstr("0.625"), HasSubstr("0.875")))
        << "the message names both shares";
    SCOPED_TRACE("shares that sum to 1 and 5e-10 or 9e-10, which is 1 but for rounding");
    const Split rounded = probes::chronological_split(80, 0.5, 0.5 + 5e-10);
    EXPECT_EQ(rounded, (Split{40, 80, 80})) << "a sum of 1 and 5e-10 is 1 but for rounding";
    const Split large = probes::chronological_split(std::size_t{1} << 40, 0.5, 0.5 + 9e-10);
    EXPECT_EQ(large.validation, std::size_t{1} << 40) << "2^40 rows: validation may not end behind the series";
}

TEST(WindowStarts, NoFutureLeavesItsPart) {
    for (const Case& c : cases("6.1/starts")) {
        SCOPED_TRACE(c.name());
        const Split split{whole(c, "train"), whole(c, "validation"), whole(c, "rows")};
        const auto part = static_cast<SeriesPart>(whole(c, "part"));
        const WindowShape shape{whole(c, "lookback"), whole(c, "horizon")};
        SCOPED_TRACE("parts end at " + std::to_string(split.train) + ", " + std::to_string(split.validation) + " and " +
                     std::to_string(split.rows) + "; lookback " + std::to_string(shape.lookback) + ", horizon " +
                     std::to_string(shape.horizon) + ", stride " + std::to_string(whole(c, "stride")));
        const std::vector<std::size_t> starts = probes::window_starts(split, part, shape, whole(c, "stride"));
        expect_close(followed_by_minus_one(starts, split.rows,
                                           [&] { stop_test(c.name() + ": more windows than the series has rows"); }),
                     c, starts_key, equal);
    }
}

TEST(WindowStarts, ReachBackAsFarAsThereIsPast) {
    const Split split{4, 9, 20};
    EXPECT_THAT(probes::window_starts(split, SeriesPart::validation, {6, 2}, 1), ElementsAre(0, 1))
        << "rows 4 to 8 are validation's. A past of 6 rows ends before row 6 at the earliest: futures 6 7 and 7 8";
    EXPECT_THAT(probes::window_starts(split, SeriesPart::validation, {4, 2}, 1), ElementsAre(0, 1, 2, 3))
        << "a past of 4 rows has just room before row 4";
    EXPECT_THAT(probes::window_starts(split, SeriesPart::test, {9, 5}, 3), ElementsAre(0, 3, 6));
    EXPECT_THAT(probes::window_starts(split, SeriesPart::test, {12, 1}, 5), ElementsAre(0, 5));
    EXPECT_THAT(probes::window_starts({0, 0, 7}, SeriesPart::test, {3, 2}, 1), ElementsAre(0, 1, 2))
        << "a test part that is all there is";
}

TEST(WindowStarts, AreNoneWhenNoneFitsHoweverLong) {
    const Split split{10, 13, 20};
    EXPECT_THAT(probes::window_starts(split, SeriesPart::train, {7, 3}, 1), ElementsAre(0))
        << "10 rows, a window of 10";
    EXPECT_THAT(probes::window_starts(split, SeriesPart::train, {7, 4}, 1), IsEmpty()) << "10 rows, a window of 11";
    EXPECT_THAT(probes::window_starts(split, SeriesPart::validation, {2, 3}, 1), ElementsAre(8))
        << "3 rows, a future of 3";
    EXPECT_THAT(probes::window_starts(split, SeriesPart::validation, {2, 4}, 1), IsEmpty()) << "3 rows, a future of 4";
    EXPECT_THAT(probes::window_starts({10, 10, 20}, SeriesPart::validation, {1, 1}, 1), IsEmpty())
        << "a part without rows";
    EXPECT_THAT(probes::window_starts({0, 0, 0}, SeriesPart::test, {1, 1}, 1), IsEmpty()) << "a series without rows";
    for (const WindowShape& shape : {WindowShape{huge, 1}, {1, huge}, {huge, huge}, {huge - 3, 9}, {9, huge - 3}}) {
        EXPECT_THAT(probes::window_starts(split, SeriesPart::test, shape, 1), IsEmpty())
            << "lookback " << shape.lookback << ", horizon " << shape.horizon << ": sums of these wrap around";
    }
    {
        SCOPED_TRACE("a stride of 2^64 - 1: the first window only. Start plus stride wraps around");
        EXPECT_THAT(probes::window_starts(split, SeriesPart::test, {4, 2}, huge), ElementsAre(9));
    }
    EXPECT_THAT(probes::window_starts(split, SeriesPart::test, {4, 2}, 5), ElementsAre(9, 14))
        << "starts 9 to 14, every 5th";
    SCOPED_TRACE("a split near 2^64: a test part of rows 2^64 - 10 to 2^64 - 3, lookback 4, horizon 6");
    EXPECT_THAT(probes::window_starts({huge - 20, huge - 9, huge - 1}, SeriesPart::test, {4, 6}, 1),
                ElementsAre(huge - 13, huge - 12, huge - 11));
}

TEST(WindowStarts, RefuseZerosAndASplitOutOfOrder) {
    const Split split{10, 13, 20};
    const auto error_of = [&](const Split& of, const WindowShape& shape, std::size_t stride) {
        return probes::window_starts.expect_error<std::invalid_argument>(of, SeriesPart::train, shape, stride);
    };
    EXPECT_THAT(error_of(split, {0, 3}, 1), HasSubstr("lookback"));
    EXPECT_THAT(error_of(split, {3, 0}, 1), HasSubstr("horizon"));
    {
        SCOPED_TRACE("a stride of 0");
        EXPECT_THAT(error_of(split, {3, 3}, 0), HasSubstr("stride"));
    }
    EXPECT_THAT(error_of({57, 31, 83}, {3, 3}, 1), AllOf(HasSubstr("57"), HasSubstr("31"), HasSubstr("83")))
        << "training ends behind validation: the message names the three ends";
    EXPECT_THAT(error_of({31, 83, 57}, {3, 3}, 1), AllOf(HasSubstr("57"), HasSubstr("31"), HasSubstr("83")))
        << "validation ends behind the series, even if training is asked for";
}

TEST(GatherWindows, CopyPastAndFutureOfEachStart) {
    for (const Case& c : cases("6.1/gather")) {
        SCOPED_TRACE(c.name());
        const Windows got =
            probes::gather_windows(c.in<2>("series"), starts_of(c), {whole(c, "lookback"), whole(c, "horizon")});
        expect_close(got.past, c, "past", equal);
        expect_close(got.future, c, "future", equal);
    }
    Tensor<2> gap = zeros<2>({5, 2});
    gap(2, 1) = std::numeric_limits<float>::quiet_NaN();
    const Windows got = probes::gather_windows(gap, {0}, {2, 3});
    expect_shape(got.past, {1, 2, 2}, "past of one window");
    expect_shape(got.future, {1, 3, 2}, "future of one window");
    EXPECT_TRUE(std::isnan(got.future(0, 0, 1))) << "NaN is copied as it is";
    EXPECT_EQ(got.future(0, 0, 0), 0);
    const Windows none = probes::gather_windows(gap, {}, {2, 3});
    expect_shape(none.past, {0, 2, 2}, "past of no window");
    expect_shape(none.future, {0, 3, 2}, "future of no window");
}

TEST(GatherWindows, NameTheWindowAndTheRowThatIsNotThere) {
    const Tensor<2> series = zeros<2>({57, 2});
    std::vector<std::size_t> starts(40, 3);
    starts[31] = 54;  // rows 54 to 58
    starts[35] = 60;
    EXPECT_THAT(probes::gather_windows.expect_error<std::out_of_range>(series, starts, {4, 1}),
                AllOf(HasSubstr("31"), HasSubstr("57")))
        << "the message names window 31, the first that does not fit, and row 57, the first that is not there";
    starts[31] = 52;  // rows 52 to 56
    EXPECT_THAT(probes::gather_windows.expect_error<std::out_of_range>(series, starts, {4, 1}),
                AllOf(HasSubstr("35"), HasSubstr("60")))
        << "rows 60 to 64 of a series of 57: the message names window 35 and row 60, the first of them";
    for (const std::size_t start : {huge, huge - 4, huge - 5, std::size_t{57}}) {
        SCOPED_TRACE("a series of 57 rows, a window of 5 that begins at row " + std::to_string(start));
        probes::gather_windows.expect_error<std::out_of_range>(series, {start}, {4, 1});
    }
    for (const WindowShape& shape : {WindowShape{huge, 1}, {1, huge}, {huge - 1, 3}, {std::size_t{1} << 60, 1}}) {
        SCOPED_TRACE("a series of 57 rows, a past of " + std::to_string(shape.lookback) + " and a future of " +
                     std::to_string(shape.horizon));
        probes::gather_windows.expect_error<std::out_of_range>(series, {0}, shape);
    }
}

TEST(WindowBatches, AskEveryWindowOnceAnEpochInANewOrder) {
    for (const Case& c : cases("6.1/epochs")) {
        const std::vector<std::size_t> starts = starts_of(c);
        for (const std::size_t batch_size : {std::size_t{5}, starts.size(), std::size_t{1}, huge}) {
            const std::string what = c.name() + ", batches of " + std::to_string(batch_size);
            SCOPED_TRACE(what);
            const auto epochs =
                probes::window_batches(starts, batch_size, static_cast<std::uint64_t>(c.number("seed")), 3);
            const std::size_t length = std::min(batch_size, starts.size());
            const std::size_t batches = (starts.size() - 1) / length + 1;
            Tensor<2, double> order = full<2, double>({3, starts.size()}, -1);
            for (std::size_t epoch = 0; epoch < 3; ++epoch) {
                if (epochs.at(epoch).size() != batches)
                    stop_test(what + ": expected " + std::to_string(batches) + " batches of " +
                              std::to_string(starts.size()) + " windows, got " + std::to_string(epochs[epoch].size()) +
                              ". The last may be short; it is not dropped");
                std::size_t n = 0;
                for (const std::vector<std::size_t>& batch : epochs[epoch]) {
                    const std::size_t wanted = std::min(length, starts.size() - n);
                    if (batch.size() != wanted)
                        stop_test(what + ": a batch of " + std::to_string(batch.size()) + ", where " +
                                  std::to_string(wanted) + " belong");
                    for (const std::size_t start : batch) order(epoch, n++) = static_cast<double>(start);
                }
            }
            expect_close(order, c, "epochs", equal);
        }
    }
    {
        SCOPED_TRACE("no starts: no batches, not one that is empty");
        EXPECT_THAT(probes::window_batches({}, 4, 1, 1).at(0), IsEmpty());
    }
    SCOPED_TRACE("a batch_size of 0");
    EXPECT_THAT(probes::window_batches.expect_error<std::invalid_argument>({1, 2}, 0, 1, 1), HasSubstr("batch_size"));
}

}  // namespace
}  // namespace wb
