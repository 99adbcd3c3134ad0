#!/usr/bin/env bash
# Library, oracles and grader under AddressSanitizer and UndefinedBehaviorSanitizer.
set -euo pipefail
cmake --preset asan >/dev/null
cmake --build --preset asan -j2 | tail -n 1
ctest --test-dir build/asan -LE quality -j2 --output-on-failure
