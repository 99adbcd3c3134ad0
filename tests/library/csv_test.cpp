#include "wb/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "mutate.hpp"
#include "scratch.hpp"
#include "wb/errors.hpp"
#include "wb/random.hpp"

namespace wb {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Csv : public InScratchFolder {};

CsvTable parse(const std::string& text) {
    return parse_csv(as_bytes(text), "t.csv");
}
std::string error_of(const std::string& text) {
    return text_of<FileError>([&] { parse(text); });
}

TEST_F(Csv, RowsAreReadFromAFile) {
    write_text(file("t.csv"),
               "\xEF\xBB\xBF"
               "arrival, prompt\r\n0.5,\t17 \r\n\r\n 1e3,-2");
    const CsvTable table = read_csv(file("t.csv"));
    EXPECT_THAT(table.columns(), ElementsAre("arrival", "prompt"));
    ASSERT_EQ(table.num_rows(), 2U) << "empty lines are no rows";
    EXPECT_EQ(table.text(0, table.column("prompt")), "17") << "without the blanks around it";
    EXPECT_EQ(table.number(0, 0, 0, 1), 0.5);
    EXPECT_EQ(table.number(1, 0, 0, 1e6), 1000);
    EXPECT_EQ(table.whole_number(1, 1, -5, 5), -2);
    EXPECT_EQ(parse("a,b\n").num_rows(), 0U);
    EXPECT_EQ(parse("a,b\n,\n").text(0, 1), "") << "an empty cell is a cell";
}

TEST_F(Csv, CopiesOutliveTheOriginal) {
    CsvTable copy = parse("a\nx");
    {
        const CsvTable table = parse("a\nshort");  // a short text may lie inside the string object
        copy = table;
    }
    EXPECT_EQ(copy.text(0, 0), "short");
}

TEST_F(Csv, ErrorsNameFileLineAndColumn) {
    const CsvTable table = parse("n\n\n1\nabc\n1.5\nnan\n1e999\n\n7x\n12345678901234567890\n");
    const auto whole = [&](std::size_t row) {
        return text_of<FileError>([&] { (void)table.whole_number(row, 0, 1, 2048); });
    };
    const auto number = [&](std::size_t row) {
        return text_of<FileError>([&] { (void)table.number(row, 0, 0, 1e6); });
    };
    EXPECT_EQ(whole(1), "t.csv:4: n: expected a whole number from 1 to 2048, got \"abc\"");
    EXPECT_THAT(whole(2), HasSubstr("t.csv:5: n: expected a whole number"));
    EXPECT_THAT(whole(6), HasSubstr("t.csv:10:")) << "more than 64 bits";
    EXPECT_EQ(number(3), "t.csv:6: n: expected a number from 0 to 1e+06, got \"nan\"");
    EXPECT_THAT(number(4), HasSubstr("t.csv:7:")) << "no double";
    EXPECT_THAT(number(5), HasSubstr("t.csv:9:")) << "a number and something behind it";
    EXPECT_THAT(number(6), HasSubstr("t.csv:10:")) << "out of range";
    EXPECT_EQ(text_of<FileError>([&] { (void)table.column("m"); }),
              "t.csv:1: there is no column \"m\"; there is \"n\"");
    EXPECT_EQ(text_of<FileError>([&] { table.refuse(0, "no"); }), "t.csv:3: no");
}

TEST_F(Csv, WhatIsNoTableIsRefused) {
    EXPECT_THAT(error_of(""), HasSubstr("t.csv:1: empty"));
    EXPECT_THAT(error_of("\n \n"), HasSubstr("empty"));
    EXPECT_EQ(error_of("a,b\n1,2\n1,2,3\n"), "t.csv:3: expected 2 cells (\"a\", \"b\"), got 3");
    EXPECT_THAT(error_of("a,b\n1\n"), HasSubstr("t.csv:2:"));
    EXPECT_THAT(error_of("a,,b\n"), HasSubstr("t.csv:1: a column without a name"));
    EXPECT_THAT(error_of("a,b,a\n"), HasSubstr("two columns are called \"a\""));
    EXPECT_THAT(error_of("a\n\"x\"\n"), HasSubstr("t.csv:2: a quote"));
    EXPECT_THAT(error_of(std::string("a\n\0\n", 4)), HasSubstr("t.csv:2: a control character (code 0)"));
    EXPECT_THAT(error_of(std::string(100'000, ',')), HasSubstr("more than 1000 columns"));
    EXPECT_THAT(text_of<FileError>([&] { read_csv(file("none.csv")); }), HasSubstr("none.csv"));
    EXPECT_THAT(text_of<FileError>([&] { read_csv(file("")); }), HasSubstr("regular")) << "a folder";
}

TEST_F(Csv, DamagedFilesAreReadOrRefused) {
    const std::string good = "arrival,prompt,output\n0.25,17,200\n1.5,3,9\n2,44,1\n";
    Random random(20240301);
    int refused = 0;
    for (int n = 0; n < 20'000; ++n) {
        try {
            const CsvTable table = parse(mutated(good, 22, random));
            for (std::size_t row = 0; row < table.num_rows(); ++row) (void)table.number(row, 0, 0, 10);
        } catch (const FileError& error) {
            ++refused;
            ASSERT_TRUE(std::string(error.what()).starts_with("t.csv:")) << error.what();
        }
    }
    EXPECT_GT(refused, 1000);
    EXPECT_LT(refused, 20'000) << "then nothing was tried";
}

}  // namespace
}  // namespace wb
