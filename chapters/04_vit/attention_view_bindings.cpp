/// @file
/// Binds the probes of exercises 4.6 and 4.7 to the submission's functions.
#include "attention_view_probes.hpp"
#include "probe/worker.hpp"

namespace wb {

WB_BIND(cls_attention) {
    worker.bind(probes::cls_attention, &cls_attention);
    worker.bind(probes::range_of, [](const std::vector<float>& numbers) { return range_of(numbers); });
    worker.bind(probes::overlay, &overlay);
}

WB_BIND(rollout) {
    worker.bind(probes::fuse_heads, &fuse_heads);
    worker.bind(probes::discard_weakest, &discard_weakest);
    worker.bind(probes::with_residual, &with_residual);
    worker.bind(probes::attention_rollout, &attention_rollout);
    worker.bind(probes::rollout_map, &rollout_map);
}

}  // namespace wb
