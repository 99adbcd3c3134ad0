// Pictures of a warp's addresses: those that everybody should know at sight, and that they agree with what the engine counts.
#include "profile/address_picture.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "course/course.hpp"
#include "profile/chosen_lines.hpp"
#include "simt/profile/request.hpp"

namespace wb::grader {
namespace {

using kernels::AccessKind;
using kernels::LaneAddresses;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

/// 32 lanes of 4 bytes, the first at byte `first`, the others each `apart` bytes after the one before.
LaneAddresses lanes(std::int64_t first, std::int64_t apart, bool shared = false, std::size_t bytes = 4) {
    LaneAddresses addresses;
    addresses.lanes = ~0u;
    addresses.bytes = bytes;
    addresses.shared = shared;
    addresses.array = shared ? "tile" : "";
    addresses.buffer_bytes = 16384;
    for (std::size_t lane = 0; lane < 32; ++lane)
        addresses.offset[lane] = first + apart * static_cast<std::int64_t>(lane);
    return addresses;
}

/// The grid without its heading.
std::vector<std::string> grid(const LaneAddresses& addresses) {
    std::vector<std::string> text = picture_text(addresses);
    text.erase(text.begin());
    return text;
}

TEST(AddressPicture, OfStrideOneIsOneRowWithoutHoles) {
    EXPECT_THAT(grid(lanes(0, 4)), ElementsAre("        0  01234567 89abcdef ghijklmn opqrstuv"));
    EXPECT_EQ(caption_of(lanes(0, 4)),
              "load of 32 lanes, 4 bytes each, from a buffer of 16,384 bytes: 4 sectors of 32 bytes");
}

TEST(AddressPicture, OfStrideThirtyTwoHasARowForEachLane) {
    const std::vector<std::string> rows = grid(lanes(0, 128));
    ASSERT_THAT(rows, SizeIs(32));
    EXPECT_EQ(rows[0], "        0  0.......");
    EXPECT_EQ(rows[1], "      128  1.......");
    EXPECT_EQ(rows[31], "    3,968  v.......");
    EXPECT_THAT(caption_of(lanes(0, 128)), HasSubstr(": 32 sectors of 32 bytes, 4 would do"));
}

TEST(AddressPicture, OfAMisalignedWarpHasAFifthSector) {
    EXPECT_THAT(grid(lanes(4, 4)), ElementsAre("        0  .0123456 789abcde fghijklm nopqrstu",  //
                                               "      128  v......."));
    EXPECT_THAT(grid(lanes(32, 4)), ElementsAre("        0           01234567 89abcdef ghijklmn",  //
                                                "      128  opqrstuv"))
        << "across two lines, but no sector more";
    EXPECT_THAT(caption_of(lanes(4, 4)), HasSubstr("5 sectors of 32 bytes, 4 would do"));
}

TEST(AddressPicture, OfABroadcastIsOneWord) {
    EXPECT_THAT(grid(lanes(8, 0)), ElementsAre("        0  ..+....."));
    EXPECT_THAT(caption_of(lanes(8, 0)), HasSubstr("1 sector of 32 bytes"));
    EXPECT_THAT(grid(lanes(8, 0, true)), ElementsAre("        1  ..+..... ........ ........ ........"));
    EXPECT_EQ(caption_of(lanes(8, 0, true)), "shared load of 32 lanes, 4 bytes each, from tile: 1 wavefront");
}

TEST(AddressPicture, OfSharedMemoryShowsWhichLanesMeetInABank) {
    EXPECT_THAT(grid(lanes(0, 4, true)), ElementsAre("        1  01234567 89abcdef ghijklmn opqrstuv"));
    EXPECT_THAT(grid(lanes(0, 8, true)), ElementsAre("        1  0.1.2.3. 4.5.6.7. 8.9.a.b. c.d.e.f.",  //
                                                     "        2  g.h.i.j. k.l.m.n. o.p.q.r. s.t.u.v."));
    const std::vector<std::string> column = grid(lanes(0, 128, true));
    ASSERT_THAT(column, SizeIs(32));
    EXPECT_EQ(column[31], "       32  v....... ........ ........ ........");
    EXPECT_THAT(caption_of(lanes(0, 128, true)), HasSubstr("32 wavefronts, 1 without bank conflicts"));
}

TEST(AddressPicture, OfTwoLanesInOneBankWithDifferentWords) {
    LaneAddresses two = lanes(0, 0, true);
    two.lanes = 0b11;
    two.offset[1] = 128;
    EXPECT_THAT(grid(two), ElementsAre("        1  0....... ........ ........ ........",  //
                                       "        2  1....... ........ ........ ........"));
    two.offset[1] = 4;
    EXPECT_THAT(grid(two), ElementsAre("        1  01...... ........ ........ ........"));
    EXPECT_THAT(caption_of(two), HasSubstr("of 2 lanes, 4 bytes each"));
}

TEST(AddressPicture, OfWideElementsTakesAWavefrontForEachPartOfTheWarp) {
    const std::vector<std::string> rows = grid(lanes(0, 16, true, 16));
    ASSERT_THAT(rows, SizeIs(4)) << "quarters, each 128 bytes";
    EXPECT_EQ(rows[0], "        1  00001111 22223333 44445555 66667777");
    EXPECT_THAT(caption_of(lanes(0, 16, true, 16)), HasSubstr("4 wavefronts")) << "and none of them a conflict";
    EXPECT_THAT(caption_of(lanes(0, 16, true, 16)), Not(HasSubstr("conflicts")));
}

TEST(AddressPicture, OfAnAtomicSaysWhoWaits) {
    LaneAddresses atomic = lanes(0, 0);
    atomic.kind = AccessKind::atomic;
    for (std::size_t lane = 0; lane < 32; ++lane) atomic.offset[lane] = 4 * static_cast<std::int64_t>(lane % 4);
    EXPECT_THAT(grid(atomic), ElementsAre("        0  ++++...."));
    EXPECT_THAT(caption_of(atomic), HasSubstr("28 of them wait for another at their address"));
}

TEST(AddressPicture, BeforeABuffersStartIsDrawnToo) {  // a kernel that reads x[-1]
    EXPECT_THAT(grid(lanes(-4, 4)), ElementsAre("     -128                             .......0",  //
                                                "        0  12345678 9abcdefg hijklmno pqrstuv."));
}

TEST(AddressPicture, CostsWhatTheEngineCounts) {
    std::mt19937 random(7);
    for (int trial = 0; trial < 2000; ++trial) {
        LaneAddresses addresses = lanes(0, 0, trial % 2 == 1, std::size_t{1} << random() % 5);
        simt::profile::Request request;
        addresses.lanes = request.lanes =
            trial % 3 == 0 ? ~0u : 1u << random() % 32 | static_cast<std::uint32_t>(random());
        request.bytes = addresses.bytes;
        const unsigned stride = random() % 200, spread = random() % 4096 + 1;
        for (std::size_t lane = 0; lane < 32; ++lane) {
            request.address[lane] = trial % 5 == 0 ? random() % spread : lane * stride;  // any alignment
            addresses.offset[lane] = static_cast<std::int64_t>(request.address[lane]);
        }
        SCOPED_TRACE(trial);
        const AddressPicture picture = picture_of(addresses);
        if (addresses.shared) {
            EXPECT_EQ(picture.cost, simt::profile::wavefronts_of(request).needed);
            EXPECT_EQ(picture.least, simt::profile::wavefronts_of(request).least);
        } else {
            const simt::profile::Sectors sectors(request);
            EXPECT_EQ(picture.cost, sectors.size());
            EXPECT_EQ(picture.least, (sectors.bytes() + 31) / 32);
        }
        EXPECT_LE(picture.rows.size(), 64U);
        ASSERT_FALSE(testing::Test::HasFailure());
    }
}

TEST(AddressPicture, AsTextFitsItsColumnsAndAsSvgHasTheSameWords) {
    EXPECT_EQ(picture_text(lanes(0, 4))[0], "  at byte  +0       +32      +64      +96");
    EXPECT_EQ(picture_text(lanes(0, 4, true))[0], "wavefront  bank 0   bank 8   bank 16  bank 24");
    for (const LaneAddresses& addresses : {lanes(4, 128), lanes(0, 132, true), lanes(-4, 1 << 20)}) {
        for (const std::string& line : picture_text(addresses)) EXPECT_LE(line.size(), picture_columns) << line;
    }
    const std::string svg = picture_svg(lanes(0, 128));
    EXPECT_THAT(svg, HasSubstr("aria-label=\"" + caption_of(lanes(0, 128)) + "\""));
    EXPECT_THAT(svg, HasSubstr("<path class=\"nobody\""));
    EXPECT_THAT(picture_svg(lanes(0, 8, true)), HasSubstr("<path class=\"idle\"")) << "costs nothing by itself";
    EXPECT_THAT(svg, HasSubstr(">31</text>"));
    EXPECT_THAT(svg, HasSubstr(">3968</text>"));
    EXPECT_THAT(svg, Not(HasSubstr("+</text>")));
    EXPECT_THAT(picture_svg(lanes(0, 0)), HasSubstr(">+</text>"));
}

ProfiledKernel kernel_with(const std::string& name, int line, const LaneAddresses& addresses,
                           const std::string& side = "") {
    ProfiledKernel kernel;
    kernel.profile.kernel = name;
    kernel.profile.file = "/w/rows.cu.cpp";
    kernel.profile.lines.emplace_back();
    kernel.profile.lines[0].file = "/w/rows.cu.cpp";
    kernel.profile.lines[0].line = line;
    kernel.profile.lines[0].addresses = {addresses};
    kernel.sources["rows.cu"] = {"// one", "  sum += x[i * 32];", "  sum += x[i];"};
    kernel.side = side;
    return kernel;
}

std::string chosen(const std::vector<ProfiledKernel>& kernels, const std::vector<int>& numbers, std::size_t width) {
    return chosen_text(choose_lines(kernels, numbers), Paint(TerminalStyle{.width = width}));
}

TEST(ChosenLines, TwoLieSideBySideWhereThereIsRoom) {
    const std::vector<ProfiledKernel> kernels{kernel_with("columns", 2, lanes(0, 128)),
                                              kernel_with("rows", 3, lanes(0, 4))};
    const std::string beside = chosen(kernels, {2, 3}, 120), beneath = chosen(kernels, {2, 3}, 80);
    EXPECT_THAT(beside, HasSubstr("rows.cu:2  columns                                 rows.cu:3  rows\n"));
    EXPECT_THAT(beside, HasSubstr("        0  0.......                                        0  01234567 89abcdef"))
        << "the grids begin side by side, although one caption is longer";
    EXPECT_THAT(chosen(kernels, {3, 2}, 120), HasSubstr("jklmn opqrstuv             0  0.......\n"));
    EXPECT_THAT(beneath, HasSubstr("rows.cu:2  columns\nsum += x[i * 32];\n"));
    EXPECT_THAT(beneath, HasSubstr("rows.cu:3  rows\nsum += x[i];\n"));
}

TEST(ChosenLines, OfTwoProfilesTheFirstNumberIsBeforeAndTheLastAfter) {
    const std::vector<ProfiledKernel> kernels{kernel_with("slow", 2, lanes(0, 128), "before"),
                                              kernel_with("fast", 3, lanes(0, 4), "after"),
                                              kernel_with("other", 2, lanes(0, 0), "after")};
    const auto titles = [&](const std::vector<int>& numbers) {
        std::vector<std::string> all;
        for (const ChosenLine& line : choose_lines(kernels, numbers)) all.push_back(line.title);
        return all;
    };
    EXPECT_THAT(titles({2, 3}), ElementsAre("before  rows.cu:2  slow", "after  rows.cu:3  fast"));
    EXPECT_THAT(titles({2}), ElementsAre("before  rows.cu:2  slow", "after  rows.cu:2  other"));
}

TEST(ChosenLines, RequestsAreInTheOrderOfTheirKindsSoThatBothSidesAgree) {
    ProfiledKernel kernel = kernel_with("transpose", 2, lanes(0, 128, true));
    LaneAddresses store = lanes(0, 4);
    store.kind = AccessKind::store;
    kernel.profile.lines[0].addresses.push_back(store);
    kernel.profile.lines[0].addresses.push_back(lanes(0, 8));
    const std::vector<LaneAddresses> ordered = choose_lines({kernel}, {2}).at(0).addresses;
    EXPECT_EQ(ordered[0].kind, AccessKind::load);
    EXPECT_EQ(ordered[1].kind, AccessKind::store);
    EXPECT_TRUE(ordered[2].shared);
}

TEST(ChosenLines, ALineWithoutRequestsNamesThoseWithSome) {
    try {
        choose_lines({kernel_with("columns", 2, lanes(0, 128))}, {9});
        FAIL() << "line 9 has no request";
    } catch (const UsageError& error) {
        EXPECT_STREQ(error.what(),
                     "--line 9: no kernel that is shown loads or stores there in rows.cu. Lines that do: 2");
    }
}

}  // namespace
}  // namespace wb::grader
