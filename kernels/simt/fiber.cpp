#include "simt/fiber.hpp"

#include <sys/mman.h>

#include <new>

#include "simt/sanitizer.hpp"

namespace wb::simt {

Fiber* running_fiber = nullptr;

namespace {

using boost::context::detail::make_fcontext;
using boost::context::detail::transfer_t;

constexpr std::size_t page = 4096;
constexpr std::size_t stack_size = 256 * 1024;  // reserved; only touched pages take memory
constexpr std::size_t colours = 48;             // stacks start at different cache sets, or 1024 of them fight for one

FiberMain fiber_main = nullptr;

void enter(transfer_t from) {
    sanitizer::finish_switch(*running_fiber);
    static_cast<Fiber*>(from.data)->context = from.fctx;
    fiber_main();
}

}  // namespace

void FiberPool::grow() {
    void* const memory =
        mmap(nullptr, stack_size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    auto fiber = std::make_unique<Fiber>();
    mprotect(memory, page, PROT_NONE);
    fiber->stack = static_cast<char*>(memory) + page;
    fiber->stack_bytes = stack_size;
    fiber->stack_top = fiber->stack + stack_size - (all_.size() % colours) * 192;
    arm(*fiber);
    free_.push_back(fiber.get());
    all_.push_back(std::move(fiber));
}

void FiberPool::arm(Fiber& fiber) const {
    fiber_main = main_;
    sanitizer::forget_stack(fiber);
    fiber.context = make_fcontext(fiber.stack_top, static_cast<std::size_t>(fiber.stack_top - fiber.stack), &enter);
}

void FiberPool::rearm_all() {
    free_.clear();
    for (auto fiber = all_.rbegin(); fiber != all_.rend(); ++fiber) {
        arm(**fiber);
        free_.push_back(fiber->get());
    }
}

bool FiberPool::owns(const void* address) const {
    const char* const byte = static_cast<const char*>(address);
    for (const auto& fiber : all_) {
        if (byte >= fiber->stack && byte < fiber->stack + fiber->stack_bytes) return true;
    }
    return false;
}

FiberPool::~FiberPool() {
    for (const auto& fiber : all_) munmap(fiber->stack - page, stack_size + page);
}

}  // namespace wb::simt
