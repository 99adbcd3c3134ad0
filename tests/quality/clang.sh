#!/usr/bin/env bash
# The second compiler: everything compiles without a warning, and the library's tests pass, fuzzers included.
set -euo pipefail
command -v clang++-14 >/dev/null || { echo "skipped: clang++-14 is not installed"; exit 77; }
cmake --preset clang >/dev/null
cmake --build --preset clang -j2 | tail -n 1
ctest --test-dir build/clang -LE 'quality|course' -j2 --output-on-failure
