/// @file
/// Judges exercise 1.8: a server's requests. The stream of random numbers is given, so a seed means one list of requests.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "judge/judge.hpp"
#include "simulator_case.hpp"
#include "simulator_probes.hpp"

namespace wb {
namespace {

using testing::HasSubstr;

TEST(Workload, LengthsHaveTheMeanThatWasAskedFor) {
    EXPECT_EQ(probes::log_normal_length(58.45, 0, 0), 58) << "without a spread every length is the mean, rounded";
    EXPECT_EQ(probes::log_normal_length(58.5001, 0, 0), 59) << "to the nearest, not down";
    EXPECT_EQ(probes::log_normal_length(161.31, 1.3, 0), 69)
        << "z = 0 is the median, 161.31 exp(-1.3^2 / 2) = 69.3: of a wide distribution, far below the mean";
    EXPECT_EQ(probes::log_normal_length(161.31, 1.3, 2), 933) << "69.3 exp(2.6)";
    EXPECT_EQ(probes::log_normal_length(161.31, 1.3, -2), 5) << "69.3 exp(-2.6)";
    EXPECT_EQ(probes::log_normal_length(19.31, 1.3, -5), 1) << "no length is below 1";
    EXPECT_EQ(probes::log_normal_length(19.31, 1.3, 40), std::numeric_limits<int>::max())
        << "a length that an int does not hold becomes the largest that it does";
}

TEST(Workload, RequestsThatDoNotFitAreDrawnAgain) {
    for (const Case& c : cases("1.8/requests")) {
        SCOPED_TRACE("a row for each request; columns: arrival, prompt_len, output_len");
        const LengthModel model{c.number("prompt_mean"), c.number("output_mean"), c.number("prompt_sigma"),
                                c.number("output_sigma"), static_cast<int>(c.number("max_len"))};
        const auto requests = probes::draw_requests(model, static_cast<int>(c.number("count")),
                                                    static_cast<std::uint64_t>(c.number("seed")));
        for (const auto& [arrival, prompt_len, output_len] : requests) {
            ASSERT_LE(std::int64_t{prompt_len} + output_len, model.max_len)
                << "a request that the context does not hold";
        }
        expect_close(table_of(requests), c, "requests", {});
    }
    EXPECT_TRUE(probes::draw_requests(alpaca_like, 0, 1).empty());
    EXPECT_THAT(probes::draw_requests.expect_error<std::invalid_argument>(alpaca_like, -3, 1), HasSubstr("-3"));
    probes::draw_requests.expect_error<std::invalid_argument>({1, 1, 0, 0, 1}, 3, 1);
}

TEST(Workload, ArrivalsAreAPoissonProcess) {
    for (const Case& c : cases("1.8/arrivals")) {
        std::vector<TraceRequest> asked(static_cast<std::size_t>(c.number("count")));
        for (std::size_t n = 0; n < asked.size(); ++n) asked[n] = {0, static_cast<int>(n) + 1, 7};
        const auto requests =
            probes::draw_arrivals(asked, c.number("rate"), static_cast<std::uint64_t>(c.number("seed")));
        ASSERT_EQ(requests.size(), asked.size());
        Tensor<1, double> arrivals = zeros<1, double>({requests.size()});
        for (std::size_t n = 0; n < requests.size(); ++n) {
            arrivals(n) = requests[n].arrival;
            EXPECT_EQ(requests[n].prompt_len, asked[n].prompt_len) << "the requests keep their order and lengths";
        }
        expect_close(arrivals, c, "arrivals", {.relative = 1e-12});  // sums of 40 logarithms in double
    }
    for (const double rate : {0.0, -1.0, std::nan("")}) {
        probes::draw_arrivals.expect_error<std::invalid_argument>({{0, 1, 1}}, rate, 1);
    }
}

}  // namespace
}  // namespace wb
