#include "queue/queue.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <queue>

#include "gradebook/costs.hpp"

namespace wb::grader {

double QueueRun::mean_wait() const {
    return waits.empty() ? 0 : std::accumulate(waits.begin(), waits.end(), 0.0) / static_cast<double>(waits.size());
}

QueueRun serve(const std::vector<Arrival>& arrivals, int servers) {
    // The only events that matter are servers becoming free: who comes next takes the one that is free first.
    std::priority_queue<double, std::vector<double>, std::greater<>> free;
    for (int n = 0; n < servers; ++n) free.push(0);
    QueueRun run;
    run.waits.reserve(arrivals.size());
    for (const Arrival& one : arrivals) {
        const double begin = std::max(one.at, free.top());
        free.pop();
        free.push(begin + one.service);
        run.waits.push_back(begin - one.at);
        run.end = std::max(run.end, begin + one.service);
    }
    return run;
}

int servers_for(const std::vector<Arrival>& arrivals, double share, double wait) {
    const auto enough = [&](int servers) { return percentile(serve(arrivals, servers).waits, share) <= wait; };
    int most = 1;
    while (!enough(most)) most *= 2;
    int too_few = most / 2;  // one server more never makes anybody wait longer, so the answer lies between
    while (most - too_few > 1) {
        const int middle = (most + too_few) / 2;
        (enough(middle) ? most : too_few) = middle;
    }
    return most;
}

std::vector<double> arrivals_before_deadline(int count, double rush, Random& random) {
    std::vector<double> times;
    for (int n = 0; n < count; ++n) {
        const double u = random.uniform();
        const double left = std::isinf(rush) ? week * u : rush * std::expm1(u * std::log1p(week / rush));
        times.push_back(week - left);
    }
    std::sort(times.begin(), times.end());
    return times;
}

}  // namespace wb::grader
