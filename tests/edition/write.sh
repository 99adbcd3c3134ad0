#!/usr/bin/env bash
# write.sh FOLDER CLI...: writes the edition as a folder and as FOLDER.zip. What an earlier one was built into is kept: its paths are the same.
set -euo pipefail
folder=$1
shift
mkdir -p "$folder/build"
mv "$folder/build" "$folder.build"
rm -rf "$folder" "$folder.zip"
"$@" export --out "$folder"
"$@" export --out "$folder.zip"
mv "$folder.build" "$folder/build"
