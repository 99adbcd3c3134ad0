/// @file
/// What every demo's main does: read the command line, run, and turn what goes wrong into one line and an exit status.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace wb {

/// @param app   with its options; ./workbook run names it (WORKBOOK_DEMO)
/// @param body  the demo; its answer is whether all was as it should be
/// @return      0; 1 when `body` answers false or needs an exercise that is not written yet; 2 for options that are none and
///              for any other error
int run_demo(CLI::App& app, int argc, const char* const* argv, const std::function<bool()>& body);

}  // namespace wb
