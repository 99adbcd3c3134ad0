#include "simt/build.hpp"

namespace wb::simt {

Build build() {
#if defined(WB_KERNELS_ASAN)
    return Build::asan;
#elif defined(WB_KERNELS_RACE)
    return Build::race;
#else
    return Build::plain;
#endif
}

}  // namespace wb::simt
