/// @file
/// The switch between fibers. In a header, to be inlined: each return that the processor cannot foresee costs as much as the switch.
#pragma once

#include "simt/fiber.hpp"
#include "simt/sanitizer.hpp"

namespace wb::simt {

/// Goes on with `next` until somebody switches back here.
inline void switch_to(Fiber& next) {
    Fiber& self = *running_fiber;
    sanitizer::start_switch(self, next);
    running_fiber = &next;
    const auto from = boost::context::detail::jump_fcontext(next.context, &self);
    static_cast<Fiber*>(from.data)->context = from.fctx;
    sanitizer::finish_switch(self);
}

}  // namespace wb::simt
