#include "slurm_classroom.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace wb::grader {
namespace fs = std::filesystem;

using testing::IsEmpty;

SlurmClasses::~SlurmClasses() {
    for (const int pipe : held_) ::close(pipe);
}

void SlurmClasses::SetUp() {
    if (!slurm_is_installed()) GTEST_SKIP() << "slurmctld, slurmd or slurm-client is not installed";
    cluster = std::make_unique<SlurmCluster>();
}

ProcessResult SlurmClasses::grade_by_slurm(const std::string& book, std::vector<std::string> more,
                                           const std::function<void(std::string_view)>& on_output) const {
    more.insert(more.end(), {"--executor", "slurm"});
    auto environment = cluster->environment();
    environment["PATH"] = at("tools/bin").string() + ":/usr/bin:/bin";
    return grade(book, more, environment, on_output);
}

void SlurmClasses::wrap(const std::string& command, const std::string& line) const {
    write("tools/bin/" + command, "#!/bin/sh\n/usr/bin/" + command + " \"$@\"\n" + line + "\n");
    fs::permissions(at("tools/bin/" + command), fs::perms::owner_all);
}

void SlurmClasses::wait_in_the_second_call() {
    ASSERT_EQ(::mkfifo(at("arrived").c_str(), 0600), 0);
    ASSERT_EQ(::mkfifo(at("go").c_str(), 0600), 0);
    for (const char* pipe : {"arrived", "go"}) held_.push_back(::open(at(pipe).c_str(), O_RDWR | O_CLOEXEC));
    judge(
        "home=\"$(dirname \"$calls\")/..\"\n"
        "if [ \"$SLURM_JOB_ID\" ] && [ $(wc -l <\"$calls\") -ge 2 ] && mkdir \"$calls.once\" 2>/dev/null; then "
        "echo $PPID >\"$home/task\"; echo here >\"$home/arrived\"; read word <\"$home/go\"; fi");
}

void SlurmClasses::go() const {
    ASSERT_EQ(::write(held_.at(1), "go\n", 3), 3);
}

void SlurmClasses::grade_here() {
    three_members();
    ASSERT_EQ(grade("whole.book", {"--jobs", "1"}).exit_status, 0);
    fs::remove(at("tools/calls"));
}

void SlurmClasses::expect_the_same_book(const std::string& book) const {
    EXPECT_EQ(exported(book), exported("whole.book"));
    EXPECT_EQ(exported(book, "csv"), exported("whole.book", "csv"));
    EXPECT_THAT(strays(), IsEmpty());
    EXPECT_THAT(folders(), IsEmpty()) << "what tasks and submitter said to each other is gone";
    EXPECT_EQ(cluster->run({"squeue", "--noheader", "--states=PENDING,RUNNING"}), "");
}

std::vector<fs::path> SlurmClasses::folders() const {
    std::vector<fs::path> found;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(at("build/dev/slurm"), none)) {
        if (entry.is_directory()) found.push_back(entry.path());
    }
    return found;
}

}  // namespace wb::grader
