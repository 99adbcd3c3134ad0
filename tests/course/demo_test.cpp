// The chapters' demos, through the command line.

#include <fstream>

#include "course.hpp"

namespace wb::course {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(KvSimulate, DrawsItsPictureBesideThePapersNumbers) {
    const std::filesystem::path out = scratch_folder();
    const Outcome outcome = workbook({"run", "kv-simulate", "--requests", "500", "--out", out.string()});
    EXPECT_EQ(outcome.exit_status, 0) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("ShareGPT-like"), HasSubstr("Orca Max"), HasSubstr("7.00 ( 7.00)")));
    EXPECT_GT(std::filesystem::file_size(out / "kv_simulate.png"), 10'000U);
}

TEST(KvSimulate, HostileTraceIsRefusedByFileAndLine) {
    const std::filesystem::path out = scratch_folder(), trace = out / "trace.csv";
    const std::pair<const char*, const char*> bad[] = {
        {"arrival,prompt,output\n0.5,10,20\n1,2000,49\n", ":3: prompt and output together are 2049 tokens"},
        {"arrival,prompt,output\n0,10,20\n\n-1,10,20\n", ":4: arrival: expected a number"},
        {"arrival,prompt,output\n0,10,1e3\n", ":2: output: expected a whole number from 1 to 2048, got \"1e3\""},
        {"arrival,prompt,output\n0,10\n", ":2: expected 3 cells"},
        {"time,prompt,output\n0,10,20\n", ":1: there is no column \"arrival\""},
        {"arrival,prompt,output\n", ":1: no request"},
        {"\x89PNG\r\n\x1a\n", ":2: a control character (code 26)"},
    };
    for (const auto& [content, words] : bad) {
        std::ofstream(trace, std::ios::binary) << content;
        const Outcome outcome = workbook({"run", "kv-simulate", "--trace", trace.string(), "--out", out.string()});
        EXPECT_EQ(outcome.exit_status, 2) << outcome.output;
        EXPECT_THAT(outcome.output, HasSubstr(trace.string() + words));
    }
    EXPECT_FALSE(std::filesystem::exists(out / "kv_simulate.png")) << "no picture of a trace that was refused";
}

TEST(KvSimulate, NumberOutOfRangeIsAUsageError) {
    const Outcome outcome = workbook({"run", "kv-simulate", "--requests", "0"});
    EXPECT_EQ(outcome.exit_status, 2);
    EXPECT_THAT(outcome.output, HasSubstr("--requests"));
}

}  // namespace
}  // namespace wb::course
