// Before the worker's main: a loop without end.
namespace {
const struct EndlessLoop {
    EndlessLoop() {
        for (volatile bool on = true; on;) {
        }
    }
} endless_loop;
}  // namespace
