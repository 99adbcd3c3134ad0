#include "wb/series.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "scratch.hpp"
#include "wb/dataset.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TimeSeries series(const std::string& text) {
    return series_of(parse_csv(as_bytes(text), "s.csv"));
}
std::string error_of(const std::string& text) {
    return text_of<FileError>([&] { series(text); });
}

TEST(Timestamp, IsReadWithItsWeekdayAndDayOfTheYear) {
    EXPECT_EQ(parse_timestamp("1970-01-01"), Timestamp{}) << "a Thursday";
    EXPECT_EQ(parse_timestamp("2001-01-08"), (Timestamp{2001, 1, 8, 0, 0, 0, 8})) << "a Monday";
    const Timestamp noon{2016, 7, 1, 13, 45, 4, 183};
    EXPECT_EQ(parse_timestamp("2016-07-01 13:45"), noon);
    EXPECT_EQ(parse_timestamp("2016-07-01T13:45:59"), noon) << "seconds are dropped";
    EXPECT_EQ(parse_timestamp("2000-12-31").day_of_year, 366) << "2000 was a leap year";
    EXPECT_EQ(parse_timestamp("1900-12-31").day_of_year, 365) << "1900 was none";
    EXPECT_EQ(parse_timestamp("2016-08-14").weekday, 6) << "a Sunday";
    EXPECT_EQ(parse_timestamp("1582-10-10").weekday, 6) << "the Gregorian calendar goes on before it was introduced";
}

TEST(Timestamp, WhatIsNoDateIsQuoted) {
    for (const std::string text :
         {"", "2001", "2001-1-08", "08.01.2001", "2001-01-08 ", "2001-01-08 1:00", "2001/01/08", "2001-01-08 13:00:0x",
          "2001-01-08 13:00Z", "+001-01-08", "2001-01-0\xC2\xB2"}) {
        SCOPED_TRACE(text);
        EXPECT_THAT(text_of<std::invalid_argument>([&] { parse_timestamp(text); }), HasSubstr("expected a date"));
    }
    for (const std::string text : {"2001-02-29", "1900-02-29", "2001-13-01", "2001-00-01", "2001-04-31", "2001-01-00",
                                   "2001-01-01 24:00", "2001-01-01 23:60"}) {
        const std::string message = text_of<std::invalid_argument>([&] { parse_timestamp(text); });
        EXPECT_THAT(message, HasSubstr("\"" + text + "\""));
        EXPECT_THAT(message, StartsWith("no ")) << "no calendar, or no day";
    }
}

TEST(TimeSeries, HasDatesWhenItsFirstColumnSaysOrShowsSo) {
    const TimeSeries dated = series("Date,Austin,Belmont\n2001-01-08,1.5,4\n2001-01-10,-2,1e3\n");
    EXPECT_THAT(dated.variates, ElementsAre("Austin", "Belmont"));
    ASSERT_EQ(dated.times.size(), 2U);
    EXPECT_EQ(dated.times[1].day, 10) << "dates need not be evenly spaced";
    EXPECT_THAT(dated.values.storage(), ElementsAre(1.5F, 4.0F, -2.0F, 1000.0F));
    EXPECT_EQ(dated.name, "s.csv");
    EXPECT_EQ(series("when,OT\n2016-07-01 00:00:00,30\n").times.size(), 1U) << "the first cell is no number";
    const TimeSeries plain = series("Austin,Belmont\n1,2\n3,4\n5,6\n");
    EXPECT_TRUE(plain.times.empty());
    EXPECT_EQ(plain.values.shape(0), 3U);
    EXPECT_EQ(plain.values.shape(1), 2U);
    EXPECT_EQ(plain.values(2, 1), 6);
}

TEST(TimeSeries, ErrorsNameFileLineAndColumn) {
    EXPECT_THAT(error_of("date,a,b\n2001-01-08,1,2\n\n2001-01-09,3,\n"), StartsWith("s.csv:4: b: a gap: "));
    EXPECT_THAT(error_of("a,b\n,2\n"), StartsWith("s.csv:2: a: a gap: "))
        << "an empty first cell makes no column of dates";
    EXPECT_THAT(error_of("date,a\n2001-01-08,1\n,2\n"), StartsWith("s.csv:3: date: a gap: "));
    for (const std::string cell : {"x", "nan", "inf", "1e39", "1 2", "0x10", "+1"}) {
        EXPECT_THAT(error_of("date,a\n2001-01-08,1\n2001-01-09," + cell + "\n"),
                    testing::AllOf(StartsWith("s.csv:3: a: expected a number from "), HasSubstr("\"" + cell + "\"")));
    }
    EXPECT_THAT(error_of("date,a\n2001-02-29,1\n"),
                StartsWith("s.csv:2: date: no calendar has the date \"2001-02-29\""));
    EXPECT_THAT(error_of("TIME,a\n17,1\n"), StartsWith("s.csv:2: TIME: expected a date"));
    EXPECT_THAT(error_of("a,b\n1x,1\n"),
                testing::AllOf(StartsWith("s.csv:2: a: expected a date"), HasSubstr("no number")));
    EXPECT_THAT(error_of("a,b\n1,1\n1x,1\n"), StartsWith("s.csv:3: a: expected a number"));
}

TEST(TimeSeries, RowsAreInOrderOfTime) {
    EXPECT_THAT(error_of("date,a\n2001-01-09,1\n2001-01-08,1\n"),
                StartsWith("s.csv:3: date: \"2001-01-08\" is not later"));
    EXPECT_THAT(error_of("date,a\n2001-01-09 10:00,1\n2001-01-09 10:00:30,1\n"), HasSubstr("not later"))
        << "seconds are dropped";
    EXPECT_EQ(series("date,a\n2000-12-31 23:59,1\n2001-01-01 00:00,1\n").times.size(), 2U);
}

TEST(TimeSeries, WithoutRowsOrVariatesIsNone) {
    EXPECT_THAT(error_of("date,a\n"), StartsWith("s.csv:1: no rows"));
    EXPECT_THAT(error_of("date\n2001-01-08\n"), StartsWith("s.csv:1: no column but \"date\""));
}

class TimeSeriesFile : public InScratchFolder {};

TEST_F(TimeSeriesFile, IsReadAsItIs) {
    write_text(file("own.csv"), "\xEF\xBB\xBFtime,a\r\n2016-07-01 13:00,1\r\n");
    EXPECT_EQ(read_series(file("own.csv")).times[0].hour, 13);
    EXPECT_THAT(text_of<FileError>([&] { read_series(file("none.csv")); }), HasSubstr("none.csv"));
}

TEST(ChicagoStations, AreDailyRowsWithoutAGap) {
    const TimeSeries chicago = read_series(dataset("series/chicago_stations20_daily.csv"));
    ASSERT_EQ(chicago.values.shape(0), 5698U);
    EXPECT_EQ(chicago.values.shape(1), 20U);
    EXPECT_EQ(chicago.variates.front(), "Austin");
    EXPECT_EQ(chicago.times.front(), (Timestamp{2001, 1, 8, 0, 0, 0, 8}));
    EXPECT_FLOAT_EQ(chicago.values(0, 0), 1.463F);
    for (std::size_t row = 0; row < chicago.times.size(); ++row)
        ASSERT_EQ(chicago.times[row].weekday, static_cast<int>(row % 7)) << "row " << row << " is the next day";
}

}  // namespace
}  // namespace wb
