/// @file
/// A Slurm cluster of two nodes on this machine, for one test: a real slurmctld and two slurmds on loopback, with ports and a folder of their
/// own. Authentication is none: for tests only.
/// Everything it has started ends with it; the daemons also with the test's process, whatever ends that.
#pragma once

#include <sys/types.h>

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "process/process.hpp"

namespace wb::grader {

/// Whether slurmctld, slurmd and sbatch are installed.
bool slurm_is_installed();

/// Looks every 50 ms, for a minute at most. @return whether it came about
bool eventually(const std::function<bool()>& condition);

class SlurmCluster {
 public:
    static constexpr std::array<const char*, 2> nodes{"one", "two"};

    /// Starts it, and waits until both nodes are idle. @throws Error  with the controller's log when they do not get so far
    SlurmCluster();
    ~SlurmCluster();
    SlurmCluster(const SlurmCluster&) = delete;
    SlurmCluster& operator=(const SlurmCluster&) = delete;

    /// By which Slurm's commands find it.
    [[nodiscard]] std::map<std::string, std::string> environment() const {
        return {{"SLURM_CONF", (folder_ / "slurm.conf").string()}};
    }
    /// Runs a command of Slurm's. @return what it printed
    std::string run(const std::vector<std::string>& argv) const;

    void stop_controller();
    void start_controller();
    /// As if its plug were pulled: the daemon and all that it runs are gone at once, and the controller takes it for lost.
    void lose_node(const std::string& name);
    void start_node(const std::string& name);
    /// The node on which a process runs, by its environment.
    [[nodiscard]] static std::string node_of(pid_t process);

 private:
    void write_configuration() const;
    pid_t start(const std::vector<std::string>& argv) const;
    void stop(pid_t& daemon, int signal) const;
    [[nodiscard]] std::vector<pid_t> processes_that_mention(const std::string& text) const;
    void kill_all_that_mention(const std::string& text) const;

    std::filesystem::path folder_;
    pid_t controller_ = 0;
    std::map<std::string, pid_t> node_daemons_;
};

}  // namespace wb::grader
