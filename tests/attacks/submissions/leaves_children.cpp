// Before the worker's main: children in sessions of their own, which wait for nothing. The rest of it is honest.
#include <signal.h>
#include <unistd.h>
namespace {
const struct LeavesChildren {
    LeavesChildren() {
        for (int n = 0; n < 3; ++n) {
            if (::fork() != 0) continue;
            ::setsid();
            ::signal(SIGTERM, SIG_IGN);
            for (;;) ::pause();
        }
    }
} leaves_children;
}  // namespace
