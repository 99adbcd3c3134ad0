#!/usr/bin/env bash
# No finding of the checks in .clang-tidy, clang's own warnings among them, in any file that the workbook's build compiles. What had none is
# remembered by its preprocessed text and command, for every clone on this machine: looking at a file takes ten times as long as reading it.
set -euo pipefail
command -v clang-tidy-14 >/dev/null || { echo "skipped: clang-tidy-14 is not installed"; exit 77; }
cmake --preset clang >/dev/null

clean=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/attention-workbook/tidy
mkdir -p "$clean"
find "$clean" -type f -mtime +60 -delete
checks=$(clang-tidy-14 --version | sha256sum)$(sha256sum <.clang-tidy)
export clean checks

# One entry of the compilation database: its command.
look_at() {
    local file=${1##* } key
    cd build/clang
    # -CC keeps the comments: NOLINT is one. The command says which warnings are asked for.
    key=$({ echo "$checks ${1%% -o *}"; bash -c "${1%% -o *} -E -CC $file"; } | sed "s|$OLDPWD/||g" | sha256sum)
    [ ! -e "$clean/${key%% *}" ] || { touch "$clean/${key%% *}"; return 0; }
    cd "$OLDPWD"
    clang-tidy-14 --quiet -p build/clang "$file" 2>/dev/null
    : >"$clean/${key%% *}"
}
export -f look_at

# A file that several programs share is looked at once; what the build wrote itself is not.
sed -n 's/^  "command": "\(.*\)",$/\1/p' build/clang/compile_commands.json | sed 's/\\\(["\\]\)/\1/g' |
    grep -v " $PWD/build/[^ ]*$" | awk '!seen[$NF]++' | tr '\n' '\0' | xargs -0 -P2 -I{} bash -c 'set -euo pipefail; look_at "$1"' look_at {}
