// What counters come to, and what is said when they break a limit: on counters made by hand.
#include "judge/efficiency.hpp"

#include <gmock/gmock.h>

namespace wb::grader {
namespace {

using kernels::KernelProfile;
using kernels::LineProfile;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

LineProfile line_at(int number) {
    LineProfile line;
    line.file = "/submission/02_attention/rows.cu.cpp";
    line.line = number;
    return line;
}

KernelProfile kernel_of(const std::vector<LineProfile>& lines) {
    KernelProfile kernel;
    kernel.kernel = "rows";
    kernel.lines = lines;
    for (const LineProfile& line : lines) kernel.total += line.count;
    return kernel;
}

/// 100 requests of 32 floats, each `sectors` sectors; 4 would do.
LineProfile loads(int number, std::uint64_t sectors) {
    LineProfile line = line_at(number);
    line.count.loads = {100, 3200, 100 * sectors, 400, 12800};
    line.loads = {static_cast<std::ptrdiff_t>(sectors) * 8, true, 4};
    line.count.flow = {100, 3200, 0};
    return line;
}

TEST(Efficiency, IsOneWhereNothingIsWasted) {
    const Efficiency best = efficiency_of({kernel_of({loads(4, 4)})}, 12800);
    EXPECT_EQ(best.sectors, 1);
    EXPECT_EQ(best.bank_conflicts, 1);
    EXPECT_EQ(best.traffic, 1);
    EXPECT_EQ(best.idle_lanes, 0);
}

TEST(Efficiency, CountsAllKernelsTogether) {
    LineProfile shared = line_at(9);
    shared.count.shared_stores = {10, 320, 40, 10};
    shared.count.flow = {100, 0, 0};
    shared.count.stores = {10, 320, 40, 40, 1280};
    shared.count.atomics.sectors = 60;
    const Efficiency both = efficiency_of({kernel_of({loads(4, 4)}), kernel_of({shared})}, 16000);
    EXPECT_EQ(both.bank_conflicts, 4);
    EXPECT_EQ(both.idle_lanes, 0.5);
    EXPECT_EQ(both.traffic, 32.0 * (400 + 40 + 60) / 16000) << "what atomics touch is moved, too";
    EXPECT_EQ(both.sectors, 1);
}

TEST(Efficiency, ALimitThatIsKeptSaysNothing) {
    const std::vector<KernelProfile> kernels{kernel_of({loads(4, 4)})};
    EXPECT_THAT(
        broken_limits(kernels, 12800, {{"sectors", 1}, {"traffic", 1}, {"bank_conflicts", 1}, {"idle_lanes", 0}}),
        IsEmpty());
}

TEST(Efficiency, ScatteredRequestsNameTheLineAndTheCure) {
    const std::vector<KernelProfile> kernels{kernel_of({loads(4, 4), loads(7, 32)})};
    EXPECT_THAT(broken_limits(kernels, 25600, {{"sectors", 1.1}}),
                ElementsAre(AllOf(HasSubstr("sectors: warps touch 4.5 times the 32-byte sectors"),
                                  HasSubstr("at most 1.1 times"),
                                  HasSubstr("\n  rows.cu:7: threads of a warp read column-wise: stride 64 floats"),
                                  HasSubstr("Let threadIdx.x run along the fastest index"))));
}

TEST(Efficiency, LinesOfWhichTheSameIsToBeSaidStandTogether) {
    const std::vector<KernelProfile> kernels{kernel_of({loads(7, 32), loads(9, 32)})};
    EXPECT_THAT(broken_limits(kernels, 25600, {{"sectors", 1.1}}),
                ElementsAre(HasSubstr("\n  rows.cu:7, rows.cu:9: threads")));
}

TEST(Efficiency, TrafficOfScatteredRequestsIsNotLaidToReReading) {
    const std::vector<KernelProfile> kernels{kernel_of({loads(7, 32)})};
    EXPECT_THAT(
        broken_limits(kernels, 12800, {{"traffic", 1.25}}),
        ElementsAre(AllOf(HasSubstr("8 times the 12800 bytes"), HasSubstr("side by side they would move 1 times"),
                          testing::Not(HasSubstr("registers")))));
}

TEST(Efficiency,
     NorIsTrafficOfFewLanesThatLieApart) {  // four lanes to a request, a sector for each, which would share one
    LineProfile few = loads(7, 32);
    few.count.loads = {800, 3200, 3200, 800, 12800};
    EXPECT_THAT(
        broken_limits({kernel_of({few})}, 12800, {{"traffic", 1.25}}),
        ElementsAre(AllOf(HasSubstr("8 times the 12800 bytes"), HasSubstr("side by side they would move 1 times"))));
}

TEST(Efficiency, TrafficNamesTheLinesThatMoveMost) {
    LineProfile again = loads(7, 4);
    again.count.loads = {300, 9600, 1200, 1200, 38400};
    const std::vector<KernelProfile> kernels{kernel_of({loads(4, 4), again})};
    EXPECT_THAT(
        broken_limits(kernels, 12800, {{"traffic", 1.25}}),
        ElementsAre(AllOf(HasSubstr("traffic: the kernels move 4 times the 12800 bytes"),
                          HasSubstr("\n  rows.cu:7 moves 75 % of it: 300 load requests of warps, 4 sectors each."),
                          HasSubstr("registers or shared memory"))));
}

TEST(Efficiency, BankConflictsAndIdleLanesNameTheLine) {
    LineProfile line = line_at(12);
    line.count.shared_loads = {10, 320, 320, 10};
    line.count.flow = {10, 10, 0};
    EXPECT_THAT(broken_limits({kernel_of({line})}, 100, {{"bank_conflicts", 1.1}, {"idle_lanes", 0.1}}),
                ElementsAre(AllOf(HasSubstr("bank_conflicts: shared memory takes 32 times"),
                                  HasSubstr("rows.cu:12: bank conflicts"), HasSubstr("tile[32][33]")),
                            AllOf(HasSubstr("idle_lanes: 97 % of the lanes are idle; at most 10 %"),
                                  HasSubstr("rows.cu:12: 97 % idle"))));
}

TEST(Efficiency, EveryLimitOfAChapterFileIsKnown) {  // else a limit would never be looked at
    for (const char* name : {"sectors", "bank_conflicts", "traffic", "idle_lanes"})
        EXPECT_NO_THROW(static_cast<void>(Efficiency{}.of(name)));
    EXPECT_THROW(static_cast<void>(Efficiency{}.of("speed")), std::invalid_argument);
}

}  // namespace
}  // namespace wb::grader
