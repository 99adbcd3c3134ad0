// What `./workbook profile` makes of counters: which kernel it shows, and what it says of a line.
#include <gmock/gmock.h>

#include "files/files.hpp"
#include "profile/advice.hpp"
#include "profile/profile_file.hpp"
#include "profile/profile_table.hpp"
#include "profile/profile_text.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

using kernels::KernelProfile;
using kernels::LineProfile;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* line_of_file =
    R"({"kernel":"sum_rows","symbol":"_Z8sum_rowsPKfPfi","file":"/w/02_attention/rows.cu.cpp","line":9,"launched":[1,2,64,2],"flops_known":true,"shared_bytes":128,"dynamic_shared_bytes":64,"least":[16384,256],)"
    R"("l2":[41943040,3584,520,16384,256],"lines":[{"file":"/w/02_attention/rows.cu.cpp","line":4,"loads":[128,4096,4096,512,16384],)"
    R"("stores":[2,64,8,8,256],"shared_loads":[0,0,0,0],"shared_stores":[0,0,0,0],"atomics":[0,0,0,0,0],"shared_atomics":[0,0,0,0,0],)"
    R"("flow":[130,4160,2],"meetings":[1,3,4096],"load_pattern":[256,1,4],"store_pattern":[4,1,4]}]})";

std::vector<KernelProfile> read(const std::string& text) {
    const auto file = scratch_folder() / "profile.jsonl";
    write_atomically(file, text);
    return read_profiles(file);
}

TEST(ProfileFile, HoldsAKernelALine) {
    const auto profiles = read(std::string(line_of_file) + "\n");
    ASSERT_EQ(profiles.size(), 1U);
    const KernelProfile& kernel = profiles[0];
    EXPECT_EQ(kernel.kernel, "sum_rows");
    EXPECT_EQ(kernel.threads, 64U);
    EXPECT_EQ(kernel.shared_bytes, 128U);
    EXPECT_EQ(kernel.dynamic_shared_bytes, 64U);
    EXPECT_EQ(kernel.symbol, "_Z8sum_rowsPKfPfi");
    EXPECT_EQ(kernel.total.loads.sectors, 4096U);
    EXPECT_EQ(kernel.total.barriers, 1U);
    EXPECT_EQ(kernel.total.flops, 4096U);
    EXPECT_EQ(kernel.lines.at(0).loads.stride, 256);
    EXPECT_TRUE(kernel.lines.at(0).loads.usual);
    EXPECT_EQ(kernel.bytes_moved(), 32U * (4096 + 8));
    EXPECT_EQ(kernel.l2.misses, 520U);
}

TEST(ProfileFile, HoldsTheAddressesOfALinesRequests) {
    const auto with = [](const std::string& addresses) {
        std::string text = line_of_file;
        return read(text.insert(text.size() - 3, R"(,"addresses":[)" + addresses + "]"));
    };
    const auto profiles = with(R"({"request":[1,1,5,8,2048,3,96],"array":"tile","offsets":[-8,256]})");
    ASSERT_EQ(profiles.size(), 1U);
    const kernels::LaneAddresses& addresses = profiles[0].lines.at(0).addresses.at(0);
    EXPECT_EQ(addresses.kind, kernels::AccessKind::store);
    EXPECT_TRUE(addresses.shared);
    EXPECT_EQ(addresses.lanes, 0b101U);
    EXPECT_EQ(addresses.bytes, 8U);
    EXPECT_EQ(addresses.buffer_bytes, 2048U);
    EXPECT_EQ(addresses.places, 3U);
    EXPECT_EQ(addresses.cost, 96U);
    EXPECT_EQ(addresses.array, "tile");
    EXPECT_EQ(addresses.offset[0], -8);
    EXPECT_EQ(addresses.offset[2], 256);
    EXPECT_THAT(read(line_of_file).at(0).lines.at(0).addresses, IsEmpty()) << "none need be there";
    EXPECT_THAT(with(R"({"request":[1,1,5,8,2048,3,96],"array":"","offsets":[0]})"), IsEmpty())
        << "two lanes, one offset";
    EXPECT_THAT(with(R"({"request":[1,1,0,8,2048,3,96],"array":"","offsets":[]})"), IsEmpty()) << "no lane";
    EXPECT_THAT(with(R"({"request":[1,1,1,7,2048,3,96],"array":"","offsets":[0]})"), IsEmpty()) << "7 bytes";
    EXPECT_THAT(with(R"({"request":[1,1,1,4096,2048,3,96],"array":"","offsets":[0]})"), IsEmpty()) << "4096 bytes";
    EXPECT_THAT(with(R"({"request":[3,1,1,4,2048,3,96],"array":"","offsets":[0]})"), IsEmpty()) << "no such kind";
    EXPECT_THAT(with(R"({"request":[1,1,1,4,2048,3,96],"array":"","offsets":[1e300]})"), IsEmpty())
        << "no whole number";
}

