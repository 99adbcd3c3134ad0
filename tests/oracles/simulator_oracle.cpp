/// @file
/// Steps walked one by one. See simulator_oracle.hpp.
#include "simulator_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "rivals_oracle.hpp"

namespace wb::oracle {
namespace {

enum class State { coming, waiting, running, lingering, gone };

struct Job {
    TraceRequest request;
    State state = State::coming;
    int written = 0;             ///< tokens of output
    std::int64_t rank = 0;       ///< order of the queue
    std::int64_t start = -1;     ///< of its chunk
    std::int64_t set_aside = 0;  ///< by its rule
    std::int64_t chunk = 0;
    RequestSteps steps;
};

class Walk {
 public:
    Walk(const SimulatorOptions& options, const std::vector<TraceRequest>& requests, const SimulatorFlaws& flaws)
        : o_(options), f_(flaws), pool_(options.num_slots), blocks_(options.num_slots / options.block_size) {
        std::vector<std::size_t> order(requests.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            if (requests[a].arrival != requests[b].arrival) return requests[a].arrival < requests[b].arrival;
            return flaws.latest_of_equals_first ? a > b : a < b;
        });
        jobs_.resize(requests.size());
        for (std::size_t n = 0; n < order.size(); ++n) {
            jobs_[order[n]].request = requests[order[n]];
            jobs_[order[n]].rank = static_cast<std::int64_t>(n);
        }
        for (std::size_t n = 0; n < jobs_.size(); ++n) by_rank_.push_back(order[n]);
    }

    SimulationResult run() {
        for (std::int64_t step = 0; any([](const Job& j) { return j.state != State::gone; }); ++step) {
            for (Job& job : jobs_) {
                if (job.state == State::lingering) leave(job);
                const double seen = f_.arrives_a_step_early ? std::floor(job.request.arrival) : job.request.arrival;
                if (job.state == State::coming && seen <= static_cast<double>(step)) job.state = State::waiting;
            }
            const bool preempted = paged() && make_room_for_tokens();
            if (!preempted) admit(step);  // the contract says that this rule needs no code; here it has some
            write_and_measure(step);
        }
        for (const Job& job : jobs_) result_.requests.push_back(job.steps);
        return result_;
    }

 private:
    template <class Predicate>
    [[nodiscard]] bool any(Predicate predicate) const {
        return std::any_of(jobs_.begin(), jobs_.end(), predicate);
    }
    [[nodiscard]] bool paged() const { return o_.system == KvSystem::paged; }
    [[nodiscard]] std::int64_t blocks_of(int tokens) const { return (tokens + o_.block_size - 1) / o_.block_size; }
    [[nodiscard]] static int tokens_of(const Job& job) { return job.request.prompt_len + job.written; }
    [[nodiscard]] std::int64_t watermark() const {
        return f_.no_watermark ? 0 : static_cast<std::int64_t>(std::ceil(o_.watermark * static_cast<double>(blocks_)));
    }

    /// Blocks in use when the running jobs up to rank `last` have written one more token.
    [[nodiscard]] std::int64_t blocks_in_use(std::int64_t last) const {
        std::int64_t total = 0;
        for (const Job& job : jobs_) {
            if (job.state == State::lingering) total += blocks_of(tokens_of(job));
            if (job.state == State::running) total += blocks_of(tokens_of(job) + (job.rank <= last ? 1 : 0));
        }
        return total;
    }

    bool make_room_for_tokens() {
        bool preempted = false;
        const std::int64_t room = blocks_ - (f_.watermark_on_append ? watermark() : 0);
        for (const std::size_t n : by_rank_) {
            while (jobs_[n].state == State::running && blocks_in_use(jobs_[n].rank) > room && takes_a_block(jobs_[n])) {
                Job* victim = nullptr;
                for (Job& job : jobs_) {
                    if (job.state != State::running) continue;
                    const bool better = victim == nullptr || (job.rank > victim->rank) != f_.preempts_the_earliest;
                    if (better) victim = &job;
                }
                victim->state = State::waiting;
                if (f_.preempted_starts_over) victim->written = 0;
                if (f_.preempted_to_the_back) send_to_the_back(*victim);
                ++result_.preemptions;
                preempted = true;
                if (f_.preempted_to_the_back) return true;  // by_rank_ has changed; good enough for a mistake
            }
        }
        return preempted;
    }
    [[nodiscard]] bool takes_a_block(const Job& job) const { return tokens_of(job) % o_.block_size == 0; }

