#include <unistd.h>

#include <array>
#include <ostream>

#include "cluster/order.hpp"
#include "commands/commands.hpp"
#include "files/files.hpp"
#include "grade/attempt.hpp"
#include "gradebook/gradebook.hpp"
#include "submission/object_cache.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "a node without a name";
}

/// Why this node cannot grade anything of the order; empty, and the sandbox is in `terms`, when it can.
std::string why_not(const Desk& desk, const Order& order, const std::vector<Selection>& selection,
                    GradingOptions& terms) {
    try {
        if (edition_of(selection) != order.edition)
            throw Error(
                "the course here is another edition than the submitter's. Both must be one on a shared file system");
        std::ostream nobody(nullptr);  // what a task prints last is to be why it ended
        if (order.sandbox) terms.sandbox = sandbox_of(desk, "nothing was graded, as this node has no sandbox.", nobody);
        return "";
    } catch (const std::exception& error) {
        return clean_text(error.what());
    }
}

}  // namespace

int grade_chunk_command(const Desk& desk, const GradeChunkOptions& options) {
    const fs::path file = fs::absolute(options.order).lexically_normal();
    const Order order = read_order(file);
    if (options.chunk >= static_cast<int>(order.chunks.size()))
        throw UsageError("grade-chunk: " + file.string() + " has chunks 0 to " +
                         std::to_string(static_cast<int>(order.chunks.size()) - 1) + ", got " +
                         std::to_string(options.chunk));
    const ClusterFolder folder{file.parent_path().parent_path()};
    const std::string key = read_text(folder.key()), host = host_name();
    const std::vector<Selection> selection = select(desk.course, order.chapters);
    GradingOptions terms{.seed = order.seed, .seconds = order.seconds, .trusted = !order.sandbox};
    const std::string hindrance = why_not(desk, order, selection, terms);

    // Nodes do not see each other's processes, nor, on some file systems, each other's locks: a task shares nothing that it writes.
    const ScratchFolder work(folder.work(),
                             "task-" + std::to_string(order.round) + "-" + std::to_string(options.chunk));
    Toolchain toolchain = desk.toolchain;
    toolchain.work_dir = work.path();

    int status = 0;
    for (const OrderedAttempt& one : order.chunks[static_cast<std::size_t>(options.chunk)]) {
        AttemptResult result{one.attempt, order.round, one.hash, host, {}, false, ""};
        write_result(folder, key, result);  // that it has begun: see who is charged for a lost task
        Lap lap;
        std::string fault = hindrance;
        if (fault.empty()) {
            fault =
                grade_attempt(desk.course, toolchain, selection, {one.id, folder.submission(one.hash), one.exercises},
                              terms, lap, [&](const ExerciseReport& exercise) {
                                  result.exercises.push_back(exercise);
                                  write_result(folder, key, result);
                              });
        }
        if (!fault.empty()) result.fault = host + ": " + fault;
        result.done = true;
        write_result(folder, key, result);
        if (!fault.empty()) status = 2;
        trim_cache(toolchain);
    }
    return status;
}

}  // namespace wb::grader
