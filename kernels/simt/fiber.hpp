/// @file
/// Fibers: stacks to switch between, each for one CUDA thread that waits. Built on Boost.Context's fcontext (about 5 ns a switch).
/// A fiber never ends; it runs one CUDA thread after another, and is thrown away (`rearm`) only when a launch is abandoned.
/// Invariant: a fiber is either the running one, or its `context` says where to go on.
#pragma once

#include <boost/context/detail/fcontext.hpp>
#include <cstddef>
#include <memory>
#include <vector>

namespace wb::simt {

/// The code that a fresh fiber runs. Must not return or throw.
using FiberMain = void (*)();

/// One stack with what is needed to switch to it. The host's own stack is one too, without memory of ours.
struct Fiber {
    void* context = nullptr;
    char* stack = nullptr;  ///< lowest usable byte; a guard page lies below
    std::size_t stack_bytes = 0;
    void* fake_stack = nullptr;  ///< ASan's
    char* stack_top = nullptr;
};

/// A pool of fibers, grown as needed, never shrunk. Memory is touched only as deep as kernels go.
class FiberPool {
 public:
    explicit FiberPool(FiberMain main) : main_(main) {}
    ~FiberPool();
    FiberPool(const FiberPool&) = delete;
    FiberPool& operator=(const FiberPool&) = delete;

    /// A fiber that nobody uses. @throws std::bad_alloc
    Fiber* take() {
        if (free_.empty()) grow();
        Fiber* const fiber = free_.back();
        free_.pop_back();
        return fiber;
    }

    /// A fiber that waits in its main function and may be given other work.
    void give_back(Fiber* fiber) { free_.push_back(fiber); }

    /// Every fiber starts anew, whatever it was doing: frames on its stack are forgotten, not unwound.
    void rearm_all();

    /// Whether the address is on one of the pool's stacks.
    [[nodiscard]] bool owns(const void* address) const;

 private:
    void grow();
    void arm(Fiber& fiber) const;

    FiberMain main_;
    std::vector<std::unique_ptr<Fiber>> all_;
    std::vector<Fiber*> free_;
};

/// The fiber that runs now; set by switch_to. The host's is made current before a launch.
extern Fiber* running_fiber;

}  // namespace wb::simt
