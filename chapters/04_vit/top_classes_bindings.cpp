/// @file
/// Binds the probe of exercise 4.5 to the submission's function.
#include "probe/worker.hpp"
#include "top_classes_probes.hpp"

namespace wb {

WB_BIND(top_classes) {
    worker.bind(probes::top_classes, &top_classes);
}

}  // namespace wb
