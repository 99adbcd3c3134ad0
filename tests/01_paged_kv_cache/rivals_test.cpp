/// @file
/// Judges exercise 1.7: reservations and the split of the pool. Whole numbers: nothing needs a tolerance.
#include <cmath>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "rival_case.hpp"
#include "rival_probes.hpp"

namespace wb {

/// As a failure's text shows it.
static void PrintTo(const WasteSplit& s, std::ostream* out) {
    *out << "tokens " << s.tokens << ", reserved " << s.reserved << ", internal " << s.internal << ", external "
         << s.external;
}

namespace {

using probes::BuddyOp;
using testing::HasSubstr;

int slots(ReservationRule rule, int prompt_len, int output_len) {
    return probes::reserved_slots(rule, prompt_len, output_len, 2048);
}

TEST(Reservations, FollowTheirRules) {
    EXPECT_EQ(slots(ReservationRule::orca_max, 1, 1), 2048)
        << "max reserves the model's longest context for any request";
    EXPECT_EQ(slots(ReservationRule::orca_oracle, 161, 338), 499) << "the oracle knows both lengths";
    EXPECT_EQ(slots(ReservationRule::orca_pow2, 100, 25), 132)
        << "25 tokens of output are rounded up to 32; the prompt is not";
    EXPECT_EQ(slots(ReservationRule::orca_pow2, 100, 32), 132) << "32 is a power of two";
    EXPECT_EQ(slots(ReservationRule::orca_pow2, 100, 33), 164);
    EXPECT_EQ(slots(ReservationRule::orca_pow2, 100, 1), 101);
    EXPECT_EQ(slots(ReservationRule::orca_pow2, 1000, 1040), 2048) << "never more than max_len: no request can use it";
    for (const Case& c : cases("1.7/reservations")) {
        SCOPED_TRACE("a row for each request; columns: max, pow2, oracle");
        const auto lengths = c.in<2, double>("lengths");
        Tensor<2, double> got = zeros<2, double>({lengths.shape(0), 3});
        for (std::size_t n = 0; n < lengths.shape(0); ++n) {
            for (std::size_t rule = 0; rule < 3; ++rule) {
                got(n, rule) =
                    probes::reserved_slots(reservation_rules[rule], static_cast<int>(lengths(n, 0)),
                                           static_cast<int>(lengths(n, 1)), static_cast<int>(c.number("max_len")));
            }
        }
        expect_close(got, c, "slots", {});
    }
}

TEST(Reservations, RefuseWhatDoesNotFitTheContext) {
    constexpr int most = 2147483647;
    const auto error = [](ReservationRule rule, int prompt_len, int output_len) {
        return probes::reserved_slots.expect_error<std::invalid_argument>(rule, prompt_len, output_len, 2048);
    };
    EXPECT_EQ(slots(ReservationRule::orca_oracle, 2000, 48), 2048) << "2048 tokens fit a context of 2048";
    for (const ReservationRule rule : reservation_rules) {
        const std::string too_long = error(rule, 2000, 49);
        EXPECT_THAT(too_long, HasSubstr("2000"));
        EXPECT_THAT(too_long, HasSubstr("49"));
        error(rule, 0, 10);
        error(rule, 10, 0);
        error(rule, most, most);  // a sum that an int does not hold
    }
}

TEST(WasteSplit, TellsFourKindsOfSlotsApart) {
    EXPECT_EQ(probes::split_waste({{10, 25, 40}}, 64), (WasteSplit{10, 15, 15, 24}))
        << "10 tokens of 25 in 40 slots: 15 will be used, 15 never; 24 belong to nobody";
    EXPECT_EQ(probes::split_waste({{10, 25, 16}}, 64), (WasteSplit{10, 6, 0, 48}))
        << "paged: of 16 slots 10 hold a token and 6 will. The 9 tokens more lie in blocks that nobody holds yet";
    EXPECT_EQ(probes::split_waste({{17, 18, 32}}, 32), (WasteSplit{17, 1, 14, 0}))
        << "paged: the last of two blocks of 16 will hold 2 tokens";
    EXPECT_EQ(probes::split_waste({}, 64), (WasteSplit{0, 0, 0, 64})) << "an empty pool is external, all of it";
    for (const Case& c : cases("1.7/waste")) {
        SCOPED_TRACE("tokens, reserved, internal, external");
        const WasteSplit split =
            probes::split_waste(holdings_of(c.in<2, double>("holdings")), static_cast<int>(c.number("num_slots")));
        Tensor<1, double> got = zeros<1, double>({4});
        got(0) = static_cast<double>(split.tokens);
        got(1) = static_cast<double>(split.reserved);
        got(2) = static_cast<double>(split.internal);
        got(3) = static_cast<double>(split.external);
        expect_close(got, c, "split", {});
    }
}

TEST(WasteSplit, RefusesImpossibleHoldings) {
    const auto error = [](const std::vector<Holding>& holdings) {
        return probes::split_waste.expect_error<std::invalid_argument>(holdings, 64);
    };
    EXPECT_THAT(error({{10, 25, 40}, {17, 30, 16}}), HasSubstr("holding 1")) << "17 tokens in 16 slots";
    EXPECT_THAT(error({{26, 25, 40}}), HasSubstr("holding 0")) << "26 tokens of 25";
    EXPECT_THAT(error({{-1, 25, 40}}), HasSubstr("holding 0"));
    EXPECT_THAT(error({{10, 25, 40}, {10, 25, 40}}), HasSubstr("80")) << "80 slots of a pool of 64";
}

TEST(Rivals, SevenRequestsOf2048FitThePool) {
    const std::vector<BuddyOp> trace(8, {BuddyOp::Kind::allocate, slots(ReservationRule::orca_max, 161, 338)});
    const auto steps = probes::buddy_trace(15728, trace);
    ASSERT_EQ(steps.size(), 9U);
    for (std::size_t n = 1; n <= 7; ++n) EXPECT_TRUE(steps[n].has_chunk) << "7 * 2048 = 14,336 of 15,728 slots";
    EXPECT_FALSE(steps[8].has_chunk) << "1,392 slots are left, the longest run of them 1,024: too short for an eighth";
    EXPECT_EQ(steps[8].num_free, 1392);
    EXPECT_EQ(steps[8].largest_free, 1024);
}

}  // namespace
}  // namespace wb
