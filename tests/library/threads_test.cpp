#include "wb/threads.hpp"

#include <gtest/gtest.h>
#include <omp.h>

#include <atomic>
#include <stdexcept>
#include <vector>

#include "scratch.hpp"

namespace wb {
namespace {

constexpr double long_time = 1e9;  // nanoseconds: always worth other threads

class Threads : public testing::Test {
 protected:
    Threads() { omp_set_num_threads(4); }
    ~Threads() override { omp_set_num_threads(before_); }

 private:
    int before_ = omp_get_max_threads();
};

TEST_F(Threads, PiecesCoverEverythingOnce) {
    for (const std::size_t count : {0, 1, 3, 4, 5, 103}) {
        std::vector<std::atomic<int>> seen(count);
        over_threads(count, long_time, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i) ++seen[i];
        });
        for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(seen[i], 1) << i << " of " << count;
    }
}

TEST_F(Threads, LargeWorkIsCutAndSmallWorkIsNot) {
    EXPECT_EQ(pieces_of(100, long_time), 4U);
    EXPECT_EQ(pieces_of(3, long_time), 3U) << "no empty pieces";
    EXPECT_EQ(pieces_of(100, 1), 1U) << "100 nanoseconds";
}

TEST_F(Threads, AThreadOfATeamWorksAlone) {
    std::atomic<std::size_t> most{0};
#pragma omp parallel num_threads(2)
    if (pieces_of(100, long_time) > most) most = pieces_of(100, long_time);
    EXPECT_EQ(most, 1U);
}

TEST_F(Threads, WorkCanBeHeldOnOneThread) {
    {
        const OnOneThread outer;
        { const OnOneThread inner; }
        EXPECT_EQ(threads_here(), 1U) << "until the last one goes";
    }
    EXPECT_EQ(threads_here(), 4U);
}

TEST_F(Threads, AnErrorOfAPieceReachesTheCaller) {
    const auto fail_in_the_last = [](std::size_t, std::size_t end) {
        if (end == 100) throw std::runtime_error("the last piece");
    };
    EXPECT_EQ(text_of<std::runtime_error>([&] { over_threads(100, long_time, fail_in_the_last); }), "the last piece");
}

}  // namespace
}  // namespace wb