TEST(ProfileFile, ALineThatIsCutShortIsLeftOut) {  // its program was killed
    EXPECT_EQ(read(std::string(line_of_file) + "\n" + std::string(line_of_file).substr(0, 100)).size(), 1U);
    EXPECT_THAT(read("{}\n[]\n\n"), IsEmpty());
    EXPECT_THAT(read_profiles(scratch_folder() / "none"), IsEmpty());
}

TEST(Profiles, OfAKernelTheLargestRunIsKept) {
    const auto kernel = [](const char* name, std::uint64_t steps) {
        KernelProfile made;
        made.kernel = name;
        made.total.flow.steps = steps;
        return made;
    };
    const auto largest = largest_of_each({kernel("a", 1), kernel("b", 20), kernel("a", 7), kernel("a", 3)});
    ASSERT_EQ(largest.size(), 2U);
    EXPECT_EQ(largest[0].kernel, "b");
    EXPECT_EQ(largest[1].total.flow.steps, 7U);
}

/// A line whose warps each read 32 floats, `stride` floats apart.
LineProfile reads(std::ptrdiff_t stride, std::uint64_t sectors) {
    LineProfile line;
    line.count.loads = {10, 320, 10 * sectors, 40, 1280};
    line.loads = {4 * stride, true, 4};
    return line;
}

std::vector<std::string> said_of(const LineProfile& line) {
    return advice(line, line.count);
}

TEST(Advice, SaysHowTheThreadsOfAWarpLie) {
    EXPECT_THAT(said_of(reads(1, 4)), IsEmpty());
    EXPECT_THAT(
        said_of(reads(256, 32)),
        ElementsAre(HasSubstr("threads of a warp read column-wise: stride 256 floats (or ints). A request touches 32 "
                              "sectors of 32 bytes where 4 would do.")));
    EXPECT_THAT(said_of(reads(2, 8)), ElementsAre(HasSubstr("threads of a warp read with gaps: stride 2 floats")));
    EXPECT_THAT(said_of(reads(1, 6)), ElementsAre(HasSubstr("a row that begins or ends inside a sector")));
    LineProfile scattered = reads(0, 20);
    scattered.loads.usual = false;
    EXPECT_THAT(said_of(scattered), ElementsAre(HasSubstr("with no regular distance")));
    LineProfile shared = reads(0, 2);  // the halves of a warp read one number each, of two rows
    shared.count.loads = {10, 320, 20, 10, 80};
    EXPECT_THAT(said_of(shared),
                ElementsAre(HasSubstr("many threads of a warp read the same few numbers, which lie apart")));
}

TEST(Advice, ALineThatHardlyMattersIsPassedOver) {
    kernels::LineCounters kernel;
    kernel.loads.sectors = 100 * 320;
    EXPECT_THAT(advice(reads(256, 32), kernel), IsEmpty());
}

TEST(Advice, SpeaksOfBankConflictsAtomicsAndIdleLanes) {
    LineProfile line;
    line.count.shared_loads = {4, 128, 128, 4};
    EXPECT_THAT(said_of(line), ElementsAre(HasSubstr("reads shared memory here takes 32 wavefronts where 1 would do")));
    line = {};
    line.count.atomics = {2, 64, 2, 62, 64};
    EXPECT_THAT(said_of(line), ElementsAre(HasSubstr("62 of 64 atomic updates of global memory")));
    line = {};
    line.count.flow = {10, 160, 0};
    EXPECT_THAT(said_of(line), ElementsAre(HasSubstr("50 % of the lanes are idle")));
}

TEST(ProfileFile, TheTextShowsTotalsSourceAndWhatToMend) {
    const std::vector<std::string> source{"// rows", "", "for (..) {", "    sum += x[row * n + k];", "}"};
    const std::string text = profile_text(read(line_of_file).at(0), source, Paint(TerminalStyle{}));
    EXPECT_THAT(text,
                HasSubstr("sum_rows  rows.cu:9  1 launch: 2 blocks of 32 threads, 128 bytes of shared memory a block"));
    EXPECT_THAT(text, HasSubstr("131.3 kB moved, 16.6 kB at least (each byte read once, each written once): 7.89 x"));
    EXPECT_THAT(text, HasSubstr("128 requests, 32 sectors each (4 at best)"));
    EXPECT_THAT(
        text,
        HasSubstr(
            "     4       128 x 32          2 x 4                     1 barrier       !     sum += x[row * n + k];"));
    EXPECT_THAT(text, HasSubstr("rows.cu:4: threads of a warp read column-wise: stride 64 floats"));
}

TEST(ProfileFile, TheTableHasARowForEachKernel) {
    EXPECT_THAT(profile_table(read(line_of_file)),
                testing::EndsWith("|--:|\n| `sum_rows` | 131.3 kB | 7.89 × | 32 | 4 | – | 0 % | 0.5 | 0.031 |\n"));
}

}  // namespace
}  // namespace wb::grader
