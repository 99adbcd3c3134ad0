/// @file
/// Which of the engine's builds a program is linked with.
#pragma once

namespace wb::simt {

enum class Build { plain, asan, race };

/// This program's.
Build build();

}  // namespace wb::simt
