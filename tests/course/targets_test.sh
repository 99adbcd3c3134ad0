#!/usr/bin/env bash
# targets_test.sh WORKBOOK: what ./workbook builds before it hands over, for one command line or another. Nothing is built here: the script is
# sourced, and asked.
set -euo pipefail
repository=$1
faults=0

# expect TARGETS WORD...: what is to be built for ./workbook WORD...
expect() {
    local wanted=$1 got
    shift
    got=$(targets_for "$@")
    [ "$got" = "$wanted" ] || { echo "./workbook $*: expected $wanted, got $got"; faults=$((faults + 1)); }
}

source "$repository/workbook"
for folder in "$repository"/chapters/*/; do
    chapter=$(basename "$folder")
    for word in "$chapter" "${chapter%%_*}" "$((10#${chapter%%_*}))" "${chapter#*_}" "$((10#${chapter%%_*})).1"; do
        expect "desk_$chapter" check "$word"
    done
done
expect desk check
expect desk check --watch --seconds 60
expect desk_02_attention check 2.10 --submission 5.1 --json 1 --watch
expect desk_02_attention check 2.1 2.2 02
expect "desk_02_attention desk_05_pig_latin" check 2 5.1
expect desk_02_attention debug 2.1
for word in foo 9.9 2.99 99 2.l 2.1.1 2. . "" ../chapters/02_attention; do
    expect workbook-cli check "$word"
    expect workbook-cli check 2.1 "$word"
    expect workbook-cli debug "$word"
    expect workbook-cli profile "$word"
done
expect desk_02_attention profile 2.10 --against mine/row_softmax.cu --line 9
expect desk_base profile 2nd_try/row_softmax.cu --html page.html
expect workbook-cli check 2.1 --help
expect workbook-cli run
expect workbook-cli run --help
expect desk run attention
expect desk run attention -- --help
expect desk grade ann.zip
expect desk grade --help
expect desk mutants 2
expect "desk benchmarks" bench
expect "all desk" test
expect workbook-cli
for word in list status hint reset datasets gradebook docs chekc --help; do expect workbook-cli "$word" 2.1; done

root=$(mktemp -d)  # an edition, as far as the script knows one: there are no solutions
trap 'rm -r "$root"' EXIT
mkdir "$root/chapters"
cp -r "$repository/chapters/02_attention" "$root/chapters"
for word in alternates bench export mutants; do expect workbook-cli "$word"; done
expect desk_02_attention check 2.1
expect workbook-cli check 5.1
exit $((faults > 0))
