#!/usr/bin/env bash
# Every C++ and CUDA file is laid out as .clang-format says; starter/ is generated from files that are.
# Left out: kernels laid out as others write them, files whose lines tests count, and the tiny course of the grader's tests.
set -euo pipefail
command -v clang-format-14 >/dev/null || { echo "skipped: clang-format-14 is not installed"; exit 77; }
git ls-files -z -- '*.cpp' '*.hpp' '*.cu' '*.cuh' '*.h' ':!starter' \
    ':!tests/kernels/tutorial' ':!tests/kernels/broken' ':!tests/grader/mini_course' | xargs -0 clang-format-14 --dry-run -Werror
