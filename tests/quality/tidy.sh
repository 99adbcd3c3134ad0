#!/usr/bin/env bash
# No finding of the checks in .clang-tidy, clang's own warnings among them, in any file that the workbook's build compiles.
set -euo pipefail
command -v clang-tidy-14 >/dev/null || { echo "skipped: clang-tidy-14 is not installed"; exit 77; }
cmake --preset clang >/dev/null
exec python3 tests/quality/tidy.py build/clang
