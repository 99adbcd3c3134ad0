// Before the worker's main: writes to all the memory that it gets.
#include <cstring>
#include <memory>
#include <vector>
namespace {
const struct TakesMemory {
    TakesMemory() {
        std::vector<std::unique_ptr<char[]>> taken;
        for (constexpr std::size_t piece = 64U << 20U;;) {
            taken.push_back(std::make_unique<char[]>(piece));
            std::memset(taken.back().get(), 1, piece);
        }
    }
} takes_memory;
}  // namespace
