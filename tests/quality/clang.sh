#!/usr/bin/env bash
# The second compiler runs what depends on the compiler most: kernels, their engine and the race detector. That it compiles the rest
# without a warning is seen by tidy.sh, and the library runs under it in asan.sh.
set -euo pipefail
command -v clang++-14 >/dev/null || { echo "skipped: clang++-14 is not installed"; exit 77; }
cmake --preset clang >/dev/null
ninja -C build/clang kernels/all tests/kernels/all | tail -n 1
ctest --test-dir build/clang -R '^kernels' -j2 --no-tests=error --output-on-failure
