#!/usr/bin/env bash
# No finding of the checks in .clang-tidy.
set -euo pipefail
command -v clang-tidy-14 >/dev/null || { echo "skipped: clang-tidy-14 is not installed"; exit 77; }
cmake --preset clang >/dev/null
# clang's own compilation database: clang-tidy does not know every g++ flag.
git ls-files -z -- 'library/*.cpp' 'grader/*.cpp' 'kernels/*.cpp' 'chapters/*.cpp' 'tests/*.cpp' ':!tests/alternates' ':!tests/course/submissions' |
    while IFS= read -r -d '' file; do
        if grep -qF "\"$PWD/$file\"" build/clang/compile_commands.json; then printf '%s\0' "$file"; fi
    done | xargs -0 -P2 -n4 clang-tidy-14 --quiet -p build/clang
