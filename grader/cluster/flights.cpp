#include "cluster/flights.hpp"

#include <sys/vfs.h>

#include <algorithm>

namespace wb::grader {

void Flights::add(const QueuedTask& task, int round, const std::vector<OrderedAttempt>& chunk) {
    Flight flight{round};
    for (const OrderedAttempt& one : chunk) flight.attempts.push_back(one.attempt);
    flights_[task] = std::move(flight);
}

bool Flights::have(std::int64_t attempt, int round) const {
    return std::any_of(flights_.begin(), flights_.end(), [&](const auto& entry) {
        const Flight& flight = entry.second;
        return (round == 0 || flight.round == round) &&
               std::find(flight.attempts.begin(), flight.attempts.end(), attempt) != flight.attempts.end();
    });
}

std::vector<Flights::Lost> Flights::gone(const std::set<QueuedTask>& queue, Clock::duration unseen,
                                         const std::function<bool(std::int64_t attempt)>& missing) {
    std::vector<Lost> lost;
    const auto now = Clock::now();
    for (auto at = flights_.begin(); at != flights_.end();) {
        auto& [task, flight] = *at;
        Lost one{task, flight.round, flight.attempts};
        std::erase_if(one.missing, [&](std::int64_t attempt) { return !missing(attempt); });
        const bool waits_or_runs = queue.contains(task);
        if (waits_or_runs) flight.gone_since.reset();
        if (!waits_or_runs && !flight.gone_since) flight.gone_since = now;
        if (waits_or_runs || (!one.missing.empty() && now - *flight.gone_since < unseen)) {
            ++at;
            continue;
        }
        if (!one.missing.empty()) lost.push_back(std::move(one));
        at = flights_.erase(at);
    }
    return lost;
}

Flights::Clock::duration unseen_for(const std::filesystem::path& folder) {
    constexpr auto nfs = 0x6969;
    struct statfs info {};
    const bool is_nfs = ::statfs(folder.c_str(), &info) == 0 && info.f_type == nfs;
    return std::chrono::seconds(is_nfs ? 61 : 0);
}

}  // namespace wb::grader
