#include "grade/task_queue.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

namespace wb::grader {

void run_tasks(const std::vector<std::function<void()>>& tasks, int threads) {
    std::atomic<std::size_t> next{0};
    std::mutex mutex;
    std::exception_ptr failure;
    const auto work = [&] {
        for (std::size_t mine = next++; mine < tasks.size(); mine = next++) {
            try {
                tasks[mine]();
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (!failure) failure = std::current_exception();
                next = tasks.size();
            }
        }
    };
    std::vector<std::thread> pool;
    const std::size_t count = std::min<std::size_t>(tasks.size(), static_cast<std::size_t>(std::max(1, threads)));
    for (std::size_t i = 1; i < count; ++i) pool.emplace_back(work);
    work();
    for (std::thread& thread : pool) thread.join();
    if (failure) std::rethrow_exception(failure);
}

int default_jobs() {
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace wb::grader
