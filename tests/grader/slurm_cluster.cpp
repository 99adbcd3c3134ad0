#include "slurm_cluster.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "files/files.hpp"
#include "sandbox/command.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace fs = std::filesystem;
namespace {

/// Ports that are free now; all are held until the last is found, so no two are the same.
std::vector<int> free_ports(std::size_t count) {
    std::vector<int> sockets, ports;
    for (std::size_t i = 0; i < count; ++i) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        sockets.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::bind(sockets.back(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            ::getsockname(sockets.back(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw Error("no free port on loopback");
        ports.push_back(ntohs(address.sin_port));
    }
    for (const int socket : sockets) ::close(socket);
    return ports;
}

std::string daemon_program(const char* name) {
    for (const char* folder : {"/usr/sbin/", "/usr/local/sbin/", "/usr/bin/"}) {
        if (::access((std::string(folder) + name).c_str(), X_OK) == 0) return std::string(folder) + name;
    }
    return find_program(name);
}

std::string host_name() {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    const std::string whole = name.data();
    return whole.substr(0, whole.find('.'));
}

std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();  // of a process that ends meanwhile, what came before
    return bytes.str();
}

fs::path new_folder() {
    std::string name =
        "/tmp/wb-slurm-XXXXXX";  // a short one: Slurm's sockets lie in it, and their paths have 107 bytes
    if (::mkdtemp(name.data()) == nullptr) throw Error("no folder in /tmp");
    return name;
}

}  // namespace

bool slurm_is_installed() {
    return !daemon_program("slurmctld").empty() && !daemon_program("slurmd").empty() && !find_program("sbatch").empty();
}

bool eventually(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return true;
}

SlurmCluster::SlurmCluster() : folder_(new_folder()) {
    write_configuration();
    start_controller();
    for (const char* node : nodes) start_node(node);
    const bool ready = eventually([&] {
        const std::string states = run({"sinfo", "--noheader", "--Node", "--format=%T"});
        return states == "idle\nidle\n";
    });
    if (!ready) {
        const std::string log = bytes_of(folder_ / "slurmctld.log");
        kill_all_that_mention(folder_.string());
        throw Error("the cluster did not start. Its controller's log ends so:\n" +
                    log.substr(log.size() - std::min<std::size_t>(log.size(), 2000)));
    }
}

SlurmCluster::~SlurmCluster() {
    kill_all_that_mention(folder_.string());
    int status = 0;
    for (auto& [name, daemon] : node_daemons_) {
        if (daemon > 0) ::waitpid(daemon, &status, 0);
    }
    if (controller_ > 0) ::waitpid(controller_, &status, 0);
    std::error_code none;
    fs::remove_all(folder_, none);
}

void SlurmCluster::write_configuration() const {
    const std::vector<int> ports = free_ports(1 + nodes.size());
    const std::string here = folder_.string(), host = host_name();
    const passwd* user = ::getpwuid(::geteuid());
    const std::string name = user != nullptr ? user->pw_name : "root";
    std::string text = "ClusterName=test\nSlurmctldHost=" + host + "(127.0.0.1)\nSlurmUser=" + name +
                       "\nSlurmdUser=" + name + "\nSlurmctldPort=" + std::to_string(ports[0]) +
                       "\nStateSaveLocation=" + here + "/state\nSlurmctldPidFile=" + here +
                       "/slurmctld.pid\nSlurmctldLogFile=" + here + "/slurmctld.log\nSlurmdPidFile=" + here +
                       "/slurmd.%n.pid\nSlurmdLogFile=" + here + "/slurmd.%n.log\nSlurmdSpoolDir=" + here +
                       "/spool.%n\n";
    text += R"(AuthType=auth/none
CredType=cred/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=none
SwitchType=switch/none
KillWait=1
SchedulerParameters=sched_min_interval=1000,sched_interval=1,batch_sched_delay=0,bf_interval=1,max_sched_time=1
)";
    for (std::size_t i = 0; i < nodes.size(); ++i)
        text += std::string("NodeName=") + nodes[i] + " NodeHostname=" + host +
                " NodeAddr=127.0.0.1 Port=" + std::to_string(ports[1 + i]) + " CPUs=2 State=UNKNOWN\n";
    text += "PartitionName=grade Nodes=one,two Default=YES MaxTime=01:00:00 State=UP\n";
    for (const char* part : {"state", "spool.one", "spool.two"}) fs::create_directories(folder_ / part);
    write_atomically(folder_ / "slurm.conf", text);
}

std::string SlurmCluster::run(const std::vector<std::string>& argv) const {
    return run_process({.argv = argv, .environment = environment()}).output;
}

pid_t SlurmCluster::start(const std::vector<std::string>& argv) const {
    std::vector<char*> words;
    for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    const std::string log = (folder_ / "daemons.log").string(), conf = (folder_ / "slurm.conf").string();
    const pid_t parent = ::getpid(), child = ::fork();
    if (child < 0) throw Error("cannot start " + argv[0]);
    if (child > 0) return child;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is killed leaves no daemon
    if (::getppid() != parent) ::_exit(127);
    ::setsid();
    ::setenv("SLURM_CONF", conf.c_str(), 1);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::close_range(3, ~0U, 0);
    ::execv(words[0], words.data());
    ::_exit(127);
}

void SlurmCluster::stop(pid_t& daemon, int signal) const {
    if (daemon <= 0) return;
    int status = 0;
    ::kill(daemon, signal);
    ::waitpid(daemon, &status, 0);
    daemon = 0;
}

void SlurmCluster::start_controller() {
    controller_ = start({daemon_program("slurmctld"), "-D"});
}

void SlurmCluster::stop_controller() {
    stop(controller_, SIGTERM);
}

void SlurmCluster::start_node(const std::string& name) {
    node_daemons_[name] = start({daemon_program("slurmd"), "-D", "-N", name});
}

void SlurmCluster::lose_node(const std::string& name) {
    stop(node_daemons_.at(name), SIGKILL);
    kill_all_that_mention("/slurmd." + name + ".log");  // what slurmd has started holds its log
    kill_all_that_mention("SLURMD_NODENAME=" + name);
    run({"scontrol", "update", "NodeName=" + name, "State=DOWN", "Reason=lost"});  // or after SlurmdTimeout
}

std::string SlurmCluster::node_of(pid_t process) {
    const std::string environment = bytes_of("/proc/" + std::to_string(process) + "/environ"), key = "SLURMD_NODENAME=";
    const std::size_t at = environment.find(key);
    return at == std::string::npos ? "" : environment.c_str() + at + key.size();
}

std::vector<pid_t> SlurmCluster::processes_that_mention(const std::string& text) const {
    std::vector<pid_t> found;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator("/proc", none)) {
        const std::string name = entry.path().filename().string();
        pid_t process = 0;
        std::from_chars(name.data(), name.data() + name.size(), process);
        if (process <= 1 || process == ::getpid()) continue;
        std::string all = bytes_of(entry.path() / "environ") + bytes_of(entry.path() / "cmdline");
        for (fs::directory_iterator fd(entry.path() / "fd", none), end; !none && fd != end; fd.increment(none))
            all += fs::read_symlink(fd->path(), none).string() + "\n";
        // Whatever else is looked for, it must be of this cluster.
        if (all.find(folder_.string()) != std::string::npos && all.find(text) != std::string::npos)
            found.push_back(process);
    }
    return found;
}

void SlurmCluster::kill_all_that_mention(const std::string& text) const {
    for (int round = 0; round < 200; ++round) {  // some may have just started others
        const std::vector<pid_t> found = processes_that_mention(text);
        bool living = false;
        for (const pid_t process : found) living = ::kill(process, SIGKILL) == 0 || living;
        if (!living) return;
        int status = 0;
        for (const pid_t process : found) ::waitpid(process, &status, WNOHANG);  // our own daemons
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

}  // namespace wb::grader