    void send_to_the_back(Job& job) {
        job.rank = static_cast<std::int64_t>(jobs_.size()) + result_.preemptions;
        std::sort(by_rank_.begin(), by_rank_.end(), [&](auto a, auto b) { return jobs_[a].rank < jobs_[b].rank; });
    }

    void admit(std::int64_t step) {
        for (const std::size_t n : by_rank_) {
            Job& job = jobs_[n];
            if (job.state != State::waiting) continue;
            if (!fits(job)) {
                if (f_.overtakes) continue;
                return;
            }
            job.state = State::running;
            if (job.steps.admitted < 0) job.steps.admitted = step;
        }
    }

    bool fits(Job& job) {
        if (paged()) {
            const std::int64_t everybody = std::int64_t{1} << 62;
            return blocks_in_use(everybody) + blocks_of(tokens_of(job) + 1) + watermark() <= blocks_;
        }
        const ReservationRule rule = o_.system == KvSystem::orca_max    ? ReservationRule::orca_max
                                     : o_.system == KvSystem::orca_pow2 ? ReservationRule::orca_pow2
                                                                        : ReservationRule::orca_oracle;
        job.set_aside = reservation(rule, job.request.prompt_len, job.request.output_len, o_.max_len);
        const auto chunk = pool_.allocate(job.set_aside);
        if (!chunk) return false;
        job.start = chunk->start;
        job.chunk = chunk->size;
        return true;
    }

    void write_and_measure(std::int64_t step) {
        StepTotals now{1, 0, {}};
        now.slots.external = o_.num_slots;
        for (Job& job : jobs_) {
            if (job.state != State::running && job.state != State::lingering) continue;
            const bool runs = job.state == State::running;
            if (runs) ++job.written;
            now.running += runs ? 1 : 0;
            const int tokens = tokens_of(job) - (f_.first_token_later ? 1 : 0);
            const int final_len = job.request.prompt_len + job.request.output_len;
            const std::int64_t slots = paged()                ? blocks_of(tokens) * o_.block_size
                                       : f_.chunk_is_internal ? job.chunk
                                                              : job.set_aside;
            for (std::int64_t slot = 0; slot < slots; ++slot) {
                ++(slot < tokens ? now.slots.tokens : slot < final_len ? now.slots.reserved : now.slots.internal);
                --now.slots.external;
            }
            if (!runs || job.written < job.request.output_len) continue;
            job.steps.finished = step;
            job.state = State::lingering;
        }
        if (!f_.one_step_longer) {
            for (Job& job : jobs_)
                if (job.state == State::lingering) leave(job);
        }
        if (now.running == 0) return;
        add(result_.busy, now);
        if (any([](const Job& job) { return job.state == State::waiting; })) add(result_.saturated, now);
    }

    void leave(Job& job) {
        if (!paged()) pool_.free(job.start);
        job.state = State::gone;
    }

    static void add(StepTotals& total, const StepTotals& one) {
        total.steps += one.steps;
        total.running += one.running;
        total.slots.tokens += one.slots.tokens;
        total.slots.reserved += one.slots.reserved;
        total.slots.internal += one.slots.internal;
        total.slots.external += one.slots.external;
    }

    const SimulatorOptions o_;
    const SimulatorFlaws f_;
    BuddyPool pool_;
    std::int64_t blocks_;
    std::vector<Job> jobs_;
    std::vector<std::size_t> by_rank_;
    SimulationResult result_;
};

}  // namespace

SimulationResult simulate(const SimulatorOptions& options, const std::vector<TraceRequest>& requests,
                          const SimulatorFlaws& flaws) {
    return Walk(options, requests, flaws).run();
}

}  // namespace wb::oracle
