#!/usr/bin/env bash
# The judges' sources, which the student edition is built from, include no oracle. Arguments: those sources.
set -euo pipefail
command -v python3 >/dev/null || { echo "skipped: python3 is not installed"; exit 77; }
exec python3 tests/quality/edition_sources.py "$@"
