// Before the worker's main: prints, and never stops.
#include <unistd.h>
#include <string>
namespace {
const struct PrintsWithoutEnd {
    PrintsWithoutEnd() {
        const std::string line(1U << 16U, '\x1b');
        for (;;) (void)!::write(1, line.data(), line.size());
    }
} prints_without_end;
}  // namespace
